// A pipeline that would hold more than it may pauses by itself, whatever it is that grows, and nothing else suffers; with more memory it
// goes on from its last epoch.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import type { Isolation } from '../../src/catalog/task-options.ts';
import type { Log } from '../../src/cli/log.ts';
import type { OpenEngine } from '../../src/cli/open-engine.ts';
import { MillraceError } from '../../src/errors.ts';
import type { PipelineInfo } from '../../src/pipeline/pipeline-info.ts';
import { RecoveryRecord } from '../../src/pipeline/recovery-record.ts';
import { until } from '../integration/eventually.ts';
import { openTestEngine, submit } from './engine-fixture.ts';

const ROWS = 112_000;
/** The texts alone are more than 64 MB. */
const TEXT_BYTES = 600;

const neighbour = `
  CREATE SOURCE bid (auction BIGINT, price BIGINT)
    WITH (connector = 'nexmark', nexmark.table = 'bid', max_rate = 2000) FORMAT PLAIN ENCODE JSON;
  CREATE MATERIALIZED VIEW neighbour AS SELECT count(*) AS n FROM bid;`;

function write(rows: number, record: (i: number) => unknown): string {
  const root = mkdtempSync(join(tmpdir(), 'millrace-memory-'));
  onTestFinished(() => rmSync(root, { recursive: true }));
  const lines = Array.from({ length: rows }, (_, i) => JSON.stringify(record(i)));
  writeFileSync(join(root, 'input.jsonl'), `${lines.join('\n')}\n`);
  return root;
}

const source = (columns: string): string => `CREATE SOURCE s (${columns})
  WITH (connector = 'file', path = 'input.jsonl') FORMAT PLAIN ENCODE JSON;`;

function pipeline(open: OpenEngine, name: string): PipelineInfo {
  return open.engine.pipelines().find((one) => one.name === name)!;
}

async function paused(open: OpenEngine, name: string): Promise<MillraceError> {
  await until(
    `${name} is paused`,
    () => pipeline(open, name).state === 'paused',
    () => `${pipeline(open, name).state} ${String(pipeline(open, name).cause)}`,
  );
  const { cause } = pipeline(open, name);
  if (cause instanceof MillraceError) return cause;
  throw new Error(`paused by ${String(cause)}`);
}

async function stored(
  open: OpenEngine,
  name: string,
): Promise<{ epoch: number; paused: boolean; cause: string | null }> {
  const { rows } = await open.pool.query<{ epoch: string; paused: boolean; cause: string | null }>(
    'SELECT epoch::text, paused, cause FROM millrace.pipelines WHERE name = $1',
    [name],
  );
  return { ...rows[0]!, epoch: Number(rows[0]!.epoch) };
}

async function commitsOn(open: OpenEngine, name: string): Promise<void> {
  const { epoch } = await stored(open, name);
  await until(`${name} commits`, async () => (await stored(open, name)).epoch > epoch + 1);
}

it.each<[Isolation, number]>([
  ['inline', 1],
  ['thread', 2],
])(
  'state beyond the cap, tasks in host %s, %i of them',
  { timeout: 60_000 },
  async (isolation, parallelism) => {
    const fileRoot = write(ROWS, (i) => ({ id: i, text: `${i} ${'x'.repeat(TEXT_BYTES)}` }));
    const said: string[] = [];
    const log: Log = (_, message) => said.push(message);
    const open = await openTestEngine({ fileRoot, log });
    await submit(open, neighbour);
    await submit(
      open,
      `${source('id BIGINT, text TEXT')}
     CREATE MATERIALIZED VIEW texts AS SELECT id % 8 AS part, count(DISTINCT text) AS n FROM s GROUP BY id % 8
       WITH (max_memory = '64 MB', parallelism = ${parallelism}, isolation = '${isolation}');`,
    );
    const cause = await paused(open, 'texts');
    expect(cause.code).toBe('MEMORY_LIMIT');
    expect(cause.message).toMatch(
      /^the pipeline holds \d+ MB, more than its max_memory of 64 MB: \d+ MB aggregate GROUP BY /,
    );
    await until(
      'the cause is in the catalog',
      async () => (await stored(open, 'texts')).cause?.includes('MEMORY_LIMIT') === true,
    );
    const before = await stored(open, 'texts');
    expect(before.paused).toBe(true);
    expect(before.epoch).toBeGreaterThan(1);
    await commitsOn(open, 'neighbour');

    await submit(open, "ALTER MATERIALIZED VIEW texts SET (max_memory = '1 GB')");
    await submit(open, 'ALTER MATERIALIZED VIEW texts RESUME');
    await until('the input was read to its end', () => pipeline(open, 'texts').state === 'finished');
    const { rows } = await open.pool.query<{ n: string }>('SELECT n::text FROM texts ORDER BY part');
    expect(rows.map(({ n }) => Number(n))).toEqual(Array.from({ length: 8 }, () => ROWS / 8));
    expect((await stored(open, 'texts')).epoch).toBeGreaterThan(before.epoch);
    expect(said).toContainEqual(
      expect.stringMatching(/^pipeline texts has read its state back: \d+\.\d MB in \d+ ms$/),
    );
  },
);

it('rows of one epoch beyond the cap: a record that becomes too many rows', { timeout: 60_000 }, async () => {
  const fileRoot = write(1, (id) => ({ id, n: 1_000_000 }));
  const open = await openTestEngine({ fileRoot });
  await submit(open, neighbour);
  await submit(
    open,
    `${source('id BIGINT, n BIGINT')}
     CREATE MATERIALIZED VIEW pairs AS SELECT s.id, g FROM s, generate_series(1, s.n) AS g
       WITH (max_memory = '64 MB');`,
  );
  const cause = await paused(open, 'pairs');
  expect(cause.code).toBe('MEMORY_LIMIT');
  expect(cause.message).toMatch(/: \d+ MB buffers/);
  expect(process.memoryUsage().rss).toBeLessThan(1e9);
  await commitsOn(open, 'neighbour');

  // As it was, it comes to the same end.
  await submit(open, 'ALTER MATERIALIZED VIEW pairs RESUME');
  expect((await paused(open, 'pairs')).code).toBe('MEMORY_LIMIT');

  // The pause outlives the service, and so does its cause.
  await until('the pause is in the catalog', async () => {
    const { paused: rests, cause: told } = await stored(open, 'pairs');
    return rests && told?.includes('MEMORY_LIMIT') === true;
  });
  await open.close();
  const again = await openTestEngine({ fileRoot, databaseUrl: open.databaseUrl });
  expect(pipeline(again, 'pairs').state).toBe('paused');
  expect((await stored(again, 'pairs')).cause).toContain('MEMORY_LIMIT');
  await commitsOn(again, 'neighbour');
});

it('a pipeline that reads its state back says how far it is', async () => {
  const open = await openTestEngine();
  await submit(open, neighbour);
  // What its start writes into its row is there.
  await commitsOn(open, 'neighbour');
  const { id } = pipeline(open, 'neighbour');
  const pipelineId = Number(id.slice(1));
  const progress = async (): Promise<string> => {
    const { rows } = await open.pool.query<{ text: string }>(
      `SELECT coalesce(recovered::text, '-') || ' of ' || coalesce(recovery_total::text, '-') AS text
         FROM millrace.pipelines WHERE id = $1`,
      [pipelineId],
    );
    return rows[0]!.text;
  };
  const said: string[] = [];
  const world = { pool: open.pool, log: (_: unknown, message: string) => said.push(message) };
  const record = new RecoveryRecord(world, pipelineId, 'neighbour', 0);
  record.tell({ doneBytes: 3 * 2 ** 20, totalBytes: 12 * 2 ** 20 });
  await until('it is in the catalog', async () => (await progress()) === `${3 * 2 ** 20} of ${12 * 2 ** 20}`);
  // Too soon to be told again.
  record.tell({ doneBytes: 4 * 2 ** 20, totalBytes: 12 * 2 ** 20 });
  record.tell({ doneBytes: 12 * 2 ** 20, totalBytes: 12 * 2 ** 20 });
  await record.end();
  expect(await progress()).toBe('- of -');
  expect(said).toEqual([
    'pipeline neighbour reads its state back: 3.0 of 12.0 MB',
    expect.stringMatching(/^pipeline neighbour has read its state back: 12\.0 MB in \d+ ms$/),
  ]);
});
