// Records of tables: which operation a record is, and where its key and its row come from.

import { describe, expect, it } from 'vitest';
import { openTableDecoder } from '../../src/connectors/formats/open-table-decoder.ts';
import { DELETE, SET, TRUNCATE } from '../../src/connectors/formats/table-decoder.ts';
import type { RecordColumns } from '../../src/connectors/record-columns.ts';
import { allocateRecordColumns } from '../../src/connectors/record-columns.ts';
import { EMPTY_CATALOG } from '../../src/catalog/catalog.ts';
import type { TableDef } from '../../src/catalog/definition.ts';
import { newBatch } from '../../src/data/batch.ts';
import { valueAt } from '../../src/data/value.ts';
import { planSubmission } from '../../src/plan.ts';

type Text = string | null;
type RecordOf = readonly [key: Text, value: Text];

function recordsOf(records: readonly RecordOf[]): RecordColumns {
  const columns = allocateRecordColumns(records.length);
  const parts: Buffer[] = [];
  let at = 0;
  const place = (text: Text, starts: Int32Array, ends: Int32Array, i: number): void => {
    parts.push(Buffer.from('}"'));
    at += 2;
    const bytes = Buffer.from(text ?? '');
    starts[i] = text === null ? -1 : at;
    at += bytes.length;
    ends[i] = at;
    parts.push(bytes);
  };
  records.forEach(([key, value], i) => {
    place(key, columns.keyStart, columns.keyEnd, i);
    place(value, columns.valueStart, columns.valueEnd, i);
  });
  columns.buffer = Buffer.concat([...parts, Buffer.from('        ')]);
  columns.count = records.length;
  return columns;
}

function tableOf(text: string): TableDef {
  const { changes } = planSubmission(text, EMPTY_CATALOG);
  const [change] = changes;
  if (change?.kind !== 'add' || change.definition.kind !== 'table') throw new Error('no table');
  return change.definition;
}

const NAMES = { [SET]: 'set', [DELETE]: 'delete', [TRUNCATE]: 'truncate' } as const;

function decode(table: TableDef, records: readonly RecordOf[]): readonly unknown[] {
  let truncations = 0;
  const decoder = openTableDecoder(
    table,
    () => truncations++,
    () => undefined,
  );
  const declared = table.columns.slice(0, table.declared);
  const out = newBatch(
    declared.map((field) => ({ ...field, nullable: true })),
    1,
  );
  const result: unknown[] = records.map(() => 'nothing');
  decoder.decode(recordsOf(records), 0, records.length, out, (i, code) => (result[i] = code));
  for (let row = 0; row < out.rows; row++) {
    const operation = NAMES[decoder.operations![row] as keyof typeof NAMES];
    const values = out.columns.map((column, c) => valueAt(column, row, declared[c]!.type));
    result[decoder.recordIndex[row]!] = operation === 'truncate' ? operation : [operation, ...values];
  }
  return result;
}

const WITH = `WITH (connector = 'kafka', topic = 't')`;

describe('FORMAT UPSERT ENCODE JSON', () => {
  const byId = tableOf(
    `CREATE TABLE t (id BIGINT PRIMARY KEY, name TEXT, n INTEGER) ${WITH} FORMAT UPSERT ENCODE JSON`,
  );

  it('takes the key from the record, as a bare value or a member, and the row from its value', () => {
    expect(
      decode(byId, [
        ['7', '{"name":"a","n":1}'],
        [' {"id": 8, "more": [1]} ', '{"n":2,"name":"\\u00e9\\n"}'],
        ['9', '{}'],
      ]),
    ).toEqual([
      ['set', 7n, 'a', 1],
      ['set', 8n, 'é\n', 2],
      ['set', 9n, null, null],
    ]);
  });

  it('deletes by a record without a value', () => {
    expect(decode(byId, [['7', null]])).toEqual([['delete', 7n, null, null]]);
  });

  it('goes by the key of the record where its value says something else', () => {
    expect(decode(byId, [['7', '{"id":8,"name":"a"}']])).toEqual([['set', 7n, 'a', null]]);
  });

  it('refuses records without a key, or with one that is not the primary key', () => {
    expect(
      decode(byId, [
        [null, '{"name":"a"}'],
        ['', '{"name":"a"}'],
        ['"7"', '{"name":"a"}'],
        ['{"no":7}', '{"name":"a"}'],
        ['{"id":null}', '{"name":"a"}'],
        ['7 8', '{"name":"a"}'],
        ['[7]', null],
        ['7', 'null'],
        ['7', '{"n":"x"}'],
        ['7', '{'],
        ['7', '{"name":"a"}'],
      ]),
    ).toEqual([
      'NO_KEY',
      'BAD_KEY',
      'BAD_KEY',
      'BAD_KEY',
      'BAD_KEY',
      'BAD_KEY',
      'BAD_KEY',
      'NOT_AN_OBJECT',
      'WRONG_TYPE',
      'NOT_JSON',
      ['set', 7n, 'a', null],
    ]);
  });

  it('has keys of several columns, with texts that need unescaping', () => {
    const table = tableOf(
      `CREATE TABLE t (name TEXT, a TEXT, b SMALLINT NOT NULL, PRIMARY KEY (b, a)) ${WITH} FORMAT UPSERT ENCODE JSON`,
    );
    expect(
      decode(table, [
        ['{"a":"x\\ty","b":3}', '{"name":"\\"n\\""}'],
        ['{"b":4,"a":"plain"}', null],
        ['5', '{"name":"n"}'],
      ]),
    ).toEqual([['set', '"n"', 'x\ty', 3], ['delete', null, 'plain', 4], 'BAD_KEY']);
  });

  it('takes the key as it is where INCLUDE KEY is the primary key', () => {
    const table = tableOf(
      `CREATE TABLE t (name TEXT, PRIMARY KEY (k)) INCLUDE KEY AS k ${WITH} FORMAT UPSERT ENCODE JSON`,
    );
    expect(table.key).toEqual([1]);
    expect(
      decode(table, [
        ['ABQ', '{"name":"a"}'],
        ['ABQ', null],
        [null, '{"name":"a"}'],
      ]),
    ).toEqual([['set', 'a'], ['delete', null], 'NO_KEY']);
  });
});

describe('FORMAT DEBEZIUM ENCODE JSON', () => {
  const table = tableOf(
    `CREATE TABLE t (id BIGINT PRIMARY KEY, name TEXT NOT NULL) ${WITH} FORMAT DEBEZIUM ENCODE JSON`,
  );
  const envelope = (payload: string): string => `{"schema":{"type":"struct","op":"x"},"payload":${payload}}`;

  it('sets rows by c, r and u, and deletes by d, with and without the envelope', () => {
    const events: readonly RecordOf[] = [
      ['{"id":1}', '{"before":null,"after":{"id":1,"name":"a"},"op":"c","ts_ms":1}'],
      ['{"id":2}', '{"op":"r","after":{"name":"b","id":2}}'],
      ['{"id":1}', '{"before":{"id":1,"name":"a"},"after":{"id":1,"name":"c"},"op":"u"}'],
      ['{"id":1}', '{"before":null,"after":null,"op":"d"}'],
      ['{"id":1}', null],
    ];
    const operations = [
      ['set', 1n, 'a'],
      ['set', 2n, 'b'],
      ['set', 1n, 'c'],
      ['delete', 1n, null],
      ['delete', 1n, null],
    ];
    expect(decode(table, events)).toEqual(operations);
    const wrapped = events.map(([key, value]): RecordOf => [
      envelope(key!),
      value === null ? null : envelope(value),
    ]);
    expect(decode(table, wrapped)).toEqual(operations);
    expect(decode(table, [[envelope('{"id":1}'), envelope('null')]])).toEqual([['delete', 1n, null]]);
  });

  it('finds the key in the row where a record has none', () => {
    expect(
      decode(table, [
        [null, '{"op":"c","after":{"id":1,"name":"a"}}'],
        [null, '{"op":"d","before":{"id":1,"name":"a"}}'],
        [null, '{"op":"d","before":null}'],
        [null, null],
      ]),
    ).toEqual([['set', 1n, 'a'], ['delete', 1n, null], 'NOT_DEBEZIUM', 'NULL_VALUE']);
  });

  it('truncates, passes messages over and refuses what is no event', () => {
    expect(
      decode(table, [
        [null, '{"op":"t"}'],
        [null, '{"op":"m","message":{}}'],
        ['{"id":1}', '{"id":1,"name":"a"}'],
        ['{"id":1}', '{"op":"x","after":{"id":1,"name":"a"}}'],
        ['{"id":1}', '{"op":"c"}'],
        ['{"id":1}', '{"op":"c","after":{"id":1}}'],
        ['{"i":1}', '{"op":"c","after":{"id":1,"name":"a"}}'],
        ['{"id":1}', '[1]'],
      ]),
    ).toEqual([
      'truncate',
      'nothing',
      'NOT_DEBEZIUM',
      'NOT_DEBEZIUM',
      'NOT_DEBEZIUM',
      'NOT_NULL',
      'BAD_KEY',
      'NOT_AN_OBJECT',
    ]);
  });
});
