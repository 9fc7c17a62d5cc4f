// The state folder (`.millrace/`) belongs to at most one running service. Who that is lies in `runtime.json`, for `stop`, `status`
// and the commands that talk to it; that it is at most one is enforced by a lock that the kernel drops with its holder, so a
// service killed by SIGKILL never leaves a lock behind. Node offers no file locks of its own, but SQLite, which comes with Node,
// takes one on its database file: an exclusive transaction, never written to, is the lock.
//
//     lock             the lock file, empty
//     runtime.json     who holds it, since when, and its addresses
//     ports.json       ports that stay (ports.ts)
//     pgpass           the database password, for psql too (mode 600)
//     postgres/        data of the built-in Postgres
//     kafka/           data and settings of the built-in Kafka
//     *.process        the server processes that are tied to the service (tied-child.ts)
//     *.log            their logs, and the ones of the run before

import { existsSync, mkdirSync, readdirSync, rmdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { MillraceError } from '../errors.ts';
import { readJson, replaceFile } from './files.ts';
import { endLocalKafka } from './kafka.ts';
import { dataPlace, endLocalPostgres } from './postgres.ts';
import { identify, isAlive, waitUntilGone, type ProcessIdentity } from './process-identity.ts';

export interface Runtime {
  readonly process: ProcessIdentity;
  /** ISO 8601. */
  readonly startedAt: string;
  /** What others connect to, by name: "api", "psql", "kafka". Never with a password. */
  readonly addresses: Readonly<Record<string, string>>;
}

export interface StateLock {
  /** Tells others where the service listens; call it again when it knows more. */
  announce(addresses: Readonly<Record<string, string>>): void;
  release(): void;
}

/** Two commands that start together wait this long for each other's glance at the lock. */
const LOCK_PATIENCE_MS = 300;

/** Takes the folder for this process, making it when it is missing; refused while another service holds it. */
export function lockStateDir(stateDir: string): StateLock {
  mkdirSync(stateDir, { recursive: true });
  const database = tryLock(stateDir);
  if (database === undefined) throw alreadyRunning(stateDir);
  const self = identify(process.pid) ?? { pid: process.pid, stamp: '' };
  const startedAt = new Date().toISOString();
  const announce = (addresses: Readonly<Record<string, string>>): void => {
    const runtime: Runtime = { process: self, startedAt, addresses };
    replaceFile(runtimeFile(stateDir), `${JSON.stringify(runtime, null, 2)}\n`, 0o600);
  };
  announce({});
  let held = true;
  const release = (): void => {
    if (!held) return;
    held = false;
    rmSync(runtimeFile(stateDir), { force: true });
    database.close();
  };
  return { announce, release };
}

/** The service that runs on this folder, if one does. */
export function runningService(stateDir: string): Runtime | undefined {
  const runtime = readJson(runtimeFile(stateDir)) as Partial<Runtime> | undefined;
  if (runtime?.process === undefined || runtime.addresses === undefined) return undefined;
  return isAlive(runtime.process) ? (runtime as Runtime) : undefined;
}

/** Asks the service to drain and end; resolves with the pid that has ended, or undefined when none was running. */
export async function stopService(stateDir: string, withinMs = 60_000): Promise<number | undefined> {
  const service = runningService(stateDir)?.process;
  if (service === undefined) return undefined;
  process.kill(service.pid, 'SIGTERM');
  if (await waitUntilGone(service, withinMs)) return service.pid;
  throw new MillraceError({
    code: 'STOP_TIMED_OUT',
    domain: 'external',
    message: `the service (process ${service.pid}) is still draining after ${withinMs / 1000} s`,
    hint: `wait longer, or end it with \`kill -9 ${service.pid}\`: nothing that was committed is lost`,
    retryable: true,
  });
}

const OWN_FILES =
  /^(runtime\.json|ports\.json|pgpass|postgres|postgres\.new|kafka|cache|.*\.(process|log|log\.1))$/;

/** Forgets everything: data, topics, passwords, ports. Refused while a service runs; touches no file that is not ours. */
export async function resetStateDir(stateDir: string): Promise<void> {
  if (!existsSync(stateDir)) return;
  const lock = lockStateDir(stateDir);
  try {
    await Promise.all([endLocalPostgres(stateDir), endLocalKafka(stateDir)]);
    const { dataDir } = dataPlace(resolve(stateDir));
    for (const folder of [dataDir, `${dataDir}.new`]) rmSync(folder, { recursive: true, force: true });
    for (const name of readdirSync(stateDir).filter((entry) => OWN_FILES.test(entry))) {
      rmSync(join(stateDir, name), { recursive: true, force: true });
    }
  } finally {
    lock.release();
  }
  rmSync(join(stateDir, 'lock'), { force: true });
  if (readdirSync(stateDir).length === 0) rmdirSync(stateDir);
}

function tryLock(stateDir: string): DatabaseSync | undefined {
  const database = new DatabaseSync(join(stateDir, 'lock'), { timeout: LOCK_PATIENCE_MS });
  try {
    database.exec('BEGIN EXCLUSIVE');
    return database;
  } catch (error) {
    database.close();
    const SQLITE_BUSY = 5;
    if ((error as { errcode?: number }).errcode === SQLITE_BUSY) return undefined;
    throw error;
  }
}

function alreadyRunning(stateDir: string): MillraceError {
  const service = runningService(stateDir);
  const who = service === undefined ? 'is starting' : `is running (process ${service.process.pid})`;
  return new MillraceError({
    code: 'ALREADY_RUNNING',
    message: `a Millrace service ${who} on ${resolve(stateDir)}`,
    hint: 'stop it with `millrace stop`, or set another state folder',
  });
}

function runtimeFile(stateDir: string): string {
  return join(stateDir, 'runtime.json');
}
