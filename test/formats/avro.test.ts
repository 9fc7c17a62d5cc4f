// Avro records beside avsc, on random schemas, random values and mutated bytes; and the rules of what converts to what.

import type avro from 'avsc';
import { describe, expect, onTestFailed, test } from 'vitest';
import { checkAvroColumns, avroColumns } from '../../src/connectors/formats/avro-columns.ts';
import type { DeclaredColumn } from '../../src/connectors/formats/column-slot.ts';
import * as types from '../../src/data/types.ts';
import type { SqlType } from '../../src/data/types.ts';
import { typeName } from '../../src/data/types.ts';
import { valueToText } from '../../src/data/text-forms.ts';
import type { Value } from '../../src/data/value.ts';
import { exact, seeded } from '../views/random-rows.ts';
import { avscOf, decode, expected, framed, randomOf, randomType, registered } from './avro-random.ts';
import { testSeed } from '../setup/seed.ts';

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
    expect(one({ type: 'long', logicalType: 'time-micros' }, types.TIME, [2])).toBe(1n);
    expect(one({ type: 'int', logicalType: 'time-millis' }, types.TIME, [2])).toBe(1000n);
    expect(one({ type: 'int', logicalType: 'time-millis' }, types.TIME, [1])).toMatch(/^OUT_OF_RANGE/);
    const nanos = { type: 'long', logicalType: 'timestamp-nanos' };
    // 500 and 1500 nanoseconds, and 500 before 1970, go to the even microsecond.
    expect(one(nanos, types.TIMESTAMPTZ, [0xe8, 7])).toBe(0n);
    expect(one(nanos, types.TIMESTAMPTZ, [0xb8, 0x17])).toBe(2n);
    expect(one(nanos, types.TIMESTAMPTZ, [0xe7, 7])).toBe(0n);
    expect(one('string', types.TIMESTAMPTZ, [20, ...Buffer.from('2024-02-29')])).toBe(1709164800000000n);
    expect(one('string', types.DATE, [2, 0x78])).toMatch(/^BAD_TIMESTAMP/);
  });

  test('bytes, uuid, real', () => {
    expect(one('bytes', types.BYTEA, [4, 0, 255])).toEqual(Uint8Array.of(0, 255));
    expect(one({ type: 'fixed', name: 'f', size: 2 }, types.BYTEA, [1, 2])).toEqual(Uint8Array.of(1, 2));
    const uuid = 'a0eebc999c0b4ef8bb6d6bb9bd380a11';
    const bytes = Buffer.from(uuid, 'hex');
    expect(one({ type: 'fixed', name: 'f', size: 16, logicalType: 'uuid' }, types.UUID, [...bytes])).toEqual(
      new Uint8Array(bytes),
    );
    expect(one({ type: 'string', logicalType: 'uuid' }, types.UUID, [64, ...Buffer.from(uuid)])).toEqual(
      new Uint8Array(bytes),
    );
    expect(one('string', types.UUID, [2, 0x78])).toMatch(/^WRONG_TYPE/);
    expect(one('float', types.REAL, [0xcd, 0xcc, 0xcc, 0x3d])).toBe(Math.fround(0.1));
    expect(one('string', { kind: 'varchar', length: 1 }, [4, 0x61, 0x62])).toMatch(/^OUT_OF_RANGE/);
  });

  test('whatever it is becomes jsonb', () => {
    const shown = (type: unknown, bytes: readonly number[]): string => {
      const value = one(type, types.JSONB, bytes);
      return typeof value === 'string'
        ? value
        : value === null || value === undefined
          ? 'NULL'
          : valueToText(value, types.JSONB);
    };
    const record = {
      type: 'record',
      name: 'list',
      fields: [
        { name: 'price', type: DECIMAL },
        { name: 'at', type: { type: 'long', logicalType: 'timestamp-millis' } },
        { name: 'next', type: ['null', 'list'] },
        { name: 'tags', type: { type: 'map', values: ['long', 'bytes'] } },
      ],
    };
    // Two of them, the inner with a block of a known size.
    const bytes = [4, 0, 150, 0, 2, 4, 0, 100, 2, 0, 1, 8, 2, 0x61, 0, 14, 0, 2, 2, 0x62, 2, 2, 255, 0];
    expect(shown(record, bytes)).toBe(
      '{"at": "1970-01-01T00:00:00Z", "next": {"at": "1970-01-01T00:00:00.001Z", "next": null, "tags": {"a": 7}, "price": 1.00}, "tags": {"b": "\\\\xff"}, "price": 1.50}',
    );
    expect(shown(['null', 'string'], [0])).toBe('NULL');
    expect(shown('string', [2, 0])).toMatch(/^NUL_CHARACTER/);
    expect(shown({ type: 'array', items: 'int' }, [2, 2])).toMatch(/^NOT_AVRO/);
    const nested = { type: 'record', name: 'n', fields: [{ name: 'n', type: ['null', 'n'] }] };
    expect(shown(nested, [...Array<number>(1000).fill(2), 0])).toMatch(/^TOO_DEEP/);
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
    const inner = {
      type: 'record',
      name: 'inner',
      fields: [
        { name: 'x', type: 'float' },
        { name: 'again', type: ['null', 'inner'] },
      ],
    };
    const nested = registered({
      type: 'record',
      name: 'r',
      fields: [
        { name: 'l', type: { type: 'array', items: ['null', 'int'] } },
        { name: 'deep', type: { type: 'array', items: { type: 'array', items: 'int' } } },
        { name: 'm', type: { type: 'map', values: 'bytes' } },
        { name: 'u', type: ['int', 'string'] },
        { name: 'i', type: ['null', inner] },
        { name: 'id', type: { type: 'string', logicalType: 'uuid' } },
        { name: 'b', type: { type: 'fixed', name: 'f3', size: 3 } },
        { name: 'w', type: { type: 'int', logicalType: 'time-millis' } },
      ],
    });
    expect(avroColumns(nested).map(({ name, type }) => `${name} ${typeName(type)}`)).toEqual([
      'l integer[]',
      'deep jsonb',
      'm jsonb',
      'u jsonb',
      'i struct<x real, again jsonb>',
      'id uuid',
      'b bytea',
      'w time without time zone',
    ]);
    const odd = registered({ type: 'record', name: 'r', fields: [{ name: 'n', type: 'null' }] });
    expect(() => avroColumns(odd)).toThrow('field "n" of Avro\'s type null cannot be a column');
  });

  test('are checked against declared ones', () => {
    checkAvroColumns(schema, [column('id', types.NUMERIC), column('not_there', types.INTERVAL)]);
    expect(() => checkAvroColumns(schema, [column('name', types.BIGINT)])).toThrow(
      'column "name" of type bigint cannot be read from Avro\'s type union of null, string',
    );
  });
});

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
    const fieldTypes = new Map(
      (type as avro.types.RecordType).fields.map((field) => [field.name, field.type]),
    );
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
        const row = columns.map(({ name, type: sql }) => expected(theirs![name], sql, fieldTypes.get(name)!));
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
