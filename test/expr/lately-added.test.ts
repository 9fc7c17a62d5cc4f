// Degrees, checksums, identifiers and normal forms against the real Postgres.

import { expect, test } from 'vitest';
import { useOracle } from './compare.ts';
import { compareFamilies } from './families.ts';

const oracle = useOracle();

const ANGLES = [
  ...Array.from({ length: 97 }, (_, i) => String(i * 15 - 720)),
  ...[
    '0.1',
    '-0.1',
    '29.999',
    '30.0001',
    '44.5',
    '89.9',
    '-123.4',
    '1e10',
    '-7.5',
    '59.9',
    '60.1',
    '-0',
    'NaN',
    'Infinity',
  ],
];
const UNIT = Array.from({ length: 81 }, (_, i) => String((i - 40) / 40)).concat(
  '1.1',
  '-1.1',
  'NaN',
  '0.3',
  '-0.77',
);

test('degrees', { timeout: 60_000 }, async () => {
  const { found, cases } = await compareFamilies(oracle, [
    {
      kinds: ['double'],
      rows: ANGLES.map((angle) => [angle]),
      tolerance: 1e-14,
      expressions: 'sind(c0)\ncosd(c0)\ntand(c0)\ncotd(c0)\natand(c0)',
    },
    { kinds: ['double'], rows: UNIT.map((x) => [x]), tolerance: 1e-14, expressions: 'asind(c0)\nacosd(c0)' },
    { kinds: ['double', 'double'], tolerance: 1e-14, expressions: 'atan2d(c0, c1)' },
  ]);
  expect(found).toEqual([]);
  expect(cases).toBeGreaterThan(1000);
});

const IDS = [
  ...[
    'c232ab00-9414-11ec-b3c8-9f6bdeced846',
    '017f22e2-79b0-7cc3-98c4-dc0c0c07398f',
    '00000000-0000-0000-0000-000000000000',
  ],
  ...[
    '919108f7-52d1-4320-9bac-f847db4148a8',
    'ffffffff-ffff-7fff-bfff-ffffffffffff',
    'ffffffff-ffff-1fff-bfff-ffffffffffff',
  ],
];

test('checksums, identifiers and normal forms', { timeout: 60_000 }, async () => {
  const { found, cases } = await compareFamilies(oracle, [
    { kinds: ['bytea'], expressions: 'crc32(c0)\ncrc32c(c0)' },
    {
      kinds: ['uuid'],
      rows: IDS.map((id) => [id]),
      expressions: 'uuid_extract_version(c0)\nuuid_extract_timestamp(c0)',
    },
    { kinds: ['uuid'], expressions: 'uuid_extract_version(c0)\nuuid_extract_timestamp(c0)' },
    {
      kinds: ['text'],
      rows: ['', 'é', 'e\u0301', 'ﬁ', 'Å', '\u1e9b\u0323', '가', '\u1100\u1161', 'abc', 'ÀÉ Ω'].map(
        (text) => [text],
      ),
      expressions: `normalize(c0)\nnormalize(c0, NFD)\nnormalize(c0, NFKC)\nnormalize(c0, NFKD)`,
    },
    { kinds: ['text'], expressions: 'normalize(c0)' },
    { kinds: ['text', 'text'], expressions: 'normalize(c0 || c1, NFC)' },
  ]);
  expect(found).toEqual([]);
  expect(cases).toBeGreaterThan(500);
});
