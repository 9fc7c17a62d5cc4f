// A task that runs out of memory takes down its pipeline only: the others go on, and so does this one when it gets what it needs.

import { expect, it } from 'vitest';
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
