// A pipeline that does not have all of its input yet says so at every door, with how far it is.

import { expect, it, onTestFinished } from 'vitest';
import { startApi } from '../../src/api/server.ts';
import type { OpenEngine } from '../../src/cli/open-engine.ts';
import { until } from '../integration/eventually.ts';
import { openConnection } from '../integration/service.ts';
import { finished, openTestEngine, submit } from './engine-fixture.ts';

const ROWS = 30_000;

interface Status {
  readonly pipeline: string;
  readonly status: string;
  readonly percent: number | null;
  readonly why: string | null;
}

async function statusOf(open: OpenEngine, pipeline: string): Promise<Status | undefined> {
  const { rows } = await open.pool.query<Status>(
    'SELECT pipeline, status, percent, why FROM millrace.status WHERE pipeline = $1',
    [pipeline],
  );
  return rows[0];
}

it('a reader that loads is bootstrapping, and its view is marked as partial, until all of it is there', async () => {
  const open = await openTestEngine();
  const server = await startApi({
    databaseUrl: open.databaseUrl,
    control: open.engine,
    feed: open.feed,
    port: 0,
  });
  onTestFinished(() => server.close());
  await submit(
    open,
    `CREATE SOURCE made (id BIGINT, item INT) WITH (connector = 'datagen', datagen.rows = ${ROWS}) FORMAT PLAIN ENCODE JSON;
     CREATE MATERIALIZED VIEW every AS SELECT id, item FROM made;`,
  );
  await finished(open);
  expect(await statusOf(open, 'every')).toMatchObject({ status: 'finished', percent: null, why: null });
  // Its commits wait for us.
  await open.pool.query(
    `CREATE FUNCTION hold() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
       PERFORM pg_advisory_xact_lock(42); RETURN NEW; END $$`,
  );
  await open.pool.query(
    'CREATE TRIGGER hold BEFORE UPDATE ON millrace.changelog_readers FOR EACH ROW EXECUTE FUNCTION hold()',
  );
  const holder = await openConnection(open.databaseUrl);
  await holder.query('SELECT pg_advisory_lock(42)');
  await holder.query('ANALYZE');
  await submit(open, 'CREATE MATERIALIZED VIEW reader AS SELECT item, id FROM every');
  await until('it has begun', async () => (await statusOf(open, 'reader'))?.status === 'bootstrapping');
  expect(await statusOf(open, 'reader')).toEqual({
    pipeline: 'reader',
    status: 'bootstrapping',
    percent: 0,
    why: 'loads every',
  });
  // As if a part were committed.
  await holder.query('BEGIN');
  await holder.query(`UPDATE millrace.changelog_readers SET loading = '{"upTo": ["1"], "rows": 12000}'`);
  const { rows: half } = await holder.query<Status>(
    `SELECT status, percent FROM millrace.status WHERE pipeline = 'reader'`,
  );
  expect(half).toEqual([{ status: 'bootstrapping', percent: 40 }]);
  await holder.query('ROLLBACK');
  const { rows: views } = await open.pool.query(
    'SELECT name, status, partial FROM millrace.views ORDER BY name',
  );
  expect(views).toEqual([
    { name: 'every', status: 'finished', partial: false },
    { name: 'reader', status: 'bootstrapping', partial: true },
  ]);
  const info = () => open.engine.pipelines().find(({ name }) => name === 'reader')!;
  await until('it runs', () => info().runner.state === 'running');
  expect(info()).toMatchObject({ state: 'bootstrapping', percent: 0 });
  const [shown] = await open.engine.submit('SHOW PIPELINES', { requester: 'test' });
  expect(shown!.table!.rows.map(([name, state]) => `${name} ${state}`)).toContain('reader bootstrapping 0 %');
  const response = await fetch(`${server.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: '{ pipelines { name state percent } }' }),
  });
  expect(await response.json()).toMatchObject({
    data: {
      pipelines: [{ name: 'every' }, { name: 'reader', state: 'bootstrapping', percent: 0 }],
    },
  });
  await holder.query('SELECT pg_advisory_unlock(42)');
  await finished(open);
  expect(await statusOf(open, 'reader')).toMatchObject({ status: 'finished', percent: null });
  const { rows } = await open.pool.query<{ n: bigint }>('SELECT count(*) AS n FROM reader');
  expect(rows[0]!.n).toBe(BigInt(ROWS));
});
