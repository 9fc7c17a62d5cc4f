// jsonb against the real Postgres: operators and functions over edge values.

import { expect, test } from 'vitest';
import { useOracle } from './compare.ts';
import { compareFamilies } from './families.ts';

const oracle = useOracle();

test('members and paths', { timeout: 60_000 }, async () => {
  const { found, cases } = await compareFamilies(oracle, [
    {
      kinds: ['jsonb'],
      expressions: `
        c0 -> 'a'
        c0 ->> 'a'
        c0 -> 0
        c0 ->> 1
        c0 -> -1
        c0 -> 'a' -> 'b' ->> 'c'
        c0['a']
        c0[0]
        c0 #> '{a,b}'
        c0 #>> '{b,1,c}'
        c0 #> '{}'
        c0 #>> '{1}'
        c0 #>> ARRAY['a', NULL]
        c0 #> '{-1}'
        c0 #> '{ 1}'
        c0 #> '{1x}'
        jsonb_extract_path(c0, 'a', 'b')
        jsonb_extract_path_text(c0, 'b', '1')
        jsonb_typeof(c0)
        jsonb_array_length(c0)
        jsonb_pretty(c0)
        c0 ? 'a'
        c0 ?| ARRAY['x', 'bb']
        c0 ?| ARRAY[]::text[]
        c0 ?& ARRAY['a', 'b']
        c0 ?& ARRAY['a', NULL]
        (c0 ->> 'a')::numeric
        c0 = '1'
        c0 < '[1]'
        c0 IN ('1', '"a"')`,
    },
    {
      kinds: ['jsonb', 'text'],
      expressions: `
        c0 -> c1
        c0 ->> c1
        c0 ? c1`,
    },
    { kinds: ['jsonb', 'integer'], expressions: 'c0 -> c1\nc0 ->> c1' },
  ]);
  expect(found).toEqual([]);
  expect(cases).toBeGreaterThan(1000);
});

test('changes', { timeout: 60_000 }, async () => {
  const { found, cases } = await compareFamilies(oracle, [
    {
      kinds: ['jsonb', 'jsonb'],
      expressions: `
        c0 @> c1
        c0 <@ c1
        c0 || c1
        c0 < c1
        c0 IS DISTINCT FROM c1
        greatest(c0, c1)`,
    },
    { kinds: ['jsonb', 'text'], expressions: 'c0 - c1' },
    { kinds: ['jsonb', 'integer'], expressions: 'c0 - c1' },
    {
      kinds: ['jsonb'],
      expressions: `
        c0 - ARRAY['a', 'b']
        c0 - ARRAY['a', NULL]
        c0 #- '{a}'
        c0 #- '{a,b}'
        c0 #- '{1}'
        c0 #- '{-1}'
        c0 #- '{0,0}'
        c0 #- '{}'
        jsonb_set(c0, '{a}', '"new"')
        jsonb_set(c0, '{a}', '"new"', false)
        jsonb_set(c0, '{b,1,c}', '[1.0]')
        jsonb_set(c0, '{0}', 'null')
        jsonb_set(c0, '{9}', '9')
        jsonb_set(c0, '{-9}', '9')
        jsonb_set(c0, '{-1}', '9', false)
        jsonb_set(c0, '{a,b}', '1')
        jsonb_set(c0, '{}', '1')
        jsonb_set(c0, ARRAY['a', NULL], '1')
        jsonb_insert(c0, '{a}', '1')
        jsonb_insert(c0, '{1}', '1')
        jsonb_insert(c0, '{1}', '1', true)
        jsonb_insert(c0, '{-1}', '1', true)
        jsonb_insert(c0, '{b,0}', '"x"')
        jsonb_strip_nulls(c0)
        jsonb_strip_nulls(c0, true)`,
    },
  ]);
  expect(found).toEqual([]);
  expect(cases).toBeGreaterThan(1000);
});

test('making', { timeout: 60_000 }, async () => {
  const kinds = 'boolean integer bigint real double numeric text varchar bytea uuid date time timestamp timestamptz interval jsonb'.split(' '); // prettier-ignore
  const lists = ['integer[]', 'text[]', 'numeric[]', 'double[]', 'interval[]', 'jsonb[]'];
  const { found, cases } = await compareFamilies(oracle, [
    ...[...kinds, ...lists].map((kind) => ({
      kinds: [kind as 'integer'],
      expressions: `
        to_jsonb(c0)
        jsonb_build_array(c0, 1, NULL, 'x')
        jsonb_build_object('k', c0)
        jsonb_build_object(c0, 1)`,
    })),
    {
      kinds: ['integer', 'text'],
      expressions: `
        jsonb_build_array()
        jsonb_build_object()
        jsonb_build_object('a', c0, 'a', c1, 'b', jsonb_build_array(c1))
        jsonb_build_object('a', c0, 'b')
        to_jsonb(ROW(c0, c1))
        to_jsonb(ARRAY[c0, 1])
        to_jsonb('x'::text)`,
    },
  ]);
  expect(found).toEqual([]);
  expect(cases).toBeGreaterThan(500);
});
