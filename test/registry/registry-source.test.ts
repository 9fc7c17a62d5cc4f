// Sources whose records name their schemas, from Kafka to views.

import avro from 'avsc';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, expect, test } from 'vitest';
import type { OpenEngine } from '../../src/cli/open-engine.ts';
import { newTopic, produce } from '../kafka/live.ts';
import { describeKafka, freshDatabase } from '../setup/parts.ts';
import { openService, submit, until } from '../sinks/service.ts';
import { framed, send, TestRegistry } from './server.ts';

const V1 = {
  type: 'record',
  name: 'order',
  fields: [
    { name: 'id', type: 'int' },
    { name: 'customer', type: ['null', 'string'] },
  ],
} as const;
const V2 = {
  type: 'record',
  name: 'order',
  fields: [
    { name: 'note', type: 'string', default: '' },
    { name: 'customer', type: 'string' },
    { name: 'id', type: 'long' },
  ],
} as const;

let url: string;
beforeAll(async () => {
  ({ url } = await freshDatabase());
});

async function rows(open: OpenEngine, sql: string): Promise<unknown[]> {
  return (await open.pool.query<Record<string, unknown>>(sql)).rows.map((row) =>
    Object.values(row).join(' '),
  );
}

describeKafka('a source with a schema registry', () => {
  test('has the columns of its schema; later schemas are read by them; a registry that is away holds it up', async () => {
    const registry = await TestRegistry.start();
    const topic = await newTopic();
    const open = await openService(url, { MILLRACE_SCHEMA_REGISTRIES: registry.url });
    const v1 = registry.register(`${topic}-value`, V1);
    await submit(
      open,
      `CREATE SOURCE orders INCLUDE OFFSET AS o WITH (connector = 'kafka', topic = '${topic}')
         FORMAT PLAIN ENCODE AVRO (schema.registry = '${registry.url}');
       CREATE MATERIALIZED VIEW per_customer AS SELECT customer, count(*) AS n, sum(id) AS ids FROM orders GROUP BY customer;`,
    );
    const write1 = (id: number, customer: string | null) =>
      framed(
        v1,
        avro.Type.forSchema(V1 as never).toBuffer({ id, customer: customer === null ? null : customer }),
      );
    await produce(topic, [{ value: write1(1, 'ann') }, { value: write1(2, null) }]);
    await until(
      'the first rows are there',
      async () => (await rows(open, 'SELECT * FROM per_customer')).length === 2,
    );
    registry.fault = (response) => send(response, 503, {});
    const v2 = registry.register(`${topic}-value`, V2);
    const write2 = (id: number, customer: string) =>
      framed(v2, avro.Type.forSchema(V2 as never).toBuffer({ id, customer, note: 'x' }));
    await produce(topic, [
      { value: write2(10, 'ann') },
      { value: write2(2 ** 40, 'bob') },
      { value: framed(99, Buffer.from([1])) },
      { value: 'no frame' },
    ]);
    await sleep(300);
    expect(await rows(open, 'SELECT n FROM per_customer WHERE customer IS NOT NULL')).toEqual(['1']);
    expect(await rows(open, 'SELECT * FROM millrace.dead_letters')).toEqual([]);
    registry.fault = null;
    await until(
      'the others are refused',
      async () => (await rows(open, 'SELECT 1 FROM millrace.dead_letters')).length === 3,
    );
    expect(
      await rows(open, 'SELECT customer, n, ids FROM per_customer ORDER BY customer NULLS LAST'),
    ).toEqual(['ann 2 11', ' 1 2']);
    expect(await rows(open, 'SELECT code, message FROM millrace.dead_letters ORDER BY "offset"')).toEqual([
      `OUT_OF_RANGE column "id": 0x808080808040 is out of range for type integer`,
      'UNKNOWN_SCHEMA the schema registry has no schema 99',
      'NOT_FRAMED the value does not begin with a zero byte and the id of a schema: no frame',
    ]);
  });

  test('is refused where registry, subject or columns do not fit, at their place', async () => {
    const registry = await TestRegistry.start();
    const topic = await newTopic();
    const open = await openService(url, { MILLRACE_SCHEMA_REGISTRIES: registry.url });
    const create = (columns: string, options: string): Promise<void> =>
      submit(
        open,
        `CREATE SOURCE refused ${columns} WITH (connector = 'kafka', topic = '${topic}') FORMAT PLAIN ENCODE AVRO (${options})`,
      );
    const here = `schema.registry = '${registry.url}'`;
    await expect(create('', here)).rejects.toMatchObject({ code: 'SCHEMA_NOT_FOUND' });
    await expect(create('', "schema.registry = 'http://127.0.0.1:9'")).rejects.toMatchObject({
      code: 'REGISTRY_NOT_ALLOWED',
    });
    registry.register('orders', V1);
    await expect(create('(customer BIGINT)', `${here}, schema.subject = 'orders'`)).rejects.toMatchObject({
      code: 'SCHEMA_MISMATCH',
      span: expect.objectContaining({}),
    });
    registry.fault = (response) => send(response, 503, {});
    await expect(create('(id BIGINT)', here)).rejects.toMatchObject({ code: 'REGISTRY_UNREACHABLE' });
  });

  test('JSON Schema: columns from the schema, values behind their frame', async () => {
    const registry = await TestRegistry.start();
    const topic = await newTopic();
    const open = await openService(url, { MILLRACE_SCHEMA_REGISTRIES: registry.url });
    const schema = {
      type: 'object',
      required: ['id'],
      properties: {
        id: { type: 'integer' },
        name: { oneOf: [{ type: 'null' }, { type: 'string' }] },
        born: { type: 'string', format: 'date' },
      },
    };
    const id = registry.register(`${topic}-value`, schema, 'JSON');
    await submit(
      open,
      `CREATE SOURCE people WITH (connector = 'kafka', topic = '${topic}')
         FORMAT PLAIN ENCODE JSON (schema.registry = '${registry.url}');
       CREATE MATERIALIZED VIEW born AS SELECT id, name, born FROM people;`,
    );
    const value = (json: object) => ({ value: framed(id, Buffer.from(JSON.stringify(json))) });
    await produce(topic, [
      value({ id: 1, name: 'ann', born: '2001-02-03' }),
      value({ name: 'x' }),
      { value: '{"id":2}' },
    ]);
    await until('the row is there', async () => (await rows(open, 'SELECT * FROM born')).length === 1);
    expect(await rows(open, 'SELECT id, name, born::text FROM born')).toEqual(['1 ann 2001-02-03']);
    const refused = `SELECT code FROM millrace.dead_letters d JOIN millrace.catalog c ON c.id = 's' || d.source_id
                      WHERE c.name = 'people' ORDER BY "offset"`;
    await until('the others are refused', async () => (await rows(open, refused)).length === 2);
    expect(await rows(open, refused)).toEqual(['NOT_OF_SCHEMA', 'NOT_FRAMED']);
  });
});
