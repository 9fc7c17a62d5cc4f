// An aggregate over rows that change: a table of upserts, its change log, and a view that follows it; beside the same aggregate over the
// same records as a stream that only grows.

import { openAdmin } from '../src/connectors/kafka/admin.ts';
import { openProducer } from '../src/connectors/kafka/producer.ts';
import type { BenchParts } from './parts.ts';
import { runChild } from './measurement.ts';
import { medianOf, shown } from './median.ts';
import type { SubmissionRun, Submissions } from './run-submissions.ts';

const PARTITIONS = 4;
const BATCH = 10_000;

export interface UpsertTimes {
  readonly events: number;
  readonly keys: number;
  readonly growing: SubmissionRun;
  readonly table: SubmissionRun;
  readonly followed: SubmissionRun;
}

/** `events` operations on `keys` keys in an order that no cache likes: what comes again takes back what was. */
async function load(brokers: readonly string[], topic: string, events: number, keys: number): Promise<void> {
  const admin = await openAdmin({ brokers });
  await admin.createTopic({ topic, partitions: PARTITIONS, replicationFactor: 1 });
  await admin.close();
  const producer = await openProducer({ brokers });
  const step = Math.floor(keys * 0.618) | 1;
  for (let from = 0; from < events; from += BATCH)
    await producer.send(
      topic,
      Array.from({ length: Math.min(BATCH, events - from) }, (_, i) => {
        const n = from + i;
        const k = (n * step) % keys;
        const value = JSON.stringify({ city: k % 1000, amount: (n * 7919) % 100_003, name: `name of ${k}` });
        return { key: String(k), value, partition: k % PARTITIONS };
      }),
    );
  await producer.close();
}

const COLUMNS = 'city INTEGER, amount BIGINT, name TEXT';
const QUERY = `SELECT city, count(*) AS n, sum(amount) AS total, max(amount) AS most FROM s GROUP BY city`;

function submissions(topic: string): Readonly<Record<'growing' | 'table' | 'followed', Submissions>> {
  const options = `WITH (connector = 'kafka', topic = '${topic}', scan.startup.mode = 'earliest', scan.bounded.mode = 'latest-offset'`;
  const table = `CREATE TABLE s (k BIGINT PRIMARY KEY, ${COLUMNS}) ${options}) FORMAT UPSERT ENCODE JSON;`;
  const view = `CREATE MATERIALIZED VIEW v AS ${QUERY};`;
  return {
    growing: {
      texts: [`CREATE SOURCE s (${COLUMNS}) ${options}) FORMAT PLAIN ENCODE JSON; ${view}`],
      check: null,
      rows: null,
    },
    table: { texts: [table], check: null, rows: null },
    followed: {
      texts: [`${table} ${view}`],
      // What was maintained is what the rows that are left say.
      check: `SELECT CASE WHEN EXISTS ((SELECT * FROM v EXCEPT ALL ${QUERY}) UNION ALL (${QUERY} EXCEPT ALL SELECT * FROM v))
                THEN 'different' ELSE 'equal' END AS checksum`,
      rows: null,
    },
  };
}

export async function measureUpserts(
  parts: BenchParts,
  events: number,
  keys: number,
  rounds: number,
): Promise<UpsertTimes> {
  const topic = 'upserts';
  await load(parts.brokers.split(','), topic, events, keys);
  const asked = submissions(topic);
  const runs: Record<keyof typeof asked, SubmissionRun[]> = { growing: [], table: [], followed: [] };
  for (let round = 0; round < rounds; round++)
    for (const name of ['growing', 'table', 'followed'] as const) {
      const settings = { KAFKA_BROKERS: parts.brokers, DATABASE_URL: await parts.freshDatabase() };
      const run = await runChild<SubmissionRun>(
        'run-submissions.ts',
        [JSON.stringify(asked[name])],
        settings,
      );
      if (run.checksum === 'different') throw new Error('the view differs from the query over the table');
      // Rows of the topic: a follower's are those of the change log.
      console.log(`upserts, ${name.padEnd(16)} ${shown({ ...run, events })}`);
      runs[name].push({ ...run, events });
    }
  const median = (name: keyof typeof asked): SubmissionRun => ({
    ...runs[name][0]!,
    ...medianOf(runs[name]),
  });
  return { events, keys, growing: median('growing'), table: median('table'), followed: median('followed') };
}
