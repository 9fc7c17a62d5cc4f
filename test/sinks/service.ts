// The engine as `millrace start` opens it, in this process, and as a process of its own that can be killed.

import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import type { OpenEngine } from '../../src/cli/open-engine.ts';
import { openEngine } from '../../src/cli/open-engine.ts';
import { readConfig } from '../../src/config.ts';
import { kafkaBrokers } from '../setup/parts.ts';

const SETTINGS = { MILLRACE_CHECKPOINT_INTERVAL_MS: '50', MILLRACE_QUERIES: 'none' };

export async function openService(
  url: string,
  settings: Readonly<Record<string, string>> = {},
  brokers: readonly string[] = kafkaBrokers(),
): Promise<OpenEngine> {
  const config = readConfig({ ...SETTINGS, ...settings });
  const open = await openEngine(config, url, [...brokers], () => undefined);
  let closed = false;
  const close = async (): Promise<void> => {
    if (!closed) await open.close();
    closed = true;
  };
  onTestFinished(close);
  return { ...open, close };
}

export async function submit(open: OpenEngine, sql: string): Promise<void> {
  await open.engine.submit(sql, { requester: 'test' });
}

export async function until(what: string, holds: () => Promise<boolean>, ms = 20_000): Promise<void> {
  const deadline = performance.now() + ms;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`never: ${what}`);
    await sleep(20);
  }
}

export interface KilledService {
  readonly pid: number;
  kill(): Promise<void>;
}

/** Runs until it is killed; resolves when it has opened the engine. */
export async function spawnService(
  url: string,
  brokers: readonly string[] = kafkaBrokers(),
  settings: Readonly<Record<string, string>> = {},
): Promise<KilledService> {
  const child = spawn(
    process.execPath,
    [join(import.meta.dirname, 'service-process.ts'), url, brokers.join(','), JSON.stringify(settings)],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  onTestFinished(() => void child.kill('SIGKILL'));
  await new Promise<void>((resolve, reject) => {
    child.stdout.once('data', () => resolve());
    child.once('exit', (code) => reject(new Error(`the service ended with ${code}`)));
  });
  return {
    pid: child.pid!,
    kill: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}
