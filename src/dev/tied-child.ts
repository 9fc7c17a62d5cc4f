// How a server process (Postgres, Kafka) is started so that it neither outlives its starter nor dies before it:
//
// - in a session of its own, so that Ctrl-C on the terminal reaches only the starter, which drains first and stops the server last;
// - on Linux by `setpriv --pdeathsig`, so that the kernel stops the server when the starter is killed. The signal belongs to the
//   *thread* that forked, hence only the main thread may start one. It survives setpriv's change of user, because setpriv asks
//   for it after that change and the servers' binaries are not set-uid;
// - elsewhere (and should the signal be missed) a record file names it, and the next start ends what a killed starter left.

import { spawn, spawnSync } from 'node:child_process';
import { closeSync, openSync, rmSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';
import { MillraceError } from '../errors.ts';
import { readJson, replaceFile, rotateLog } from './files.ts';
import { identify, isAlive, waitUntilGone, type ProcessIdentity } from './process-identity.ts';

export interface UserIds {
  readonly uid: number;
  readonly gid: number;
}

/** Signals in order, each with the time that it is given before the next one is sent. */
export type StopPlan = readonly (readonly [signal: NodeJS.Signals, graceMs: number])[];

export interface ChildSpec {
  /** For messages: "Postgres". */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly logFile: string;
  readonly recordFile: string;
  readonly stopPlan: StopPlan;
  /** Another user to run as; only root may ask for it. */
  readonly user?: UserIds | undefined;
}

export interface TiedChild {
  readonly pid: number;
  isRunning(): boolean;
  /** Resolves when the process ends, for whatever reason. */
  readonly ended: Promise<void>;
  /** Ends it by its stop plan, or another one; resolves when it is gone. Safe to call again. */
  stop(plan?: StopPlan): Promise<void>;
}

interface ChildRecord {
  readonly child: ProcessIdentity;
  readonly starter: ProcessIdentity;
}

/** Starts the server. Call `endLeftover` first, before anything touches the server's files or ports. */
export function startTiedChild(spec: ChildSpec): TiedChild {
  if (!isMainThread) throw new Error('a tied child must be started by the main thread');
  rotateLog(spec.logFile);
  const log = openSync(spec.logFile, 'a', 0o600);
  const [command, args, user] = withDeathSignal(spec);
  const child = spawn(command, args, {
    ...user,
    cwd: '/',
    env: spec.env,
    detached: true,
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  if (child.pid === undefined) {
    throw new MillraceError({
      code: 'LOCAL_SERVER_FAILED',
      message: `${spec.name} could not be started: ${command} is not executable`,
      hint: 'npm ci installs it; an antivirus or the rights of the folder may stop it',
    });
  }
  child.unref();
  const identity = identify(child.pid);
  if (identity !== undefined) recordChild(spec.recordFile, identity);
  const isRunning = (): boolean => child.exitCode === null && child.signalCode === null;
  let stopping: Promise<void> | undefined;
  return {
    pid: child.pid,
    isRunning,
    ended,
    stop: (plan = spec.stopPlan) => (stopping ??= stopRecorded(identity, { ...spec, stopPlan: plan })),
  };
}

/** The recorded server of this folder, when it is alive. */
export function recordedChild(recordFile: string): ProcessIdentity | undefined {
  const record = readRecord(recordFile);
  return record !== undefined && isAlive(record.child) ? record.child : undefined;
}

async function stopRecorded(identity: ProcessIdentity | undefined, spec: ChildSpec): Promise<void> {
  if (identity !== undefined) await endByPlan(identity, spec);
  rmSync(spec.recordFile, { force: true });
}

/** Ends what a killed starter left behind under this record. A living starter's server is refused, not touched. */
export async function endLeftover(spec: Pick<ChildSpec, 'name' | 'recordFile' | 'stopPlan'>): Promise<void> {
  const record = readRecord(spec.recordFile);
  if (record === undefined || !isAlive(record.child)) return;
  if (isAlive(record.starter)) {
    throw new MillraceError({
      code: 'ALREADY_RUNNING',
      message: `${spec.name} of this folder is already running, started by process ${record.starter.pid}`,
      hint: 'stop it with `millrace stop`, or use another state folder',
    });
  }
  await endByPlan(record.child, spec);
}

/** Ends a process by escalating signals. One that is dying already is not hurt by the first. */
export async function endByPlan(
  identity: ProcessIdentity,
  spec: Pick<ChildSpec, 'name' | 'stopPlan'>,
): Promise<void> {
  for (const [signal, graceMs] of spec.stopPlan) {
    if (!isAlive(identity)) return;
    try {
      process.kill(identity.pid, signal);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
    if (await waitUntilGone(identity, graceMs)) return;
  }
  throw new MillraceError({
    code: 'LOCAL_SERVER_STUCK',
    domain: 'external',
    message: `${spec.name} (process ${identity.pid}) does not end`,
    hint: `end process ${identity.pid} by hand`,
  });
}

let deathSignalSupported: boolean | undefined;

/** setpriv of util-linux knows --pdeathsig; the one of busybox does not. */
function supportsDeathSignal(): boolean {
  if (process.platform !== 'linux') return false;
  return (deathSignalSupported ??=
    spawnSync('setpriv', ['--pdeathsig', 'TERM', 'true'], { stdio: 'ignore' }).status === 0);
}

function withDeathSignal(spec: ChildSpec): readonly [string, readonly string[], Partial<UserIds>] {
  if (!supportsDeathSignal()) return [spec.command, spec.args, spec.user ?? {}];
  const firstSignal = spec.stopPlan[0]?.[0] ?? 'SIGTERM';
  const flags = ['--pdeathsig', firstSignal.slice(3)];
  if (spec.user !== undefined) {
    flags.push('--reuid', String(spec.user.uid), '--regid', String(spec.user.gid), '--clear-groups');
  }
  return ['setpriv', [...flags, '--', spec.command, ...spec.args], {}];
}

function recordChild(recordFile: string, child: ProcessIdentity): void {
  const starter = identify(process.pid);
  if (starter !== undefined)
    replaceFile(recordFile, JSON.stringify({ child, starter } satisfies ChildRecord));
}

function readRecord(recordFile: string): ChildRecord | undefined {
  const record = readJson(recordFile) as Partial<ChildRecord> | undefined;
  return record?.child === undefined || record.starter === undefined ? undefined : (record as ChildRecord);
}
