// The catalog text of src/expr/catalog against the real Postgres.

import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { FUNCTIONS } from '../../src/expr/catalog/functions.ts';
import { OPERATORS } from '../../src/expr/catalog/operators.ts';
import { CASTS, TYPES } from '../../src/expr/catalog/types.ts';
import { freshDatabase } from '../setup/parts.ts';
import { CASTS_SQL, FUNCTIONS_SQL, OPERATOR_NAMES, OPERATORS_SQL, TYPES_SQL } from './catalog-text.ts';

let client: pg.Client;
beforeAll(async () => {
  client = new pg.Client((await freshDatabase()).url);
  await client.connect();
});
afterAll(() => client.end());

/** Line breaks are layout. */
function flat(text: string): string {
  return text.trim().replaceAll(/,\s+/g, ', ');
}

const TYPE_NAMES = flat(TYPES)
  .split(', ')
  .map((entry) => entry.split(' ')[0]!);

interface Row {
  readonly name: string;
  readonly signatures: string;
}

test('operators', async () => {
  const { rows } = await client.query<Row>(OPERATORS_SQL, [OPERATOR_NAMES]);
  const here = Object.entries(OPERATORS).map(([name, text]) => [name, flat(text)]);
  expect(Object.fromEntries(here)).toEqual(Object.fromEntries(rows.map((r) => [r.name, flat(r.signatures)])));
});

test('functions', async () => {
  const { rows } = await client.query<Row>(FUNCTIONS_SQL, [Object.keys(FUNCTIONS)]);
  const here = Object.entries(FUNCTIONS).map(([name, text]) => [name, flat(text)]);
  expect(Object.fromEntries(here)).toEqual(Object.fromEntries(rows.map((r) => [r.name, flat(r.signatures)])));
});

test('types and casts', async () => {
  const types = await client.query<{ name: string; category: string }>(TYPES_SQL, [TYPE_NAMES]);
  expect(flat(TYPES)).toBe(types.rows.map((row) => `${row.name} ${row.category}`).join(', '));
  const casts = await client.query<{ line: string }>(CASTS_SQL, [TYPE_NAMES]);
  expect(flat(CASTS)).toBe(casts.rows.map((row) => row.line).join('\n'));
});
