// The built-in Postgres: the real server on real files, with all its guarantees of durability on, because Millrace's claim of
// exactly-once rests on them. It listens on 127.0.0.1 only.
//
//     stopped ──startLocalPostgres──▶ starting ──postmaster.pid says "ready"──▶ ready ──stop / death of the starter──▶ stopped

import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { MillraceError } from '../errors.ts';
import { DATABASE, ensurePassword, makeCluster, SUPERUSER, type Cluster } from './postgres-cluster.ts';
import { lastLines } from './files.ts';
import { findPostgresBinaries } from './postgres-binaries.ts';
import { stablePort } from './ports.ts';
import { commandLine, identify } from './process-identity.ts';
import {
  endByPlan,
  endLeftover,
  startTiedChild,
  type ChildSpec,
  type StopPlan,
  type TiedChild,
  type UserIds,
} from './tied-child.ts';
import { canEnter, fallbackFolder, unprivilegedUser } from './unprivileged.ts';

export interface LocalPostgresOptions {
  /** The state folder; the port, the password and (where it can be) the data are kept in it. */
  readonly stateDir: string;
  /** A port set by the user; otherwise the one of last time, or a free one. */
  readonly port?: number | undefined;
  /** Where the search for a free port starts the first time; a random place when it is left out. */
  readonly preferredPort?: number | undefined;
  readonly log: (line: string) => void;
}

export interface LocalPostgres {
  /** With the password: for connecting, not for printing. */
  readonly url: string;
  /** What a user types: psql finds the password in the file that it names. */
  readonly psql: string;
  readonly port: number;
  readonly pid: number;
  readonly dataDir: string;
  /** What differs from the usual places, in sentences for the user. */
  readonly notes: readonly string[];
  readonly ended: Promise<void>;
  /** Fast shutdown: open transactions are rolled back, data is flushed. */
  stop(): Promise<void>;
}

/** Fast shutdown first; immediate and then kill, which the next start recovers from, when it hangs. */
const STOP_PLAN: StopPlan = [
  ['SIGINT', 20_000],
  ['SIGQUIT', 5_000],
  ['SIGKILL', 5_000],
];

const READY_WITHIN_MS = 60_000;

export async function startLocalPostgres(options: LocalPostgresOptions): Promise<LocalPostgres> {
  const stateDir = resolve(options.stateDir);
  mkdirSync(stateDir, { recursive: true });
  const place = dataPlace(stateDir);
  const binaries = await findPostgresBinaries(stateDir, place.user);
  const cluster: Cluster = { home: binaries.home, dataDir: place.dataDir, user: place.user };
  await endLocalPostgres(stateDir);
  await clearPidFile(place.dataDir);
  if (!existsSync(join(place.dataDir, 'PG_VERSION'))) {
    options.log(`making a Postgres database in ${place.dataDir}`);
    await makeCluster(cluster);
  }
  const chosen = await stablePort(stateDir, {
    name: 'postgres',
    fixed: options.port,
    preferred: options.preferredPort,
  });
  const passFile = join(stateDir, 'pgpass');
  const password = await ensurePassword(cluster, passFile, chosen.port);
  const child = await startServer(cluster, stateDir, chosen.port);
  const address = `127.0.0.1:${chosen.port}/${DATABASE}`;
  return {
    url: `postgresql://${SUPERUSER}:${password}@${address}`,
    psql: `psql "postgresql://${SUPERUSER}@${address}?passfile=${passFile}"`,
    port: chosen.port,
    pid: child.pid,
    dataDir: place.dataDir,
    notes: [place.note, binaries.note, chosen.note].filter((note) => note !== undefined),
    ended: child.ended,
    stop: () => child.stop(),
  };
}

/** Ends the server that a killed starter left behind; refused while its starter lives. */
export function endLocalPostgres(stateDir: string): Promise<void> {
  return endLeftover(serverRecord(stateDir));
}

function serverRecord(stateDir: string): Pick<ChildSpec, 'name' | 'recordFile' | 'stopPlan'> {
  return { name: 'Postgres', recordFile: join(stateDir, 'postgres.process'), stopPlan: STOP_PLAN };
}

export interface DataPlace {
  readonly dataDir: string;
  readonly user: UserIds | undefined;
  readonly note?: string | undefined;
}

/** `postgres/` in the state folder, or, when the user that Postgres runs as cannot get there, a folder named after it. */
export function dataPlace(stateDir: string): DataPlace {
  const usual = join(stateDir, 'postgres');
  const user = unprivilegedUser(usual);
  if (user === undefined || canEnter(user, stateDir)) return { dataDir: usual, user };
  const name = createHash('sha256').update(stateDir).digest('hex').slice(0, 12);
  const dataDir = join(fallbackFolder(user), `data-${name}`);
  return {
    dataDir,
    user,
    note: `Postgres keeps its data in ${dataDir}, because user ${user.uid} cannot enter ${stateDir}`,
  };
}

async function startServer(cluster: Cluster, stateDir: string, port: number): Promise<TiedChild> {
  const logFile = join(stateDir, 'postgres.log');
  const child = startTiedChild({
    ...serverRecord(stateDir),
    command: join(cluster.home, 'bin', 'postgres'),
    args: [
      ...['-D', cluster.dataDir],
      ...['-c', `port=${port}`],
      ...['-c', 'listen_addresses=127.0.0.1'],
      ...['-c', 'unix_socket_directories='],
    ],
    env: { PATH: process.env['PATH'], LC_ALL: 'C' },
    logFile,
    user: cluster.user,
  });
  const until = performance.now() + READY_WITHIN_MS;
  while (!isReady(cluster.dataDir, child.pid)) {
    if (!child.isRunning() || performance.now() > until) {
      await child.stop();
      throw new MillraceError({
        code: 'LOCAL_POSTGRES_FAILED',
        domain: 'external',
        message: `Postgres did not start; the end of ${logFile} says:\n${lastLines(logFile)}`,
        hint: 'set DATABASE_URL to a Postgres of yours to do without the built-in one',
      });
    }
    await new Promise((wake) => setTimeout(wake, 10));
  }
  return child;
}

/** The postmaster writes its state into line 8 of its pid file; pg_ctl waits for the same words. */
function isReady(dataDir: string, pid: number): boolean {
  const lines = pidFileLines(dataDir);
  return Number(lines[0]) === pid && lines[7]?.trim() === 'ready';
}

/**
 * A pid file without a record of ours: a postmaster started in a run whose record was lost is ended; a file that names a dead
 * process, or a stranger that has got its number since, is removed, which Postgres itself does not dare.
 */
async function clearPidFile(dataDir: string): Promise<void> {
  const pid = Number(pidFileLines(dataDir)[0]);
  if (!Number.isInteger(pid) || pid <= 0) return;
  const found = identify(pid);
  const command = commandLine(pid);
  if (found !== undefined && command.includes(dataDir) && command.includes('postgres')) {
    await endByPlan(found, { name: 'Postgres', stopPlan: STOP_PLAN });
  }
  rmSync(join(dataDir, 'postmaster.pid'), { force: true });
}

function pidFileLines(dataDir: string): readonly string[] {
  try {
    return readFileSync(join(dataDir, 'postmaster.pid'), 'utf8').split('\n');
  } catch {
    return [];
  }
}
