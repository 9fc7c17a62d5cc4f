// Kafka sinks in Avro: what avsc reads of them by the registered schemas is what the views hold, and a source of our own reads it back.

import avro from 'avsc';
import { beforeAll, expect, test } from 'vitest';
import type { OpenEngine } from '../../src/cli/open-engine.ts';
import { newTopic, produce, readTopic } from '../kafka/live.ts';
import { describeKafka, freshDatabase, kafkaBrokers } from '../setup/parts.ts';
import { openService, submit, until } from '../sinks/service.ts';
import { TestRegistry } from './server.ts';
import { Kafka, logLevel } from 'kafkajs';
import { randomInt } from 'node:crypto';

let url: string;
beforeAll(async () => {
  ({ url } = await freshDatabase());
});

interface Raw {
  readonly key: Buffer | null;
  readonly value: Buffer | null;
}

/** The committed records of a topic of one partition. */
async function raw(topic: string, count: number): Promise<readonly Raw[]> {
  const consumer = new Kafka({ brokers: kafkaBrokers(), logLevel: logLevel.NOTHING }).consumer({
    groupId: `g-${randomInt(1e12)}`,
  });
  const rows: Raw[] = [];
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  await consumer.run({ eachMessage: async ({ message: { key, value } }) => void rows.push({ key, value }) });
  await until(`${count} records`, () => Promise.resolve(rows.length >= count));
  await consumer.disconnect();
  return rows;
}

/** By the schema that the record names, of these versions. */
function read(registry: TestRegistry, subject: string, bytes: Buffer | null): unknown {
  if (bytes === null) return null;
  expect(bytes[0]).toBe(0);
  const schema = registry.versions(subject).at(-1)!;
  const type = avro.Type.forSchema(JSON.parse(schema) as never, { wrapUnions: false });
  return JSON.parse(JSON.stringify(type.fromBuffer(bytes.subarray(5))));
}

const text = async (open: OpenEngine, sql: string): Promise<string> =>
  (await open.pool.query<{ line: string }>(sql)).rows.map(({ line }) => line).join('\n');

const COLUMNS = `b BOOLEAN, s SMALLINT, i INTEGER, l BIGINT, f REAL, d DOUBLE PRECISION, n NUMERIC(20, 3), u NUMERIC, t TEXT, x BYTEA,
  id UUID, day DATE, w TIME, ts TIMESTAMP, tz TIMESTAMPTZ, iv INTERVAL, j JSONB, a INTEGER[]`;
const NAMES = COLUMNS.replace(/\(20, 3\)/, '')
  .split(',')
  .map((column) => column.trim().split(' ')[0]!)
  .join(', ');

describeKafka('a Kafka sink in Avro', () => {
  test('PLAIN: every type comes back through a source as it was', async () => {
    const registry = await TestRegistry.start();
    const [input, output] = [await newTopic(), await newTopic()];
    const open = await openService(url, { MILLRACE_SCHEMA_REGISTRIES: registry.url });
    await produce(input, [
      {
        value: JSON.stringify({
          b: true,
          s: -32768,
          i: 2147483647,
          f: 0.1,
          d: -0,
          t: 'é',
          x: '\\x00ff',
          id: 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11',
          day: '1969-12-31',
          w: '23:59:59.999999',
          ts: '2024-02-29T12:00:00.123456',
          tz: '2024-02-29T12:00:00Z',
          iv: '1 mon 2 days',
          j: { k: [1, null] },
          a: [1, null, -5],
        }).replace(/}$/, ',"l": -9223372036854775808, "n": -12345678901234567.125, "u": 1.50}'),
      },
      { value: '{"n": 0.001, "u": 123456789012345678901234567890}' },
      { value: '{"n": -0.128}' },
    ]);
    await submit(
      open,
      `CREATE SOURCE p_in (${COLUMNS}) WITH (connector = 'kafka', topic = '${input}') FORMAT PLAIN ENCODE JSON;
       CREATE MATERIALIZED VIEW p_before AS SELECT * FROM p_in;
       CREATE SINK p_out AS SELECT * FROM p_in WITH (connector = 'kafka', topic = '${output}')
         FORMAT PLAIN ENCODE AVRO (schema.registry = '${registry.url}');`,
    );
    // Documents and numerics without a scale are texts in Avro.
    const back = COLUMNS.replace('u NUMERIC', 'u TEXT').replace('j JSONB', 'j TEXT');
    const cast = NAMES.replace(/\bu\b/, 'u::numeric AS u').replace(/\bj\b/, 'j::jsonb AS j');
    await submit(
      open,
      `CREATE SOURCE p_back (${back}) WITH (connector = 'kafka', topic = '${output}')
         FORMAT PLAIN ENCODE AVRO (schema.registry = '${registry.url}');
       CREATE MATERIALIZED VIEW p_after AS SELECT ${cast} FROM p_back;`,
    );
    await until(
      'all is read back',
      async () => (await text(open, 'SELECT count(*)::text AS line FROM p_after')) === '3',
    );
    const lines = (view: string): Promise<string> =>
      text(open, `SELECT ROW(${NAMES})::text AS line FROM ${view} ORDER BY n`);
    expect(await lines('p_after')).toBe(await lines('p_before'));
  });

  test('UPSERT and DEBEZIUM: keys, tombstones and events, as avsc reads them', async () => {
    const registry = await TestRegistry.start();
    const [input, up, deb] = [await newTopic(), await newTopic(), await newTopic()];
    const open = await openService(url, { MILLRACE_SCHEMA_REGISTRIES: registry.url });
    const registered = `(schema.registry = '${registry.url}')`;
    await submit(
      open,
      `CREATE SOURCE e (k TEXT, v BIGINT) WITH (connector = 'kafka', topic = '${input}') FORMAT PLAIN ENCODE JSON;
       CREATE MATERIALIZED VIEW e_v AS SELECT k, count(*) AS n FROM e GROUP BY k HAVING count(*) < 3;
       CREATE SINK e_up FROM e_v WITH (connector = 'kafka', topic = '${up}') FORMAT UPSERT ENCODE AVRO ${registered};
       CREATE SINK e_deb FROM e_v WITH (connector = 'kafka', topic = '${deb}') FORMAT DEBEZIUM ENCODE AVRO ${registered};`,
    );
    // Their first rows, of which there are none, are written: from now on there are changes alone.
    const begun =
      "SELECT count(*)::text AS line FROM millrace.sinks WHERE name IN ('e_up', 'e_deb') AND delivered_epoch IS NOT NULL";
    await until('both sinks have begun', async () => (await text(open, begun)) === '2');
    const values = ['a', 'a', 'a'];
    for (const [i, k] of values.entries()) {
      await produce(input, [{ value: JSON.stringify({ k, v: i }) }]);
      await until(`step ${i}`, async () => (await readTopic(deb)).length >= [1, 2, 4][i]!);
    }
    const upserts = await raw(up, 3);
    expect(
      upserts.map(({ key, value }) => [
        read(registry, `${up}-key`, key),
        read(registry, `${up}-value`, value),
      ]),
    ).toEqual([
      [{ k: 'a' }, { k: 'a', n: 1 }],
      [{ k: 'a' }, { k: 'a', n: 2 }],
      [{ k: 'a' }, null],
    ]);
    const events = (await raw(deb, 4)).map(
      ({ value }) => read(registry, `${deb}-value`, value) as Record<string, unknown> | null,
    );
    expect(events.map((event) => event && [event['op'], event['before'], event['after']])).toEqual([
      ['c', null, { k: 'a', n: 1 }],
      ['u', { k: 'a', n: 1 }, { k: 'a', n: 2 }],
      ['d', { k: 'a', n: 2 }, null],
      null,
    ]);
    expect(events[0]!['source']).toMatchObject({ connector: 'millrace', table: 'e_v', snapshot: 'false' });
    // A table of our own reads the events.
    await submit(
      open,
      `CREATE TABLE e_t (k TEXT PRIMARY KEY, n BIGINT) WITH (connector = 'kafka', topic = '${deb}') FORMAT DEBEZIUM ENCODE AVRO ${registered}`,
    );
    await produce(input, [{ value: '{"k": "b", "v": 1}' }]);
    await until(
      'the row is there',
      async () => (await text(open, 'SELECT e_t::text AS line FROM e_t')) === '(b,1)',
    );
  });

  test('a schema that the subject does not take is refused, and so are names that Avro does not have', async () => {
    const registry = await TestRegistry.start();
    const [input, output] = [await newTopic(), await newTopic()];
    const open = await openService(url, { MILLRACE_SCHEMA_REGISTRIES: registry.url });
    registry.register(`${output}-value`, {
      type: 'record',
      name: 'other',
      fields: [{ name: 'v', type: ['null', 'string'] }],
    });
    await submit(
      open,
      `CREATE SOURCE r (v BIGINT, odd NUMERIC) WITH (connector = 'kafka', topic = '${input}') FORMAT PLAIN ENCODE JSON;`,
    );
    const create = (select: string, topic = output): Promise<void> =>
      submit(
        open,
        `CREATE SINK r_s AS SELECT ${select} FROM r WITH (connector = 'kafka', topic = '${topic}')
           FORMAT PLAIN ENCODE AVRO (schema.registry = '${registry.url}')`,
      );
    await expect(create('v')).rejects.toMatchObject({
      code: 'SCHEMA_INCOMPATIBLE',
      span: expect.objectContaining({}),
    });
    await expect(create('v AS "a b"')).rejects.toMatchObject({ code: 'INVALID_DEFINITION' });
    expect(registry.versions(`${output}-value`)).toHaveLength(1);
    const free = await newTopic();
    await create('v, odd::numeric(10, 2) AS odd', free);
    await produce(input, [{ value: '{"v": 1, "odd": "NaN"}' }]);
    const cause = (): Promise<string> =>
      text(
        open,
        "SELECT delivery || ' ' || coalesce(delivery_cause, '') AS line FROM millrace.sinks WHERE name = 'r_s'",
      );
    await until('it is failed', async () => (await cause()).startsWith('failed'));
    expect(await cause()).toContain('SINK_VALUE');
  });
});
