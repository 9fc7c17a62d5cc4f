// millrace.late_rows against a model of its own: given the records of every partition in offset order, which of them are late and
// what they were held against follows from their times alone, whatever the batching, and whenever the service was killed.

import { expect, it } from 'vitest';
import type { Connection } from '../../src/postgres/connection.ts';
import { newTopic, produce } from '../kafka/live.ts';
import { describeKafka, freshDatabase } from '../setup/parts.ts';
import { eventually } from './eventually.ts';
import { openConnection, startService, submit } from './service.ts';

const PARTITIONS = 3;
const PORTIONS = 3;
const RECORDS = 400;
const DELAY_MS = 2_000;
const ALLOWED_MS = 500;

interface Sent {
  readonly partition: number;
  readonly offset: number;
  /** Milliseconds since 1970; null: the record has no time. */
  readonly at: number | null;
  readonly value: string;
}

interface Late {
  readonly partition: number;
  readonly offset: number;
  readonly at: number;
  readonly bound: number;
  readonly raw: string;
}

/** Late: below the largest (time − delay) before it in its partition, less the allowed lateness. It moves nothing. */
function modelOf(sent: readonly Sent[]): Late[] {
  const late: Late[] = [];
  for (let p = 0; p < PARTITIONS; p++) {
    let highest = -Infinity;
    for (const { partition, offset, at, value } of sent) {
      if (partition !== p || at === null) continue;
      const bound = highest - ALLOWED_MS;
      if (at < bound) late.push({ partition, offset, at, bound, raw: value });
      else highest = Math.max(highest, at - DELAY_MS);
    }
  }
  return late;
}

function random(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return (state >>> 8) / 0x1000000;
  };
}

/** Time goes on by about 100 ms a record; one in ten comes up to 12 s after its time, one in twenty has none. */
function records(seed: number): Sent[] {
  const next = random(seed);
  const offsets = Array<number>(PARTITIONS).fill(0);
  return Array.from({ length: PORTIONS * RECORDS }, (_, i) => {
    const partition = Math.floor(next() * PARTITIONS);
    const behind = next() < 0.1 ? next() * 12_000 : next() * 300;
    const at = next() < 0.05 ? null : Date.UTC(2026, 0, 1) + i * 100 - Math.floor(behind);
    const value = JSON.stringify({ id: i, at: at === null ? null : new Date(at).toISOString() });
    return { partition, offset: offsets[partition]!++, at, value };
  });
}

async function readLate(connection: Connection): Promise<Late[]> {
  const { rows } = await connection.query<{
    partition: number;
    offset: string;
    at: string;
    bound: string;
    raw: Buffer;
  }>(
    `SELECT partition, "offset"::text, (extract(epoch FROM event_time) * 1000)::bigint::text AS at,
            (extract(epoch FROM watermark) * 1000)::bigint::text AS bound, raw
       FROM millrace.late_rows l ORDER BY partition, l."offset"`,
  );
  return rows.map((row) => ({
    partition: row.partition,
    offset: Number(row.offset),
    at: Number(row.at),
    bound: Number(row.bound),
    raw: row.raw.toString(),
  }));
}

describeKafka('late rows', () => {
  it.each([11, 12])(
    'are exactly those of the model, over kills (seed %i)',
    { timeout: 120_000 },
    async (seed) => {
      const sent = records(seed);
      const expected = modelOf(sent);
      expect(expected.length).toBeGreaterThan(10);
      const { url } = await freshDatabase();
      const topic = await newTopic({ partitions: PARTITIONS });
      let service = await startService({ databaseUrl: url, env: { MILLRACE_CHECKPOINT_INTERVAL_MS: '20' } });
      const watcher = await openConnection(url);
      await submit(
        watcher,
        `CREATE SOURCE e (id BIGINT, at TIMESTAMPTZ, WATERMARK FOR at AS at - INTERVAL '2 seconds')
       WITH (connector = 'kafka', topic = '${topic}', scan.startup.mode = 'earliest',
             allowed_lateness = '500 ms', idle_timeout = 'none') FORMAT PLAIN ENCODE JSON;
       CREATE MATERIALIZED VIEW ids AS SELECT id FROM e;`,
      );
      for (let portion = 0; portion < PORTIONS; portion++) {
        const from = portion * RECORDS;
        await produce(topic, sent.slice(from, from + RECORDS));
        await eventually('the portion is read', async () => {
          const { rows } = await watcher.query<{ read: string }>(
            'SELECT sum(next_offset)::text AS read FROM millrace.partition_progress',
          );
          const read = Number(rows[0]!.read);
          // The second portion is cut off by a kill wherever it stands.
          return read === from + RECORDS || (portion === 1 && read > from) ? true : undefined;
        });
        await service.killOutright();
        service = await startService({ databaseUrl: url });
      }
      expect(await readLate(watcher)).toEqual(expected);
      const { rows } = await watcher.query<{ id: string }>('SELECT id::text FROM ids ORDER BY ids.id');
      const late = new Set(expected.map(({ partition, offset }) => `${partition}:${offset}`));
      const onTime = sent.flatMap(({ partition, offset }, i) =>
        late.has(`${partition}:${offset}`) ? [] : [String(i)],
      );
      expect(rows.map(({ id }) => id)).toEqual(onTime);
    },
  );
});
