// Records that one schema wrote, read by another: beside avsc's resolvers on random schemas, and the rules one by one.

import type avro from 'avsc';
import { describe, expect, onTestFailed, test } from 'vitest';
import type { DeclaredColumn } from '../../src/connectors/formats/column-slot.ts';
import { valueToText } from '../../src/data/text-forms.ts';
import * as types from '../../src/data/types.ts';
import type { SqlType } from '../../src/data/types.ts';
import { testSeed } from '../setup/seed.ts';
import { exact, pick, seeded } from '../views/random-rows.ts';
import { avscOf, decode, expected, framed, randomOf, randomType, registered } from './avro-random.ts';

const column = (name: string, type: SqlType, notNull = false): DeclaredColumn => ({ name, type, notNull });

const record = (fields: readonly unknown[]) => ({ type: 'record', name: 'r', fields });

/** Values of column `v` of `sql`: written by `writer`, read by `reader`. */
function read(
  writer: unknown,
  reader: unknown,
  sql: SqlType,
  bytes: readonly number[],
  notNull = false,
): string {
  const columns = [column('v', sql, notNull)];
  const schemas = [registered(writer, 1), registered(reader, 2)];
  const outcome = decode(columns, schemas, [framed(1, Uint8Array.from(bytes))], 2)[0]!;
  if (!('row' in outcome)) return `${outcome.code}: ${outcome.message}`;
  const [value] = outcome.row;
  return value === null || value === undefined ? 'NULL' : valueToText(value, sql);
}

describe('a reader schema', () => {
  const empty = record([]);

  test('has defaults for what a writer lacks', () => {
    const by = (type: unknown, fallback: unknown, sql: SqlType): string =>
      read(empty, record([{ name: 'v', type, default: fallback }]), sql, []);
    expect(by('int', 5, types.BIGINT)).toBe('5');
    expect(by('string', 'x', types.TEXT)).toBe('x');
    expect(by('bytes', '\u00ff', types.BYTEA)).toBe('\\xff');
    expect(by(['null', 'string'], null, types.TEXT)).toBe('NULL');
    expect(by(['string', 'null'], 'x', types.TEXT)).toBe('x');
    expect(by({ type: 'array', items: 'int' }, [1, 2], types.arrayOf(types.INTEGER))).toBe('{1,2}');
    expect(by({ type: 'map', values: 'int' }, { a: 1 }, types.JSONB)).toBe('{"a": 1}');
    expect(by({ type: 'int', logicalType: 'date' }, 1, types.DATE)).toBe('1970-01-02');
    expect(by({ type: 'enum', name: 'e', symbols: ['A', 'B'] }, 'B', types.TEXT)).toBe('B');
    expect(by('int', 'x', types.INTEGER)).toMatch(
      /UNKNOWN_SCHEMA: .*the default of field "v" is not of its type/,
    );
    expect(read(empty, record([{ name: 'v', type: 'int' }]), types.INTEGER, [])).toBe('NULL');
    expect(read(empty, record([{ name: 'v', type: 'int' }]), types.INTEGER, [], true)).toMatch(/^NOT_NULL/);
    expect(read(empty, record([{ name: 'v', type: 'int', default: 1 }]), types.INTEGER, [], true)).toBe('1');
  });

  test('has other names for fields, at every depth', () => {
    const reader = record([{ name: 'v', type: 'int', aliases: ['old', 'older'] }]);
    expect(read(record([{ name: 'older', type: 'int' }]), reader, types.INTEGER, [2])).toBe('1');
    expect(read(record([{ name: 'other', type: 'int' }]), reader, types.INTEGER, [2])).toBe('NULL');
    const inner = (fields: readonly unknown[]) =>
      record([{ name: 'v', type: { type: 'record', name: 'i', fields } }]);
    const writer = inner([{ name: 'a', type: 'int' }]);
    const renamed = inner([
      { name: 'b', type: 'int', aliases: ['a'] },
      { name: 'c', type: 'string', default: 'd' },
    ]);
    const row: SqlType = {
      kind: 'row',
      fields: [
        { name: 'b', type: types.INTEGER },
        { name: 'c', type: types.TEXT },
      ],
    };
    expect(read(writer, renamed, row, [2])).toBe('(1,d)');
    expect(read(writer, renamed, types.JSONB, [2])).toBe('{"b": 1, "c": "d"}');
  });

  test('widens numbers, texts and bytes as the specification says, and knows a default for symbols', () => {
    const as = (writer: unknown, reader: unknown, sql: SqlType, bytes: readonly number[]): string =>
      read(record([{ name: 'v', type: writer }]), record([{ name: 'v', type: reader }]), sql, bytes);
    const wide = [0x82, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x20];
    expect(as('int', 'long', types.BIGINT, [2])).toBe('1');
    expect(as('long', 'double', types.DOUBLE, [0x82, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x20])).toBe(
      '9.007199254740992e+15',
    );
    expect(as('long', 'float', types.REAL, wide)).toBe('9.007199e+15');
    expect(as('int', ['null', 'double'], types.DOUBLE, [2])).toBe('1');
    expect(as('long', 'long', types.DOUBLE, [2])).toMatch(/^WRONG_TYPE/);
    expect(as('float', 'double', types.DOUBLE, [0, 0, 0x80, 0x3f])).toBe('1');
    expect(as('bytes', 'string', types.TEXT, [2, 0x61])).toBe('a');
    expect(as('bytes', 'string', types.TEXT, [2, 0xff])).toMatch(/^INVALID_UTF8/);
    expect(as('string', 'bytes', types.BYTEA, [2, 0x61])).toBe('\\x61');
    const suit = (symbols: readonly string[], fallback?: string) => ({
      type: 'enum',
      name: 's',
      symbols,
      default: fallback,
    });
    expect(as(suit(['A', 'B']), suit(['A'], 'A'), types.TEXT, [2])).toBe('A');
    expect(as(suit(['A', 'B']), suit(['A']), types.TEXT, [2])).toBe('B');
  });
});

/** A later schema of the same fields: widened, renamed with an alias, in another order, some gone, some new with a default. */
function evolved(
  fields: readonly { readonly name: string; readonly schema: unknown; readonly sql: SqlType | null }[],
  random: () => number,
): { readonly name: string; readonly type: unknown; readonly sql: SqlType | null; readonly more: object }[] {
  const kept = fields.flatMap(({ name, schema, sql }) => {
    const [type, column] =
      schema === 'int' && random() < 0.5
        ? (pick(random, [
            ['long', types.BIGINT],
            ['double', types.DOUBLE],
          ]) as [string, SqlType])
        : schema === 'float' && random() < 0.5
          ? (['double', types.DOUBLE] as [string, SqlType])
          : [schema, sql];
    const kind = random();
    if (kind < 0.2) return [];
    if (kind < 0.4) return [{ name: `${name}_new`, type, sql: column, more: { aliases: ['nothing', name] } }];
    return [{ name, type, sql: column, more: {} }];
  });
  const added = { name: 'added', type: 'string', sql: types.TEXT, more: { default: 'was not there' } };
  return [...kept, added].toSorted(() => random() - 0.5);
}

test('random evolutions are read as the resolvers of avsc read them', () => {
  const seed = testSeed();
  onTestFailed(() => console.log(`seed ${seed}`));
  const random = seeded(seed);
  let rows = 0;
  for (let n = 0; n < 150; n++) {
    const names = { n: 0 };
    const fields = Array.from({ length: 1 + Math.floor(random() * 6) }, (_, i) => ({
      name: `f${i}`,
      ...randomType(random, 2, names),
    }));
    const later = evolved(fields, random);
    const writer = record(fields.map(({ name, schema }) => ({ name, type: schema })));
    const reader = record(later.map(({ name, type, more }) => ({ name, type, ...more })));
    const [theirWriter, theirReader] = [avscOf(writer), avscOf(reader)];
    const resolver = theirReader.createResolver(theirWriter);
    const fieldTypes = new Map(
      (theirReader as avro.types.RecordType).fields.map((field) => [field.name, field.type]),
    );
    const columns = later.flatMap(({ name, sql }) => (sql === null ? [] : [column(name, sql)]));
    const documents = Array.from({ length: 10 }, () => theirWriter.toBuffer(randomOf(theirWriter, random)));
    const seen = decode(
      columns,
      [registered(writer, 1), registered(reader, 2)],
      documents.map((bytes) => framed(1, bytes)),
      2,
    );
    for (const [i, outcome] of seen.entries()) {
      // Times that Postgres does not have.
      if ('code' in outcome && outcome.code === 'OUT_OF_RANGE') continue;
      const theirs = theirReader.fromBuffer(documents[i]!, resolver) as Record<string, unknown>;
      const row = columns.map(({ name, type }) => expected(theirs[name], type, fieldTypes.get(name)!));
      if (!('row' in outcome)) expect.unreachable(`${outcome.code}: ${outcome.message}`);
      expect(exact(outcome.row), JSON.stringify({ writer, reader })).toBe(exact(row));
      rows++;
    }
  }
  expect(rows).toBeGreaterThan(800);
});
