// A task that dies takes down its pipeline only, in every host: by what nobody has foreseen on the main thread, by running out of memory
// in a thread and in a process. The others go on, and so does this one, from its last epoch: every record is read once.

import { expect, it, vi } from 'vitest';
import type { OpenEngine } from '../../src/cli/open-engine.ts';
import { GeneratedReader } from '../../src/connectors/generated-reader.ts';
import { MillraceError } from '../../src/errors.ts';
import { until } from '../integration/eventually.ts';
import { finished, openTestEngine, submit, verdicts } from './engine-fixture.ts';

function submission(source: string, view: string, options: string): string {
  return `
CREATE SOURCE ${source} (auction BIGINT, price BIGINT)
WITH (connector = 'nexmark', nexmark.table = 'bid', nexmark.events = '20000', nexmark.partitions = '4') FORMAT PLAIN ENCODE JSON;
CREATE MATERIALIZED VIEW ${view} AS SELECT auction, count(*) AS n, max(price) AS best FROM ${source} GROUP BY auction WITH (${options});`;
}

it('that does not fit into its memory', async () => {
  // Not enough for what a task loads.
  const open = await openTestEngine({ env: { MILLRACE_TASK_MEMORY_MB: '4' } });
  await submit(open, submission('small', 'cramped', "parallelism = 2, isolation = 'thread'"));
  const { runner } = open.engine.pipelines()[0]!;
  await until('it has died', () => runner.state === 'backoff');
  expect(runner.cause).toBeInstanceOf(MillraceError);
  expect(runner.cause).toMatchObject({ code: 'TASK_DIED' });
  await submit(open, submission('roomy', 'inside', "isolation = 'inline'"));
  await until('the other one is done', () => open.engine.pipelines()[1]!.state === 'finished');
  await until('psql is told', async () => {
    const { rows } = await open.pool.query<{ status: string; cause: string | null }>(
      'SELECT status, cause FROM millrace.pipelines ORDER BY id',
    );
    return rows[0]!.status === 'degraded' && rows[0]!.cause?.includes('memory') === true;
  });
  await submit(open, "ALTER MATERIALIZED VIEW cramped SET (isolation = 'inline')");
  await finished(open);
  const found = await verdicts(open);
  expect(found.size).toBe(2);
  for (const [view, { equal, rows: count }] of found) {
    expect(equal, view).toBe(true);
    expect(count, view).toBeGreaterThan(100);
  }
});

const ROWS = 600_000;
const FACTOR = 10n ** 30n + 7n;

/** Numbers of so many digits are objects of JavaScript, which the cap of a pipeline does not count. */
const growing = (isolation: string): string => `
CREATE SOURCE numbers (n BIGINT) WITH (connector = 'datagen', fields.n.kind = 'sequence', fields.n.start = '1',
  datagen.rows = '${ROWS}', datagen.partitions = '2') FORMAT PLAIN ENCODE JSON;
CREATE MATERIALIZED VIEW whole AS SELECT count(*) AS n, sum(most) AS total FROM (
  SELECT n, max(n::numeric * ${FACTOR}) AS most FROM numbers GROUP BY n) AS each WITH (isolation = '${isolation}');`;

/** It runs for as long as the test, a little all the time. */
const BESIDE = `
CREATE SOURCE ticks (n BIGINT) WITH (connector = 'datagen', fields.n.kind = 'sequence', datagen.rows.per.second = '200') FORMAT PLAIN ENCODE JSON;
CREATE MATERIALIZED VIEW counted AS SELECT count(*) AS n FROM ticks;`;

async function expectWhole(open: OpenEngine, pipelineId: string): Promise<void> {
  const { rows } = await open.pool.query('SELECT n::text, total::text FROM whole');
  const sum = (BigInt(ROWS) * BigInt(ROWS + 1)) / 2n;
  expect(rows).toEqual([{ n: String(ROWS), total: String(sum * FACTOR) }]);
  const { rows: read } = await open.pool.query(
    'SELECT sum(rows_in)::text AS n, count(*) > 1 AS several FROM millrace.epochs WHERE pipeline_id = $1',
    [pipelineId.slice(1)],
  );
  expect(read, 'every record was committed in one epoch').toEqual([{ n: String(ROWS), several: true }]);
}

it.each(['thread', 'process'] as const)(
  'that runs out of memory under way, in a %s',
  async (isolation) => {
    const open = await openTestEngine({ env: { MILLRACE_TASK_MEMORY_MB: '30' } });
    await submit(open, BESIDE);
    const [beside] = open.engine.pipelines();
    await until('the other one runs', () => beside!.runner.state === 'running');
    const untouched = beside!.runner.task;
    await submit(open, growing(isolation));
    const victim = open.engine.pipelines()[1]!;
    await until('it has died', () => victim.runner.state === 'backoff');
    expect(victim.runner.cause).toMatchObject({ code: 'TASK_DIED' });
    await submit(open, "ALTER MATERIALIZED VIEW whole SET (isolation = 'inline')");
    await until('it has finished', () => victim.runner.state === 'finished', undefined, 40_000);
    await expectWhole(open, victim.id);
    expect(beside!.runner.task).toBe(untouched);
    expect(beside!.runner.state).toBe('running');
  },
  60_000,
);

it('that fails by what nobody has foreseen, on the main thread', async () => {
  const lines: string[] = [];
  const open = await openTestEngine({
    log: (level, message, fields) => lines.push(`${level} ${message} ${JSON.stringify(fields)}`),
  });
  await submit(open, BESIDE);
  const [beside] = open.engine.pipelines();
  await until('the other one runs', () => beside!.runner.state === 'running');
  const untouched = beside!.runner.task;
  let chunks = 0;
  const take = Object.getOwnPropertyDescriptor(GeneratedReader.prototype, 'take')!.value as () => unknown;
  const spy = vi.spyOn(GeneratedReader.prototype, 'take').mockImplementation(function (
    this: GeneratedReader,
  ) {
    // The other one has one partition.
    if (this.partitions().length === 2 && ++chunks === 100) throw new TypeError('nobody has foreseen this');
    return take.call(this) as ReturnType<GeneratedReader['take']>;
  });
  await submit(open, growing('inline'));
  const victim = open.engine.pipelines()[1]!;
  await until('it has finished', () => victim.runner.state === 'finished');
  spy.mockRestore();
  expect(lines.join('\n')).toMatch(/whole is backoff .*nobody has foreseen this/);
  await expectWhole(open, victim.id);
  expect(beside!.runner.task).toBe(untouched);
  expect(beside!.runner.state).toBe('running');
});
