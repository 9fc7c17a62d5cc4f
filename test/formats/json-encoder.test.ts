// Rows to JSON Lines: exact values, and what is written is read back unchanged.
import { isDeepStrictEqual } from 'node:util';
import { describe, expect, test } from 'vitest';
import { BlackholeSink } from '../../src/connectors/blackhole/sink.ts';
import { ByteWriter } from '../../src/connectors/formats/byte-writer.ts';
import { compileJsonDecoder } from '../../src/connectors/formats/json-decoder.ts';
import { compileJsonEncoder } from '../../src/connectors/formats/json-encoder.ts';
import { RowChecksum } from '../../src/connectors/formats/row-checksum.ts';
import type { Batch } from '../../src/data/batch.ts';
import { newBatch } from '../../src/data/batch.ts';
import { NUMERIC_MINUS_INFINITY, NUMERIC_NAN } from '../../src/data/column.ts';
import {
  BIGINT,
  BOOLEAN,
  DATE,
  DOUBLE,
  INTEGER,
  INTERVAL,
  NUMERIC,
  SMALLINT,
  TEXT,
  TIMESTAMP,
  TIMESTAMPTZ,
} from '../../src/data/types.ts';
import type { RowSchema, SqlType } from '../../src/data/types.ts';
import type { Value } from '../../src/data/value.ts';
import { setValue } from '../../src/data/value.ts';
import { outcomes, outputFor, random } from './decoding.ts';

function schemaOf(types: Readonly<Record<string, SqlType>>): RowSchema {
  return Object.entries(types).map(([name, type]) => ({ name, type, nullable: true }));
}

function batchOf(schema: RowSchema, rows: readonly (readonly Value[])[]): Batch {
  const batch = newBatch(schema, rows.length);
  batch.rows = rows.length;
  rows.forEach((row, i) => row.forEach((value, c) => setValue(batch.columns[c]!, i, value)));
  return batch;
}

function linesOf(schema: RowSchema, batch: Batch, diffs = false): string[] {
  const out = new ByteWriter(16);
  const ends = new Int32Array(batch.rows);
  compileJsonEncoder({ columns: schema, diffs }).encode(batch, out, ends);
  const text = Buffer.from(out.bytes.subarray(0, out.used)).toString();
  const lines = [...ends].map((end, i) =>
    Buffer.from(out.bytes.subarray(i === 0 ? 0 : ends[i - 1]!, end)).toString(),
  );
  expect(lines.join('')).toBe(text);
  return lines.map((line) => line.slice(0, -1));
}

function written(type: SqlType, value: Value): string {
  const schema = schemaOf({ v: type });
  return linesOf(schema, batchOf(schema, [[value]]))[0]!.slice(5, -1);
}

const MIN = -(2n ** 63n);

describe('values', () => {
  test.each<[SqlType, Value, string]>([
    [BOOLEAN, true, 'true'],
    [BOOLEAN, null, 'null'],
    [SMALLINT, -32768, '-32768'],
    [INTEGER, -2147483648, '-2147483648'],
    [INTEGER, 1000000000, '1000000000'],
    [BIGINT, 0n, '0'],
    [BIGINT, 4294967295n, '4294967295'],
    [BIGINT, -4294967296n, '-4294967296'],
    [BIGINT, 1000000000000000n, '1000000000000000'],
    [BIGINT, 9007199254740993n, '9007199254740993'],
    [BIGINT, MIN, '-9223372036854775808'],
    [DOUBLE, 0.1, '0.1'],
    [DOUBLE, -0, '-0'],
    [DOUBLE, 5, '5'],
    [DOUBLE, 1e300, '1e+300'],
    [DOUBLE, NaN, '"NaN"'],
    [DOUBLE, -Infinity, '"-Infinity"'],
    [NUMERIC, { unscaled: 150n, scale: 2 }, '1.50'],
    [NUMERIC, { unscaled: -5n, scale: 3 }, '-0.005'],
    [NUMERIC, { unscaled: 123n, scale: 0 }, '123'],
    [NUMERIC, { unscaled: MIN, scale: 9 }, '-9223372036.854775808'],
    [NUMERIC, { unscaled: 1n, scale: 40 }, `0.${'0'.repeat(39)}1`],
    [NUMERIC, { unscaled: 10n ** 30n, scale: 5 }, '10000000000000000000000000.00000'],
    [NUMERIC, { unscaled: 0n, scale: NUMERIC_NAN }, '"NaN"'],
    [NUMERIC, { unscaled: 0n, scale: NUMERIC_MINUS_INFINITY }, '"-Infinity"'],
    [TEXT, 'a"b\\c\nd\u0001é😀/', '"a\\"b\\\\c\\nd\\u0001é😀/"'],
    [DATE, 19782, '"2024-02-29"'],
    [DATE, -719163, '"0001-12-31 BC"'],
    [DATE, 2147483647, '"infinity"'],
    [TIMESTAMP, 0n, '"1970-01-01T00:00:00.000"'],
    [TIMESTAMP, -1n, '"1969-12-31T23:59:59.999999"'],
    [TIMESTAMPTZ, 1714557600123000n, '"2024-05-01T10:00:00.123Z"'],
    [TIMESTAMPTZ, 1714557600123456n, '"2024-05-01T10:00:00.123456Z"'],
    [TIMESTAMPTZ, MIN, '"-infinity"'],
    [TIMESTAMPTZ, 253402300800000000n, '"10000-01-01 00:00:00+00"'],
    [INTERVAL, { months: 14, days: -3, micros: 1500000n }, '"1 year 2 mons -3 days +00:00:01.5"'],
  ])('%o → %s', (type, value, expected) => {
    expect(written(type, value)).toBe(expected);
  });

  test('rows with diffs, with no columns, with odd names', () => {
    const schema = schemaOf({ 'a"\u2028é': INTEGER, b: TEXT });
    const batch = batchOf(schema, [
      [1, 'x'],
      [2, null],
    ]);
    batch.diffs = Int32Array.of(1, -1);
    expect(linesOf(schema, batch, true)).toEqual([
      '{"a\\"\u2028é":1,"b":"x","_diff":1}',
      '{"a\\"\u2028é":2,"b":null,"_diff":-1}',
    ]);
    expect(linesOf([], batch)).toEqual(['{}', '{}']);
    expect(linesOf([], batch, true)).toEqual(['{"_diff":1}', '{"_diff":-1}']);
  });
});

const SEED = Number(process.env['SEED'] ?? 4711);

describe(`there and back, seed ${SEED}`, () => {
  const TYPES = {
    f: BOOLEAN,
    s: SMALLINT,
    i: INTEGER,
    b: BIGINT,
    d: DOUBLE,
    n: NUMERIC,
    t: TEXT,
    y: DATE,
    m: TIMESTAMP,
    z: TIMESTAMPTZ,
    v: INTERVAL,
  };
  const schema = schemaOf(TYPES);
  const rnd = random(SEED);
  const bits = (n: number): bigint =>
    BigInt.asIntN(n, (BigInt(Math.floor(rnd() * 2 ** 32)) << 32n) | BigInt(Math.floor(rnd() * 2 ** 32)));
  const sized = (n: number): bigint => bits(n) >> BigInt(Math.floor(rnd() * n));
  const text = (): string =>
    Array.from({ length: Math.floor(rnd() * 30) }, () =>
      String.fromCodePoint(
        rnd() < 0.8
          ? 32 + Math.floor(rnd() * 94)
          : [1, 10, 34, 92, 233, 8364, 128512][Math.floor(rnd() * 7)]!,
      ),
    ).join('');
  const micros = (): bigint => (rnd() < 0.5 ? sized(57) : sized(61) & (2n ** 60n - 1n));
  const row = (): Value[] =>
    [
      rnd() < 0.5,
      Number(sized(16)),
      Number(sized(32)),
      sized(64),
      rnd() < 0.5 ? rnd() * 10 ** Math.floor(rnd() * 40 - 20) : Number(sized(53)),
      { unscaled: rnd() < 0.8 ? sized(64) : sized(64) * sized(64), scale: Math.floor(rnd() * 12) },
      text(),
      Number(sized(21)),
      rnd() < 0.2 ? micros() : sized(51),
      sized(51),
      { months: Number(sized(12)), days: Number(sized(12)), micros: sized(40) },
    ].map((value) => (rnd() < 0.1 ? null : value));

  test('the decoder reads what the encoder wrote', () => {
    const rows = Array.from({ length: 3000 }, row);
    const lines = linesOf(schema, batchOf(schema, rows));
    const columns = schema.map(({ name, type }) => ({ name, type, notNull: false }));
    const projected = columns.map((_, i) => i);
    const decoder = compileJsonDecoder({ columns, projected, validate: 'strict' });
    outcomes(decoder, lines, outputFor(columns, projected)).forEach((outcome, i) => {
      const same = 'row' in outcome && isDeepStrictEqual(outcome.row, rows[i]);
      if (!same) throw new Error(`row ${i}: ${lines[i]!}`, { cause: outcome });
    });
    for (const line of lines) JSON.parse(line);
  });
});

describe('blackhole', () => {
  const schema = schemaOf({ a: INTEGER, b: TEXT });
  const rows = Array.from({ length: 100 }, (_, i) => [i, `row ${i}`] as const);

  async function totals(batches: readonly Batch[]): Promise<unknown> {
    const sink = new BlackholeSink(schema);
    await sink.recover(null);
    for (const batch of batches) sink.push(batch);
    await sink.publish(sink.cut());
    return sink.totals;
  }

  test('counts and sums up rows whatever their order, and forgets those that left', async () => {
    const whole = await totals([batchOf(schema, rows)]);
    const parts = await totals([
      batchOf(schema, rows.slice(50).reverse()),
      batchOf(schema, rows.slice(0, 50)),
    ]);
    expect(parts).toEqual(whole);
    const extra = batchOf(schema, [
      [7, 'gone'],
      [8, 'gone too'],
    ]);
    const gone = batchOf(schema, [
      [8, 'gone too'],
      [7, 'gone'],
    ]);
    gone.diffs = Int32Array.of(-1, -1);
    expect(await totals([extra, batchOf(schema, rows), gone])).toEqual(whole);
    expect(await totals([extra, batchOf(schema, rows)])).not.toEqual(whole);
    const other = rows.map(([a, b], i) => [a, i === 42 ? `${b}!` : b] as const);
    expect(await totals([batchOf(schema, other)])).not.toEqual(whole);
  });

  test('goes on from the committed epoch', async () => {
    const first = new BlackholeSink(schema);
    await first.recover(null);
    first.push(batchOf(schema, rows.slice(0, 30)));
    const committed = await first.stage(first.cut());
    first.push(batchOf(schema, rows.slice(30, 60)));
    await first.stage(first.cut());
    const second = new BlackholeSink(schema);
    await second.recover(JSON.parse(JSON.stringify(committed)) as typeof committed);
    second.push(batchOf(schema, rows.slice(30)));
    await second.publish(second.cut());
    expect(second.totals).toEqual(await totals([batchOf(schema, rows)]));
  });

  test('the checksum is that of the lines as anyone can compute them', async () => {
    const sum = new RowChecksum();
    for (const [a, b] of rows) {
      const bytes = Buffer.from(JSON.stringify({ a, b }));
      sum.add(bytes, new DataView(bytes.buffer, bytes.byteOffset, bytes.length), 0, bytes.length, 1);
    }
    expect(await totals([batchOf(schema, rows)])).toEqual({ rows: 100, checksum: sum.digest });
  });
});
