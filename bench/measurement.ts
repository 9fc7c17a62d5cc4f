// One measured run in a process of its own: what the child says on its last line, and how the parent gets it.

import { spawn } from 'node:child_process';
import { join } from 'node:path';

export interface Measurement {
  readonly events: number;
  readonly rows: number;
  readonly checksum: string;
  readonly seconds: number;
  /** User and system time of all threads of the process. */
  readonly cpuSeconds: number;
  /** Peak resident memory, bytes. */
  readonly peakBytes: number;
  /** Committed epochs; 0 where there are none. */
  readonly epochs: number;
}

export type MeasuredKind = 'millrace' | 'floor' | 'reader';

/** Counts from now on; `end` gives what was used. */
export function stopwatch(): () => Pick<Measurement, 'seconds' | 'cpuSeconds' | 'peakBytes'> {
  const begun = performance.now();
  const before = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(before);
    const peakBytes = process.resourceUsage().maxRSS * 1024;
    return { seconds: (performance.now() - begun) / 1000, cpuSeconds: (user + system) / 1e6, peakBytes };
  };
}

export function report(measurement: Measurement): void {
  process.stdout.write(`${JSON.stringify(measurement)}\n`);
}

/** `settings` reach the child as its environment, so that the password is on no command line. */
export function measure(
  kind: MeasuredKind,
  args: readonly string[],
  settings: Readonly<Record<string, string>>,
  nodeFlags: readonly string[] = [],
): Promise<Measurement> {
  return runChild<Measurement>(`run-${kind}.ts`, args, settings, nodeFlags);
}

/** Runs a file of this folder and gives the JSON of its last line. */
export function runChild<T>(
  file: string,
  args: readonly string[],
  settings: Readonly<Record<string, string>>,
  nodeFlags: readonly string[] = [],
): Promise<T> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [...nodeFlags, join(import.meta.dirname, file), ...args], {
      env: { ...process.env, ...settings },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
    child.on('error', reject);
    child.on('close', (code) => {
      if (code !== 0) reject(new Error(`${file} ${args.join(' ')} ended with ${code}: ${output}`));
      else resolve(JSON.parse(output.trim().split('\n').at(-1)!) as T);
    });
  });
}
