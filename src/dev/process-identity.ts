// Process ids are reused, so a pid in a file says little. A pid with its start time names one process for ever; this is how
// we know that a recorded server, or a recorded starter, is still the one that was meant.

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

export interface ProcessIdentity {
  readonly pid: number;
  /** Boot and start time; equal stamps mean the same process. */
  readonly stamp: string;
}

/** The process that runs under `pid` now; undefined when there is none, or only its remains (a zombie). */
export function identify(pid: number): ProcessIdentity | undefined {
  const stamp = process.platform === 'linux' ? linuxStamp(pid) : psStamp(pid);
  return stamp === undefined ? undefined : { pid, stamp };
}

export function isAlive(identity: ProcessIdentity): boolean {
  return identify(identity.pid)?.stamp === identity.stamp;
}

/** Fields of /proc/PID/stat after the parenthesised name (which may itself hold parentheses): state is 1st, start time 20th. */
function linuxStamp(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (fields[0] === 'Z' || fields[0] === 'X') return undefined;
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}/${fields[19]}`;
  } catch {
    return undefined;
  }
}

function psStamp(pid: number): string | undefined {
  try {
    const [state, ...started] = ps('state=,lstart=', pid).trim().split(/\s+/);
    return state === undefined || state === '' || state.startsWith('Z') ? undefined : started.join(' ');
  } catch {
    return undefined;
  }
}

function ps(columns: string, pid: number): string {
  const args = ['-ww', '-o', columns, '-p', String(pid)];
  return execFileSync('ps', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
}

/** The command line of a process, for telling a server of ours from a stranger under a reused pid. */
export function commandLine(pid: number): string {
  try {
    if (process.platform === 'linux')
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
    return ps('command=', pid);
  } catch {
    return '';
  }
}

/** Polls until the process is gone; false when it still lives after `deadlineMs`. */
export async function waitUntilGone(identity: ProcessIdentity, deadlineMs: number): Promise<boolean> {
  const until = performance.now() + deadlineMs;
  while (isAlive(identity)) {
    if (performance.now() > until) return false;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return true;
}
