// Rows of a snapshot as a batch: every value of every type comes back as it was.

import { expect, onTestFailed, test } from 'vitest';
import * as types from '../../src/data/types.ts';
import type { RowSchema, SqlType } from '../../src/data/types.ts';
import { valueAt } from '../../src/data/value.ts';
import { batchOfRows } from '../../src/views/row-batch.ts';
import { exact, randomValue, seeded } from './random-rows.ts';
import { testSeed } from '../setup/seed.ts';

const KINDS: readonly SqlType[] = [
  types.BOOLEAN,
  types.BIGINT,
  types.DOUBLE,
  types.NUMERIC,
  types.TEXT,
  types.TIMESTAMPTZ,
  types.INTERVAL,
  types.BYTEA,
  types.UUID,
  types.JSONB,
];

test('a batch holds the rows that it was made of', () => {
  const seed = testSeed();
  onTestFailed(() => console.log(`seed ${seed}`));
  const random = seeded(seed);
  const schema: RowSchema = KINDS.map((type, i) => ({ name: `c${i}`, type, nullable: true }));
  const rows = Array.from({ length: 300 }, () => schema.map((field) => randomValue(random, field)));
  const batch = batchOfRows(schema, rows);
  expect(batch.rows).toBe(300);
  rows.forEach((row, r) =>
    expect(exact(batch.columns.map((column, c) => valueAt(column, r, KINDS[c]!)))).toBe(exact(row)),
  );
});
