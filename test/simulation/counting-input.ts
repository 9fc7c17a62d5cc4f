// The input of the tiny pipeline under test, and what must come out of it: signed counts by key. Some records are late or
// cannot be decoded, so that the tables for those are written too.

import type { Random } from './random.ts';

export interface InputRecord {
  readonly key: string;
  readonly diff: number;
  readonly flavour: 'row' | 'late' | 'dead';
}

/** Partition → records; the offset is the index. */
export type Input = readonly (readonly InputRecord[])[];

export interface Expected {
  readonly counts: ReadonlyMap<string, number>;
  /** `partition:offset`, sorted. */
  readonly late: readonly string[];
  readonly dead: readonly string[];
}

const KEYS = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];

export function makeInput(random: Random, partitions: number, length: number): Input {
  return Array.from({ length: partitions }, () => {
    const records: InputRecord[] = [];
    for (let i = 0; i < length; i++) {
      const flavour = random.chance(0.06) ? 'late' : random.chance(0.06) ? 'dead' : 'row';
      records.push({ key: random.pick(KEYS), diff: random.chance(0.55) ? 1 : -1, flavour });
    }
    return records;
  });
}

/** What is true once everything below `offsets` has been processed exactly once. */
export function expectedAt(input: Input, offsets: readonly number[]): Expected {
  const counts = new Map<string, number>();
  const late: string[] = [];
  const dead: string[] = [];
  for (const [partition, records] of input.entries()) {
    for (let offset = 0; offset < (offsets[partition] ?? 0); offset++) {
      const record = records[offset]!;
      if (record.flavour === 'late') late.push(`${partition}:${offset}`);
      else if (record.flavour === 'dead') dead.push(`${partition}:${offset}`);
      else add(counts, record.key, record.diff);
    }
  }
  return { counts, late: late.sort(), dead: dead.sort() };
}

/** Adds to a count; keys that come to zero are absent. */
export function add(counts: Map<string, number>, key: string, diff: number): void {
  const sum = (counts.get(key) ?? 0) + diff;
  if (sum === 0) counts.delete(key);
  else counts.set(key, sum);
}
