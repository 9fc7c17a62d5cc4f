// The whole catalog of the real Postgres over our types: every function, operator and cast is computed here, or refused with its
// reason. What is computed is compared value by value in the other tests of this folder.

import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { TABLE_FUNCTIONS } from '../../src/binder/table-functions.ts';
import { BEHIND_OPERATORS, MACHINERY } from '../../src/expr/catalog/implementing.ts';
import { findCast } from '../../src/expr/functions/casts.ts';
import { isAggregate } from '../../src/expr/resolve/aggregate-names.ts';
import { functionNames } from '../../src/expr/resolve/candidates.ts';
import { supportedCandidates } from '../../src/expr/resolve/functions.ts';
import { isTypeFunction } from '../../src/expr/resolve/type-functions.ts';
import { typeOfPg } from '../../src/expr/resolve/pg-types.ts';
import { overloadRefusal, refusalOf, refusedNames } from '../../src/expr/resolve/refused-names.ts';
import { freshDatabase } from '../setup/parts.ts';
import { PURE_SQL, REFUSED_SQL } from './catalog-text.ts';

let client: pg.Client;
beforeAll(async () => {
  client = new pg.Client((await freshDatabase()).url);
  await client.connect();
});
afterAll(() => client.end());

interface PgFunction {
  readonly name: string;
  readonly kind: 'f' | 'a' | 'w';
  readonly returnsSet: boolean;
  readonly params: readonly string[];
}

/** Types that PostgreSQL has beside ours: what takes or gives them has no values here. */
const FOREIGN = /^_?(json|bpchar|name|void)$/;

function standing({ name, kind, params }: PgFunction): 'in' | 'out' | 'missing' {
  const computed = supportedCandidates(name, 'function').some((c) => c.params.join() === params.join());
  if (computed || isTypeFunction(name, params)) return 'in';
  if (kind !== 'f' && isAggregate(name)) return 'in';
  if (TABLE_FUNCTIONS.includes(name)) return 'in';
  if (refusalOf(name) !== undefined || overloadRefusal(name, params) !== undefined) return 'out';
  return functionNames().includes(name) && params.some((type) => FOREIGN.test(type)) ? 'out' : 'missing';
}

test('every function over our types is computed or refused with its reason', async () => {
  const { rows } = await client.query<PgFunction>(PURE_SQL);
  const standings = rows.map((row) => ({ row, is: standing(row) }));
  const missing = standings.filter(({ is }) => is === 'missing');
  expect(missing.map(({ row }) => `${row.name}(${row.params.join(',')})`)).toEqual([]);
  expect(standings.filter(({ is }) => is === 'in').length).toBeGreaterThan(500);
  expect(standings.filter(({ is }) => is === 'out').length).toBeGreaterThan(700);
});

test('what is refused by name is there in PostgreSQL and not here', async () => {
  const { rows } = await client.query<{ name: string }>(`SELECT DISTINCT proname AS name FROM pg_proc
    WHERE pronamespace = 'pg_catalog'::regnamespace`);
  const there = new Set(rows.map((row) => row.name));
  const refused = [...refusedNames().values()].flat();
  const keywords =
    'current_date current_time current_timestamp localtime localtimestamp user current_role current_catalog grouping cube xmlexists';
  expect(refused.filter((name) => !there.has(name) && !keywords.split(' ').includes(name))).toEqual([]);
  expect(refused.filter((name) => supportedCandidates(name, 'function').length > 0)).toEqual([]);
  expect(new Set(refused).size).toBe(refused.length);
});

test('functions behind operators, and those of PostgreSQL itself', async () => {
  const { rows } = await client.query<{ class: string; names: string }>(REFUSED_SQL, [functionNames()]);
  const names = (text: string): readonly string[] => text.trim().split(/\s+/);
  const there = new Map(rows.map((row) => [row.class, names(row.names)]));
  expect(names(BEHIND_OPERATORS)).toEqual(there.get('operator'));
  expect(names(MACHINERY)).toEqual(there.get('machinery'));
});

/** Comparisons of the bytes of rows, and text search. */
const OPERATORS_OUT = ['*<', '*<=', '*<>', '*=', '*>', '*>=']
  .map((op) => `record ${op} record`)
  .concat('text @@ text');

test('every operator over our types is computed or among those that are refused', async () => {
  const { rows } = await client.query<{ op: string; params: readonly string[] }>(`
    SELECT oprname AS op, array_remove(ARRAY[l.typname, r.typname], NULL)::text[] AS params FROM pg_operator
    LEFT JOIN pg_type l ON l.oid = oprleft JOIN pg_type r ON r.oid = oprright ORDER BY oprname COLLATE "C", 2`);
  const ours = (pg: string): boolean =>
    typeOfPg(pg) !== undefined || /^(record|jsonpath|any(compatible)?(non)?(array|element)?)$/.test(pg);
  const lacking = rows
    .filter(({ params }) => params.every(ours))
    .filter(
      ({ op, params }) => !supportedCandidates(op, 'operator').some((c) => c.params.join() === params.join()),
    )
    .map(({ op, params }) => (params.length === 1 ? `${op} ${params[0]!}` : params.join(` ${op} `)));
  expect(lacking).toEqual(OPERATORS_OUT);
});

test('every cast between our types is computed', async () => {
  const { rows } = await client.query<{ source: string; target: string }>(`
    SELECT s.typname AS source, t.typname AS target FROM pg_cast
    JOIN pg_type s ON s.oid = castsource JOIN pg_type t ON t.oid = casttarget WHERE castsource <> casttarget`);
  const lacking = rows.filter(({ source, target }) => {
    const [from, to] = [typeOfPg(source), typeOfPg(target)];
    return from !== undefined && to !== undefined && findCast(from.kind, to.kind) === undefined;
  });
  expect(lacking).toEqual([]);
  expect(rows.length).toBeGreaterThan(100);
});
