// Runs a short-lived tool (initdb, Kafka's formatter, Maven) to its end and returns what it said.

import { spawn } from 'node:child_process';
import type { UserIds } from './tied-child.ts';

export interface Outcome {
  /** Null when a signal ended it. */
  readonly code: number | null;
  /** Standard output and standard error, interleaved. */
  readonly output: string;
}

export interface CommandOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly user?: UserIds | undefined;
  /** Its standard input. */
  readonly input?: string;
  readonly timeoutMs?: number;
}

/** Rejects, with the system's error, only when the command cannot be started. */
export function runCommand(
  command: string,
  args: readonly string[],
  options: CommandOptions,
): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const { env, user, timeoutMs } = options;
    const child = spawn(command, args, { ...user, cwd: '/', env, timeout: timeoutMs, stdio: 'pipe' });
    let output = '';
    child.stdout.on('data', (bytes: Buffer) => (output += bytes.toString()));
    child.stderr.on('data', (bytes: Buffer) => (output += bytes.toString()));
    child.stdin.on('error', () => undefined); // It may end without reading; its exit code tells.
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, output }));
    child.stdin.end(options.input ?? '');
  });
}
