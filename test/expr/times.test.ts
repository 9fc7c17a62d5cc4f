// Dates, times and zones against the real Postgres, over edge values and over the changes of clocks.

import { expect, test } from 'vitest';
import type { Outcome } from './compare.ts';
import { useOracle } from './compare.ts';
import { compareFamilies } from './families.ts';
import { randomSource } from './random-expressions.ts';
import { testSeed } from '../setup/seed.ts';

const oracle = useOracle();

function combinations(...lists: readonly (readonly Outcome[])[]): (readonly Outcome[])[] {
  return lists.reduce<(readonly Outcome[])[]>(
    (rows, list) => rows.flatMap((row) => list.map((value) => [...row, value])),
    [[]],
  );
}

test('making and age', { timeout: 60_000 }, async () => {
  const numbers = [null, '0', '1', '-1', '12', '29', '2024', '294277', '-4714', '2147483647'];
  const { found, cases } = await compareFamilies(oracle, [
    {
      kinds: ['integer', 'integer', 'integer'],
      rows: combinations(numbers, ['0', '1', '2', '12', '13'], ['0', '1', '29', '30', '31', '32']),
      expressions:
        'make_date(c0, c1, c2)\nmake_timestamp(c0, c1, c2, 1, 2, 3.5)\nmake_timestamptz(c0, c1, c2, 1, 2, 3.5)\nmake_interval(c0, c1, c2)\nmake_interval(c0)\nmake_interval(1, 2, 3, c0, c1, c2, 1.5)',
    },
    {
      kinds: ['integer', 'integer', 'double'],
      rows: combinations(
        ['0', '23', '24', '25', '-1'],
        ['0', '59', '60', '-1'],
        ['0', '59.9999999', '60', '60.1', '-1', 'NaN', '1e300'],
      ),
      expressions: 'make_time(c0, c1, c2)\nmake_interval(0, 0, 0, 0, c0, c1, c2)',
    },
    {
      kinds: ['timestamp', 'timestamp'],
      expressions: "age(c0, c1)\nc0 - c1\n(c0, c1) OVERLAPS (timestamp '2000-01-01', timestamp '2020-12-31')",
    },
    {
      kinds: ['timestamptz', 'timestamptz'],
      expressions: 'age(c0, c1)\n(c0, c1) OVERLAPS (c1, c0)\n(c0, c1) OVERLAPS (NULL, c0)',
    },
    {
      kinds: ['time', 'time'],
      expressions: "c0 - c1\n(c0, c1) OVERLAPS (time '08:00', time '13:00')\nc0 < c1",
    },
    { kinds: ['time', 'interval'], expressions: 'c0 + c1\nc0 - c1\nc1 + c0' },
    { kinds: ['date', 'time'], expressions: 'c0 + c1\nc1 + c0' },
    {
      kinds: ['time'],
      expressions: 'microseconds milliseconds second minute hour epoch day dow timezone'
        .split(' ')
        .flatMap((field) => [`extract(${field} FROM c0)`, `date_part('${field}', c0)`])
        .join('\n'),
    },
  ]);
  expect(found).toEqual([]);
  expect(cases).toBeGreaterThan(2000);
});

const SEED = testSeed();
const ZONES = [
  'Europe/Berlin',
  'America/New_York',
  'Asia/Kolkata',
  'Australia/Lord_Howe',
  'America/Sao_Paulo',
  'Pacific/Apia',
  'UTC',
  'asia/tokyo',
];

test(`zones, seed ${SEED}`, { timeout: 60_000 }, async () => {
  const random = randomSource(SEED);
  const moments = Array.from({ length: 120 }, () => new Date(Math.floor(random() * 1.7e12)).toISOString());
  const changes = [
    '2024-03-31T00:30',
    '2024-03-31T01:00',
    '2024-03-31T02:30',
    '2024-10-27T00:30',
    '2024-10-27T01:30',
    '2024-10-27T02:30',
    '2024-03-10T02:30',
    '2024-11-03T01:30',
    '2011-12-30T12:00',
    '2011-12-29T23:00',
  ];
  const rows = [...moments, ...changes].map((text) => [text]);
  const { found, cases } = await compareFamilies(oracle, [
    {
      kinds: ['timestamptz'],
      rows: rows.map(([text]) => [text!.endsWith('Z') ? text! : `${text!}Z`]),
      expressions: ZONES.flatMap((zone) => [
        `c0 AT TIME ZONE '${zone}'`,
        `date_trunc('day', c0, '${zone}')`,
      ]).join('\n'),
    },
    {
      kinds: ['timestamp'],
      rows: rows.map(([text]) => [text!.replace('Z', '')]),
      expressions: ZONES.map((zone) => `c0 AT TIME ZONE '${zone}'`).join('\n'),
    },
    {
      kinds: ['timestamptz'],
      expressions:
        "c0 AT TIME ZONE interval '-05:30'\nc0 AT TIME ZONE interval '1 day'\nc0 AT TIME ZONE 'UTC'",
    },
    {
      kinds: ['timestamp', 'text'],
      rows: [
        ['2024-01-01', 'Europe/Paris'],
        ['2024-07-01', 'nowhere'],
        ['2024-07-01', null],
      ],
      expressions: 'c0 AT TIME ZONE c1',
    },
  ]);
  expect(found).toEqual([]);
  expect(cases).toBeGreaterThan(2000);
});
