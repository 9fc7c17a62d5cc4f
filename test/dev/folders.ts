// Temporary state folders for the tests of this area, and the starter process as a child.

import { spawn, type ChildProcess } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { onTestFinished } from 'vitest';

/** A folder that every user can enter, gone after the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-dev-'));
  chmodSync(folder, 0o755);
  onTestFinished(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  return folder;
}

export interface StarterReport {
  readonly postgres?: number;
  readonly kafka?: number;
  readonly url?: string;
  readonly brokers?: string;
  readonly error?: string;
}

export interface Starter {
  readonly child: ChildProcess;
  readonly report: StarterReport;
}

/** Runs starter.ts; resolves when it has said what it started. It is killed after the test if it still runs. */
export async function runStarter(stateDir: string, ...wanted: string[]): Promise<Starter> {
  const script = join(import.meta.dirname, 'starter.ts');
  const child = spawn(process.execPath, [script, stateDir, ...wanted], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  for await (const line of createInterface({ input: child.stdout })) {
    return { child, report: JSON.parse(line) as StarterReport };
  }
  throw new Error('the starter ended without a word');
}

/** Kills the starter as no cleanup can see coming. */
export async function killOutright(child: ChildProcess): Promise<void> {
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await ended;
}
