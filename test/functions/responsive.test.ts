// A view whose every row spins: the service answers meanwhile, and can drop it.

import { expect, test } from 'vitest';
import { until } from '../integration/eventually.ts';
import { openTestEngine, submit } from '../pipeline/engine-fixture.ts';
import { ask } from '../pipeline/replace-fixture.ts';

test('a function that never ends keeps nobody else waiting', { timeout: 120_000 }, async () => {
  const open = await openTestEngine();
  await submit(
    open,
    `CREATE SOURCE bid (price BIGINT) WITH (connector = 'nexmark', nexmark.table = 'bid', nexmark.events = '5000', nexmark.partitions = '2')
       FORMAT PLAIN ENCODE JSON;
     CREATE FUNCTION spin(n bigint) RETURNS bigint LANGUAGE javascript AS $$ for (;;) {} $$;`,
  );
  await submit(
    open,
    'CREATE MATERIALIZED VIEW v AS SELECT spin(price) AS x, count(*) AS n FROM bid GROUP BY 1;',
  );
  await until('it runs', () => open.engine.pipelines()[0]!.state === 'running');
  const [shown] = await ask(open, 'SHOW PIPELINES');
  expect(shown!.table!.rows[0]).toContain('running');
  await submit(open, 'DROP MATERIALIZED VIEW v; DROP FUNCTION spin');
  expect(open.engine.pipelines()).toEqual([]);
});
