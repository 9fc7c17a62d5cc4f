// Numbers against the real Postgres, over edge values.

import { expect, test } from 'vitest';
import { useOracle } from './compare.ts';
import { compareFamilies } from './families.ts';

const oracle = useOracle();

/** Four units in the last place: what the C library and V8 differ by at most. */
const LAST_DIGIT = 1e-15;

test('double precision', { timeout: 60_000 }, async () => {
  const one =
    'exp ln log log10 cbrt sin cos tan cot asin acos atan sinh cosh tanh asinh acosh atanh degrees radians sqrt sign';
  const { found, cases } = await compareFamilies(oracle, [
    {
      kinds: ['double'],
      tolerance: LAST_DIGIT,
      expressions: `${one
        .split(' ')
        .map((name) => `${name}(c0)`)
        .join(
          '\n',
        )}\n|/ c0\n||/ c0\n@ c0\nwidth_bucket(c0, -1, 3, 5)\nwidth_bucket(c0, 3, -1, 5)\nwidth_bucket(c0, 1, 1, 5)\nwidth_bucket(c0, 0, 1, 0)\npi() * c0`,
    },
    {
      kinds: ['double', 'double'],
      tolerance: LAST_DIGIT,
      expressions: 'power(c0, c1)\nc0 ^ c1\natan2(c0, c1)',
    },
    { kinds: ['integer', 'integer'], tolerance: LAST_DIGIT, expressions: 'power(c0, c1)\nc0 ^ c1' },
    { kinds: ['real', 'double'], expressions: 'c0 + c1\nc0 < c1\nc0 * 2' },
  ]);
  expect(found).toEqual([]);
  expect(cases).toBeGreaterThan(1500);
});

test('errors and gamma', { timeout: 60_000 }, async () => {
  const steps = Array.from({ length: 400 }, (_, i) => [String((i - 200) / 7.3)]);
  const odd = [
    '27',
    '26.5',
    '171.6',
    '172',
    '-170.5',
    '-184.3',
    '-190.5',
    '1e-20',
    '-1e-300',
    '2.55e305',
    '1e306',
    '0.5',
    '1',
    '2',
    '-2.4570247382208005',
  ];
  const expressions = 'erf(c0)\nerfc(c0)\ngamma(c0)\nlgamma(c0)';
  const { found, cases } = await compareFamilies(oracle, [
    { kinds: ['double'], tolerance: LAST_DIGIT, expressions },
    { kinds: ['double'], rows: [...steps, ...odd.map((x) => [x])], tolerance: LAST_DIGIT, expressions },
  ]);
  expect(found).toEqual([]);
  expect(cases).toBeGreaterThan(1500);
});

test('integers and numeric', { timeout: 60_000 }, async () => {
  const bits = 'c0 & c1\nc0 | c1\nc0 # c1\n~ c0';
  const { found, cases } = await compareFamilies(oracle, [
    { kinds: ['smallint', 'smallint'], expressions: bits },
    { kinds: ['integer', 'integer'], expressions: `${bits}\nc0 << c1\nc0 >> c1\ngcd(c0, c1)\nlcm(c0, c1)` },
    { kinds: ['bigint', 'bigint'], expressions: bits },
    { kinds: ['smallint', 'integer'], expressions: 'c0 << c1\nc0 >> c1\nc0 & c1' },
    { kinds: ['bigint', 'integer'], expressions: 'c0 << c1\nc0 >> c1\nc0 | c1\ndiv(c0, c1)' },
    {
      kinds: ['numeric'],
      expressions: `
        scale(c0)
        min_scale(c0)
        trim_scale(c0)
        sqrt(c0)
        width_bucket(c0, 0, 10, 7)
        width_bucket(c0, 10, -3.5, 4)
        width_bucket(c0, 1, 1.0, 4)
        width_bucket(c0, 0, 1, 2147483647)
        factorial(5)
        @ c0`.replace('\n        @ c0', ''),
    },
    { kinds: ['numeric', 'numeric'], expressions: 'gcd(c0, c1)\nlcm(c0, c1)\ndiv(c0, c1)\nc0 % c1' },
    { kinds: ['integer'], expressions: 'factorial(abs(c0::bigint) % 40)\nfactorial(c0 % 3)' },
  ]);
  expect(found).toEqual([]);
  expect(cases).toBeGreaterThan(1500);
});
