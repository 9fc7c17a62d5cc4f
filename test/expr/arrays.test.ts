// Arrays and rows against the real Postgres, over edge values.

import { expect, test } from 'vitest';
import { useOracle } from './compare.ts';
import { compareFamilies } from './families.ts';

const oracle = useOracle();

const ONE = `
  c0[1]
  c0[2]
  c0[0]
  c0[1:2]
  c0[2:]
  c0[:1]
  c0[3:1]
  array_length(c0, 1)
  array_length(c0, 2)
  array_upper(c0, 1)
  array_lower(c0, 1)
  array_ndims(c0)
  array_dims(c0)
  cardinality(c0)
  trim_array(c0, 1)
  array_reverse(c0)
  array_sort(c0)
  array_sort(c0, true)
  array_sort(c0, false, true)
  c0 || c0
  c0 || c0[1]
  c0[1] || c0
  c0 || NULL
  array_append(c0, c0[1])
  array_prepend(c0[2], c0)
  array_cat(c0, c0)
  array_remove(c0, c0[1])
  array_replace(c0, c0[1], c0[2])
  array_position(c0, c0[2])
  array_position(c0, c0[1], 2)
  array_positions(c0, c0[1])
  array_to_string(c0, ',')
  array_to_string(c0, ' ', 'none')
  c0[1] = ANY (c0)
  c0[2] <> ALL (c0)
  c0[1] < ANY (c0)
  c0 IS DISTINCT FROM c0[1:2]
  ARRAY[c0[1], c0[2]]`;

const TWO = `
  c0 = c1
  c0 < c1
  c0 @> c1
  c0 <@ c1
  c0 && c1
  c0 || c1
  greatest(c0, c1)`;

test('arrays', { timeout: 90_000 }, async () => {
  const lists = ['integer[]', 'text[]', 'numeric[]', 'double[]', 'bytea[]', 'interval[]'] as const;
  const { found, cases } = await compareFamilies(oracle, [
    ...lists.map((kind) => ({ kinds: [kind], expressions: ONE })),
    ...lists.map((kind) => ({ kinds: [kind, kind], expressions: TWO })),
    {
      kinds: ['integer[]', 'integer'],
      expressions: `
        c0[c1]
        c0[c1:c1]
        c0[c1:3]
        trim_array(c0, c1)
        array_append(c0, c1)
        array_position(c0, c1)
        c1 = ANY (c0)
        c1 <= ALL (c0)
        c1 = ANY ('{1,3}')
        c1 <> ALL (ARRAY[1, NULL])
        ARRAY[c1, 2, NULL]
        ARRAY[c1, 2.5]
        ARRAY[c1, 1::bigint]::text[]
        c0::bigint[] || 1
        '{7}' || c0`,
    },
    {
      kinds: ['text', 'text'],
      expressions: `
        string_to_array(c0, c1)
        string_to_array(c0, ',')
        string_to_array(c0, NULL)
        string_to_array(c0, c1, 'a')
        ARRAY[c0, c1]
        ARRAY[c0, c1]::varchar(2)[]
        c0 LIKE ANY (ARRAY['a%', c1])`,
    },
  ]);
  expect(found).toEqual([]);
  expect(cases).toBeGreaterThan(1500);
});

test('rows', { timeout: 60_000 }, async () => {
  const { found, cases } = await compareFamilies(oracle, [
    {
      kinds: ['integer', 'text'],
      expressions: `
        (ROW(c0, c1)).f1
        ROW(c0, c1)::text
        (c0, c1) = (1, 'a')
        (c0, c1) <> (1, 'a')
        (c0, c1) < (1, 'a')
        (c0, c1) >= (0, c1)
        (c0, c1) IN ((1, 'a'), (0, NULL))
        ROW(c0, c1) IS NULL
        ROW(c0, c1) IS NOT NULL
        ROW(c0, c1) IS DISTINCT FROM ROW(1, 'a'::text)
        to_jsonb(ROW(c0, c1))`,
    },
  ]);
  expect(found).toEqual([]);
  expect(cases).toBeGreaterThan(200);
});
