// Input that a pipeline multiplies: taken few records at a time, cut into epochs by what goes out, and the service stays at hand meanwhile.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import type { OpenEngine } from '../../src/cli/open-engine.ts';
import { until } from '../integration/eventually.ts';
import { finished, openTestEngine, submit } from './engine-fixture.ts';

const neighbour = `
  CREATE SOURCE bid (auction BIGINT, price BIGINT)
    WITH (connector = 'nexmark', nexmark.table = 'bid', max_rate = 2000) FORMAT PLAIN ENCODE JSON;
  CREATE MATERIALIZED VIEW neighbour AS SELECT count(*) AS n FROM bid;`;

/** Of rows with the ids 0 … n − 1, all with the same k. */
function folder(rows: number): string {
  const root = mkdtempSync(join(tmpdir(), 'millrace-multiplied-'));
  onTestFinished(() => rmSync(root, { recursive: true }));
  for (const name of ['one', 'other'])
    writeFileSync(
      join(root, `${name}.jsonl`),
      Array.from({ length: rows }, (_, id) => `{"id":${id},"k":1}\n`).join(''),
    );
  return root;
}

const sources = ['one', 'other']
  .map(
    (name) => `CREATE SOURCE ${name} (id BIGINT, k BIGINT)
    WITH (connector = 'file', path = '${name}.jsonl') FORMAT PLAIN ENCODE JSON;`,
  )
  .join('\n');

async function epochOf(open: OpenEngine, name: string): Promise<number> {
  const { rows } = await open.pool.query<{ epoch: string }>(
    'SELECT epoch::text FROM millrace.pipelines WHERE name = $1',
    [name],
  );
  return Number(rows[0]!.epoch);
}

/** The most that arrays and objects of this process held, above what they hold now. */
function watchMemory(): () => number {
  const held = (): number => {
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    return heapUsed + arrayBuffers;
  };
  const before = held();
  let most = before;
  const timer = setInterval(() => (most = Math.max(most, held())), 20);
  onTestFinished(() => clearInterval(timer));
  return () => most - before;
}

it.each([
  ['a cross join', 'ON true'],
  ['a key that all rows share', 'ON a.k = b.k'],
])(
  '%s of 10,000 by 10,000 is bounded, others go on, and it can be dropped',
  { timeout: 90_000 },
  async (_, on) => {
    const open = await openTestEngine({ fileRoot: folder(10_000) });
    await submit(open, neighbour);
    const growth = watchMemory();
    await submit(
      open,
      `${sources} CREATE MATERIALIZED VIEW pairs AS SELECT a.id AS one, b.id AS other FROM one a JOIN other b ${on}
       WITH (max_memory = '64 MB');`,
    );
    await until('several epochs of it are there', async () => (await epochOf(open, 'pairs')) > 3);
    const { rows } = await open.pool.query<{ n: string; distinct: string }>(
      'SELECT count(*)::text AS n, count(DISTINCT (one, other))::text AS distinct FROM pairs',
    );
    expect(Number(rows[0]!.n)).toBeGreaterThan(0);
    expect(Number(rows[0]!.n)).toBeLessThan(1e8);
    expect(rows[0]!.distinct).toBe(rows[0]!.n);
    const before = await epochOf(open, 'neighbour');
    await until('the neighbour commits', async () => (await epochOf(open, 'neighbour')) > before + 1);
    expect(open.engine.pipelines().find(({ name }) => name === 'pairs')!.state).toBe('running');
    await submit(open, 'DROP MATERIALIZED VIEW pairs');
    expect(growth()).toBeLessThan(512 * 2 ** 20);
  },
);

it('a moderate one ends right, in several epochs', { timeout: 120_000 }, async () => {
  const open = await openTestEngine({ fileRoot: folder(800) });
  await submit(
    open,
    `${sources} CREATE MATERIALIZED VIEW pairs AS SELECT a.id AS one, b.id AS other FROM one a JOIN other b ON true
       WITH (max_memory = '64 MB');`,
  );
  await finished(open);
  const { rows } = await open.pool.query<Record<string, string>>(
    `SELECT count(*)::text AS n, count(DISTINCT (one, other))::text AS distinct, sum(one)::text AS one, sum(other)::text AS other
       FROM pairs`,
  );
  const sum = String(800 * ((799 * 800) / 2));
  expect(rows[0]).toEqual({ n: '640000', distinct: '640000', one: sum, other: sum });
  expect(await epochOf(open, 'pairs')).toBeGreaterThan(5);
});
