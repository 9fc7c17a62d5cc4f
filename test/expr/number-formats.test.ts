// to_char and to_number of numbers against the real Postgres: templates that were chosen, and random ones.

import { expect, test } from 'vitest';
import { testSeed } from '../setup/seed.ts';
import type { Outcome } from './compare.ts';
import { useOracle } from './compare.ts';
import type { EdgeKind } from './edge-values.ts';
import { edgesOf } from './edge-values.ts';
import { compareFamilies } from './families.ts';
import { randomSource } from './random-expressions.ts';

const oracle = useOracle();

const SEED = testSeed();

const TEMPLATES = [
  ...[
    '9',
    '99',
    '999999',
    '9.9',
    '999.99',
    '9,999.99',
    '9G999D99',
    '0',
    '0000',
    '09.90',
    '00.00',
    '990.99',
    '9990999.9',
    '9900.990099',
  ],
  ...[
    'FM9',
    'FM999.99',
    'FM0.0',
    'FM0.99',
    'FM9.0',
    'FM9999.99990',
    'FM0999,999.90',
    'fm99.99',
    'FM999,999',
    'FM',
    'FMS99.9',
    'FM9.9S',
  ],
  ...[
    'S9',
    'S999.9',
    '999.9S',
    '9S9',
    '99S',
    'S0.0',
    'MI99.9',
    '99.9MI',
    '99MI',
    'PL99',
    '99PL',
    'SG99',
    '99.9SG',
    '99PR',
    '0.00PR',
  ],
  ...[
    'FM99PR',
    'FMMI99',
    'FM99PL',
    'FMSG99',
    '9SG9',
    'L99.9',
    '99L',
    '99TH',
    '99th',
    'FM9999TH',
    '99.9th',
    '9V9',
    '99V999',
    'S9V99',
  ],
  ...[
    '9.99EEEE',
    'EEEE',
    '9EEEE',
    '9.999999eeee',
    'RN',
    'rn',
    'FMRN',
    'FMrn',
    'RNFM',
    '9RN',
    'B9',
    'B0',
    '9B9',
    'C9',
    'SP9',
    'sp',
    'x9y9',
  ],
  ...[
    '"text" 99',
    '99"a\\"b"',
    '\\"99',
    'é99ü',
    '99 99',
    '9-9',
    '"',
    '"unclosed',
    '\\',
    '',
    ' ',
    '999999999999999999999.9999999999',
  ],
  ...[
    '0.9',
    '.9',
    '.',
    '9.',
    'D9',
    ',9',
    '9,',
    ',,',
    '0,0',
    'G',
    '9G',
    '.00',
    'S.99',
    '9.9.9',
    '9D9.9',
    'SS',
    'SMI',
    'S9PL',
    'PRS',
    'PR9',
    'PR0',
  ],
  ...[
    'V.9',
    '9.V',
    'EEEE9',
    'EEEEEEEE',
    'FMEEEE',
    'SEEEE',
    'RN9',
    '0RN',
    'RNRN',
    'BEEEE',
    '9VEEEE',
    'th',
    'TH9',
    '9TH9',
    '9V9V9',
    '0V0',
    '99V',
  ],
  ...[
    '9V9999999999',
    '9V99999999999999999999',
    'PL9.9',
    '9.9PL',
    '9.9MI',
    'MI9.9',
    'PLMI9',
    '9PRMI',
    '0009.9000',
    'FM0009.9000',
    'FM999.000',
  ],
];

const WORDS = [
  '9',
  '9',
  '9',
  '0',
  '0',
  '.',
  'D',
  ',',
  'G',
  'S',
  'MI',
  'PL',
  'SG',
  'PR',
  'FM',
  'L',
  'TH',
  'th',
  'V',
  'RN',
  'EEEE',
  'B',
  ' ',
  '"q"',
  'x',
];

/** Mostly digits and points, so that many of them are taken. */
function randomTemplates(count: number, seed: number): string[] {
  const random = randomSource(seed);
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)]!;
  return Array.from({ length: count }, () =>
    Array.from({ length: 1 + Math.floor(random() * 8) }, () =>
      random() < 0.6 ? pick(['9', '9', '0', '.', ',']) : pick(WORDS),
    ).join(''),
  );
}

const VALUES: Partial<Record<EdgeKind, readonly Outcome[]>> = {
  integer: ['12', '-12', '485', '3999', '4000', '1112', '123456'],
  bigint: ['1204', '-485', '1000000000000'],
  double: [
    '0.01',
    '-0.5',
    '12.345',
    '-1234.5',
    '1e20',
    '1.005',
    '0.25',
    '0.125',
    '999.995',
    '-0.001',
    '485.4',
    '3999.5',
  ],
  real: ['0.01', '-0.5', '12.345', '123456.789', '9.5', '0.25', '-0.001'],
  numeric: [
    '0.01',
    '-0.5',
    '12.345',
    '-1234.5',
    '485',
    '-485',
    '0.001',
    '99.995',
    '1234567.891',
    '-0.0004',
    '3999.4',
    '3999.5',
    '9.99',
  ],
};

test.each(['integer', 'bigint', 'real', 'double', 'numeric'] as const)(
  'to_char of %s',
  { timeout: 120_000 },
  async (kind) => {
    const values = [...edgesOf(kind), ...VALUES[kind]!];
    const templates = [...TEMPLATES, ...randomTemplates(150, SEED)];
    const rows = templates.flatMap((template) => values.map((value) => [value, template]));
    const { found, cases } = await compareFamilies(oracle, [
      { kinds: [kind, 'text'], rows, expressions: 'to_char(c0, c1)' },
      {
        kinds: [kind, 'text'],
        rows: [
          ['1', null],
          [null, '9'],
        ],
        expressions: 'to_char(c0, c1)',
      },
    ]);
    expect(found).toEqual([]);
    expect(cases).toBeGreaterThan(3000);
  },
);

const INPUTS = [
  ...[
    '',
    ' ',
    '12',
    '-12',
    '+12',
    ' 12',
    '1,234.56',
    '-1,234.56',
    '1234.5-',
    '12.5+',
    '<12>',
    '12 -',
    '- 12',
    '.5',
    '5.',
    '-.5',
    '1.2.3',
  ],
  ...[
    '12345',
    'abc',
    '1a2',
    '$12',
    'é12',
    '12é',
    '12th',
    '1st',
    '0012',
    '1 2',
    '--1',
    '+-1',
    '1e5',
    '99,99',
    ',12',
    '12,',
    '123456789.987654321',
  ],
  ...[
    'XIV',
    'xiv',
    ' MCMXCIV',
    'IIII',
    'IL',
    'MMMCMXCIX',
    'VX',
    'CCM',
    'XIX ',
    'IXI',
    'LC',
    'DD',
    'Q',
    'MMMM',
    'XLX',
    'VIV',
    'IVI',
    'CMCD',
  ],
];

test('to_number', { timeout: 120_000 }, async () => {
  const templates = [...TEMPLATES, ...randomTemplates(200, SEED + 1)];
  const rows = templates.flatMap((template) => INPUTS.map((input) => [input, template]));
  const { found, cases } = await compareFamilies(oracle, [
    { kinds: ['text', 'text'], rows, expressions: 'to_number(c0, c1)' },
    {
      kinds: ['text', 'text'],
      rows: [
        ['1', null],
        [null, '9'],
        [null, ''],
        ['1', ''],
      ],
      expressions: 'to_number(c0, c1)',
    },
  ]);
  expect(found).toEqual([]);
  expect(cases).toBeGreaterThan(10_000);
});
