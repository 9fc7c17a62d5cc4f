// Medians of repeated runs, and how numbers are shown.

import type { Measurement } from './measurement.ts';

/** The middle one; the lower of two. */
export function middle(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor((values.length - 1) / 2)]!;
}

/** Every number that varies is the middle one of its kind. */
export function medianOf(runs: readonly Measurement[]): Measurement {
  return {
    ...runs[0]!,
    seconds: middle(runs.map((run) => run.seconds)),
    cpuSeconds: middle(runs.map((run) => run.cpuSeconds)),
    peakBytes: middle(runs.map((run) => run.peakBytes)),
    epochs: middle(runs.map((run) => run.epochs)),
  };
}

export const thousands = (n: number): string => Math.round(n / 1000).toLocaleString('en') + ' k';
export const perSecond = ({ events, seconds }: Measurement): string => thousands(events / seconds);
export const perCpuSecond = ({ events, cpuSeconds }: Measurement): string => thousands(events / cpuSeconds);
export const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(0)} MB`;

export function shown(run: Measurement): string {
  const output = run.checksum === '' ? '' : `, ${run.rows} rows ${run.checksum}`;
  const epochs = run.epochs === 0 ? '' : `, ${run.epochs} epochs`;
  const peak = megabytes(run.peakBytes);
  return `${perSecond(run)}/s, ${perCpuSecond(run)} per CPU-second, ${peak}${output}${epochs}`;
}
