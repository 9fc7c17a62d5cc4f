// Binary parameters and COPY against the real Postgres: what we encode is what Postgres reads, and the other way round.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import pg from 'pg';
import { to as copyTo, from as copyFrom } from 'pg-copy-streams';
import type { Batch } from '../../src/data/batch.ts';
import { newBatch } from '../../src/data/batch.ts';
import { NUMERIC_MINUS_INFINITY, NUMERIC_NAN, NUMERIC_PLUS_INFINITY } from '../../src/data/column.ts';
import type { RowSchema, SqlType } from '../../src/data/types.ts';
import * as types from '../../src/data/types.ts';
import type { Value } from '../../src/data/value.ts';
import { setValue, valueAt } from '../../src/data/value.ts';
import { encodeArray, encodeByteaArray } from '../../src/postgres/binary-array.ts';
import { COPY_HEADER, COPY_TRAILER, encodeCopyRows } from '../../src/postgres/copy-binary.ts';
import { CopyBinaryReader } from '../../src/postgres/copy-binary-reader.ts';
import { castName } from '../../src/postgres/type-oids.ts';
import { freshDatabase } from '../setup/parts.ts';

let client: pg.Client;
beforeAll(async () => {
  client = new pg.Client((await freshDatabase()).url);
  await client.connect();
});
afterAll(() => client.end());

const MIN64 = -(2n ** 63n);
const MAX64 = 2n ** 63n - 1n;
const n = (unscaled: bigint, scale: number) => ({ unscaled, scale });

/** The values, and the text that Postgres prints for each. */
const CASES: readonly { type: SqlType; values: readonly (readonly [Value, string | null])[] }[] = [
  {
    type: types.BOOLEAN,
    values: [
      [true, 'true'],
      [false, 'false'],
      [null, null],
    ],
  },
  {
    type: types.SMALLINT,
    values: [
      [-32768, '-32768'],
      [32767, '32767'],
      [0, '0'],
      [null, null],
    ],
  },
  {
    type: types.INTEGER,
    values: [
      [-2147483648, '-2147483648'],
      [2147483647, '2147483647'],
      [-1, '-1'],
    ],
  },
  {
    type: types.BIGINT,
    values: [
      [MIN64, '-9223372036854775808'],
      [MAX64, '9223372036854775807'],
      [-1n, '-1'],
      [null, null],
      [4294967296n, '4294967296'],
    ],
  },
  {
    type: types.DOUBLE,
    values: [
      [0.1, '0.1'],
      [-0, '-0'],
      [NaN, 'NaN'],
      [Infinity, 'Infinity'],
      [-Infinity, '-Infinity'],
      [5e-324, '5e-324'],
      [1.7976931348623157e308, '1.7976931348623157e+308'],
      [null, null],
    ],
  },
  {
    type: types.NUMERIC,
    values: [
      [n(0n, 0), '0'],
      [n(0n, 3), '0.000'],
      [n(1n, 0), '1'],
      [n(-1n, 1), '-0.1'],
      [n(123456789n, 4), '12345.6789'],
      [n(123456789n, 3), '123456.789'],
      [n(-100000000n, 5), '-1000.00000'],
      [n(10000n, 0), '10000'],
      [n(1n, 9), '0.000000001'],
      [n(MAX64, 2), '92233720368547758.07'],
      [n(MIN64, 18), '-9.223372036854775808'],
      [n(9007199254740993n, 1), '900719925474099.3'],
      [n(9007199254740991n, 7), '900719925.4740991'],
      [n(10n ** 40n + 7n, 11), '100000000000000000000000000000.00000000007'],
      [n(-(10n ** 30n), 0), '-1000000000000000000000000000000'],
      [n(5n, 16383), `0.${'0'.repeat(16382)}5`],
      [n(0n, NUMERIC_NAN), 'NaN'],
      [n(0n, NUMERIC_PLUS_INFINITY), 'Infinity'],
      [n(0n, NUMERIC_MINUS_INFINITY), '-Infinity'],
      [null, null],
    ],
  },
  {
    type: types.TEXT,
    values: [
      ['', ''],
      ['a', 'a'],
      ['žluťoučký kůň 🐎', 'žluťoučký kůň 🐎'],
      ['x'.repeat(1000), 'x'.repeat(1000)],
      [null, null],
      ['"{},\\', '"{},\\'],
    ],
  },
  {
    type: types.DATE,
    values: [
      [0, '1970-01-01'],
      [10957, '2000-01-01'],
      [-719162, '0001-01-01'],
      [2147483647, 'infinity'],
      [-2147483648, '-infinity'],
      [null, null],
    ],
  },
  {
    type: types.TIMESTAMP,
    values: [
      [0n, '1970-01-01 00:00:00'],
      [-1n, '1969-12-31 23:59:59.999999'],
      [946684800000000n, '2000-01-01 00:00:00'],
      [946684799999999n, '1999-12-31 23:59:59.999999'],
      [4294967295n, '1970-01-01 01:11:34.967295'],
      [MAX64, 'infinity'],
      [MIN64, '-infinity'],
      [null, null],
      [253402300799999999n, '9999-12-31 23:59:59.999999'],
    ],
  },
  {
    type: types.TIMESTAMPTZ,
    values: [
      [1600000000123456n, '2020-09-13 12:26:40.123456+00'],
      [MAX64, 'infinity'],
      [null, null],
    ],
  },
  {
    type: types.INTERVAL,
    values: [
      [{ months: 0, days: 0, micros: 0n }, '00:00:00'],
      [{ months: 14, days: -3, micros: 3723000004n }, '1 year 2 mons -3 days +01:02:03.000004'],
      [{ months: -1, days: 0, micros: -1n }, '-1 mons -00:00:00.000001'],
      [{ months: 2147483647, days: 2147483647, micros: MAX64 }, 'infinity'],
      [null, null],
    ],
  },
];

function batchOf(schema: RowSchema, rows: readonly (readonly Value[])[]): Batch {
  const batch = newBatch(schema, Math.max(1, rows.length));
  rows.forEach((row, r) => row.forEach((value, c) => setValue(batch.columns[c]!, r, value)));
  batch.rows = rows.length;
  return batch;
}

const all = (rows: number) => Int32Array.from({ length: rows }, (_, i) => i);

describe('binary arrays', () => {
  test.each(CASES.map((c) => [types.typeName(c.type), c] as const))('%s', async (_, { type, values }) => {
    await client.query(`SET TimeZone = 'UTC'`);
    const batch = batchOf(
      [{ name: 'v', type, nullable: true }],
      values.map(([v]) => [v]),
    );
    const order = all(values.length).reverse();
    const { rows } = await client.query<{ t: string | null }>(
      `SELECT u::text AS t FROM unnest($1::${castName(type)}[]) WITH ORDINALITY AS x(u, o) ORDER BY o`,
      [encodeArray(batch.columns[0]!, type, order)],
    );
    expect(rows.map((r) => r.t)).toEqual([...values].reverse().map(([, text]) => text));
  });

  test('empty arrays and bytea', async () => {
    const batch = batchOf([{ name: 'v', type: types.BIGINT, nullable: false }], []);
    const bytes = Buffer.from('\0\x01\xffabc', 'latin1');
    const { rows } = await client.query<{ a: number; b: string[] }>(
      `SELECT cardinality($1::int8[]) AS a, (SELECT array_agg(encode(x, 'hex')) FROM unnest($2::bytea[]) x) AS b`,
      [
        encodeArray(batch.columns[0]!, types.BIGINT, all(0)),
        encodeByteaArray(bytes, Int32Array.of(0, 3, 6), Int32Array.of(3, 6, 6), Int32Array.of(2, 0, 1)),
      ],
    );
    expect(rows[0]).toEqual({ a: 0, b: ['', '0001ff', '616263'] });
  });
});

describe('COPY', () => {
  const schema: RowSchema = CASES.map(({ type }) => ({ name: types.typeName(type), type, nullable: true }));
  const depth = Math.max(...CASES.map((c) => c.values.length));
  const rows = all(depth);
  const table = [...rows].map((r) => CASES.map((c) => c.values[r % c.values.length]!));

  test('in and out again, cut into chunks of any size', async () => {
    await client.query(
      `CREATE TEMP TABLE copied (${schema.map((f) => `"${f.name}" ${castName(f.type)}`).join(', ')})`,
    );
    const batch = batchOf(
      schema,
      table.map((row) => row.map(([v]) => v)),
    );
    const into = client.query(copyFrom('COPY copied FROM STDIN (FORMAT binary)'));
    const payload = encodeCopyRows(
      batch.columns.map((column, c) => ({ column, type: schema[c]!.type })),
      rows,
    );
    await new Promise<void>((resolve, reject) => {
      into.on('finish', resolve).on('error', reject);
      into.write(COPY_HEADER);
      into.write(payload);
      into.end(COPY_TRAILER);
    });
    const texts = await client.query<Record<string, string | null>>(
      `SELECT ${schema.map((f) => `"${f.name}"::text`).join(', ')} FROM copied`,
    );
    expect(texts.rows.map((r) => Object.values(r))).toEqual(table.map((row) => row.map(([, text]) => text)));

    const chunks: Buffer[] = [];
    for await (const chunk of client.query(copyTo('COPY copied TO STDOUT (FORMAT binary)')))
      chunks.push(chunk as Buffer);
    const stream = Buffer.concat(chunks);
    for (const size of [1, 7, 64, 1000, 1 << 20]) {
      const reader = new CopyBinaryReader(schema);
      const got: Value[][] = [];
      for (let at = 0; at < stream.length; at += size) {
        const read = reader.push(stream.subarray(at, at + size));
        if (read === null) continue;
        for (let r = 0; r < read.rows; r++)
          got.push(read.columns.map((column, c) => valueAt(column, r, schema[c]!.type)));
      }
      reader.end();
      expect(got).toEqual(table.map((row) => row.map(([v]) => v)));
    }
    const cut = new CopyBinaryReader(schema);
    cut.push(stream.subarray(0, stream.length - 30));
    expect(() => cut.end()).toThrow(/before its trailer/);
  });
});
