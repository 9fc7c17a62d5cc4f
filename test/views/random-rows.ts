// Seeded random rows of any shape, with values at the edges, for tests that compare with Postgres.

import type { Batch } from '../../src/data/batch.ts';
import { newBatch } from '../../src/data/batch.ts';
import type { Field, RowSchema, TypeKind } from '../../src/data/types.ts';
import type { Value } from '../../src/data/value.ts';
import { parseValue } from '../../src/data/text-forms.ts';
import { arrayOf, INTEGER, JSONB } from '../../src/data/types.ts';
import { setValue } from '../../src/data/value.ts';

export type Random = () => number;

/** mulberry32 (Tommy Ettinger, public domain). */
export function seeded(seed: number): Random {
  let a = seed;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

export function pick<T>(random: Random, from: readonly T[]): T {
  return from[Math.floor(random() * from.length)]!;
}

const n = (unscaled: bigint, scale: number): Value => ({ unscaled, scale });
const MAX64 = 2n ** 63n - 1n;

/** Values that are equal or near in one sense and different in another. */
const EDGES: Readonly<Record<TypeKind, readonly Value[]>> = {
  boolean: [true, false],
  real: [0, -0, 1.5, -1.5, NaN, Infinity, -Infinity, Math.fround(1e-45), Math.fround(3.4e38)],
  varchar: ['', 'a', 'é', 'ab'],
  bytea: [Uint8Array.of(), Uint8Array.of(0), Uint8Array.of(0, 255), Uint8Array.of(0, 1), Uint8Array.of(97)],
  uuid: [0, 1, 255].map((byte) => new Uint8Array(16).fill(byte)),
  time: [0n, 1n, 86_400_000_000n, 45_000_000_000n],
  jsonb: ['1', '1.0', '1.00', '{"a": [1.0, null]}', '{"a": [1, null]}', '[]', '"x"', 'null'].map((text) =>
    parseValue(text, JSONB),
  ),
  array: ['{}', '{1}', '{NULL,2}', '{1,2}'].map((text) => parseValue(text, arrayOf(INTEGER))),
  row: [],
  smallint: [0, -1, 32767, -32768, 7],
  integer: [0, -1, 2147483647, -2147483648, 256],
  bigint: [0n, -1n, MAX64, -MAX64 - 1n, 4294967296n, 9007199254740993n, 255n, 256n],
  double: [0, -0, 1.5, -1.5, NaN, Infinity, -Infinity, 5e-324, 1e308],
  numeric: [
    n(0n, 0),
    n(0n, 3),
    n(10n, 1),
    n(1n, 0),
    n(100n, 2),
    n(-15n, 1),
    n(10n ** 30n, 5),
    n(9999n, 0),
    n(10000n, 0),
    n(0n, -1),
    n(0n, -2),
    n(0n, -3),
    n(-(10n ** 9n), 9),
    n(1n, 7),
  ],
  text: ['', 'a', 'A', 'ab', 'é', '🐎', '%', '_x', 'a\\b', 'z'.repeat(300), 'z'.repeat(301), 'B', 'ß'],
  date: [0, -1, 19000, 2147483647, -2147483648],
  timestamp: [0n, -1n, 1600000000123456n, MAX64, -MAX64 - 1n, 946684800000000n],
  timestamptz: [0n, -1n, 1600000000123456n, MAX64, 1600000000123457n],
  interval: [
    { months: 0, days: 0, micros: 0n },
    { months: 1, days: 0, micros: 0n },
    { months: 0, days: 30, micros: 0n },
    { months: -1, days: 2, micros: 5n },
    { months: 0, days: 0, micros: 86400000000n },
    { months: 0, days: 1, micros: 0n },
  ],
};

export function randomValue(random: Random, { type, nullable }: Field): Value {
  if (nullable && random() < 0.15) return null;
  return pick(random, EDGES[type.kind]);
}

export function batchOf(
  schema: RowSchema,
  rows: readonly (readonly Value[])[],
  diffs?: readonly number[],
): Batch {
  const batch = newBatch(schema, Math.max(1, rows.length));
  rows.forEach((row, r) => row.forEach((value, c) => setValue(batch.columns[c]!, r, value)));
  batch.rows = rows.length;
  if (diffs !== undefined) batch.diffs = Int32Array.from(diffs);
  return batch;
}

/** A text that two rows share exactly when every bit of them is the same. */
export function exact(values: readonly Value[]): string {
  return JSON.stringify(values, (_, value: unknown) =>
    typeof value === 'bigint'
      ? `${value}n`
      : typeof value === 'number'
        ? Object.is(value, -0)
          ? '-0'
          : String(value)
        : value,
  );
}
