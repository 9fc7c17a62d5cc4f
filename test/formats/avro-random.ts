// Avro records for tests: schemas and values at random, avsc as what reads and writes them beside us.

import avro from 'avsc';
import { AvroReader } from '../../src/connectors/formats/avro-reader.ts';
import type { DeclaredColumn } from '../../src/connectors/formats/column-slot.ts';
import { SlotDecoder, slotsFor } from '../../src/connectors/formats/slot-decoder.ts';
import type { RegisteredSchema } from '../../src/connectors/registry/registry-client.ts';
import { encodeArray, encodeRow } from '../../src/data/tree/cells.ts';
import * as types from '../../src/data/types.ts';
import type { SqlType } from '../../src/data/types.ts';
import type { Value } from '../../src/data/value.ts';
import { pick } from '../views/random-rows.ts';
import type { Outcome } from './decoding.ts';
import { outcomes, outputFor } from './decoding.ts';

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
export function avscOf(schema: unknown): avro.Type {
  const plain = JSON.parse(
    JSON.stringify(schema, (_, value: unknown) =>
      typeof value === 'object' && value !== null && 'logicalType' in value && 'type' in value
        ? value.type
        : value,
    ),
  ) as Schema;
  return avro.Type.forSchema(plain, { registry: { long: LONG }, wrapUnions: true });
}

export function registered(schema: unknown, id = 1, references: readonly unknown[] = []): RegisteredSchema {
  return {
    id,
    type: 'AVRO',
    text: JSON.stringify(schema),
    references: references.map((reference, i) => ({ name: `r${i}`, text: JSON.stringify(reference) })),
  };
}

export function framed(id: number, bytes: Uint8Array): Buffer {
  const head = Buffer.alloc(5);
  head.writeInt32BE(id, 1);
  return Buffer.concat([head, bytes]);
}

export function decode(
  columns: readonly DeclaredColumn[],
  schemas: readonly RegisteredSchema[],
  documents: readonly (Uint8Array | null)[],
  readerId: number | null = null,
): readonly Outcome[] {
  const projected = columns.map((_, i) => i);
  const options = { columns, projected, validate: 'strict' as const };
  const set = slotsFor(options);
  const reader = new AvroReader(set, (id) => schemas.find((schema) => schema.id === id), readerId);
  return outcomes(new SlotDecoder(options, set, reader), documents, outputFor(columns, projected));
}

/** A random type, and the columns that it may be read as. */
export function randomType(
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
      return { schema: 'bytes', sql: pick(random, [null, types.BYTEA]) };
    case 12:
      return { schema: { type: 'fixed', name: name(), size: 3 }, sql: types.BYTEA };
    case 13:
    case 14: {
      const { schema, sql } = randomType(random, 0, names);
      return { schema: ['null', schema], sql };
    }
    case 15: {
      const item = randomType(random, depth - 1, names);
      const sql = item.sql === null || item.sql.kind === 'array' ? null : types.arrayOf(item.sql);
      return { schema: { type: 'array', items: item.schema }, sql };
    }
    case 16:
      return { schema: { type: 'map', values: inner() }, sql: null };
    default: {
      const fields = ['x', 'y'].map((field) => ({ field, ...randomType(random, depth - 1, names) }));
      const wanted = fields.flatMap(({ field, sql }) => (sql === null ? [] : [{ name: field, type: sql }]));
      // In another order, with one field that no record has.
      const row = [{ name: 'lacks', type: types.TEXT }, ...wanted.toReversed()];
      return {
        schema: {
          type: 'record',
          name: name(),
          fields: fields.map(({ field, schema }) => ({ name: field, type: schema })),
        },
        sql: random() < 0.2 ? null : { kind: 'row', fields: row },
      };
    }
  }
}

const TEXTS = ['', 'a', 'hello world', 'é🐎', 'x'.repeat(200)];

/** A random value of avsc's type. */
export function randomOf(type: avro.Type, random: () => number): unknown {
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
export function expected(value: unknown, sql: SqlType, type: avro.Type): Value {
  if (value === null || value === undefined) return null;
  if (type.typeName.startsWith('union')) {
    const [[name, inner]] = Object.entries(value as object) as [[string, unknown]];
    const branches = (type as avro.types.WrappedUnionType).types;
    return expected(
      inner,
      sql,
      branches.find((branch) => branch.branchName === name)!,
    );
  }
  switch (sql.kind) {
    case 'bigint':
    case 'timestamptz':
    case 'time':
      return BigInt(value as bigint | number);
    case 'double':
    case 'real':
      return Number(value);
    case 'bytea':
      return new Uint8Array(Buffer.isBuffer(value) ? value : Buffer.from(value as string));
    case 'text':
      return Buffer.isBuffer(value) ? value.toString() : (value as string);
    case 'numeric': {
      if (!Buffer.isBuffer(value)) return { unscaled: BigInt(value as bigint | number), scale: 0 };
      return { unscaled: BigInt.asIntN(8 * value.length, BigInt(`0x${value.toString('hex')}`)), scale: 3 };
    }
    case 'array': {
      const { itemsType } = type as avro.types.ArrayType;
      return encodeArray(
        (value as unknown[]).map((item) => expected(item, sql.element, itemsType)),
        sql,
      );
    }
    case 'row': {
      const { fields } = type as avro.types.RecordType;
      const one = (name: string): unknown => (value as Record<string, unknown>)[name];
      return encodeRow(
        sql.fields.map(({ name, type: column }) => {
          const field = fields.find((known) => known.name === name);
          return field === undefined ? null : expected(one(name), column, field.type);
        }),
        sql,
      );
    }
    default:
      return value as Value;
  }
}
