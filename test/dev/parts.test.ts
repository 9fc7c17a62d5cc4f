// The real parts of the test run answer.

import { expect, it } from 'vitest';
import pg from 'pg';
import { servingBrokers } from '../../src/dev/kafka-probe.ts';
import { describeKafka, freshDatabase, kafkaBrokers } from '../setup/parts.ts';

it('Postgres keeps its guarantees of durability and sorts text by code point', async () => {
  const { url } = await freshDatabase();
  const client = new pg.Client(url);
  await client.connect();
  const settings = await client.query(`
    SELECT current_setting('fsync') AS fsync, current_setting('synchronous_commit') AS synchronous_commit,
           current_setting('full_page_writes') AS full_page_writes, current_setting('TimeZone') AS zone, current_setting('search_path') AS path,
           current_setting('server_encoding') AS encoding, datlocale AS locale, 'Z' < 'a' AS by_code_point
    FROM pg_database WHERE datname = current_database()`);
  await client.end();
  expect(settings.rows[0]).toEqual({
    fsync: 'on',
    synchronous_commit: 'on',
    full_page_writes: 'on',
    zone: 'UTC',
    path: 'public',
    encoding: 'UTF8',
    locale: 'C.UTF-8',
    by_code_point: true,
  });
});

describeKafka('the broker of the run', () => {
  it('serves', async () => {
    const [host, port] = kafkaBrokers()[0]!.split(':');
    expect(await servingBrokers(host!, Number(port))).toBeGreaterThan(0);
  });
});
