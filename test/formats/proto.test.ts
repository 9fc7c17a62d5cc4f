// Protobuf records beside protobufjs, on random schemas, random values and mutated bytes; and the rules of what converts to what.

import protobuf from 'protobufjs';
import { describe, expect, onTestFailed, test } from 'vitest';
import type { DeclaredColumn } from '../../src/connectors/formats/column-slot.ts';
import { checkProtoColumns, protoColumns } from '../../src/connectors/formats/proto-columns.ts';
import type { ProtoExpectation } from '../../src/connectors/formats/proto-reader.ts';
import { ProtoReader } from '../../src/connectors/formats/proto-reader.ts';
import { SlotDecoder, slotsFor } from '../../src/connectors/formats/slot-decoder.ts';
import type { RegisteredSchema } from '../../src/connectors/registry/registry-client.ts';
import { valueToText } from '../../src/data/text-forms.ts';
import { decodeArray, decodeRow } from '../../src/data/tree/cells.ts';
import * as types from '../../src/data/types.ts';
import type { SqlType } from '../../src/data/types.ts';
import { typeName } from '../../src/data/types.ts';
import type { TreeValue } from '../../src/data/value.ts';
import { testSeed } from '../setup/seed.ts';
import { pick, seeded } from '../views/random-rows.ts';
import type { Outcome } from './decoding.ts';
import { outcomes, outputFor } from './decoding.ts';

function registered(text: string, id = 1, references: RegisteredSchema['references'] = []): RegisteredSchema {
  return { id, type: 'PROTOBUF', text, references };
}

/** The message at `path` of schema `id`. */
function framed(id: number, bytes: Uint8Array, path: readonly number[] = [0]): Buffer {
  const head = Buffer.alloc(5);
  head.writeInt32BE(id, 1);
  const isFirst = path.length === 1 && path[0] === 0;
  const index = isFirst ? [0] : [path.length, ...path].map((n) => n * 2);
  return Buffer.concat([head, Buffer.from(index), bytes]);
}

function decode(
  columns: readonly DeclaredColumn[],
  schemas: readonly RegisteredSchema[],
  documents: readonly (Uint8Array | null)[],
  expected: Partial<ProtoExpectation> = {},
): readonly Outcome[] {
  const projected = columns.map((_, i) => i);
  const options = { columns, projected, validate: 'strict' as const };
  const set = slotsFor(options);
  const lookup = (id: number): RegisteredSchema | undefined => schemas.find((schema) => schema.id === id);
  const reader = new ProtoReader(set, lookup, { readerId: null, message: null, ...expected });
  return outcomes(new SlotDecoder(options, set, reader), documents, outputFor(columns, projected));
}

const column = (name: string, type: SqlType, notNull = false): DeclaredColumn => ({ name, type, notNull });

function typeOf(text: string, name: string): protobuf.Type {
  const root = new protobuf.Root();
  const { imports } = protobuf.parse(text, root, { keepCase: true });
  for (const file of imports ?? []) root.addJSON(protobuf.common.get(file)!.nested!);
  return root.resolveAll().lookupType(name);
}

/** The bytes that protobufjs writes of a JSON form. */
function encode(text: string, name: string, value: Record<string, unknown>): Buffer {
  const type = typeOf(text, name);
  return Buffer.from(type.encode(type.fromObject(value)).finish());
}

/** Each column's value as Postgres shows it, or the code. */
function shown(columns: readonly DeclaredColumn[], outcome: Outcome): string {
  if (!('row' in outcome)) return `${outcome.code}: ${outcome.message}`;
  return outcome.row
    .map((value, c) => (value === null ? 'NULL' : valueToText(value, columns[c]!.type)))
    .join(' | ');
}

/** One field `v`, written as `proto`, from hexadecimal bytes. */
function one(proto: string, sql: SqlType, hex: string, more = ''): string {
  const schema = registered(`syntax = "proto3"; ${more} message R { ${proto} }`);
  const columns = [column('v', sql)];
  return shown(
    columns,
    decode(columns, [schema], [framed(1, Buffer.from(hex.replaceAll(' ', ''), 'hex'))])[0]!,
  );
}

const TIMES = 'import "google/protobuf/timestamp.proto"; import "google/protobuf/duration.proto";';

describe('what converts', () => {
  test('numbers, exactly or not at all', () => {
    expect(one('int32 v = 1;', types.INTEGER, '08 ffffffffffffffffff01')).toBe('-1');
    expect(one('int32 v = 1;', types.SMALLINT, '08 808002')).toBe(
      'OUT_OF_RANGE: column "v": 0x808002 is out of range for type smallint',
    );
    expect(one('sint32 v = 1;', types.BIGINT, '08 03')).toBe('-2');
    expect(one('int32 v = 1;', types.DOUBLE, '08 07')).toBe('7');
    expect(one('uint32 v = 1;', types.BIGINT, '08 ffffffff0f')).toBe('4294967295');
    expect(one('uint32 v = 1;', types.INTEGER, '08 ffffffff0f')).toMatch(/^OUT_OF_RANGE/);
    expect(one('fixed32 v = 1;', types.NUMERIC, '0d ffffffff')).toBe('4294967295');
    expect(one('uint64 v = 1;', types.NUMERIC, '08 ffffffffffffffffff01')).toBe('18446744073709551615');
    expect(one('uint64 v = 1;', types.BIGINT, '08 ffffffffffffffffff01')).toMatch(/^OUT_OF_RANGE/);
    expect(one('sint64 v = 1;', types.BIGINT, '08 ffffffffffffffffff01')).toBe('-9223372036854775808');
    expect(one('sfixed64 v = 1;', types.NUMERIC, '09 feffffffffffffff')).toBe('-2');
    expect(one('float v = 1;', types.REAL, '0d cdcccc3d')).toBe('0.1');
    expect(one('float v = 1;', types.DOUBLE, '0d cdcccc3d')).toBe('0.10000000149011612');
    expect(one('double v = 1;', types.REAL, '09 9a9999999999b93f')).toMatch(/^WRONG_TYPE/);
    expect(one('int64 v = 1;', types.DOUBLE, '08 01')).toBe(
      'WRONG_TYPE: column "v": a value of type int64 is not of type double precision',
    );
    expect(one('bool v = 1;', types.BOOLEAN, '08 8001')).toBe('t');
  });

  test('text, bytes, enumerations', () => {
    expect(one('string v = 1;', types.TEXT, '0a02 c3a9')).toBe('é');
    expect(one('string v = 1;', types.TEXT, '0a01 ff')).toMatch(/^INVALID_UTF8/);
    expect(one('string v = 1;', types.TEXT, '0a01 00')).toMatch(/^NUL_CHARACTER/);
    expect(one('string v = 1;', types.TEXT, '0a05 61')).toMatch(/^NOT_PROTOBUF/);
    expect(one('string v = 1;', { kind: 'varchar', length: 2 }, '0a03 616263')).toMatch(/^OUT_OF_RANGE/);
    expect(
      one(
        'string v = 1;',
        types.UUID,
        `0a24 ${Buffer.from('a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11').toString('hex')}`,
      ),
    ).toBe('a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11');
    expect(one('bytes v = 1;', types.BYTEA, '0a02 00ff')).toBe('\\x00ff');
    expect(one('string v = 1;', types.UUID, '')).toMatch(/^WRONG_TYPE/);
    expect(one('E v = 1;', types.TEXT, '08 01', 'enum E { A = 0; B = 1; }')).toBe('B');
    expect(one('E v = 1;', types.TEXT, '08 07', 'enum E { A = 0; B = 1; }')).toBe('7');
    expect(one('E v = 1;', types.INTEGER, '08 07', 'enum E { A = 0; B = 1; }')).toBe('7');
    expect(one('E v = 1;', types.TEXT, '', 'enum E { A = 0; B = 1; }')).toBe('A');
  });

  test('times, wrappers, documents', () => {
    const stamp = 'google.protobuf.Timestamp v = 1;';
    expect(one(stamp, types.TIMESTAMPTZ, '0a09 08 80e497a506 10 8001', TIMES)).toBe('2023-07-05 22:43:12+00');
    // 500 nanoseconds go to the even microsecond, 1500 too.
    expect(one(stamp, types.TIMESTAMPTZ, '0a03 10 f403', TIMES)).toBe('1970-01-01 00:00:00+00');
    expect(one(stamp, types.TIMESTAMPTZ, '0a03 10 dc0b', TIMES)).toBe('1970-01-01 00:00:00.000002+00');
    expect(one(stamp, types.TIMESTAMPTZ, '0a0b 08 ffffffffffffffffff01', TIMES)).toBe(
      '1969-12-31 23:59:59+00',
    );
    expect(one(stamp, types.TIMESTAMPTZ, '0a0b 08 ffffffffffffffff7f', TIMES)).toMatch(
      /^OUT_OF_RANGE|^NOT_PROTOBUF/,
    );
    expect(one(stamp, types.TIMESTAMPTZ, '0a06 10 80a8d6b907', TIMES)).toMatch(/^OUT_OF_RANGE/);
    expect(one(stamp, types.TIMESTAMPTZ, '', TIMES)).toBe('NULL');
    // Two occurrences are one message: seconds of the first, nanoseconds of the second.
    expect(one(stamp, types.TIMESTAMPTZ, '0a02 08 01 0a04 10 c0843d', TIMES)).toBe(
      '1970-01-01 00:00:01.001+00',
    );
    expect(one('google.protobuf.Duration v = 1;', types.INTERVAL, '0a02 08 3c', TIMES)).toBe('00:01:00');
    const wrappers = 'import "google/protobuf/wrappers.proto";';
    expect(one('google.protobuf.Int64Value v = 1;', types.BIGINT, '0a02 08 05', wrappers)).toBe('5');
    expect(one('google.protobuf.Int64Value v = 1;', types.BIGINT, '0a00', wrappers)).toBe('0');
    expect(one('google.protobuf.Int64Value v = 1;', types.BIGINT, '', wrappers)).toBe('NULL');
    const text =
      'syntax = "proto3"; import "google/protobuf/struct.proto"; message R { google.protobuf.Value v = 1; google.protobuf.Struct s = 2; }';
    const bytes = encode(text, 'R', {
      v: {
        listValue: {
          values: [{ numberValue: 1.5 }, { nullValue: 0 }, { stringValue: 'x' }, { boolValue: true }],
        },
      },
      s: { fields: { a: { structValue: { fields: {} } } } },
    });
    const columns = [column('v', types.JSONB), column('s', types.JSONB)];
    expect(shown(columns, decode(columns, [registered(text)], [framed(1, bytes)])[0]!)).toBe(
      '[1.5, null, "x", true] | {"a": {}}',
    );
  });

  test('what nests: rows, arrays (packed or not), maps, oneofs', () => {
    const text = `syntax = "proto3";
      message R {
        repeated int32 packed = 1; repeated string texts = 2; map<string, Inner> by_name = 3; Inner inner = 4;
        oneof choice { int32 a = 5; string b = 6; Inner c = 7; } repeated Inner many = 8; map<int64, bool> flags = 9;
        message Inner { int64 id = 1; optional string note = 2; Inner next = 3; }
      }`;
    const inner: SqlType = {
      kind: 'row',
      fields: [
        { name: 'id', type: types.BIGINT },
        { name: 'note', type: types.TEXT },
        { name: 'lacks', type: types.INTEGER },
      ],
    };
    const columns = [
      column('packed', types.arrayOf(types.INTEGER)),
      column('texts', types.arrayOf(types.TEXT)),
      column('by_name', types.JSONB),
      column('inner', inner),
      column('a', types.INTEGER),
      column('b', types.TEXT),
      column('c', types.JSONB),
      column('many', types.arrayOf(inner)),
      column('flags', types.JSONB),
    ];
    const read = (bytes: Uint8Array): string =>
      shown(columns, decode(columns, [registered(text)], [framed(1, bytes)])[0]!);
    expect(read(Buffer.alloc(0))).toBe('{} | {} | {} | NULL | NULL | NULL | NULL | {} | {}');
    const bytes = encode(text, 'R', {
      packed: [1, -1],
      texts: ['x', ''],
      by_name: { k: { id: '9007199254740993', next: { note: 'n' } } },
      inner: { id: 7 },
      c: { id: 1 },
      many: [{ id: 2 }, {}],
      flags: { '-5': true },
    });
    expect(read(bytes)).toBe(
      '{1,-1} | {x,""} | {"k": {"id": 9007199254740993, "next": {"id": 0, "note": "n"}}} | (7,,) | NULL | NULL | {"id": 1} | {"(2,,)","(0,,)"} | {"-5": true}',
    );
    // One item behind its own tag, two packed ones; then a is taken back by b; of two inner messages the fields are merged.
    expect(
      read(Buffer.from('0801 0a020203 2805 320179 2202 0805 2203 120171'.replaceAll(' ', ''), 'hex')),
    ).toBe('{1,2,3} | {} | {} | (5,q,) | NULL | y | NULL | {} | {}');
  });
});

describe('records', () => {
  const v1 =
    'syntax = "proto3"; package shop; message Order { int32 id = 1; string customer = 2; message Line { string sku = 1; } }  message Refund { int32 id = 1; }';
  // Renamed, widened, one more.
  const v2 =
    'syntax = "proto3"; package shop; message Order { int64 id = 1; string buyer = 2; bool paid = 3; }';
  const columns = [column('id', types.BIGINT), column('customer', types.TEXT), column('paid', types.BOOLEAN)];
  const schemas = [registered(v1, 1), registered(v2, 2)];
  const documents = [
    framed(1, encode(v1, 'shop.Order', { id: 1, customer: 'ann' })),
    framed(2, encode(v2, 'shop.Order', { id: '1099511627776', buyer: 'bob', paid: true })),
  ];

  test("are read by name, or by the numbers of the source's own schema", () => {
    const read = (expected: Partial<ProtoExpectation>): readonly string[] =>
      decode(columns, schemas, documents, expected).map((outcome) => shown(columns, outcome));
    expect(read({})).toEqual(['1 | ann | NULL', '1099511627776 | NULL | t']);
    expect(read({ readerId: 1 })).toEqual(['1 | ann | NULL', '1099511627776 | bob | t']);
    const buyer = [column('buyer', types.TEXT), column('paid', types.BOOLEAN)];
    expect(
      decode(buyer, schemas, documents, { readerId: 2 }).map((outcome) => shown(buyer, outcome)),
    ).toEqual(['ann | f', 'bob | t']);
  });

  test('say which message of their schema they are', () => {
    const id = [column('id', types.BIGINT)];
    const refund = framed(1, Buffer.from([8, 9]), [1]);
    const read = (document: Uint8Array, expected: Partial<ProtoExpectation> = {}): string =>
      shown(id, decode(id, schemas, [document], expected)[0]!);
    expect(read(refund)).toBe('9');
    expect(read(refund, { message: 'shop.Order' })).toBe(
      'UNKNOWN_SCHEMA: the record is a shop.Refund, and the source reads shop.Order',
    );
    const sku = [column('sku', types.TEXT)];
    const line = framed(1, Buffer.from([0x0a, 1, 0x78]), [0, 0]);
    expect(shown(sku, decode(sku, schemas, [line])[0]!)).toBe('x');
    expect(read(framed(1, Buffer.alloc(0), [4]))).toBe('UNKNOWN_SCHEMA: schema 1 has no message at 4');
    expect(read(framed(3, Buffer.alloc(0)))).toBe('UNKNOWN_SCHEMA: the schema registry has no schema 3');
    expect(read(Buffer.from([0, 0, 0, 0, 1]))).toMatch(/^NOT_FRAMED/);
    expect(read(Buffer.from([0, 0, 0, 0, 1, 3]))).toMatch(/^NOT_FRAMED/);
  });

  test('unknown fields, groups among them, are passed over, in whatever wire type they come', () => {
    const id = [column('id', types.BIGINT)];
    const unknown = [
      'f80101',
      'f90100112233445566aa',
      'fa010178',
      'fd0101020304',
      'fb010801fc01',
      'fb01fb01fc01fc01',
      '0a0178',
    ];
    for (const hex of unknown) {
      const bytes = Buffer.from(`${hex}0805${hex}`, 'hex');
      expect(shown(id, decode(id, schemas, [framed(1, bytes)])[0]!), hex).toBe('5');
    }
    for (const hex of ['fb0108', 'fc01', 'fe0101', '0001', '08', 'fb01'.repeat(200)])
      expect(shown(id, decode(id, schemas, [framed(1, Buffer.from(hex, 'hex'))])[0]!), hex).toMatch(
        /^NOT_PROTOBUF/,
      );
  });

  test('of proto2: presence, required fields, closed enumerations', () => {
    const text =
      'syntax = "proto2"; message R { required int32 id = 1; optional int32 n = 2 [default = 5]; optional E e = 3; repeated E many = 4; enum E { A = 1; } }';
    const all = [
      column('id', types.INTEGER),
      column('n', types.INTEGER),
      column('e', types.TEXT),
      column('many', types.arrayOf(types.TEXT)),
    ];
    const read = (hex: string): string =>
      shown(all, decode(all, [registered(text)], [framed(1, Buffer.from(hex, 'hex'))])[0]!);
    expect(read('0801')).toBe('1 | NULL | NULL | {}');
    expect(read('0801100018012001200920')).toMatch(/^NOT_PROTOBUF/);
    expect(read('080110001801200120092001')).toBe('1 | 0 | A | {A,A}');
    expect(read('08011809')).toBe('1 | NULL | NULL | {}');
    expect(read('1001')).toMatch(/^NOT_PROTOBUF/);
  });

  test('schemas import others, whose packages may be the same', () => {
    const shared = 'syntax = "proto3"; package shop; message Aaa { string city = 1; }';
    const text = 'syntax = "proto3"; package shop; import "shared.proto"; message Order { Aaa at = 1; }';
    const schema = registered(text, 1, [{ name: 'shared.proto', text: shared }]);
    const at = [column('at', types.JSONB)];
    expect(shown(at, decode(at, [schema], [framed(1, Buffer.from('0a030a0178', 'hex'))])[0]!)).toBe(
      '{"city": "x"}',
    );
    expect(() => protoColumns(registered(text), null)).toThrow(
      'it imports "shared.proto", which it has no reference to',
    );
    expect(() => protoColumns(registered('message {'), null)).toThrow(
      'a schema of the registry cannot be used: illegal type name',
    );
  });
});

describe('columns of a schema', () => {
  const text = `syntax = "proto3"; import "google/protobuf/timestamp.proto";
    message R { int32 i = 1; uint64 u = 2; float f = 3; string s = 4; bytes b = 5; google.protobuf.Timestamp t = 6;
      repeated string l = 7; map<string, int32> m = 8; Inner inner = 9; E e = 10; message Inner { R self = 1; double d = 2; } enum E { A = 0; } }
    message Other { bool x = 1; }`;

  test('are derived', () => {
    expect(protoColumns(registered(text), null).map(({ name, type }) => `${name} ${typeName(type)}`)).toEqual(
      [
        'i integer',
        'u numeric(20,0)',
        'f real',
        's text',
        'b bytea',
        't timestamp with time zone',
        'l text[]',
        'm jsonb',
        'inner struct<self jsonb, d double precision>',
        'e text',
      ],
    );
    expect(protoColumns(registered(text), 'Other').map(({ name }) => name)).toEqual(['x']);
    expect(() => protoColumns(registered(text), 'Nope')).toThrow('schema 1 has no message "Nope"');
  });

  test('are checked against declared ones', () => {
    checkProtoColumns(registered(text), null, [
      column('i', types.NUMERIC),
      column('not_there', types.INTERVAL),
      column('m', types.JSONB),
    ]);
    expect(() => checkProtoColumns(registered(text), null, [column('m', types.TEXT)])).toThrow(
      'column "m" of type text cannot be read from type map<string, int32>',
    );
  });
});

const SCALARS: readonly (readonly [proto: string, sql: readonly SqlType[]])[] = [
  ['int32', [types.INTEGER, types.BIGINT, types.NUMERIC, types.DOUBLE]],
  ['sint32', [types.INTEGER, types.BIGINT]],
  ['sfixed32', [types.INTEGER, types.NUMERIC]],
  ['uint32', [types.BIGINT, types.NUMERIC]],
  ['fixed32', [types.BIGINT]],
  ['int64', [types.BIGINT, types.NUMERIC]],
  ['sint64', [types.BIGINT]],
  ['sfixed64', [types.BIGINT]],
  ['uint64', [types.NUMERIC]],
  ['fixed64', [types.NUMERIC]],
  ['bool', [types.BOOLEAN]],
  ['float', [types.REAL, types.DOUBLE]],
  ['double', [types.DOUBLE]],
  ['string', [types.TEXT]],
  ['bytes', [types.BYTEA]],
];

/** Texts, messages and packed items that no column wants are passed over, where protobufjs looks into them. */
function isChecked({ kind }: SqlType): boolean {
  return kind === 'array' || kind === 'row' || kind === 'text';
}

interface RandomField {
  readonly declaration: string;
  readonly name: string;
  readonly sql: SqlType;
}

function randomField(random: () => number, i: number): RandomField {
  const [proto, sqls] = pick(random, SCALARS);
  const name = `f${i}`;
  const number = i < 2 ? i + 1 : 1 + i * Math.floor(1 + random() * 300);
  const sql = pick(random, sqls);
  const kind = random();
  if (kind < 0.5) return { declaration: `${proto} ${name} = ${number};`, name, sql };
  if (kind < 0.6) return { declaration: `optional ${proto} ${name} = ${number};`, name, sql };
  if (kind < 0.85)
    return { declaration: `repeated ${proto} ${name} = ${number};`, name, sql: types.arrayOf(sql) };
  const fields = [
    { name: 'x', type: types.INTEGER },
    { name: 'y', type: types.TEXT },
  ];
  return { declaration: `In ${name} = ${number};`, name, sql: { kind: 'row', fields } };
}

function randomScalar(type: string, random: () => number): unknown {
  const whole = (bits: number): bigint =>
    BigInt.asUintN(bits, BigInt(Math.floor(random() * 2 ** 52)) * BigInt(Math.floor(random() * 2 ** 20)));
  const small = random() < 0.5;
  switch (type) {
    case 'bool':
      return random() < 0.5;
    case 'string':
      return pick(random, ['', 'a', 'hello', 'é🐎', 'x'.repeat(200)]);
    case 'bytes':
      return Buffer.from(pick(random, [[], [0, 255], Array.from({ length: 150 }, () => 7)]));
    case 'float':
      return Math.fround(random() * 1000 - 500);
    case 'double':
      return pick(random, [0, -0, random() * 1e10, 5e-324, Infinity]);
    default: {
      const bits = type.endsWith('64') ? 64 : 32;
      const value = small ? BigInt(Math.floor(random() * 300)) : whole(bits);
      const isUnsigned = type.startsWith('u') || type.startsWith('f');
      return (isUnsigned ? value : BigInt.asIntN(bits, value)).toString();
    }
  }
}

/** What protobufjs made of the record, as a column of type `sql` shows it. */
function expected(value: unknown, sql: SqlType): string {
  if (value === undefined || value === null) return 'NULL';
  switch (sql.kind) {
    case 'array':
      return `[${(value as unknown[]).map((item) => expected(item, sql.element)).join(',')}]`;
    case 'row':
      return `(${sql.fields.map(({ name, type }) => expected((value as Record<string, unknown>)[name], type)).join(',')})`;
    case 'bytea':
      return Buffer.from(value as Uint8Array).toString('hex');
    case 'real':
    case 'double':
      return String(Object.is(value, -0) ? '-0' : value);
    default:
      return String(value);
  }
}

function actual(value: unknown, sql: SqlType): string {
  if (value === null) return 'NULL';
  if (sql.kind === 'array') {
    const text = treeItems(value, sql);
    return `[${text.join(',')}]`;
  }
  if (sql.kind === 'row') return `(${treeItems(value, sql).join(',')})`;
  if (sql.kind === 'bytea') return Buffer.from(value as Uint8Array).toString('hex');
  if (sql.kind === 'numeric') return String((value as { unscaled: bigint }).unscaled);
  if (Object.is(value, -0)) return '-0';
  return String(value);
}

function treeItems(value: unknown, sql: SqlType): string[] {
  if (sql.kind === 'array')
    return decodeArray(value as TreeValue, sql).map((item) => actual(item, sql.element));
  if (sql.kind !== 'row') throw new Error('not a tree');
  return decodeRow(value as TreeValue, sql).map((item, i) => actual(item, sql.fields[i]!.type));
}

test('random schemas, values and mutated bytes are read as protobufjs reads them, or refused', () => {
  const seed = testSeed();
  onTestFailed(() => console.log(`seed ${seed}`));
  const random = seeded(seed);
  const counts = { rows: 0, refused: 0 };
  for (let n = 0; n < 150; n++) {
    const fields = Array.from({ length: 1 + Math.floor(random() * 7) }, (_, i) => randomField(random, i));
    const numbers = new Set(fields.map(({ declaration }) => /= (\d+);/.exec(declaration)![1]));
    if (numbers.size < fields.length) continue;
    const text = `syntax = "proto3"; message R { ${fields.map(({ declaration }) => declaration).join(' ')} message In { int32 x = 1; optional string y = 2; } }`;
    const type = typeOf(text, 'R');
    const columns = fields
      .map(({ name, sql }) => column(name, sql))
      .filter(({ type }) => isChecked(type) || random() < 0.8);
    if (columns.length === 0) columns.push(column('lacks', types.TEXT));
    const documents = Array.from({ length: 20 }, (_, i) => {
      const value = Object.fromEntries(
        type.fieldsArray.flatMap((field) => {
          if (random() < 0.25) return [];
          const make = (): unknown =>
            field.type === 'In'
              ? { x: randomScalar('int32', random), ...(random() < 0.5 ? { y: 'q' } : {}) }
              : randomScalar(field.type, random);
          return [
            [field.name, field.repeated ? Array.from({ length: Math.floor(random() * 4) }, make) : make()],
          ];
        }),
      );
      const bytes = Buffer.from(type.encode(type.fromObject(value)).finish());
      if (i % 3 === 0 || bytes.length === 0) return bytes;
      if (i % 3 === 2) return bytes.subarray(0, Math.floor(random() * (bytes.length + 1)));
      bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256);
      return bytes;
    });
    const seen = decode(
      columns,
      [registered(text)],
      documents.map((bytes) => framed(1, bytes)),
    );
    for (const [i, outcome] of seen.entries()) {
      const theirs = read(type, documents[i]!);
      if ('row' in outcome) {
        expect(theirs, `protobufjs refuses ${documents[i]!.toString('hex')} of ${text}`).toBeDefined();
        expect(
          outcome.row.map((value, c) => actual(value, columns[c]!.type)),
          `${documents[i]!.toString('hex')} of ${text}`,
        ).toEqual(columns.map(({ name, type: sql }) => expected(theirs![name], sql)));
        counts.rows++;
      } else {
        // Stricter where Postgres cannot hold a value, and where bytes are none that a writer makes.
        if (i % 3 === 0)
          expect.unreachable(`${JSON.stringify(outcome)}: ${documents[i]!.toString('hex')} of ${text}`);
        counts.refused++;
      }
    }
  }
  expect(counts.rows).toBeGreaterThan(1000);
  expect(counts.refused).toBeGreaterThan(200);
});

function read(type: protobuf.Type, bytes: Uint8Array): Record<string, unknown> | undefined {
  try {
    const message = type.decode(bytes);
    const object = type.toObject(message, { longs: String, defaults: true, arrays: true });
    // Of a field with presence a default is no value.
    for (const field of type.fieldsArray) {
      const isAbsent =
        (field.partOf !== null || field.resolvedType !== null) && !Object.hasOwn(message, field.name);
      if (isAbsent) object[field.name] = undefined;
      const inner = object[field.name] as Record<string, unknown> | undefined;
      const within = (message as unknown as Record<string, object>)[field.name];
      if (field.type === 'In' && inner !== undefined && !Object.hasOwn(within!, 'y')) inner['y'] = undefined;
    }
    return object;
  } catch {
    return undefined;
  }
}
