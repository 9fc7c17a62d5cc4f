// Queries in other dialects through the doors of a running service: the command line, GraphQL and the header of a file. What
// comes of them is compared with the same query as Postgres answers it over the same rows.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Connection } from '../../src/postgres/connection.ts';
import { freshDatabase } from '../setup/parts.ts';
import { eventually } from './eventually.ts';
import type { Service } from './service.ts';
import { folder, millrace, openConnection, startService } from './service.ts';

const SOURCE = `CREATE SOURCE bid (auction BIGINT, bidder BIGINT, price BIGINT, channel TEXT, date_time TIMESTAMPTZ)
  WITH (connector = 'nexmark', nexmark.table = 'bid', nexmark.events = 2000) FORMAT PLAIN ENCODE JSON;
  CREATE MATERIALIZED VIEW bids AS SELECT * FROM bid;`;

interface Case {
  readonly name: string;
  readonly dialect: string;
  readonly query: string;
  /** The same in PostgreSQL, written by hand. */
  readonly postgres: string;
}

const CASES: readonly Case[] = [
  {
    name: 'by_mysql',
    dialect: 'mysql',
    query:
      'SELECT channel, COUNT(*) AS n, SUM(price) DIV 7 AS s, IF(MAX(price) > 1000000, \'dear\', "cheap") AS how FROM bid WHERE auction % 2 = 0 OR bidder % 2 = 0 AND price > 100 GROUP BY channel',
    postgres: `SELECT channel, count(*) AS n, trunc(sum(price) / 7)::bigint AS s, CASE WHEN max(price) > 1000000 THEN 'dear' ELSE 'cheap' END AS how
      FROM bids WHERE mod(auction, 2) = 0 OR (mod(bidder, 2) = 0 AND price > 100) GROUP BY channel`,
  },
  {
    name: 'by_snowflake',
    dialect: 'snowflake',
    query:
      'SELECT channel, auction, price FROM bid QUALIFY ROW_NUMBER() OVER (PARTITION BY channel ORDER BY price DESC, auction, bidder) <= 2',
    postgres: `SELECT channel, auction, price FROM (SELECT *, row_number() OVER (PARTITION BY channel ORDER BY price DESC, auction, bidder) AS r FROM bids) x WHERE r <= 2`,
  },
  {
    name: 'by_trino',
    dialect: 'trino',
    query:
      'SELECT CAST(auction AS BIGINT) / CAST(3 AS BIGINT) AS third, count_if(price > 1000) AS dear FROM bid GROUP BY 1',
    postgres:
      'SELECT auction / 3 AS third, count(*) FILTER (WHERE price > 1000) AS dear FROM bids GROUP BY 1',
  },
  {
    name: 'by_bigquery',
    dialect: 'bigquery',
    query: 'SELECT `channel`, COUNTIF(price > 1000) AS dear FROM bid GROUP BY `channel`',
    postgres: 'SELECT channel, count(*) FILTER (WHERE price > 1000) AS dear FROM bids GROUP BY channel',
  },
  {
    name: 'by_flink',
    dialect: 'flinksql',
    query:
      'SELECT channel, COUNT(*) AS n FROM bid WHERE NOT price = 100 AND price > 50 OR auction < 1010 GROUP BY channel',
    postgres:
      'SELECT channel, count(*) AS n FROM bids WHERE (NOT price = 100 AND price > 50) OR auction < 1010 GROUP BY channel',
  },
];

const view = ({ name, query }: Case): string => `CREATE MATERIALIZED VIEW ${name} AS ${query}`;

async function ask(service: Service, query: string, variables: object): Promise<Record<string, unknown>> {
  const response = await fetch(`${service.api}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables }),
  });
  return (await response.json()) as Record<string, unknown>;
}

const SUBMIT =
  'mutation ($sql: String!, $dialect: String) { submit(sql: $sql, dialect: $dialect) { understood names } }';
const EXPLAIN =
  'query ($sql: String!, $dialect: String) { explain(sql: $sql, dialect: $dialect, stage: logical) }';

async function rows(connection: Connection, sql: string): Promise<readonly string[]> {
  const { rows: found } = await connection.query<{ line: string }>(
    `SELECT q::text AS line FROM (${sql}) q ORDER BY 1`,
  );
  return found.map(({ line }) => line);
}

async function expectSame(connection: Connection, one: Case): Promise<void> {
  const there = await rows(connection, one.postgres);
  expect(there.length).toBeGreaterThan(1);
  expect(await rows(connection, `SELECT * FROM ${one.name}`), one.name).toEqual(there);
}

it('dialects on the command line, in GraphQL and in a file', { timeout: 120_000 }, async () => {
  const { url } = await freshDatabase();
  const service = await startService({ databaseUrl: url });
  const connection = await openConnection(url);
  expect((await millrace(['sql', '-c', SOURCE], service.env)).code).toBe(0);

  const [mysql, snowflake, ...others] = CASES;
  const submitted = await millrace(['sql', '--dialect', 'mysql', '-c', view(mysql!)], service.env);
  expect(submitted.stderr).toBe('');
  expect(submitted.stdout).toContain('understood as: CREATE MATERIALIZED VIEW by_mysql AS SELECT');
  const file = join(folder('dialects'), 'view.sql');
  writeFileSync(file, `-- dialect: snowflake\n${view(snowflake!)};\n`);
  expect((await millrace(['sql', file], service.env)).stdout).toContain('understood as: CREATE');
  for (const one of others) {
    const { data } = await ask(service, SUBMIT, { sql: view(one), dialect: one.dialect });
    expect(data).toMatchObject({ submit: [{ names: [one.name] }] });
    const [{ understood }] = (data as { submit: [{ understood: string }] }).submit;
    expect(understood).toMatch(/^CREATE MATERIALIZED VIEW by_\w+ AS SELECT/);
  }
  await eventually('all bids are there', async () => {
    const counts = await rows(connection, 'SELECT count(*) FROM bids');
    return counts[0] === '(1840)' ? true : undefined;
  });
  for (const one of CASES)
    await eventually(`${one.name} is there`, async () => {
      const [here] = await rows(connection, `SELECT count(*) FROM ${one.name}`);
      const [there] = await rows(connection, `SELECT count(*) FROM (${one.postgres}) x`);
      return here === there ? true : undefined;
    });
  await Promise.all(CASES.map((one) => expectSame(connection, one)));
});

it('explanations and refusals in other dialects', { timeout: 120_000 }, async () => {
  const { url } = await freshDatabase();
  const service = await startService({ databaseUrl: url });
  const dates =
    "CREATE SOURCE days (d DATE, n BIGINT, t TIMESTAMP) WITH (connector = 'datagen', datagen.rows = 10) FORMAT PLAIN ENCODE JSON;";
  expect((await millrace(['sql', '-c', SOURCE + dates], service.env)).code).toBe(0);

  const explained = await millrace(
    [
      'explain',
      '--logical',
      '--dialect',
      'mysql',
      'SELECT price DIV 2 AS half FROM bid WHERE auction = 1 OR bidder = 2 AND price = 3',
    ],
    service.env,
  );
  expect(explained.stdout).toContain('understood as: ');
  expect(explained.stdout).toContain('OR ((bidder =');
  const { data } = await ask(service, EXPLAIN, {
    sql: 'SELECT count_if(price > 1) AS n FROM bid',
    dialect: 'trino',
  });
  expect((data as { explain: string }).explain).toMatch(/^understood as: SELECT count\(\*\) FILTER/);

  const refused = async (args: readonly string[]): Promise<string> => {
    const { code, stderr } = await millrace(args, service.env);
    expect(code).not.toBe(0);
    return stderr;
  };
  expect(await refused(['sql', '--dialect', 'oracle', '-c', 'SELECT 1'])).toContain('error[UNKNOWN_DIALECT]');
  const header = '-- dialect: trino\nCREATE MATERIALIZED VIEW v AS SELECT price AS p FROM bid';
  expect(await refused(['sql', '--dialect', 'mysql', `--command=${header}`])).toContain(
    'error[UNKNOWN_DIALECT]',
  );
  const bars = await refused([
    'sql',
    '--dialect',
    'mysql',
    '-c',
    'CREATE MATERIALIZED VIEW v AS\nSELECT channel || channel AS c FROM bid',
  ]);
  expect(bars).toContain('|| of MySQL is not supported');
  expect(bars).toContain('line 2');
  // A date is no number of days: MySQL takes it for the number 20260131.
  const sum = (expression: string, dialect: string): Promise<Record<string, unknown>> =>
    ask(service, EXPLAIN, { sql: `SELECT ${expression} AS x FROM days`, dialect });
  expect(await refused(['explain', '--dialect', 'mysql', 'SELECT d + 1 AS x FROM days'])).toContain(
    'without INTERVAL',
  );
  for (const expression of ['d + 1', '1 + d', 'd - n', 'd - d', 't - t', 't + 1', 'n + 1 - d'])
    expect(JSON.stringify((await sum(expression, 'mysql'))['errors']), expression).toContain(
      'without INTERVAL',
    );
  for (const expression of ['d + INTERVAL 1 DAY', 'n + 1', 'n - n'])
    expect((await sum(expression, 'mysql'))['errors'], expression).toBeUndefined();
  for (const expression of ['d + 1', 'd - d'])
    expect((await sum(expression, 'snowflake'))['errors'], expression).toBeUndefined();
  const { errors: unknown } = await ask(service, SUBMIT, { sql: 'SELECT 1', dialect: 'oracle' });
  expect(JSON.stringify(unknown)).toContain('UNKNOWN_DIALECT');
});
