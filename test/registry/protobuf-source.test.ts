// Protobuf records of a schema registry, encoded by protobufjs, from Kafka to a view.

import protobuf from 'protobufjs';
import { beforeAll, expect, test } from 'vitest';
import { newTopic, produce } from '../kafka/live.ts';
import { describeKafka, freshDatabase } from '../setup/parts.ts';
import { openService, submit, until } from '../sinks/service.ts';
import { framed, TestRegistry } from './server.ts';

const SHARED = `syntax = "proto3"; package shop; message Address { string city = 1; repeated double at = 2; }`;
const V1 = `syntax = "proto3"; package shop;
  import "google/protobuf/timestamp.proto"; import "shared.proto";
  message Audit { string by = 1; }
  message Order {
    int64 id = 1; string customer = 2; State state = 3; Address to = 4; google.protobuf.Timestamp placed = 5;
    map<string, int32> items = 6; oneof payment { string card = 7; string iban = 8; } repeated string tags = 9;
    enum State { NEW = 0; PAID = 1; }
  }`;
/** The customer has another name, there is one more field, one less. */
const V2 = V1.replace('string customer = 2', 'string buyer = 2').replace(
  'repeated string tags = 9;',
  'reserved 9; bytes note = 10;',
);

function writer(text: string): (value: Record<string, unknown>) => Uint8Array {
  const root = new protobuf.Root();
  for (const file of [SHARED, text]) protobuf.parse(file, root, { keepCase: true });
  root.addJSON(protobuf.common.get('google/protobuf/timestamp.proto')!.nested!);
  const type = root.resolveAll().lookupType('shop.Order');
  return (value) => type.encode(type.fromObject(value)).finish();
}

describeKafka('a source of Protobuf', () => {
  let url: string;
  beforeAll(async () => {
    ({ url } = await freshDatabase());
  });

  test('has the columns of its message, follows its numbers, and refuses other messages', async () => {
    const registry = await TestRegistry.start();
    const topic = await newTopic();
    const open = await openService(url, { MILLRACE_SCHEMA_REGISTRIES: registry.url });
    registry.register('shared', SHARED, 'PROTOBUF');
    const references = [{ name: 'shared.proto', subject: 'shared', version: 1 }];
    const v1 = registry.register(`${topic}-value`, V1, 'PROTOBUF', references);
    await submit(
      open,
      `CREATE SOURCE orders WITH (connector = 'kafka', topic = '${topic}')
         FORMAT PLAIN ENCODE PROTOBUF (schema.registry = '${registry.url}', message = 'shop.Order');
       CREATE MATERIALIZED VIEW seen AS
         SELECT id, customer, state, (("to").at)[1] AS lat, ("to").city AS city, placed, items, card, iban, tags FROM orders;`,
    );
    const v2 = registry.register(`${topic}-value`, V2, 'PROTOBUF', references);
    // The message is the second of its file.
    const value = (id: number, bytes: Uint8Array): { value: Buffer } => ({
      value: framed(id, Buffer.concat([Buffer.from([2, 2]), bytes])),
    });
    await produce(topic, [
      value(
        v1,
        writer(V1)({
          id: '9007199254740993',
          customer: 'ann',
          state: 1,
          to: { city: 'Lima', at: [-12.05, -77.04] },
          placed: { seconds: 1700000000, nanos: 123456789 },
          items: { apple: 3 },
          card: 'x',
          iban: 'y',
          tags: ['a', 'b'],
        }),
      ),
      value(v2, writer(V2)({ id: 2, buyer: 'bob', note: Buffer.from('z'), card: 'k' })),
      { value: framed(v1, Buffer.from([0])) },
      value(v1, Buffer.from([8])),
    ]);
    const select = async (sql: string): Promise<unknown[]> =>
      (await open.pool.query<{ line: string }>(sql)).rows.map(({ line }) => line);
    await until(
      'the others are refused',
      async () => (await select('SELECT 1::text AS line FROM millrace.dead_letters')).length === 2,
    );
    expect(await select('SELECT seen::text AS line FROM seen ORDER BY id DESC')).toEqual([
      '(9007199254740993,ann,PAID,-12.05,Lima,"2023-11-14 22:13:20.123457+00","{""apple"": 3}",,y,"{a,b}")',
      '(2,bob,NEW,,,,{},k,,{})',
    ]);
    expect(
      await select(`SELECT code || ' ' || message AS line FROM millrace.dead_letters ORDER BY "offset"`),
    ).toEqual([
      'UNKNOWN_SCHEMA the record is a shop.Audit, and the source reads shop.Order',
      `NOT_PROTOBUF the value is not Protobuf of schema ${v1}`,
    ]);
  });

  test('is refused where its columns do not fit the message', async () => {
    const registry = await TestRegistry.start();
    const topic = await newTopic();
    const open = await openService(url, { MILLRACE_SCHEMA_REGISTRIES: registry.url });
    registry.register(`${topic}-value`, 'syntax = "proto3"; message R { int64 id = 1; }', 'PROTOBUF');
    const create = (columns: string, options = ''): Promise<void> =>
      submit(
        open,
        `CREATE SOURCE refused ${columns} WITH (connector = 'kafka', topic = '${topic}')
           FORMAT PLAIN ENCODE PROTOBUF (schema.registry = '${registry.url}'${options})`,
      );
    const mismatch = { code: 'SCHEMA_MISMATCH', span: expect.objectContaining({}) };
    await expect(create('(id TEXT)')).rejects.toMatchObject(mismatch);
    await expect(create('', ", message = 'S'")).rejects.toMatchObject(mismatch);
  });
});
