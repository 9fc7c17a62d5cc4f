// INCLUDE KEY and INCLUDE HEADERS: from records to columns, and what becomes of records that cannot give them.

import { beforeAll, describe, expect, test } from 'vitest';
import { CheckedDecoder } from '../../src/connectors/formats/checked-decoder.ts';
import { IncludedCheck } from '../../src/connectors/formats/included-check.ts';
import { compileJsonDecoder } from '../../src/connectors/formats/json-decoder.ts';
import { HeaderColumn } from '../../src/connectors/kafka/header-column.ts';
import { BIGINT, BYTEA, TEXT, arrayOf } from '../../src/data/types.ts';
import { newColumn } from '../../src/data/column.ts';
import { valueToText } from '../../src/data/text-forms.ts';
import { valueAt } from '../../src/data/value.ts';
import { columnsOf, outputFor, recordsOf } from '../formats/decoding.ts';
import { describeKafka, freshDatabase } from '../setup/parts.ts';
import { openService, submit, until } from '../sinks/service.ts';
import { newTopic, produce } from './live.ts';

const HEADERS = arrayOf({
  kind: 'row',
  fields: [
    { name: 'key', type: TEXT },
    { name: 'value', type: BYTEA },
  ],
});

const zigzag = (n: number): number => (n << 1) ^ (n >> 31);

/** As Kafka writes them; lengths below 64. */
function headerBytes(headers: readonly (readonly [string | Buffer, string | null])[]): Buffer {
  const parts = headers.flatMap(([key, value]) => {
    const name = Buffer.from(key);
    const written = [Buffer.from([zigzag(name.length)]), name];
    if (value === null) return [...written, Buffer.from([zigzag(-1)])];
    return [...written, Buffer.from([zigzag(value.length)]), Buffer.from(value, 'latin1')];
  });
  return Buffer.concat([Buffer.from([zigzag(headers.length)]), ...parts]);
}

/** Records of `{"a": i}` with these headers, null: none. */
function recordsWith(headers: readonly (Buffer | null)[]) {
  const records = recordsOf(headers.map((_, i) => `{"a": ${i}}`));
  let at = records.buffer.length;
  headers.forEach((bytes, i) => {
    records.keyStart[i] = records.keyEnd[i] = -1;
    records.headersStart[i] = bytes === null ? -1 : at;
    records.headersEnd[i] = bytes === null ? -1 : (at += bytes.length);
  });
  records.buffer = Buffer.concat([records.buffer, ...headers.map((bytes) => bytes ?? Buffer.alloc(0))]);
  return records;
}

describe('headers as a column', () => {
  test('keep order, repeated keys, nulls and any bytes', () => {
    const records = recordsWith([
      null,
      headerBytes([
        ['a', 'x'],
        ['a', null],
        ['é', 'y\0\xff'],
        ['', ''],
      ]),
      headerBytes([]),
    ]);
    const column = newColumn('text', 3, false);
    if (column.layout !== 'text') throw new Error('headers are slices');
    new HeaderColumn().fill(column, records, Int32Array.of(0, 1, 2), 3);
    expect([0, 1, 2].map((row) => valueToText(valueAt(column, row, HEADERS)!, HEADERS))).toEqual([
      '{}',
      String.raw`{"(a,\"\\\\x78\")","(a,)","(é,\"\\\\x7900ff\")","(\"\",\"\\\\x\")"}`,
      '{}',
    ]);
  });

  test('that are malformed make dead letters, and the records beside them stay what they are', () => {
    const good = headerBytes([['k', 'v']]);
    const records = recordsWith([
      good,
      good.subarray(0, -1),
      null,
      Buffer.concat([good, Buffer.from([0])]),
      headerBytes([[Buffer.from([0xff]), 'v']]),
      headerBytes([['a\0', 'v']]),
      Buffer.from([zigzag(-1)]),
      good,
    ]);
    const columns = columnsOf({ a: BIGINT });
    const inner = compileJsonDecoder({ columns, projected: [0], validate: 'strict' });
    const decoder = new CheckedDecoder(inner, new IncludedCheck({ key: null, headers: 'h' }));
    const out = outputFor(columns, [0]);
    const rejected: string[] = [];
    decoder.decode(records, 0, records.count, out, (i, code) => rejected.push(`${i} ${code}`));
    const rows = Array.from({ length: out.rows }, (_, row) => valueAt(out.columns[0]!, row, BIGINT));
    expect(rows).toEqual([0n, 2n, 7n]);
    expect([...decoder.recordIndex.subarray(0, out.rows)]).toEqual([0, 2, 7]);
    expect(rejected).toEqual([1, 3, 4, 5, 6].map((i) => `${i} BAD_HEADERS`));
    decoder.decode(recordsWith([good]), 0, 1, out, () => expect.unreachable());
    expect([...decoder.recordIndex.subarray(0, out.rows)]).toEqual([0]);
  });
});

describeKafka('included columns of a topic', () => {
  let url: string;
  beforeAll(async () => {
    ({ url } = await freshDatabase());
  });

  test('reach a view; a key that is no text is a dead letter', async () => {
    const topic = await newTopic();
    const open = await openService(url);
    const timestamp = Date.UTC(2024, 1, 29);
    await produce(topic, [
      { value: '{"a":1}', key: 'k1', headers: { trace: 'abc', raw: Buffer.from([0, 255]) }, timestamp },
      { value: '{"a":2}', key: null, timestamp },
      { value: '{"a":3}', key: Buffer.from([0x80]) },
    ]);
    await submit(
      open,
      `CREATE SOURCE included (a BIGINT)
         INCLUDE KEY AS k INCLUDE HEADERS AS h INCLUDE TIMESTAMP AS ts INCLUDE OFFSET AS o INCLUDE PARTITION AS p
         WITH (connector = 'kafka', topic = '${topic}') FORMAT PLAIN ENCODE JSON;
       CREATE MATERIALIZED VIEW seen AS
         SELECT a, k, o, p, ts, (h[1]).key AS name, convert_from((h[1]).value, 'UTF8') AS trace, (h[2]).value AS raw FROM included;`,
    );
    const select = async (sql: string) => (await open.pool.query<Record<string, unknown>>(sql)).rows;
    await until(
      'the dead letter',
      async () => (await select('SELECT FROM millrace.dead_letters')).length === 1,
    );
    expect(
      await select(
        `SELECT concat_ws(' ', a, k, o, p, ts AT TIME ZONE 'UTC', name, trace, raw) AS row FROM seen ORDER BY a`,
      ),
    ).toEqual([
      { row: String.raw`1 k1 0 0 2024-02-29 00:00:00 trace abc \x00ff` },
      { row: '2 1 0 2024-02-29 00:00:00' },
    ]);
    expect(await select('SELECT code, message FROM millrace.dead_letters')).toEqual([
      { code: 'INVALID_UTF8', message: 'column "k": \ufffd is not of type text' },
    ]);
  });
});
