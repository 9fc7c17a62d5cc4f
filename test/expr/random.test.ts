// Random expression trees against the real Postgres: printed as SQL, computed there and by the generated kernels here, row by row.

import { expect, test } from 'vitest';
import type { ScalarKind, SqlType } from '../../src/data/types.ts';
import { typeName } from '../../src/data/types.ts';
import type { BoundExpr } from '../../src/expr/bound.ts';
import { printExpr } from '../../src/expr/print.ts';
import type { Outcome } from './compare.ts';
import { batchOf, computeHere, useOracle } from './compare.ts';
import { EDGE_VALUES } from './edge-values.ts';
import { drawExpression, ExpressionSource, randomSource } from './random-expressions.ts';
import { testSeed } from '../setup/seed.ts';

const oracle = useOracle();

const SEED = testSeed();
const EXPRESSIONS = Number(process.env['EXPRESSIONS'] ?? 2400);
const ROWS = 12;
const KINDS = (Object.keys(EDGE_VALUES) as ScalarKind[]).flatMap((kind) => [kind, kind]);
const SCHEMA = KINDS.map((kind, i) => ({ name: `c${i}`, type: { kind } as SqlType, nullable: true }));
const COLUMNS = SCHEMA.map((field, index) => ({ kind: 'column' as const, index, ...field }));

async function createTable(rows: readonly (readonly Outcome[])[]): Promise<void> {
  const columns = SCHEMA.map(
    ({ name, type }) =>
      `${name} ${typeName(type)}${type.kind === 'text' || type.kind === 'varchar' ? ' COLLATE "C"' : ''}`,
  );
  await oracle.client.query(`CREATE TABLE t (n integer, ${columns.join(', ')})`);
  for (const [n, row] of rows.entries())
    await oracle.client.query({
      text: `INSERT INTO t VALUES (${[...SCHEMA.map((f, i) => `$${i + 1}::text::${typeName(f.type)}`)].reduce((a, b) => `${a}, ${b}`, `${n}`)})`,
      values: [...row],
    });
  await oracle.client.query(`CREATE FUNCTION cell(sql text, n integer) RETURNS text LANGUAGE plpgsql AS $$
    DECLARE found text;
    BEGIN EXECUTE 'SELECT (' || sql || ')::text FROM t WHERE n = $1' INTO found USING n; RETURN found;
    EXCEPTION WHEN OTHERS THEN RETURN 'ERROR ' || SQLSTATE; END $$`);
}

/** What other types become as text has the collation of the database in Postgres; in Millrace all text has "C". */
function inCollationC(sql: string): string {
  const open: number[] = [];
  let out = '';
  for (const token of sql.match(/'(?:[^']|'')*'|CAST\(|[()]|[^'()C]+|C/g) ?? []) {
    if (token === '(' || token === 'CAST(') open.push(out.length);
    out += token;
    if (token !== ')') continue;
    const start = open.pop()!;
    if (out.startsWith('CAST(', start) && / AS (text|character varying)\)$/.test(out))
      out = `${out.slice(0, start)}(${out.slice(start)} COLLATE "C")`;
  }
  return out;
}

interface Case {
  readonly expr: BoundExpr;
  readonly sql: string;
  readonly here: readonly Outcome[];
}

function failed(outcome: Outcome): boolean {
  return outcome?.startsWith('ERROR ') === true;
}

/** Many expressions in one statement, over the rows that do not fail here; one by one when one of them fails there. */
async function compareGood(cases: readonly Case[]): Promise<string[]> {
  const cells = cases.map((c, i) => {
    const good = c.here.flatMap((outcome, n) => (failed(outcome) ? [] : [n]));
    const guard =
      good.length === ROWS
        ? `(${c.sql})::text`
        : `CASE WHEN n IN (${[-1, ...good].join()}) THEN (${c.sql})::text END`;
    return `${guard} AS e${i}`;
  });
  const answer = await oracle.client
    .query<Record<string, Outcome>>(`SELECT ${cells.join(', ')} FROM t ORDER BY n`)
    .catch((error: unknown) => {
      if (cases.length === 1) return String(error);
      return null;
    });
  if (typeof answer === 'string')
    return [`${cases[0]!.sql}: ${cases[0]!.here.join()}, in Postgres ${answer}`];
  if (answer === null) {
    const half = Math.ceil(cases.length / 2);
    return [...(await compareGood(cases.slice(0, half))), ...(await compareGood(cases.slice(half)))];
  }
  return cases.flatMap((c, i) =>
    c.here.flatMap((here, n) => {
      const there = answer.rows[n]![`e${i}`]!;
      return failed(here) || here === there
        ? []
        : [`${c.sql} in row ${n}: ${String(here)}, in Postgres ${String(there)}`];
    }),
  );
}

/** One failing row of each expression that has one. Time syntax that Millrace refuses (22007), Postgres may know. */
async function compareFailing(cases: readonly Case[]): Promise<string[]> {
  const failing = cases.filter((c) => c.here.some(failed));
  const answer = await oracle.client.query<{ cell: Outcome }>({
    text: 'SELECT cell(sql, n) FROM unnest($1::text[], $2::int[]) WITH ORDINALITY AS t(sql, n, i) ORDER BY i',
    values: [failing.map((c) => c.sql), failing.map((c) => c.here.findIndex(failed))],
  });
  return failing.flatMap((c, i) => {
    const { cell } = answer.rows[i]!;
    return failed(cell) || c.here.includes('ERROR 22007')
      ? []
      : [`${c.sql}: ${String(c.here.find(failed))}, in Postgres ${String(cell)}`];
  });
}

test(`${EXPRESSIONS} random expressions, seed ${SEED}`, { timeout: 300_000 }, async () => {
  const random = randomSource(SEED);
  const rows = Array.from({ length: ROWS }, () =>
    KINDS.map((kind) => EDGE_VALUES[kind][Math.floor(random() * EDGE_VALUES[kind].length)]!),
  );
  await createTable(rows);
  const batch = batchOf(SCHEMA, rows);
  const source = new ExpressionSource(random, COLUMNS);
  const cases = Array.from({ length: EXPRESSIONS }, (): Case => {
    const expr = drawExpression(source, 1 + Math.floor(random() * 3));
    return { expr, sql: inCollationC(printExpr(expr)), here: computeHere(expr, batch) };
  });
  const found: string[] = [];
  for (let i = 0; i < cases.length; i += 50) found.push(...(await compareGood(cases.slice(i, i + 50))));
  found.push(...(await compareFailing(cases)));
  expect(cases.filter((c) => !c.here.some(failed)).length).toBeGreaterThan(EXPRESSIONS / 4);
  expect(found).toEqual([]);
});
