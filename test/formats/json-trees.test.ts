// The types that are decoded and encoded one by one: what converts, what is rejected, and what a sink writes of it.
import { describe, expect, test } from 'vitest';
import { ByteWriter } from '../../src/connectors/formats/byte-writer.ts';
import { compileJsonDecoder } from '../../src/connectors/formats/json-decoder.ts';
import { compileJsonEncoder } from '../../src/connectors/formats/json-encoder.ts';
import { newBatch } from '../../src/data/batch.ts';
import { parseValue, valueToText } from '../../src/data/text-forms.ts';
import type { SqlType } from '../../src/data/types.ts';
import {
  arrayOf,
  BIGINT,
  BYTEA,
  DOUBLE,
  JSONB,
  NUMERIC,
  REAL,
  TEXT,
  TIME,
  TIMESTAMPTZ,
  UUID,
} from '../../src/data/types.ts';
import type { Value } from '../../src/data/value.ts';
import { setValue } from '../../src/data/value.ts';
import { decodeOne, outcomes, outputFor } from './decoding.ts';

const PLACE: SqlType = {
  kind: 'row',
  fields: [
    { name: 'city', type: { kind: 'varchar', length: 3 } },
    { name: 'at', type: { kind: 'row', fields: [{ name: 'lat', type: NUMERIC }] } },
    { name: 'since', type: TIMESTAMPTZ },
  ],
};

/** JSON, then the value as Postgres prints it, or the code of the rejection. */
const CASES: readonly (readonly [SqlType, string, string | null])[] = [
  [REAL, '0.1', '0.1'],
  [REAL, '-0.0', '-0'],
  [REAL, '-0e5', '-0'],
  [REAL, '0.0', '0'],
  [REAL, '1e39', 'OUT_OF_RANGE'],
  [REAL, '"NaN"', 'NaN'],
  [REAL, '"1"', 'WRONG_TYPE'],
  [{ kind: 'varchar', length: 2 }, '"é€"', 'é€'],
  [{ kind: 'varchar', length: 2 }, '"abc"', 'OUT_OF_RANGE'],
  [{ kind: 'varchar', length: 2 }, '"ab  "', 'ab'],
  [UUID, '"A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11"', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'],
  [UUID, '"a0eebc99"', 'WRONG_TYPE'],
  [BYTEA, '"\\\\x00ff"', '\\x00ff'],
  [BYTEA, '"\\\\xzz"', 'OUT_OF_RANGE'],
  [TIME, '"12:34:56.5"', '12:34:56.5'],
  [TIME, '"12"', 'BAD_TIMESTAMP'],
  [TIME, '12', 'WRONG_TYPE'],
  [JSONB, '{"b": [1.50, "\\u00e9"], "a": null, "b": 2}', '{"a": null, "b": 2}'],
  [JSONB, 'null', null],
  [JSONB, '"\\u0000"', 'NUL_CHARACTER'],
  [JSONB, '"\\ud800"', 'LONE_SURROGATE'],
  [JSONB, '[-0, -0.0]', '[0, 0.0]'],
  [arrayOf(BIGINT), '[1, null, 9223372036854775807]', '{1,NULL,9223372036854775807}'],
  [arrayOf(BIGINT), '[]', '{}'],
  [arrayOf(BIGINT), '[1.5]', 'WRONG_TYPE'],
  [arrayOf(BIGINT), '{"a": 1}', 'WRONG_TYPE'],
  [arrayOf(TEXT), '["a,b", "", null]', '{"a,b","",NULL}'],
  [arrayOf(NUMERIC), '[1.50, -0.0]', '{1.50,0.0}'],
  [arrayOf(REAL), '[-0.0, 0, "Infinity"]', '{-0,0,Infinity}'],
  [arrayOf(DOUBLE), '[-0, 0.0]', '{-0,0}'],
  [PLACE, '{"city": "Ulm", "at": {"lat": 48.40}, "x": 1}', '(Ulm,"(48.40)",)'],
  [PLACE, '{"city": "Paris"}', 'OUT_OF_RANGE'],
  [PLACE, '[]', 'WRONG_TYPE'],
];

describe('decoding', () => {
  test.each(CASES)('%o from %s', (type, json, expected) => {
    const value = decodeOne(type, json);
    const rejected = typeof value === 'string' && /^[A-Z_]{5,}$/.test(value);
    expect(value === null || rejected ? value : valueToText(value as Exclude<Value, null>, type)).toBe(
      expected,
    );
  });
});

describe('encoding', () => {
  const good = CASES.filter(([, , text]) => text !== null && !/^[A-Z_]{5,}$/.test(text));
  test.each(good)('%o %s is read back unchanged', (type, _json, text) => {
    const schema = [{ name: 'v', type, nullable: true }];
    const batch = newBatch(schema, 2);
    setValue(batch.columns[0]!, 0, parseValue(text!, type));
    setValue(batch.columns[0]!, 1, null);
    batch.rows = 2;
    const out = new ByteWriter(16);
    compileJsonEncoder({ columns: schema, diffs: false }).encode(batch, out, new Int32Array(2));
    const lines = Buffer.from(out.bytes.subarray(0, out.used)).toString().trimEnd().split('\n');
    const columns = [{ name: 'v', type, notNull: false }];
    const decoder = compileJsonDecoder({ columns, projected: [0], validate: 'strict' });
    const [first, second] = outcomes(decoder, lines, outputFor(columns, [0]));
    expect('row' in first! && valueToText(first.row[0] as Exclude<Value, null>, type)).toBe(text);
    expect(second).toEqual({ row: [null] });
  });
});
