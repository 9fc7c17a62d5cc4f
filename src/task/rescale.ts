// From one number of tasks to another: who reads what of the stored state. Segments are sorted by key group, so a task reads its part
// of those of every former task; its first epoch then writes what it has anew.

import type { KeyGroupRange } from '../state/key-groups.ts';
import { overlap, rangeOf } from '../state/key-groups.ts';
import type { Rescaled } from './state-keeper.ts';

/** Which tasks read a segment of the task that wrote it. */
export function segmentReaders(before: number, now: number): (writer: number) => readonly number[] {
  if (before === now) return (writer) => [writer];
  const all = Array.from({ length: now }, (_, task) => task);
  return (writer) => all.filter((task) => overlap(rangeOf(task, now), rangeOf(writer, before)));
}

/** Tasks that are no more. */
export function goneTasks(before: number, now: number): readonly number[] {
  return Array.from({ length: Math.max(0, before - now) }, (_, i) => now + i);
}

/** `spread`: the tables whose rows lie on the task of their key group, rather than all on the first one. */
export function rescaledTo(
  { task, tasks, writtenBy }: { readonly task: number; readonly tasks: number; readonly writtenBy: number },
  spread: readonly string[],
): Rescaled | null {
  return writtenBy === tasks ? null : { groups: rangeOf(task, tasks), spread: new Set(spread) };
}

/** The key groups of each table that a task has: of those that lie on the first task, all. */
export function ownGroups(
  { task, tasks }: { readonly task: number; readonly tasks: number },
  onFirst: readonly string[],
): (fingerprint: string) => KeyGroupRange {
  return (fingerprint) => (onFirst.includes(fingerprint) ? rangeOf(0, 1) : rangeOf(task, tasks));
}
