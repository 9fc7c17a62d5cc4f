// Texts in other dialects through every door: the answer says what was understood, and the views equal Postgres.

import { expect, it } from 'vitest';
import { finished, openPsql, openTestEngine, submit, verdicts } from './engine-fixture.ts';
import { NEXMARK_SOURCES } from './nexmark-sources.ts';

const TEXTS: Readonly<Record<string, string>> = {
  mysql:
    'CREATE MATERIALIZED VIEW of_mysql AS SELECT `auction`, count(*) AS n, max(price DIV 7) AS m FROM bid WHERE price > 100 OR bidder < 0 AND auction = 1 GROUP BY auction',
  flinksql:
    "CREATE MATERIALIZED VIEW of_flinksql AS SELECT window_start, IF(max(price) > 500, 'high', 'low') AS w, count(*) AS n FROM TABLE(TUMBLE(TABLE bid, DESCRIPTOR(date_time), INTERVAL '1' SECOND)) GROUP BY window_start, window_end",
  snowflake:
    'CREATE MATERIALIZED VIEW of_snowflake AS SELECT AUCTION, "BIDDER", price FROM bid QUALIFY row_number() OVER (PARTITION BY auction ORDER BY price DESC, date_time, bidder) <= 2',
  bigquery:
    'CREATE MATERIALIZED VIEW of_bigquery AS SELECT channel, COUNTIF(price > 1000) AS n, SUM(MOD(price, 7)) AS s FROM `bid` GROUP BY channel',
  trino:
    'CREATE MATERIALIZED VIEW of_trino AS SELECT category, count_if(seller > 1000) AS n, sum(id % 3) AS s FROM auction GROUP BY category',
};

it('are understood, answered in PostgreSQL, and exact', { timeout: 120_000 }, async () => {
  const open = await openTestEngine();
  await submit(open, NEXMARK_SOURCES);
  for (const [dialect, text] of Object.entries(TEXTS)) {
    const [answer] = await open.engine.submit(text, { requester: 'test', dialect });
    expect(answer!.names).toEqual([`of_${dialect}`]);
    expect(answer!.understood).toMatch(/^CREATE MATERIALIZED VIEW of_\w+ AS SELECT /);
  }
  await finished(open);
  const found = await verdicts(open);
  for (const [view, { equal, rows, differences }] of found) {
    expect(differences, view).toEqual([]);
    expect(equal && rows > 0, view).toBe(true);
  }
  expect(found.size).toBe(5);
});

it('come from files by their first line, and from psql by an argument', { timeout: 60_000 }, async () => {
  const open = await openTestEngine();
  await submit(open, NEXMARK_SOURCES);
  const header = '-- dialect: MySQL\nEXPLAIN (AST) SELECT IFNULL(price, 1) AS x FROM bid';
  const [answer] = await open.engine.submit(header, { requester: 'test' });
  expect(answer!.understood).toBe('EXPLAIN (AST) SELECT COALESCE(price, 1) AS x FROM bid');
  await expect(open.engine.submit(header, { requester: 'test', dialect: 'trino' })).rejects.toThrow(
    'says dialect MySQL',
  );
  await expect(open.engine.submit('SHOW VIEWS', { requester: 'test', dialect: 'tsql' })).rejects.toThrow(
    'no dialect "tsql"',
  );

  const psql = await openPsql(open);
  await psql.query(
    "CALL millrace.submit($$EXPLAIN SELECT IFF(price > 1, 1, 2) AS x FROM bid$$, dialect => 'snowflake')",
  );
  const { rows } = await psql.query<{ line: string }>(
    "SELECT answer -> 'lines' ->> 0 AS line FROM millrace.requests",
  );
  expect(rows[0]!.line).toBe(
    'understood as: EXPLAIN SELECT CASE WHEN (price > 1) THEN 1 ELSE 2 END AS x FROM bid',
  );
  await expect(
    psql.query("CALL millrace.submit('SELECT a FROM t QUALIFY', dialect => 'mysql')"),
  ).rejects.toThrow('QUALIFY of MySQL is not supported');
});
