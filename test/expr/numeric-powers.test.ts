// exp, ln, log and power of numeric against the real Postgres: every digit, over edges and seeded random numbers.

import { expect, test } from 'vitest';
import { testSeed } from '../setup/seed.ts';
import { useOracle } from './compare.ts';
import { compareFamilies } from './families.ts';

const oracle = useOracle();

const EDGES = [
  ...[
    '0',
    '0.00',
    '1',
    '1.000',
    '-1',
    '2',
    '-2',
    '10',
    '100',
    '0.5',
    '0.1',
    '-0.5',
    '2.5',
    '3',
    '-3',
    '7',
    '1e-20',
    '1.1',
  ],
  ...[
    '0.9',
    '0.95',
    '1.0000001',
    '0.9999999999',
    '123.456',
    '-123.456',
    '1e10',
    '99999999999999999999',
    '12345.678901234567890',
  ],
  ...[
    'NaN',
    'Infinity',
    '-Infinity',
    '5999',
    '6001',
    '-5999',
    '-6001',
    '2147483647',
    '-2147483648',
    '2147483648',
    '0.001',
    '31.4',
  ],
  ...['1e30', '-1e5', '0.00000000000000000000000000001', '1.5', '-1.5', '20.000000', '1000'],
];

function randomNumbers(count: number): string[] {
  let state = testSeed() >>> 0;
  const next = (): number => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
  const digits = (n: number): string => Array.from({ length: n }, () => Math.floor(next() * 10)).join('');
  return Array.from({ length: count }, () => {
    const sign = next() < 0.25 ? '-' : '';
    return `${sign}${BigInt(digits(1 + Math.floor(next() * 4)))}.${digits(Math.floor(next() * 12))}0`;
  });
}

/** PostgreSQL takes seconds for a few of these. */
const slow = (base: string, exponent: string): boolean =>
  Math.abs(Number(exponent)) > 10_000 && Number.isFinite(Number(exponent)) && Math.abs(Number(base)) !== 1;

test('one argument', { timeout: 60_000 }, async () => {
  const rows = [...EDGES, ...randomNumbers(300)].map((value) => [value]);
  const { found, cases } = await compareFamilies(oracle, [
    { kinds: ['numeric'], rows, expressions: 'exp(c0)\nln(c0)\nlog(c0)\nlog10(c0)' },
  ]);
  expect(found).toEqual([]);
  expect(cases).toBeGreaterThan(1000);
});

test('two arguments', { timeout: 120_000 }, async () => {
  const some = randomNumbers(300);
  const rows = [
    ...EDGES.flatMap((base) => EDGES.map((exponent) => [base, exponent])),
    ...some.map((base, i) => [base, some[(i * 7 + 1) % some.length]!]),
    ...some.map((base, i) => [base, String((i % 41) - 20)]),
  ].filter(([base, exponent]) => !slow(base!, exponent!));
  const { found, cases } = await compareFamilies(oracle, [
    { kinds: ['numeric', 'numeric'], rows, expressions: 'power(c0, c1)\nc0 ^ c1\nlog(c0, c1)' },
  ]);
  expect(found).toEqual([]);
  expect(cases).toBeGreaterThan(3000);
});
