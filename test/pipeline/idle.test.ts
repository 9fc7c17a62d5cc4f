// Partitions without records on a real broker: they hold windows open until they have been idle for the timeout, with no record coming.

import { expect, it } from 'vitest';
import { until } from '../integration/eventually.ts';
import { newTopic, produce } from '../kafka/live.ts';
import { describeKafka, kafkaBrokers } from '../setup/parts.ts';
import { openTestEngine, submit } from './engine-fixture.ts';

const START = Date.UTC(2026, 0, 1);

function record(partition: number, second: number) {
  const value = JSON.stringify({ id: second, ts: new Date(START + second * 1000).toISOString() });
  return { partition, key: null, value };
}

describeKafka('idle partitions', () => {
  it('let windows close after the timeout, and rows that come to them later are held against the watermark', async () => {
    const topic = await newTopic({ partitions: 3 });
    await produce(topic, [record(0, 1), record(0, 12), record(0, 25), record(1, 2)]);
    const open = await openTestEngine({ brokers: kafkaBrokers() });
    await submit(
      open,
      `CREATE SOURCE s (id BIGINT, ts TIMESTAMPTZ, WATERMARK FOR ts AS ts)
         WITH (connector = 'kafka', topic = '${topic}', idle_timeout = '3 s') FORMAT PLAIN ENCODE JSON;
       CREATE MATERIALIZED VIEW v AS SELECT extract(second FROM window_end)::int AS s, count(*) AS n
         FROM TUMBLE(s, ts, INTERVAL '10 seconds') GROUP BY window_end EMIT ON WINDOW CLOSE;`,
    );
    const closed = async (): Promise<string> => {
      const { rows } = await open.pool.query<{ all: string | null }>(
        "SELECT string_agg(s || ':' || n, ' ' ORDER BY s) AS all FROM v",
      );
      return rows[0]!.all ?? '';
    };
    const why = async (): Promise<string> => {
      const { rows } = await open.pool.query<{ why: string }>('SELECT why FROM millrace.windows');
      return rows[0]?.why ?? '';
    };
    await until('partition 2 holds the watermark', async () =>
      /^no row with a time has come from partition 2 since .*; the next window closes when it has passed 2026-01-01 00:00:10/.test(
        await why(),
      ),
    );
    expect(await closed()).toBe('');
    await until('windows close without a record', async () => (await closed()) === '10:2 20:1');
    expect(await why()).toMatch(
      /^all partitions are idle, the watermark waits for rows; the next window closes when it has passed 2026-01-01 00:00:30/,
    );
    // Second 21 is behind the watermark (25) that was reached without partition 2, second 26 is not.
    await produce(topic, [record(2, 21), record(2, 26)]);
    const late = async (): Promise<string[]> => {
      const { rows } = await open.pool.query<{ late: string }>(
        `SELECT partition || ':' || extract(second FROM event_time)::int AS late FROM millrace.late_rows`,
      );
      return rows.map((row) => row.late);
    };
    await until('a row is late', async () => (await late()).length > 0);
    await produce(
      topic,
      [0, 1, 2].map((partition) => record(partition, 31)),
    );
    await until('the next window closes', async () => (await closed()) === '10:2 20:1 30:2');
    expect(await late()).toEqual(['2:21']);
  });
});
