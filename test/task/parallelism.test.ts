// Metamorphic: however many tasks a pipeline has, however its input is cut into chunks and epochs, wherever it crashes and with how many
// tasks it goes on, the views, the late rows and the errors are the same.

import { describe, expect, it } from 'vitest';
import { seededRandom } from '../windows/seeded-random.ts';
import type { Logs } from './memory-input.ts';
import type { RunOptions } from './memory-pipeline.ts';
import { Crash, Durable, MemoryPipeline } from './memory-pipeline.ts';

const SOURCES = `
CREATE SOURCE s (id BIGINT NOT NULL, k INTEGER, word TEXT, price NUMERIC(10,2), x DOUBLE PRECISION, at TIMESTAMPTZ,
  WATERMARK FOR at AS at - INTERVAL '2 seconds')
WITH (connector = 'nexmark', nexmark.table = 'bid', nexmark.seed = '0') FORMAT PLAIN ENCODE JSON;
CREATE SOURCE t (id BIGINT NOT NULL, k INTEGER, label TEXT)
WITH (connector = 'nexmark', nexmark.table = 'bid', nexmark.seed = '1') FORMAT PLAIN ENCODE JSON;`;

const VIEWS: Readonly<Record<string, string>> = {
  by_key:
    'SELECT k, count(*) AS n, sum(price) AS total, min(word) AS first, max(price) AS best FROM s GROUP BY k',
  by_text: 'SELECT word, count(k) AS n, avg(price) AS mean FROM s GROUP BY word',
  by_number: 'SELECT price, x, count(*) AS n FROM s GROUP BY price, x',
  whole: 'SELECT count(*) AS n, sum(price) AS total, max(word) AS last FROM s',
  tumble: `SELECT k, window_end, count(*) AS n FROM TUMBLE(s, at, INTERVAL '5 seconds') GROUP BY k, window_start, window_end`,
  closed: `SELECT word, window_start, count(*) AS n FROM TUMBLE(s, at, INTERVAL '10 seconds')
            GROUP BY word, window_start, window_end EMIT ON WINDOW CLOSE`,
  hop: `SELECT window_start, count(*) AS n FROM HOP(s, at, INTERVAL '3 seconds', INTERVAL '9 seconds') GROUP BY window_start, window_end`,
  cumulate: `SELECT k, window_start, window_end, max(price) AS best FROM CUMULATE(s, at, INTERVAL '2 seconds', INTERVAL '10 seconds')
              GROUP BY k, window_start, window_end EMIT ON WINDOW CLOSE`,
  session: `SELECT id, window_start, window_end FROM SESSION(s PARTITION BY k, at, INTERVAL '1 second')`,
  session_alone: `SELECT window_start, count(*) AS n FROM SESSION(s, at, INTERVAL '5 milliseconds') GROUP BY window_start`,
  session_closed: `SELECT word, window_end, count(*) AS n FROM SESSION(s PARTITION BY word, at, INTERVAL '2 seconds')
                    GROUP BY word, window_end EMIT ON WINDOW CLOSE`,
  nested: `SELECT window_end, sum(n) AS n FROM HOP((
             SELECT k, window_end AS at, count(*) AS n FROM TUMBLE(s, at, INTERVAL '1 second') GROUP BY k, window_end
           ), at, INTERVAL '2 seconds', INTERVAL '6 seconds') GROUP BY window_end EMIT ON WINDOW CLOSE`,
  old: `SELECT k, count(*) AS n FROM s WHERE at < now() - INTERVAL '1 day' GROUP BY k`,
  gone: `SELECT count(*) AS n FROM s WHERE at > now() - INTERVAL '1 day'`,
  rows: 'SELECT id, word || word AS twice FROM s WHERE price > 500',
  united: `SELECT id, word AS w FROM s WHERE k = 3 UNION ALL SELECT id, label FROM t`,
  joined: 'SELECT s.id, t.label FROM s JOIN t ON s.k = t.k AND t.id % 7 = 1',
  joined_left: 'SELECT t.id, c.n FROM t LEFT JOIN (SELECT k, count(*) AS n FROM s GROUP BY k) c ON c.k = t.k',
  sessions: `SELECT k, window_start, window_end, count(*) AS n FROM SESSION(s PARTITION BY k, at, INTERVAL '400 milliseconds')
              GROUP BY k, window_start, window_end`,
  different: 'SELECT DISTINCT k, x FROM s',
  spread:
    'SELECT n, count(*) AS ks, max(total) AS most, count(DISTINCT n % 3) AS m FROM (SELECT k, count(*) AS n, sum(price) AS total FROM s GROUP BY k) c GROUP BY n',
  fails: 'SELECT id, 100 / k AS share FROM s WHERE id % 5 = 0',
};

function submission(): string {
  const views = Object.entries(VIEWS).map(([name, query]) => `CREATE MATERIALIZED VIEW ${name} AS ${query};`);
  return [SOURCES, ...views].join('\n');
}

function logsOf(random: () => number): Logs[] {
  const pick = (below: number): number => Math.floor(random() * below);
  const s: string[][] = Array.from({ length: 5 }, () => []);
  for (let id = 0; id < 900; id++) {
    const at = 1_700_000_000_000 + id * 50 - (random() < 0.15 ? pick(20_000) : pick(1000));
    const row = {
      id,
      k: random() < 0.1 ? null : pick(30),
      word: random() < 0.1 ? null : `word ${'é'.repeat(pick(3))}${pick(40)}`,
      price: random() < 0.1 ? null : pick(100_000) / 100,
      x: [0, -0, 1.5, null][pick(4)],
      at: random() < 0.02 ? null : new Date(at).toISOString(),
    };
    s[pick(5)]!.push(JSON.stringify(row));
  }
  const t: string[][] = Array.from({ length: 2 }, () => []);
  for (let id = 0; id < 120; id++)
    t[pick(2)]!.push(JSON.stringify({ id, k: random() < 0.1 ? null : pick(30), label: `label ${pick(9)}` }));
  return [s, t];
}

const CALM: Omit<RunOptions, 'random'> = { tasks: 1, maxChunk: 5000 };

describe('the number of tasks', () => {
  it('changes nothing, with crashes and other numbers of tasks in between', async () => {
    const sums = { crashes: 0, rescaled: 0, exchanged: 0, lateRows: 0, epochs: 0 };
    for (let seed = 1; seed <= 5; seed++) {
      const random = seededRandom(seed);
      const logs = logsOf(random);
      const expected = new Durable();
      await MemoryPipeline.planned(submission(), logs).run(expected, { ...CALM, random });
      const pipeline = MemoryPipeline.planned(submission(), logs, { optimize: seed % 3 !== 0 });
      const durable = new Durable();
      while (!durable.finished) {
        // After a crash always another number than before.
        const tasks = 1 + ((durable.tasks + Math.floor(random() * 3)) % 4);
        if (durable.epoch > 0) sums.rescaled++;
        const fate = (): 'commit' | 'crash' | 'lost' =>
          random() < 0.75 ? 'commit' : random() < 0.5 ? 'crash' : 'lost';
        const maxQueuedBytes = random() < 0.5 ? 200 : 100_000;
        const settings = { maxEpochBytes: 5000 + Math.floor(random() * 20_000), maxQueuedBytes };
        try {
          const totals = await pipeline.run(durable, { tasks, random, maxChunk: 40, settings, crash: fate });
          sums.exchanged += totals.rowsExchanged;
        } catch (error) {
          if (!(error instanceof Crash)) throw new Error(`seed ${seed}`, { cause: error });
          sums.crashes++;
        }
      }
      expect(durable.result(), `seed ${seed}`).toEqual(expected.result());
      expect(Object.keys((expected.result() as { views: object }).views)).toHaveLength(
        Object.keys(VIEWS).length,
      );
      sums.lateRows += expected.lateRows.size;
      sums.epochs += durable.epoch;
    }
    for (const [what, sum] of Object.entries(sums)) expect(sum, what).toBeGreaterThan(1);
  }, 180_000);
});
