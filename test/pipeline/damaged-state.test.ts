// A bit of the stored state is flipped while the service is stopped: the pipeline does not go on from it, says why, and the others go on.

import { expect, it } from 'vitest';
import { until } from '../integration/eventually.ts';
import { openTestEngine, submit } from './engine-fixture.ts';

const submission = (name: string): string => `
CREATE SOURCE of_${name} (n BIGINT) WITH (connector = 'datagen', fields.n.kind = 'sequence', datagen.rows.per.second = '500') FORMAT PLAIN ENCODE JSON;
CREATE MATERIALIZED VIEW ${name} AS SELECT n % 7 AS k, count(*) AS c, max(n) AS last FROM of_${name} GROUP BY n % 7;`;

it('damaged state is found before it is used', async () => {
  const first = await openTestEngine();
  const { databaseUrl, pool } = first;
  for (const name of ['damaged', 'sound']) await submit(first, submission(name));
  const ids = first.engine.pipelines().map(({ id }) => id);
  await until('there is state of several epochs', async () => {
    const { rows } = await pool.query<{ n: string }>(
      'SELECT count(DISTINCT epoch)::text AS n FROM millrace.segments GROUP BY pipeline_id',
    );
    return rows.length === 2 && rows.every(({ n }) => Number(n) > 3);
  });
  await submit(first, 'ALTER MATERIALIZED VIEW damaged PAUSE');
  const id = ids[0]!.slice(1);
  const { rows: bodies } = await pool.query<{ name: string }>(
    `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables
      WHERE schemaname = 'millrace_state' AND tablename LIKE 'segments\\_${id}\\_%'`,
  );
  let flipped = 0;
  for (const { name } of bodies) {
    const { rowCount } = await pool.query(
      `UPDATE ${name} SET bytes = set_bit(bytes, (length(bytes) * 4)::bigint, 1 - get_bit(bytes, (length(bytes) * 4)::bigint))
        WHERE epoch = (SELECT min(epoch) FROM ${name})`,
    );
    flipped += rowCount;
  }
  expect(flipped).toBeGreaterThan(0);
  const before = await pool.query('SELECT * FROM damaged ORDER BY k');
  await submit(first, 'ALTER MATERIALIZED VIEW damaged RESUME');
  await until('it has failed', () => first.engine.pipelines()[0]!.state === 'failed');
  expect(first.engine.pipelines()[0]!.cause).toMatchObject({ code: 'BAD_FORMAT' });
  await first.close();
  const second = await openTestEngine({ databaseUrl });
  await until('the other one goes on', () => second.engine.pipelines()[1]!.state === 'running');
  const { rows: told } = await second.pool.query<{ status: string; cause: string }>(
    'SELECT status, cause FROM millrace.pipelines WHERE id = $1',
    [id],
  );
  expect(told).toEqual([
    { status: 'failed', cause: expect.stringMatching(/checksum|damaged|corrupt/i) as string },
  ]);
  const after = await second.pool.query('SELECT * FROM damaged ORDER BY k');
  expect(after.rows, 'what was served stays as it was').toEqual(before.rows);
});
