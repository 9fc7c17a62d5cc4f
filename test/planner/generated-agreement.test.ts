// Whether a query is taken, and the types of its columns, over generated queries: bound here, and analysed by PREPARE in Postgres.
// What we refuse by name may be refused; a query that Postgres refuses is, and no other type is ever said.

import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bindQuery } from '../../src/binder/query.ts';
import { rootContext } from '../../src/binder/context.ts';
import { EMPTY_CATALOG } from '../../src/catalog/catalog.ts';
import type { Catalog } from '../../src/catalog/catalog.ts';
import { typeName, unconstrained } from '../../src/data/types.ts';
import { MillraceError } from '../../src/errors.ts';
import { planSubmission } from '../../src/plan.ts';
import { parseQuery } from '../../src/sql/parse.ts';
import { randomSource } from '../expr/random-expressions.ts';
import { freshDatabase } from '../setup/parts.ts';
import { COLUMNS, QuerySource } from './random-queries.ts';
import { testSeed } from '../setup/seed.ts';

const SEED = testSeed();
const QUERIES = Number(process.env['QUERIES'] ?? 10_000);
const BATCH = 500;

const declared = COLUMNS.map(([name, type]) => `${name} ${type}`);

let client: pg.Client;
let catalog: Catalog;
beforeAll(async () => {
  client = new pg.Client((await freshDatabase()).url);
  await client.connect();
  await client.query(`SET TimeZone = 'UTC'`);
  const collated = COLUMNS.map(
    ([name, type]) => `${name} ${type}${/^(text|varchar)/.test(type) ? ' COLLATE "C"' : ''}`,
  );
  await client.query(`CREATE TABLE wide (${collated.join(', ')})`);
  await client.query(`CREATE FUNCTION describe(query text) RETURNS text LANGUAGE plpgsql AS $$
    DECLARE types text;
    BEGIN
      EXECUTE 'PREPARE described AS ' || query;
      SELECT array_to_string(result_types, ', ') INTO types FROM pg_prepared_statements WHERE name = 'described';
      DEALLOCATE described;
      RETURN types;
    EXCEPTION WHEN OTHERS THEN RETURN 'ERROR ' || SQLSTATE || ' ' || SQLERRM; END $$`);
  const source = `CREATE SOURCE wide (${declared.join(', ')}) WITH (connector = 'kafka', topic = 'x') FORMAT PLAIN ENCODE JSON;`;
  catalog = planSubmission(source, EMPTY_CATALOG).catalog;
});
afterAll(() => client.end());

function ours(sql: string): string {
  try {
    const { columns } = bindQuery(parseQuery(sql), rootContext(catalog, 'p0'));
    return columns.map(({ type }) => typeName(unconstrained(type))).join(', ');
  } catch (error) {
    if (!(error instanceof MillraceError)) throw new Error(sql, { cause: error });
    return `ERROR ${error.code} ${error.message}`;
  }
}

/** Refused by name, with the reason, whatever Postgres says. */
const BY_NAME =
  /^ERROR (SQL_UNSUPPORTED|UNSUPPORTED_\w+|NOT_DETERMINISTIC|SQL_TOO_LARGE|INVALID_LITERAL invalid regular expression|CONSTANT_FAILS unit)/;

function agrees(here: string, there: string): boolean {
  if (BY_NAME.test(here)) return true;
  return here.startsWith('ERROR ') ? there.startsWith('ERROR ') : here === there;
}

test(`${QUERIES} generated queries, seed ${SEED}`, { timeout: 240_000 }, async () => {
  const source = new QuerySource(randomSource(SEED));
  const found: string[] = [];
  const counts = { accepted: 0, byName: 0, refused: 0 };
  for (let done = 0; done < QUERIES; done += BATCH) {
    const queries = Array.from({ length: BATCH }, () => source.query());
    const answer = await client.query<{ there: string }>({
      text: 'SELECT describe(q) AS there FROM unnest($1::text[]) WITH ORDINALITY AS x(q, n) ORDER BY n',
      values: [queries],
    });
    queries.forEach((sql, i) => {
      const here = ours(sql);
      const { there } = answer.rows[i]!;
      if (!agrees(here, there)) found.push(`${sql}\n  here ${here}\n  there ${there}`);
      counts[BY_NAME.test(here) ? 'byName' : here.startsWith('ERROR ') ? 'refused' : 'accepted']++;
    });
  }
  expect(found.slice(0, 20)).toEqual([]);
  expect(counts.accepted).toBeGreaterThan(QUERIES / 5);
  expect(counts.refused).toBeGreaterThan(QUERIES / 10);
});
