// Who owns which key groups: every task has a contiguous range of them, which follows from the number of tasks alone.

import { KEY_GROUPS } from './key-index.ts';

/** Half-open. */
export interface KeyGroupRange {
  readonly from: number;
  readonly to: number;
}

export function rangeOf(task: number, tasks: number): KeyGroupRange {
  return {
    from: Math.ceil((task * KEY_GROUPS) / tasks),
    to: Math.ceil(((task + 1) * KEY_GROUPS) / tasks),
  };
}

export function overlap(a: KeyGroupRange, b: KeyGroupRange): boolean {
  return a.from < b.to && b.from < a.to;
}

/** What lies in both; they overlap. */
export function common(a: KeyGroupRange, b: KeyGroupRange): KeyGroupRange {
  return { from: Math.max(a.from, b.from), to: Math.min(a.to, b.to) };
}

/** From the first to the last of several; null of none. */
export function hull(ranges: readonly KeyGroupRange[]): KeyGroupRange | null {
  if (ranges.length === 0) return null;
  return { from: Math.min(...ranges.map(({ from }) => from)), to: Math.max(...ranges.map(({ to }) => to)) };
}

/** The owner of each key group. */
export function ownersOf(tasks: number): Uint8Array {
  const owners = new Uint8Array(KEY_GROUPS);
  for (let task = 0; task < tasks; task++) {
    const { from, to } = rangeOf(task, tasks);
    owners.fill(task, from, to);
  }
  return owners;
}

/** A task without a key group would have nothing to do. */
export const MAX_TASKS = KEY_GROUPS / 4;
