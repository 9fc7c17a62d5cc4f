// ENCODE TEXT and BYTES: the value is the column.

import { expect, test } from 'vitest';
import { EMPTY_CATALOG } from '../../src/catalog/catalog.ts';
import { openDecoder } from '../../src/connectors/formats/open-decoder.ts';
import { planSubmission } from '../../src/plan.ts';
import { outcomes, outputFor } from './decoding.ts';

function decode(type: string, encode: string, values: readonly (Uint8Array | null)[]): readonly unknown[] {
  const sql = `CREATE SOURCE s (v ${type}) WITH (connector = 'kafka', topic = 't') FORMAT PLAIN ENCODE ${encode}`;
  const { bound } = planSubmission(sql, EMPTY_CATALOG).statements[0]!;
  if (bound.kind !== 'create source') throw new Error('no source');
  const columns = bound.definition.columns.map((column) => ({ ...column, notNull: !column.nullable }));
  const decoder = openDecoder(bound.definition, [0], [], () => undefined);
  return outcomes(decoder, values, outputFor(columns, [0])).map((outcome) =>
    'row' in outcome ? outcome.row[0] : outcome.code,
  );
}

const VALUES = ['', 'é', '\0'].map((text) => new TextEncoder().encode(text));
const NOT_TEXT = Uint8Array.of(0xff, 0x00);

test('text is UTF-8 that Postgres can store', () => {
  expect(decode('TEXT', 'TEXT', [...VALUES, NOT_TEXT, null])).toEqual([
    '',
    'é',
    'NUL_CHARACTER',
    'INVALID_UTF8',
    'NULL_VALUE',
  ]);
});

test('bytes are any bytes', () => {
  const bytes = decode('BYTEA', 'BYTES', [...VALUES, NOT_TEXT, null]);
  expect(bytes.slice(0, 4).map((value) => Buffer.from(value as Uint8Array).toString('hex'))).toEqual([
    '',
    'c3a9',
    '00',
    'ff00',
  ]);
  expect(bytes[4]).toBe('NULL_VALUE');
});
