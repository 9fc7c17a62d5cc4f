// Subqueries at any place of an expression, LATERAL, and queries without FROM: as Postgres answers them over the same rows, among which
// are NULLs, values that are equal and print differently, and rows that change.

import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { testSeed } from '../setup/seed.ts';
import { expectEqualToPostgres, finished, openTestEngine, submit, viewStatements } from './engine-fixture.ts';
import { mixedRows } from './mixed-rows.ts';
import { FROM_ITEMS, LATERALS, SOURCES, VALUES } from './subquery-views.ts';

function files(seed: number): string {
  const folder = mkdtempSync(join(tmpdir(), 'subqueries-'));
  writeFileSync(join(folder, 'mixed.jsonl'), mixedRows(seed, 200));
  writeFileSync(join(folder, 'other.jsonl'), mixedRows(seed + 1, 100));
  return folder;
}

it.each(Object.entries({ LATERALS, VALUES, FROM_ITEMS }))(
  'equal Postgres: %s',
  { timeout: 240_000 },
  async (_name, views) => {
    const open = await openTestEngine({ fileRoot: files(testSeed()) });
    await submit(open, [SOURCES, ...viewStatements(views)].join('\n'));
    await finished(open);
    await expectEqualToPostgres(open, views);
  },
);

it('a subquery of more rows than one has no value: its rows are errors until it is single again', async () => {
  const open = await openTestEngine({ fileRoot: files(1) });
  const views = {
    lazy: `SELECT id, CASE WHEN id < 60 THEN 'none' ELSE (SELECT m.t FROM mixed m WHERE m.id % 200 = o.id) END AS t FROM other o`,
  };
  const failing = `CREATE MATERIALIZED VIEW failing AS SELECT o.id, (SELECT m.id FROM mixed m WHERE m.k = o.k AND m.id < 10) AS m FROM other o WHERE o.id < 20;`;
  await submit(open, [SOURCES, ...viewStatements(views), failing].join('\n'));
  await finished(open);
  const { rows } = await open.pool.query<{ sqlstate: string; message: string; n: bigint }>(
    'SELECT sqlstate, message, count(*) AS n FROM millrace.view_errors GROUP BY 1, 2',
  );
  expect(rows).toHaveLength(1);
  expect(rows[0]).toMatchObject({
    sqlstate: '21000',
    message: 'more than one row returned by a subquery used as an expression',
  });
  const shown = await open.pool.query<{ n: bigint }>('SELECT count(*) AS n FROM failing');
  expect(shown.rows[0]!.n + rows[0]!.n).toBe(20n);
});
