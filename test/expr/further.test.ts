// Rarer functions against the real Postgres: names, arrays made of one value, thresholds, jsonb from arrays, arithmetic in a time
// zone, places of matches, LIKE over bytes.

import { expect, test } from 'vitest';
import type { Outcome } from './compare.ts';
import { useOracle } from './compare.ts';
import type { Family } from './families.ts';
import { compareFamilies } from './families.ts';

const oracle = useOracle();

function rowsOf(...columns: readonly (readonly Outcome[])[]): Outcome[][] {
  return columns.reduce<Outcome[][]>(
    (rows, values) => rows.flatMap((row) => values.map((v) => [...row, v])),
    [[]],
  );
}

async function agree(families: readonly Family[], least: number): Promise<void> {
  const { found, cases } = await compareFamilies(oracle, families);
  expect(found).toEqual([]);
  expect(cases).toBeGreaterThan(least);
}

const NAMES = [
  ...[
    null,
    '',
    'a',
    'A.b',
    'a . b',
    ' "A".b ',
    '"a""b"."c"',
    '""',
    '"',
    'a.',
    '.a',
    'a..b',
    '1a',
    'a1$_',
    '$a',
    'ä.Ö',
    'a b',
  ],
  ...[
    'a.b c',
    'a\u000b.b',
    '"a',
    'a."b',
    'a"b"',
    'foo.bar.baz',
    '"x.y".z',
    'é',
    '日本.語',
    'a-b',
    'a.b.',
    'A.B.C;',
    '\ta',
    '_',
    '_._',
  ],
];

test('names and normal forms', { timeout: 60_000 }, async () => {
  const texts = ['', 'abc', 'é', 'e\u0301', 'ﬁ', 'Å', '가', '\u1100\u1161', '日本', null].map((text) => [
    text,
  ]);
  const quoted = { expressions: 'quote_literal(c0)\nquote_nullable(c0)' };
  await agree(
    [
      {
        kinds: ['text'],
        rows: NAMES.map((name) => [name]),
        expressions: 'parse_ident(c0)\nparse_ident(c0, false)',
      },
      {
        kinds: ['text', 'boolean'],
        rows: rowsOf(NAMES, ['true', 'false', null]),
        expressions: 'parse_ident(c0, c1)',
      },
      {
        kinds: ['text'],
        expressions: 'parse_ident(c0)\nparse_ident(c0, false)\nc0 IS NORMALIZED\nc0 IS NOT NFKD NORMALIZED',
      },
      {
        kinds: ['text'],
        rows: texts,
        expressions: 'c0 IS NORMALIZED\nc0 IS NFD NORMALIZED\nc0 IS NOT NFKC NORMALIZED',
      },
      { kinds: ['boolean'], ...quoted },
      { kinds: ['integer'], ...quoted },
      { kinds: ['numeric'], ...quoted },
      { kinds: ['timestamp'], ...quoted },
      { kinds: ['bytea'], ...quoted },
      { kinds: ['jsonb'], ...quoted },
      { kinds: ['text[]'], ...quoted },
    ],
    500,
  );
});

const SIZES = [
  null,
  '{}',
  '{0}',
  '{1}',
  '{3}',
  '{-1}',
  '{NULL}',
  '{2147483647}',
  '{1,1,1,1,1,1,1}',
  '{0,5}',
  '{3,NULL}',
  '{2,-1}',
];

test('array_fill and width_bucket', { timeout: 60_000 }, async () => {
  const filled = 'array_fill(c0, c1)\narray_fill(c0, c1, ARRAY[1])';
  await agree(
    [
      { kinds: ['integer', 'integer[]'], rows: rowsOf([null, '7', '-1'], SIZES), expressions: filled },
      { kinds: ['text', 'integer[]'], rows: rowsOf([null, '', 'a,"b', 'é'], SIZES), expressions: filled },
      { kinds: ['numeric', 'integer[]'], rows: rowsOf(['1.50', 'NaN'], SIZES), expressions: filled },
      {
        kinds: ['integer[]', 'integer[]'],
        rows: rowsOf(['{1}', '{2}', '{}', null], ['{1}', '{}', '{1,1}', '{NULL}', null]),
        expressions: 'array_fill(1, c0, c1)',
      },
      { kinds: ['integer', 'integer[]'], expressions: 'width_bucket(c0, c1)' },
      { kinds: ['numeric', 'numeric[]'], expressions: 'width_bucket(c0, c1)' },
      { kinds: ['double', 'double[]'], expressions: 'width_bucket(c0, c1)' },
      { kinds: ['text', 'text[]'], expressions: 'width_bucket(c0, c1)' },
      { kinds: ['interval', 'interval[]'], expressions: 'width_bucket(c0, c1)' },
      {
        kinds: ['integer', 'integer[]'],
        rows: rowsOf(['-5', '0', '1', '3', '9', '100'], ['{0,1,3,5,9}', '{9,3,0}', '{1,1,1}', '{5}']),
        expressions: 'width_bucket(c0, c1)',
      },
    ],
    500,
  );
});

test('jsonb from arrays, and jsonb_set_lax', { timeout: 60_000 }, async () => {
  const pairs = [
    '{}',
    '{a,1}',
    '{a}',
    '{a,1,a,2}',
    '{NULL,1}',
    '{a,NULL}',
    '{b,1,aa,"x y",a,"{}"}',
    '{"",""}',
    null,
  ];
  const paths = ['{a}', '{}', '{b,1}', '{x}', '{NULL}', '{a,b}', '{0}', '{-1}', null];
  const treatments = ['raise_exception', 'use_json_null', 'delete_key', 'return_target', 'other', null];
  const documents = ['{"a": 1, "b": [1, 2]}', '[1, 2]', '{}', '1', 'null', null];
  await agree(
    [
      { kinds: ['text[]'], rows: pairs.map((p) => [p]), expressions: 'jsonb_object(c0)' },
      { kinds: ['text[]'], expressions: 'jsonb_object(c0)' },
      { kinds: ['text[]', 'text[]'], rows: rowsOf(pairs, pairs), expressions: 'jsonb_object(c0, c1)' },
      {
        kinds: ['jsonb', 'text[]', 'jsonb', 'text'],
        rows: rowsOf(documents, paths, ['"v"', null], treatments),
        expressions: `jsonb_set_lax(c0, c1, c2)\njsonb_set_lax(c0, c1, c2, false)\njsonb_set_lax(c0, c1, c2, true, c3)
                      jsonb_set_lax(c0, c1, c2, false, c3)\njsonb_set_lax(c0, c1, c2, NULL)`,
      },
    ],
    2000,
  );
});

test('arithmetic of times in a zone, and periods', { timeout: 60_000 }, async () => {
  const times = [
    ...[
      '2024-03-31 00:30:00+00',
      '2024-03-30 01:30:00+00',
      '2024-10-27 00:30:00+00',
      '2024-10-26 23:59:59.5+00',
    ],
    ...['2000-02-29 12:34:56.789+00', '1980-01-31 22:00:00+00', 'infinity', '-infinity', null],
  ];
  const spans = [
    ...[
      '1 day',
      '1 month',
      '-1 month',
      '25:00:00',
      '1 month 1 day 01:00:00',
      '-1 days -00:30',
      '0',
      '1 year -3 days',
    ],
    ...['infinity', '-infinity', null],
  ];
  const zones = ['Europe/Berlin', 'America/New_York', 'UTC', 'Asia/Kolkata', null];
  await agree(
    [
      { kinds: ['timestamptz', 'interval'], expressions: 'date_add(c0, c1)\ndate_subtract(c0, c1)' },
      {
        kinds: ['timestamptz', 'interval', 'text'],
        rows: rowsOf(times, spans, zones),
        expressions: 'date_add(c0, c1, c2)\ndate_subtract(c0, c1, c2)',
      },
      {
        kinds: ['integer', 'integer', 'double', 'text'],
        rows: rowsOf(['2024', '1999', null], ['3', '10', '13'], ['0', '59.25', '61'], zones),
        expressions: 'make_timestamptz(c0, c1, 31, 2, 30, c2, c3)',
      },
      ...(['timestamp', 'timestamptz', 'time'] as const).flatMap((kind): Family[] => [
        {
          kinds: [kind, 'interval', kind, 'interval'],
          expressions: '(c0, c1) OVERLAPS (c2, c3)',
        },
        { kinds: [kind, 'interval', kind, kind], expressions: '(c0, c1) OVERLAPS (c2, c3)' },
        { kinds: [kind, kind, kind, 'interval'], expressions: '(c0, c1) OVERLAPS (c2, c3)' },
      ]),
    ],
    5000,
  );
});

test('places of matches', { timeout: 60_000 }, async () => {
  const texts = ['', 'abcabc', 'äbcä日bc', 'aXbxc😀abc', 'aaa', null];
  const patterns = ['b', '[ab]+', '(a)(b)', 'x', 'c*', '', '(', '日'];
  await agree(
    [
      { kinds: ['text', 'text'], rows: rowsOf(texts, patterns), expressions: 'regexp_instr(c0, c1)' },
      {
        kinds: ['text', 'text', 'integer', 'integer', 'integer'],
        rows: rowsOf(texts, patterns, ['1', '3', '9', '0'], ['1', '2', '-1'], ['0', '1', '2']),
        expressions: `regexp_instr(c0, c1, c2)\nregexp_instr(c0, c1, c2, c3)\nregexp_instr(c0, c1, c2, c3, c4)
                      regexp_instr(c0, c1, c2, c3, c4, 'i')\nregexp_instr(c0, c1, c2, c3, c4, 'i', 1)
                      regexp_instr(c0, c1, c2, c3, c4, '', 2)\nregexp_instr(c0, c1, 1, 1, c4, 'g')
                      regexp_substr(c0, c1, c2, c3, 'i', 1)\nregexp_substr(c0, c1, c2, c3, '', 2)`,
      },
      {
        kinds: ['text', 'text', 'integer'],
        rows: rowsOf(texts, patterns, ['-1', '0', '1', '2', '3']),
        expressions: "regexp_instr(c0, c1, 1, 1, 0, 'c', c2)",
      },
    ],
    2000,
  );
});

test('LIKE and overlay of bytes', { timeout: 60_000 }, async () => {
  const bytes = ['\\x', '\\x00', '\\xff', '\\x616263', '\\x61ff63', '\\x2525', '\\x5c', '\\xc3a4', null];
  const patterns = [
    '\\x25',
    '\\x5f',
    '\\x61255f',
    '\\x5c25',
    '\\x5c',
    '\\x615f63',
    '\\x25ff25',
    '\\x5f5f',
    '\\x',
    '\\xc3a4',
    '\\x5c5c',
    null,
  ];
  await agree(
    [
      { kinds: ['bytea', 'bytea'], rows: rowsOf(bytes, patterns), expressions: 'c0 LIKE c1\nc0 NOT LIKE c1' },
      {
        kinds: ['bytea', 'bytea', 'bytea'],
        rows: rowsOf(bytes, patterns, ['\\x23', '\\x', '\\xff', '\\x6162', '\\x5c']),
        expressions: 'c0 LIKE c1 ESCAPE c2',
      },
      {
        kinds: ['bytea', 'bytea', 'integer', 'integer'],
        rows: rowsOf(
          bytes,
          bytes,
          ['1', '2', '0', '-1', '2147483647'],
          ['0', '1', '-1', '2147483647', '-2147483648'],
        ),
        expressions: 'overlay(c0 PLACING c1 FROM c2)\noverlay(c0 PLACING c1 FROM c2 FOR c3)',
      },
    ],
    1000,
  );
});

test('types called as functions', { timeout: 60_000 }, async () => {
  await agree(
    [
      { kinds: ['timestamp'], expressions: 'date(c0)\ntext(c0)\ntimestamptz(c0)' },
      {
        kinds: ['text'],
        rows: [['1'], ['x'], ['2020-02-29'], [null]],
        expressions: 'int4(c0)\ndate(c0)\nfloat8(c0)\nbool(c0)\nbytea(c0)',
      },
      { kinds: ['numeric'], expressions: 'int8(c0)\nfloat4(c0)\ntext(c0)\n"numeric"(c0)\nbool(c0)' },
      { kinds: ['integer'], expressions: 'bool(c0)\nbytea(c0)\nint2(c0)\ndate(c0)' },
      { kinds: ['jsonb'], expressions: 'int4(c0)\nbool(c0)\ntext(c0)' },
      { kinds: ['boolean'], expressions: `int4(c0)\ntext(c0)\ndate('2020-01-01')` },
    ],
    200,
  );
});
