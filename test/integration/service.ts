// The service in a process of its own, through its real entry point, on the Postgres and Kafka of the test run.

import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { findFreePort } from '../../src/dev/ports.ts';
import type { Connection } from '../../src/postgres/connection.ts';
import { connect } from '../../src/postgres/connection.ts';
import { kafkaBrokers } from '../setup/parts.ts';
import { until } from './eventually.ts';

const ROOT = join(import.meta.dirname, '..', '..');

export interface ServiceOptions {
  readonly databaseUrl: string;
  readonly brokers?: readonly string[];
  /** Folder of .sql files; none by default. */
  readonly queries?: string;
  /** `--seconds N`: stops by itself and checks every view against Postgres. */
  readonly seconds?: number;
  readonly stateDir?: string;
  readonly env?: Readonly<Record<string, string>>;
}

export interface Service {
  readonly pid: number;
  readonly api: string;
  readonly stateDir: string;
  readonly env: NodeJS.ProcessEnv;
  /** Everything it has written so far. */
  output(): string;
  /** Exit code or signal. */
  readonly ended: Promise<number | string>;
  /** kill -9, and it is gone. */
  killOutright(): Promise<void>;
  /** SIGTERM: drains. */
  stop(): Promise<number | string>;
}

export function folder(label: string): string {
  const made = mkdtempSync(join(tmpdir(), `millrace-${label}-`));
  onTestFinished(() => rmSync(made, { recursive: true, force: true, maxRetries: 5 }));
  return made;
}

/** Starts it without waiting for anything. Killed at the end of the test if it still runs. */
export async function launchService(options: ServiceOptions): Promise<Service> {
  const stateDir = options.stateDir ?? folder('service');
  const port = await findFreePort();
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    DATABASE_URL: options.databaseUrl,
    KAFKA_BROKERS: (options.brokers ?? kafkaBrokers()).join(','),
    MILLRACE_DIR: stateDir,
    MILLRACE_QUERIES: options.queries ?? 'none',
    MILLRACE_PORT: String(port),
    ...options.env,
  };
  const seconds = options.seconds === undefined ? [] : ['--seconds', String(options.seconds)];
  const child = runMillrace(['start', '--no-demo', ...seconds], env);
  let text = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (bytes: Buffer) => (text += bytes.toString()));
  const ended = new Promise<number | string>((resolve) =>
    child.once('close', (code, signal) => resolve(code ?? signal ?? 'unknown')),
  );
  const endBy = async (signal: NodeJS.Signals): Promise<number | string> => {
    child.kill(signal);
    return ended;
  };
  onTestFinished(async () => {
    await endBy('SIGKILL');
  });
  return {
    pid: child.pid ?? 0,
    api: `http://127.0.0.1:${port}`,
    stateDir,
    env,
    output: () => text,
    ended,
    killOutright: async () => {
      await endBy('SIGKILL');
    },
    stop: () => endBy('SIGTERM'),
  };
}

/** Starts it and waits until it has deployed everything and serves. */
export async function startService(options: ServiceOptions): Promise<Service> {
  const service = await launchService(options);
  const died = service.ended.then((how) => {
    throw new Error(`the service has ended (${how})\n${service.output()}`);
  });
  died.catch(() => undefined);
  const up = until('the service is up', () => service.output().includes('Ctrl-C'), service.output);
  await Promise.race([up, died]);
  return service;
}

export function runMillrace(args: readonly string[], env: NodeJS.ProcessEnv): ChildProcess {
  return spawn(process.execPath, [join(ROOT, 'bin', 'millrace.js'), ...args], {
    env,
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** One command of the command line, to its end. */
export async function millrace(args: readonly string[], env: NodeJS.ProcessEnv): Promise<Outcome> {
  const child = runMillrace(args, env);
  let [stdout, stderr] = ['', ''];
  child.stdout?.on('data', (bytes: Buffer) => (stdout += bytes.toString()));
  child.stderr?.on('data', (bytes: Buffer) => (stderr += bytes.toString()));
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, stdout, stderr };
}

/** Statements through psql's door. Rejects with what Postgres says. */
export async function submit(connection: Connection, sql: string): Promise<void> {
  await connection.query('CALL millrace.submit($1)', [sql]);
}

/** A connection of the test's own, closed at its end. */
export async function openConnection(url: string): Promise<Connection> {
  const connection = await connect(url, {
    applicationName: 'millrace test',
    idleInTransactionTimeoutMs: 0,
  });
  onTestFinished(() => connection.close());
  return connection;
}
