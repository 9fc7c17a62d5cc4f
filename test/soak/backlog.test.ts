// A backlog is worked off within a budget: memory does not depend on how much waits.

import { expect, it } from 'vitest';
import { loadBids } from '../../bench/load-bids.ts';
import { until } from '../integration/eventually.ts';
import { openConnection, startService, submit } from '../integration/service.ts';
import { describeKafka, freshDatabase, kafkaBrokers, uniqueTopic } from '../setup/parts.ts';
import { MemoryWatch } from './memory-watch.ts';
import { measured, sized } from './size.ts';

const BIDS = sized(300_000, 5_000_000);
const BUDGET_MB = 512;

const submission = (topic: string): string => `
  CREATE SOURCE bid (auction BIGINT, bidder BIGINT, price BIGINT, channel TEXT, url TEXT, "dateTime" TIMESTAMPTZ)
    WITH (connector = 'kafka', topic = '${topic}', scan.startup.mode = 'earliest') FORMAT PLAIN ENCODE JSON;
  CREATE MATERIALIZED VIEW by_channel AS SELECT channel, count(*) AS n, sum(price) AS total FROM bid GROUP BY channel;
  CREATE MATERIALIZED VIEW dear AS SELECT auction, price, url FROM bid WHERE price > 9000000
    WITH (max_memory = '${BUDGET_MB} MB');`;

describeKafka('a backlog', () => {
  it(`of ${BIDS} records is worked off within ${BUDGET_MB} MB`, { timeout: 900_000 }, async () => {
    const topic = uniqueTopic('backlog');
    const bytes = await loadBids(kafkaBrokers(), topic, BIDS);
    const { url } = await freshDatabase();
    const service = await startService({ databaseUrl: url });
    const watch = new MemoryWatch(service.pid);
    const idle = await watch.nowMb();
    const reader = await openConnection(url);
    const begun = performance.now();
    await submit(reader, submission(topic));
    const counted = async (): Promise<string | undefined> => {
      const { rows } = await reader.query<{ n: string }>(
        'SELECT coalesce(sum(n), 0)::text AS n FROM by_channel',
      );
      return rows[0]?.n;
    };
    await until(
      'all of it is in the view',
      async () => (await counted()) === String(BIDS),
      service.output,
      800_000,
    );
    const seconds = (performance.now() - begun) / 1000;
    measured(
      `${BIDS} bids (${Math.round(bytes / 2 ** 20)} MB) in ${seconds.toFixed(1)} s: ${idle} MB before, peak ${watch.peakMb} MB`,
    );
    expect(watch.peakMb).toBeLessThan(BUDGET_MB);
    expect(await service.stop()).toBe(0);
  });
});
