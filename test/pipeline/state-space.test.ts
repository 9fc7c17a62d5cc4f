// State that snapshots supersede does not stay: a pipeline that writes much more than it keeps ends with the tables of its last snapshots.

import { expect, it } from 'vitest';
import { finished, openTestEngine, submit, verdicts } from './engine-fixture.ts';

const SUBMISSION = `
CREATE SOURCE bid (auction BIGINT, bidder BIGINT, price BIGINT, channel TEXT, url TEXT, date_time TIMESTAMPTZ)
WITH (connector = 'nexmark', nexmark.table = 'bid', nexmark.events = '120000', max_rate = '40000') FORMAT PLAIN ENCODE JSON;
CREATE MATERIALIZED VIEW latest AS
  SELECT price % 5000 AS k, count(*) AS n, max(url) AS url, max(channel || url) AS long FROM bid GROUP BY 1;
`;

it('is freed with the snapshots that take its place', async () => {
  const open = await openTestEngine();
  await submit(open, SUBMISSION);
  await finished(open);
  const { rows } = await open.pool.query<{ made: string; table: number }>(
    `SELECT (SELECT max(fold) FROM millrace.pipelines) AS made,
            substring(c.relname FROM '^segments_[0-9]+_([0-9]+)$')::int AS table
       FROM pg_class c JOIN pg_namespace s ON s.oid = c.relnamespace
      WHERE s.nspname = 'millrace_state' AND c.relkind = 'r' AND c.relname ~ '^segments_[0-9]+_[0-9]+$'`,
  );
  expect(Number(rows[0]!.made), 'a snapshot was published').toBeGreaterThan(0);
  const { rows: named } = await open.pool.query<{ fold: string }>(
    'SELECT DISTINCT fold FROM millrace.segments',
  );
  const oldest = Math.min(...named.map(({ fold }) => Number(fold)));
  expect(oldest, 'the first segments were superseded').toBeGreaterThan(0);
  expect(rows.map(({ table }) => table).filter((table) => table < oldest)).toEqual([]);
  expect((await verdicts(open)).get('latest')?.equal).toBe(true);
});
