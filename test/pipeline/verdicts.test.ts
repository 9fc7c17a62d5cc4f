// The verdicts of the check where a view cannot be compared: it says so, and the others still get theirs.

import { expect, it } from 'vitest';
import { checkViews } from '../../src/cli/check.ts';
import { allVerdicts, finished, openTestEngine, submit } from './engine-fixture.ts';

const SOURCE = `CREATE SOURCE bid (auction BIGINT, price BIGINT)
  WITH (connector = 'nexmark', nexmark.table = 'bid', nexmark.events = '2000', nexmark.partitions = '2')
  FORMAT PLAIN ENCODE JSON;`;
const FAILING = `CREATE MATERIALIZED VIEW failing AS SELECT 10 / (auction % 10) AS x FROM bid;`;
const READER = `CREATE MATERIALIZED VIEW reader AS SELECT x, count(*) AS n FROM failing GROUP BY x;`;
const SOUND = `CREATE MATERIALIZED VIEW sound AS SELECT auction, count(*) AS n FROM bid GROUP BY auction;`;

it(
  'a view whose rows fail is not compared, nor one that reads it; the others are',
  { timeout: 60_000 },
  async () => {
    const open = await openTestEngine();
    await submit(open, `${SOURCE} ${FAILING} ${READER} ${SOUND}`);
    await finished(open);
    const { rows } = await open.pool.query<{ n: string }>(
      'SELECT sum(weight)::text AS n FROM millrace.view_errors GROUP BY view_id',
    );
    const why = `not compared: ${rows[0]!.n} rows of it fail at present, see millrace.view_errors`;
    expect(await allVerdicts(open)).toMatchObject([
      { view: 'failing', kind: 'unchecked', why },
      { view: 'reader', kind: 'unchecked', why },
      { view: 'sound', kind: 'equal' },
    ]);
  },
);

it('what Postgres itself cannot compute is the verdict of that view alone', { timeout: 60_000 }, async () => {
  const open = await openTestEngine();
  await submit(open, `${SOURCE} ${FAILING} ${SOUND}`);
  await finished(open);
  await open.pool.query('DELETE FROM millrace.view_errors');
  expect(await allVerdicts(open)).toMatchObject([
    { view: 'failing', kind: 'unchecked', why: 'Postgres does not compute it: division by zero' },
    { view: 'sound', kind: 'equal' },
  ]);
});

it('an interrupted check ends at once', { timeout: 60_000 }, async () => {
  const open = await openTestEngine();
  await submit(open, `${SOURCE} ${SOUND}`);
  await finished(open);
  const stop = new AbortController();
  const told: string[] = [];
  const check = checkViews(open, {
    signal: stop.signal,
    checking: (view) => {
      told.push(view);
      stop.abort();
    },
    checked: ({ kind }) => void told.push(kind),
  });
  await expect(check).rejects.toThrow();
  expect(told).toEqual(['sound']);
});
