// Avro records beside avsc, on random schemas, random values and mutated bytes; and the rules of what converts to what.

import avro from 'avsc';
import { describe, expect, onTestFailed, test } from 'vitest';
import { AvroReader } from '../../src/connectors/formats/avro-reader.ts';
import { checkAvroColumns, avroColumns } from '../../src/connectors/formats/avro-columns.ts';
import type { DeclaredColumn } from '../../src/connectors/formats/column-slot.ts';
import { SlotDecoder, slotsFor } from '../../src/connectors/formats/slot-decoder.ts';
import type { RegisteredSchema } from '../../src/connectors/registry/registry-client.ts';
import * as types from '../../src/data/types.ts';
import type { SqlType } from '../../src/data/types.ts';
import { typeName } from '../../src/data/types.ts';
import type { Value } from '../../src/data/value.ts';
import { exact, pick, seeded } from '../views/random-rows.ts';
import type { Outcome } from './decoding.ts';
import { outcomes, outputFor } from './decoding.ts';
import { testSeed } from '../setup/seed.ts';

type Schema = avro.Schema;

const LONG = avro.types.LongType.__with({
  fromBuffer: (buffer: Buffer) => buffer.readBigInt64LE(),
  toBuffer: (value: bigint) => {
    const buffer = Buffer.alloc(8);
    buffer.writeBigInt64LE(value);
    return buffer;
  },
  fromJSON: BigInt,
  toJSON: String,
  isValid: (value: unknown) => typeof value === 'bigint',
  compare: (a: bigint, b: bigint) => (a < b ? -1 : a > b ? 1 : 0),
});

/** avsc reads what lies below logical types. */
function avscOf(schema: unknown): avro.Type {
  const plain = JSON.parse(
    JSON.stringify(schema, (_, value: unknown) =>
      typeof value === 'object' && value !== null && 'logicalType' in value && 'type' in value
        ? value.type
        : value,
    ),
  ) as Schema;
  return avro.Type.forSchema(plain, { registry: { long: LONG }, wrapUnions: true });
}

function registered(schema: unknown, id = 1, references: readonly unknown[] = []): RegisteredSchema {
  return {
    id,
    type: 'AVRO',
    text: JSON.stringify(schema),
    references: references.map((reference, i) => ({ name: `r${i}`, text: JSON.stringify(reference) })),
  };
}

function framed(id: number, bytes: Uint8Array): Buffer {
  const head = Buffer.alloc(5);
  head.writeInt32BE(id, 1);
  return Buffer.concat([head, bytes]);
}

function decode(
  columns: readonly DeclaredColumn[],
  schemas: readonly RegisteredSchema[],
  documents: readonly (Uint8Array | null)[],
  projected = columns.map((_, i) => i),
): readonly Outcome[] {
  const options = { columns, projected, validate: 'strict' as const };
  const set = slotsFor(options);
  const reader = new AvroReader(set, (id) => schemas.find((schema) => schema.id === id));
  return outcomes(new SlotDecoder(options, set, reader), documents, outputFor(columns, projected));
}

const column = (name: string, type: SqlType, notNull = false): DeclaredColumn => ({ name, type, notNull });

/** The value of one field `v` of `type`, read as `sql`. */
function one(type: unknown, sql: SqlType, bytes: readonly number[]): Value | string | undefined {
  const schema = registered({ type: 'record', name: 'r', fields: [{ name: 'v', type }] });
  const outcome = decode([column('v', sql)], [schema], [framed(1, Uint8Array.from(bytes))])[0]!;
  return 'row' in outcome ? outcome.row[0] : `${outcome.code}: ${outcome.message}`;
}

const DECIMAL = { type: 'bytes', logicalType: 'decimal', precision: 9, scale: 2 };
const FIXED_DECIMAL = { type: 'fixed', name: 'f', size: 4, logicalType: 'decimal', precision: 9, scale: 2 };

describe('what converts', () => {
  test('integers, exactly or not at all', () => {
    expect(one('int', types.SMALLINT, [0xff, 0xff, 3])).toBe(-32768);
    expect(one('int', types.SMALLINT, [0x80, 0x80, 4])).toMatch(/^OUT_OF_RANGE: column "v"/);
    expect(one('int', types.BIGINT, [1])).toBe(-1n);
    expect(one('int', types.DOUBLE, [2])).toBe(1);
    expect(one('long', types.INTEGER, [0xfe, 0xff, 0xff, 0xff, 15])).toBe(2147483647);
    expect(one('long', types.INTEGER, [0x80, 0x80, 0x80, 0x80, 16])).toMatch(/^OUT_OF_RANGE/);
    const least = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1];
    expect(one('long', types.BIGINT, least)).toBe(-(2n ** 63n));
    expect(one('long', types.NUMERIC, least)).toEqual({ unscaled: -(2n ** 63n), scale: 0 });
    expect(one('long', types.DOUBLE, [2])).toBe(
      'WRONG_TYPE: column "v": a value of Avro\'s type long is not of type double precision',
    );
    expect(one('int', types.INTEGER, [0x80, 0x80, 0x80, 0x80, 32])).toMatch(/^NOT_AVRO/);
  });

  test('decimals keep their scale, and are rounded to that of the column', () => {
    expect(one(DECIMAL, types.NUMERIC, [4, 0xff, 0x85])).toEqual({ unscaled: -123n, scale: 2 });
    expect(one(FIXED_DECIMAL, types.NUMERIC, [0, 0, 0, 100])).toEqual({ unscaled: 100n, scale: 2 });
    expect(one(DECIMAL, { kind: 'numeric', precision: 3, scale: 1 }, [4, 0, 125])).toEqual({
      unscaled: 13n,
      scale: 1,
    });
    expect(one(DECIMAL, { kind: 'numeric', precision: 3, scale: 2 }, [4, 0x10, 0])).toMatch(/^OUT_OF_RANGE/);
    const wide = Array.from({ length: 12 }, () => 0x7f);
    expect(one(DECIMAL, types.NUMERIC, [24, ...wide])).toEqual({
      unscaled: BigInt(`0x${'7f'.repeat(12)}`),
      scale: 2,
    });
    expect(one('bytes', types.NUMERIC, [2, 1])).toMatch(/^WRONG_TYPE/);
  });

  test('times', () => {
    expect(one({ type: 'int', logicalType: 'date' }, types.DATE, [3])).toBe(-2);
    const millis = { type: 'long', logicalType: 'timestamp-millis' };
    expect(one(millis, types.TIMESTAMPTZ, [2])).toBe(1000n);
    expect(one(millis, types.TIMESTAMP, [2])).toMatch(/^WRONG_TYPE/);
    const most = [0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1];
    expect(one(millis, types.TIMESTAMPTZ, most)).toMatch(/^OUT_OF_RANGE/);
    expect(one({ type: 'long', logicalType: 'timestamp-micros' }, types.TIMESTAMPTZ, [2])).toBe(1n);
    expect(one({ type: 'long', logicalType: 'local-timestamp-micros' }, types.TIMESTAMP, [1])).toBe(-1n);
    const duration = { type: 'fixed', name: 'd', size: 12, logicalType: 'duration' };
    expect(one(duration, types.INTERVAL, [1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0])).toEqual({
      months: 1,
      days: 2,
      micros: 3000n,
    });
    expect(one({ type: 'long', logicalType: 'time-micros' }, types.BIGINT, [2])).toMatch(/^WRONG_TYPE/);
  });

  test('text, enumerations, NULL in unions', () => {
    expect(one('string', types.TEXT, [4, 0xc3, 0xa9])).toBe('é');
    expect(one('string', types.TEXT, [2, 0xff])).toMatch(/^INVALID_UTF8/);
    expect(one('string', types.TEXT, [2, 0])).toMatch(/^NUL_CHARACTER/);
    expect(one('string', types.TEXT, [10, 0x61])).toMatch(/^NOT_AVRO/);
    const suit = { type: 'enum', name: 'suit', symbols: ['hearts', 'clubs'] };
    expect(one(suit, types.TEXT, [2])).toBe('clubs');
    expect(one(suit, types.TEXT, [4])).toMatch(/^NOT_AVRO/);
    expect(one(['null', 'string'], types.TEXT, [0])).toBe(null);
    expect(one(['null', 'int', 'long'], types.BIGINT, [4, 2])).toBe(1n);
    expect(one(['null', 'int', 'string'], types.BIGINT, [4, 2, 0x61])).toMatch(/^WRONG_TYPE/);
    expect(one(['null', 'int'], types.BIGINT, [4, 2])).toMatch(/^NOT_AVRO/);
  });
});

describe('records', () => {
  const v1 = registered({ type: 'record', name: 'r', fields: [{ name: 'a', type: 'int' }] }, 1);
  const v2 = registered(
    {
      type: 'record',
      name: 'r',
      fields: [
        { name: 'b', type: ['null', 'string'], default: null },
        { name: 'a', type: 'long' },
      ],
    },
    2,
  );

  test('each is read by the schema that wrote it; what a schema lacks is NULL', () => {
    const columns = [column('a', types.BIGINT), column('b', types.TEXT)];
    const documents = [
      framed(1, Uint8Array.of(2)),
      framed(2, Uint8Array.of(2, 2, 0x78, 4)),
      framed(1, Uint8Array.of(6)),
      framed(2, Uint8Array.of(0, 8)),
    ];
    expect(decode(columns, [v1, v2], documents)).toEqual([
      { row: [1n, null] },
      { row: [2n, 'x'] },
      { row: [3n, null] },
      { row: [4n, null] },
    ]);
    const strict = [column('b', types.TEXT, true)];
    expect(decode(strict, [v1], [documents[0]!])[0]).toMatchObject({ code: 'NOT_NULL' });
  });

  test('without a frame, of an unknown or unusable schema, or without a value are refused', () => {
    const columns = [column('a', types.BIGINT)];
    const messages = decode(
      columns,
      [
        v1,
        registered('string', 7),
        { ...v1, id: 8, type: 'JSON' },
        { ...v1, id: 9, text: '{"type":"recrod"}' },
      ],
      [
        Uint8Array.of(1, 0, 0, 0, 1, 2),
        Uint8Array.of(0, 0),
        framed(5, Uint8Array.of(2)),
        framed(7, Uint8Array.of(0)),
        framed(8, Uint8Array.of(2)),
        framed(9, Uint8Array.of(2)),
        framed(1, Uint8Array.of(2, 2)),
        null,
      ],
    ).map((outcome) => ('code' in outcome ? `${outcome.code}: ${outcome.message}` : 'a row'));
    expect(messages).toEqual([
      'NOT_FRAMED: the value does not begin with a zero byte and the id of a schema: 0x010000000102',
      'NOT_FRAMED: the value does not begin with a zero byte and the id of a schema: 0x0000',
      'UNKNOWN_SCHEMA: the schema registry has no schema 5',
      'UNKNOWN_SCHEMA: schema 7: it is of type string, not record',
      'UNKNOWN_SCHEMA: schema 8: it is of type JSON, not AVRO',
      'UNKNOWN_SCHEMA: schema 9: a schema of the registry cannot be used: type "recrod" is not defined',
      'NOT_AVRO: the value is not Avro of schema 1',
      'NULL_VALUE: the record has no value (null), which FORMAT PLAIN does not allow',
    ]);
  });

  test('a schema that holds itself is passed over, to a depth', () => {
    const list = { type: 'record', name: 'list', fields: [{ name: 'next', type: ['null', 'list'] }] };
    const schema = registered({
      type: 'record',
      name: 'r',
      fields: [
        { name: 'l', type: list },
        { name: 'a', type: 'int' },
      ],
    });
    const nested = (depth: number) => framed(1, Uint8Array.from([...Array<number>(depth).fill(2), 0, 2]));
    expect(decode([column('a', types.INTEGER)], [schema], [nested(3)])).toEqual([{ row: [1] }]);
    expect(decode([column('a', types.INTEGER)], [schema], [nested(1000)])[0]).toMatchObject({
      code: 'TOO_DEEP',
    });
  });

  test('an array that claims to have 2^60 items is no reason to count them', () => {
    const huge = [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x20];
    for (const items of ['null', 'int']) {
      const schema = registered({
        type: 'record',
        name: 'r',
        fields: [
          { name: 'l', type: { type: 'array', items } },
          { name: 'a', type: 'int' },
        ],
      });
      const outcome = decode(
        [column('a', types.INTEGER)],
        [schema],
        [framed(1, Uint8Array.from([...huge, 0, 2]))],
      )[0];
      expect(outcome).toMatchObject(items === 'null' ? { row: [1] } : { code: 'NOT_AVRO' });
    }
  });

  test('types of referenced schemas are known by name', () => {
    const suit = { type: 'enum', name: 'cards.suit', symbols: ['hearts', 'clubs'] };
    const schema = registered({ type: 'record', name: 'cards.r', fields: [{ name: 'v', type: 'suit' }] }, 1, [
      suit,
    ]);
    expect(decode([column('v', types.TEXT)], [schema], [framed(1, Uint8Array.of(2))])).toEqual([
      { row: ['clubs'] },
    ]);
  });
});

describe('columns of a schema', () => {
  const schema = registered({
    type: 'record',
    name: 'r',
    fields: [
      { name: 'id', type: 'long' },
      { name: 'name', type: ['null', 'string'] },
      { name: 'price', type: DECIMAL },
      { name: 'at', type: { type: 'long', logicalType: 'timestamp-millis' } },
      { name: 'suit', type: { type: 'enum', name: 's', symbols: ['a'] } },
    ],
  });

  test('are derived', () => {
    expect(
      avroColumns(schema).map(
        ({ name, type, nullable }) => `${name} ${typeName(type)}${nullable ? '' : ' not null'}`,
      ),
    ).toEqual([
      'id bigint not null',
      'name text',
      'price numeric(9,2) not null',
      'at timestamp with time zone not null',
      'suit text not null',
    ]);
    const odd = registered({
      type: 'record',
      name: 'r',
      fields: [{ name: 'l', type: { type: 'array', items: 'int' } }],
    });
    expect(() => avroColumns(odd)).toThrow('field "l" of Avro\'s type array cannot be a column');
  });

  test('are checked against declared ones', () => {
    checkAvroColumns(schema, [column('id', types.NUMERIC), column('not_there', types.INTERVAL)]);
    expect(() => checkAvroColumns(schema, [column('name', types.BIGINT)])).toThrow(
      'column "name" of type bigint cannot be read from Avro\'s type union of null, string',
    );
  });
});

/** A random type, and the columns that it may be read as. */
function randomType(
  random: () => number,
  depth: number,
  names: { n: number },
): { schema: unknown; sql: SqlType | null } {
  const name = (): string => `t${names.n++}`;
  const inner = (): unknown => randomType(random, depth - 1, names).schema;
  switch (Math.floor(random() * (depth > 0 ? 18 : 13))) {
    case 0:
      return { schema: 'boolean', sql: types.BOOLEAN };
    case 1:
      return { schema: 'int', sql: pick(random, [types.INTEGER, types.BIGINT, types.DOUBLE, types.NUMERIC]) };
    case 2:
    case 3:
      return { schema: 'long', sql: pick(random, [types.BIGINT, types.NUMERIC]) };
    case 4:
      return { schema: 'float', sql: types.DOUBLE };
    case 5:
      return { schema: 'double', sql: types.DOUBLE };
    case 6:
    case 7:
      return { schema: 'string', sql: types.TEXT };
    case 8:
      return { schema: { type: 'enum', name: name(), symbols: ['A', 'B', 'C'] }, sql: types.TEXT };
    case 9:
      return {
        schema: { type: 'bytes', logicalType: 'decimal', precision: 20, scale: 3 },
        sql: types.NUMERIC,
      };
    case 10:
      return { schema: { type: 'long', logicalType: 'timestamp-micros' }, sql: types.TIMESTAMPTZ };
    case 11:
      return { schema: 'bytes', sql: null };
    case 12:
      return { schema: { type: 'fixed', name: name(), size: 3 }, sql: null };
    case 13:
    case 14: {
      const { schema, sql } = randomType(random, 0, names);
      return { schema: ['null', schema], sql };
    }
    case 15:
      return { schema: { type: 'array', items: inner() }, sql: null };
    case 16:
      return { schema: { type: 'map', values: inner() }, sql: null };
    default:
      return {
        schema: {
          type: 'record',
          name: name(),
          fields: [
            { name: 'x', type: inner() },
            { name: 'y', type: inner() },
          ],
        },
        sql: null,
      };
  }
}

const TEXTS = ['', 'a', 'hello world', 'é🐎', 'x'.repeat(200)];

/** A random value of avsc's type. */
function randomOf(type: avro.Type, random: () => number): unknown {
  const whole = (bits: number): bigint =>
    BigInt.asIntN(bits, BigInt(Math.floor(random() * 2 ** 52)) * BigInt(Math.floor(random() * 2 ** 20)));
  switch (type.typeName) {
    case 'null':
      return null;
    case 'boolean':
      return random() < 0.5;
    case 'int':
      return random() < 0.5 ? Math.floor(random() * 200) - 100 : Number(whole(32));
    case 'abstract:long':
    case 'long':
      return random() < 0.5 ? BigInt(Math.floor(random() * 20000) - 10000) : whole(random() < 0.5 ? 64 : 50);
    case 'float':
      return Math.fround(random() * 1000 - 500);
    case 'double':
      return pick(random, [0, -0, NaN, Infinity, random() * 1e10, 5e-324]);
    case 'string':
      return pick(random, TEXTS);
    case 'bytes':
      return Buffer.from(
        Array.from({ length: 1 + Math.floor(random() * 9) }, () => Math.floor(random() * 256)),
      );
    case 'fixed':
      return Buffer.from(
        Array.from({ length: (type as avro.types.FixedType).size }, () => Math.floor(random() * 256)),
      );
    case 'enum':
      return pick(random, (type as avro.types.EnumType).symbols);
    case 'array':
      return Array.from({ length: Math.floor(random() * 4) }, () =>
        randomOf((type as avro.types.ArrayType).itemsType, random),
      );
    case 'map':
      return Object.fromEntries(
        Array.from({ length: Math.floor(random() * 3) }, (_, i) => [
          `k${i}`,
          randomOf((type as avro.types.MapType).valuesType, random),
        ]),
      );
    case 'record':
      return Object.fromEntries(
        (type as avro.types.RecordType).fields.map((field) => [field.name, randomOf(field.type, random)]),
      );
    default: {
      const branch = pick(random, (type as avro.types.WrappedUnionType).types);
      return branch.typeName === 'null' ? null : { [branch.branchName!]: randomOf(branch, random) };
    }
  }
}

/** What avsc read, as a column of type `sql` shows it. */
function expected(value: unknown, sql: SqlType): Value {
  if (value === null) return null;
  if (typeof value === 'object' && !Buffer.isBuffer(value)) return expected(Object.values(value)[0], sql);
  switch (sql.kind) {
    case 'bigint':
    case 'timestamptz':
      return BigInt(value as bigint | number);
    case 'numeric': {
      if (!Buffer.isBuffer(value)) return { unscaled: BigInt(value as bigint | number), scale: 0 };
      return { unscaled: BigInt.asIntN(8 * value.length, BigInt(`0x${value.toString('hex')}`)), scale: 3 };
    }
    default:
      return value as Value;
  }
}

test('random schemas, values and mutated bytes are read as avsc reads them, or refused', () => {
  const seed = testSeed();
  onTestFailed(() => console.log(`seed ${seed}`));
  const random = seeded(seed);
  const counts = { rows: 0, refused: 0, stricter: 0 };
  for (let n = 0; n < 250; n++) {
    const names = { n: 0 };
    const fields = Array.from({ length: 1 + Math.floor(random() * 6) }, (_, i) => ({
      name: `f${i}`,
      ...randomType(random, 3, names),
    }));
    const schema = {
      type: 'record',
      name: 'r',
      fields: fields.map(({ name, schema: type }) => ({ name, type })),
    };
    const type = avscOf(schema);
    const columns = fields.flatMap(({ name, sql }) =>
      sql === null || random() < 0.2 ? [] : [column(name, sql)],
    );
    if (columns.length === 0) columns.push(column('lacks', types.TEXT));
    const documents = Array.from({ length: 24 }, (_, i) => {
      const bytes = type.toBuffer(randomOf(type, random));
      if (i % 3 === 0 || bytes.length === 0) return bytes;
      bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256);
      return i % 3 === 1 ? bytes : bytes.subarray(0, Math.floor(random() * (bytes.length + 1)));
    });
    const seen = decode(
      columns,
      [registered(schema)],
      documents.map((bytes) => framed(1, bytes)),
    );
    for (const [i, outcome] of seen.entries()) {
      // avsc believes a count before it looks whether there are bytes.
      const isUnsafe = !('row' in outcome) && /"(array|map)"/.test(JSON.stringify(schema));
      const theirs = isUnsafe ? undefined : avscRead(type, documents[i]!);
      if ('row' in outcome) {
        expect(theirs, 'avsc refuses it').toBeDefined();
        const row = columns.map(({ name, type: sql }) => expected(theirs![name] ?? null, sql));
        expect(exact(outcome.row)).toBe(exact(row));
        counts.rows++;
      } else if (theirs === undefined) counts.refused++;
      else {
        // Postgres cannot hold such a time or text; or the bytes are not those that a writer of this value makes.
        const reasons = ['OUT_OF_RANGE', 'INVALID_UTF8', 'NUL_CHARACTER'];
        const isFine = !isOdd(type, theirs, documents[i]!) && !reasons.includes(outcome.code);
        expect(isFine, JSON.stringify({ ...outcome, schema, theirs }, shown)).toBe(false);
        counts.stricter++;
      }
    }
  }
  expect(counts.rows).toBeGreaterThan(1000);
  expect(counts.refused).toBeGreaterThan(300);
});

function shown(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? `${value}` : value;
}

/** Are the bytes not those that a writer makes of the value? Nor does one make a number of no bytes. */
function isOdd(type: avro.Type, value: Record<string, unknown>, bytes: Buffer): boolean {
  if (Object.values(value).some((one) => emptyBytes(one))) return true;
  try {
    return !type.toBuffer(value).equals(bytes);
  } catch {
    return true;
  }
}

function emptyBytes(value: unknown): boolean {
  if (Buffer.isBuffer(value)) return value.length === 0;
  return (
    typeof value === 'object' && value !== null && Object.values(value).some((inner) => emptyBytes(inner))
  );
}

function avscRead(type: avro.Type, bytes: Buffer): Record<string, unknown> | undefined {
  try {
    return type.fromBuffer(bytes) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}
