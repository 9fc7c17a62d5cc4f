// Tables whose keys and values name schemas of a registry, from Kafka to Postgres: upserts and Debezium's change events.

import avro from 'avsc';
import protobuf from 'protobufjs';
import { beforeAll, expect, test } from 'vitest';
import type { OpenEngine } from '../../src/cli/open-engine.ts';
import { newTopic, produce } from '../kafka/live.ts';
import { describeKafka, freshDatabase } from '../setup/parts.ts';
import { openService, submit, until } from '../sinks/service.ts';
import { framed, TestRegistry } from './server.ts';

let url: string;
beforeAll(async () => {
  ({ url } = await freshDatabase());
});

async function opened(): Promise<{
  readonly open: OpenEngine;
  readonly registry: TestRegistry;
  readonly topic: string;
}> {
  const registry = await TestRegistry.start();
  const open = await openService(url, { MILLRACE_SCHEMA_REGISTRIES: registry.url });
  return { open, registry, topic: await newTopic() };
}

/** Rows as Postgres prints them. */
async function rows(open: OpenEngine, table: string): Promise<readonly string[]> {
  const { rows: found } = await open.pool.query<{ line: string }>(
    `SELECT ${table}::text AS line FROM ${table} ORDER BY 1`,
  );
  return found.map(({ line }) => line);
}

async function refused(open: OpenEngine, table: string): Promise<readonly string[]> {
  const { rows: found } = await open.pool.query<{ line: string }>(
    `SELECT code || ' ' || message AS line FROM millrace.dead_letters d JOIN millrace.catalog c ON c.id = 't' || d.source_id
      WHERE c.name = $1 ORDER BY "offset"`,
    [table],
  );
  return found.map(({ line }) => line);
}

async function eventually(table: string, open: OpenEngine, expected: readonly string[]): Promise<void> {
  let seen: readonly string[] = [];
  const holds = async (): Promise<boolean> => {
    seen = await rows(open, table);
    return JSON.stringify(seen) === JSON.stringify(expected);
  };
  await until(`${table} has ${expected.join(', ')}`, holds, 10_000).catch(() =>
    expect(seen).toEqual(expected),
  );
}

const avroOf = (schema: unknown, value: unknown): Buffer =>
  avro.Type.forSchema(schema as never).toBuffer(value);

describeKafka('a table with a schema registry', () => {
  test('UPSERT AVRO: keys of several columns, evolution of values, tombstones', async () => {
    const { open, registry, topic } = await opened();
    const key = {
      type: 'record',
      name: 'k',
      fields: ['id', 'region'].map((name) => ({ name, type: name === 'id' ? 'long' : 'string' })),
    };
    const v1 = {
      type: 'record',
      name: 'v',
      fields: [
        { name: 'name', type: 'string' },
        { name: 'n', type: 'int' },
      ],
    };
    const v2 = {
      type: 'record',
      name: 'v',
      fields: [
        { name: 'n', type: 'long' },
        { name: 'full_name', type: ['null', 'string'] },
      ],
    };
    const keyId = registry.register(`${topic}-key`, key);
    const id2 = registry.register('later', v2);
    const id1 = registry.register(`${topic}-value`, {
      ...v1,
      fields: [{ ...v1.fields[0], aliases: ['full_name'] }, v1.fields[1]],
    });
    await submit(
      open,
      `CREATE TABLE ua (id BIGINT, region TEXT, name TEXT, n BIGINT, PRIMARY KEY (region, id)) WITH (connector = 'kafka', topic = '${topic}')
         FORMAT UPSERT ENCODE AVRO (schema.registry = '${registry.url}')`,
    );
    const keyed = (id: number, region: string) => framed(keyId, avroOf(key, { id, region }));
    await produce(topic, [
      { key: keyed(1, 'a'), value: framed(id1, avroOf(v1, { name: 'ann', n: 1 })) },
      { key: keyed(1, 'b'), value: framed(id1, avroOf(v1, { name: 'bob', n: 2 })) },
      { key: keyed(2, 'a'), value: framed(id1, avroOf(v1, { name: 'cid', n: 3 })) },
      { key: keyed(1, 'a'), value: framed(id2, avroOf(v2, { n: 2 ** 40, full_name: 'Ann' })) },
      { key: keyed(2, 'a'), value: null },
      { key: null, value: framed(id1, avroOf(v1, { name: 'x', n: 1 })) },
      { key: 'plain', value: framed(id1, avroOf(v1, { name: 'x', n: 1 })) },
      { key: keyed(9, 'a'), value: framed(id1, Buffer.from([1])) },
    ]);
    await until('the others are refused', async () => (await refused(open, 'ua')).length === 3);
    await eventually('ua', open, ['(1,a,Ann,1099511627776)', '(1,b,bob,2)']);
    expect((await refused(open, 'ua')).map((line) => line.split(' ')[0])).toEqual([
      'NO_KEY',
      'BAD_KEY',
      'NOT_AVRO',
    ]);
    await expect(
      submit(
        open,
        `CREATE TABLE wrong (id BIGINT, region TEXT, n DATE, PRIMARY KEY (id, region)) WITH (connector = 'kafka', topic = '${topic}')
           FORMAT UPSERT ENCODE AVRO (schema.registry = '${registry.url}')`,
      ),
    ).rejects.toMatchObject({ code: 'SCHEMA_MISMATCH', span: expect.objectContaining({}) });
  });

  test('DEBEZIUM AVRO: events with keys and without, snapshots, truncation', async () => {
    const { open, registry, topic } = await opened();
    const row = {
      type: 'record',
      name: 'Value',
      fields: [
        { name: 'id', type: 'long' },
        { name: 'name', type: ['null', 'string'] },
      ],
    };
    const event = {
      type: 'record',
      name: 'Envelope',
      fields: [
        { name: 'before', type: ['null', row], default: null },
        { name: 'after', type: ['null', 'Value'], default: null },
        {
          name: 'source',
          type: { type: 'record', name: 'Source', fields: [{ name: 'lsn', type: ['null', 'long'] }] },
        },
        { name: 'op', type: 'string' },
        { name: 'ts_ms', type: ['null', 'long'] },
      ],
    };
    const key = { type: 'record', name: 'Key', fields: [{ name: 'id', type: 'long' }] };
    const [keyId, id] = [registry.register(`${topic}-key`, key), registry.register(`${topic}-value`, event)];
    await submit(
      open,
      `CREATE TABLE da (id BIGINT PRIMARY KEY, name TEXT) WITH (connector = 'kafka', topic = '${topic}')
         FORMAT DEBEZIUM ENCODE AVRO (schema.registry = '${registry.url}')`,
    );
    const one = (n: number, name: string | null) => ({ id: n, name });
    const record = (op: string, before: object | null, after: object | null, n: number | null) => ({
      key: n === null ? null : framed(keyId, avroOf(key, { id: n })),
      value: framed(id, avroOf(event, { before, after, source: { lsn: 5 }, op, ts_ms: 1 })),
    });
    await produce(topic, [
      record('r', null, one(0, 'gone'), 0),
      record('t', null, null, null),
      record('r', null, one(1, 'ann'), 1),
      record('c', null, one(2, 'bob'), 2),
      record('c', null, one(3, null), null),
      record('u', one(1, 'ann'), one(1, 'Ann'), 1),
      record('d', one(2, 'bob'), null, 2),
      { key: framed(keyId, avroOf(key, { id: 2 })), value: null },
      record('c', null, one(4, 'dan'), 4),
      record('d', one(4, 'dan'), null, null),
      record('m', null, null, null),
      record('x', null, null, 1),
      record('c', one(7, 'q'), null, 7),
    ]);
    await until('the others are refused', async () => (await refused(open, 'da')).length === 2);
    await eventually('da', open, ['(1,Ann)', '(3,)']);
    expect(await refused(open, 'da')).toEqual(
      Array.from(
        { length: 2 },
        () => `NOT_DEBEZIUM the value is not a change event of Debezium, by schema ${id}`,
      ),
    );
  });

  test('UPSERT PROTOBUF, and JSON with frames', async () => {
    const { open, registry, topic } = await opened();
    const text =
      'syntax = "proto3"; message K { int64 id = 1; } message V { string name = 1; repeated int32 l = 2; }';
    const types = protobuf.parse(text, new protobuf.Root(), { keepCase: true }).root;
    const written = (name: string, value: object): Uint8Array =>
      types.lookupType(name).encode(value).finish();
    const id = registry.register(`${topic}-value`, text, 'PROTOBUF');
    await submit(
      open,
      `CREATE TABLE up (id BIGINT PRIMARY KEY, name TEXT, l INTEGER[]) WITH (connector = 'kafka', topic = '${topic}')
         FORMAT UPSERT ENCODE PROTOBUF (schema.registry = '${registry.url}', message = 'V')`,
    );
    const key = (n: number) => framed(id, Buffer.concat([Buffer.from([0]), written('K', { id: n })]));
    const value = (name: string) =>
      framed(id, Buffer.concat([Buffer.from([2, 2]), written('V', { name, l: [1, 2] })]));
    await produce(topic, [
      { key: key(1), value: value('a') },
      { key: key(2), value: value('b') },
      { key: key(1), value: value('c') },
      { key: key(2), value: null },
    ]);
    await eventually('up', open, ['(1,c,"{1,2}")']);
    const json = await newTopic();
    const jsonId = registry.register(
      `${json}-value`,
      { type: 'object', properties: { n: { minimum: 0 } } },
      'JSON',
    );
    await submit(
      open,
      `CREATE TABLE uj (id BIGINT PRIMARY KEY, n BIGINT) WITH (connector = 'kafka', topic = '${json}')
         FORMAT UPSERT ENCODE JSON (schema.registry = '${registry.url}')`,
    );
    const put = (n: number) => framed(jsonId, Buffer.from(JSON.stringify({ n })));
    await produce(json, [
      { key: '{"id": 1}', value: put(1) },
      { key: framed(jsonId, Buffer.from('{"id": 2}')), value: put(2) },
      { key: '3', value: put(-1) },
      { key: '4', value: '{"n": 1}' },
    ]);
    await until('the others are refused', async () => (await refused(open, 'uj')).length === 2);
    await eventually('uj', open, ['(1,1)', '(2,2)']);
    expect((await refused(open, 'uj')).map((line) => line.split(' ')[0])).toEqual([
      'NOT_OF_SCHEMA',
      'NOT_FRAMED',
    ]);
  });
});
