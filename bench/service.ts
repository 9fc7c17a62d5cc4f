// The real service as a user starts it, in a process of its own.

import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const COMMAND = join(import.meta.dirname, '..', 'bin', 'millrace.js');

export interface Service {
  readonly url: string;
  /** From spawning it until /health/ready said so. */
  readonly readySeconds: number;
  /** Peak resident memory so far, bytes; undefined where the system does not tell. */
  peakBytes(): number | undefined;
  stop(): Promise<void>;
}

/** `millrace start` without demo and queries, with these settings in its environment. */
export async function startService(settings: Readonly<Record<string, string>>): Promise<Service> {
  const port = await freePort();
  const begun = performance.now();
  const child = spawn(process.execPath, [COMMAND, 'start', '--no-demo', '--queries', 'none'], {
    env: { ...process.env, ...settings, MILLRACE_PORT: String(port) },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const url = `http://127.0.0.1:${port}`;
  while (!(await isReady(url))) {
    if (child.exitCode !== null) throw new Error(`the service ended: ${output}`);
    await sleep(5);
  }
  const readySeconds = (performance.now() - begun) / 1000;
  return {
    url,
    readySeconds,
    peakBytes: () => peakOf(child.pid!),
    async stop() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

async function isReady(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/health/ready`)).ok;
  } catch {
    return false;
  }
}

/** Submits statements as a client does. */
export async function submitTo(url: string, sql: string): Promise<void> {
  const answer = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      query: 'mutation ($sql: String!) { submit(sql: $sql) { __typename } }',
      variables: { sql },
    }),
  });
  const { errors } = (await answer.json()) as { errors?: unknown };
  if (errors !== undefined) throw new Error(JSON.stringify(errors));
}

function peakOf(pid: number): number | undefined {
  try {
    const kilobytes = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
  } catch {
    return undefined;
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
