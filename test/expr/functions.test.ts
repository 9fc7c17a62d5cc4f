// Every function, operator and cast of the table against the real Postgres, value by value over the edges of its types:
// results as text, and which rows fail with which SQLSTATE.

import { expect, test } from 'vitest';
import type { SqlType } from '../../src/data/types.ts';
import { sameType, sameUnconstrained } from '../../src/data/types.ts';
import { bindFunction, bindGreatest } from '../../src/expr/bind.ts';
import type { BoundExpr, ColumnExpr } from '../../src/expr/bound.ts';
import { findCast } from '../../src/expr/functions/casts.ts';
import { functionKey } from '../../src/expr/functions/function.ts';
import { allFunctions } from '../../src/expr/functions/table.ts';
import { printExpr } from '../../src/expr/print.ts';
import { literal } from '../../src/expr/resolve/operand.ts';
import type { Outcome } from './compare.ts';
import { batchOf, columnsOfKinds, computeHere, differences, grid, useOracle } from './compare.ts';
import type { EdgeKind } from './edge-values.ts';
import { ARRAY_KINDS, EDGE_VALUES, edgeType } from './edge-values.ts';

const oracle = useOracle();

const MAX_ROWS = 500;

/** At most MAX_ROWS, spread evenly over the grid. */
function sample<T>(rows: readonly T[]): readonly T[] {
  if (rows.length <= MAX_ROWS) return rows;
  const step = rows.length / MAX_ROWS;
  return Array.from({ length: MAX_ROWS }, (_, i) => rows[Math.floor(i * step)]!);
}

type Rows = readonly (readonly Outcome[])[];

/** Text columns have collation "C"; parameters of the oracle's function do not. */
function sqlOf(expr: BoundExpr, kinds: readonly EdgeKind[]): string {
  const columns = kinds.flatMap((kind, i) => (kind === 'text' || kind === 'varchar' ? [`c${i}`] : []));
  return columns.reduce(
    (sql, c) => sql.replaceAll(new RegExp(`\\b${c}\\b`, 'g'), `(${c} COLLATE "C")`),
    printExpr(expr),
  );
}

async function compare(expr: BoundExpr, kinds: readonly EdgeKind[], rows: Rows): Promise<readonly string[]> {
  const { schema } = columnsOfKinds(kinds);
  const here = computeHere(expr, batchOf(schema, rows));
  const sql = sqlOf(expr, kinds);
  return differences(sql, rows, here, await oracle.compute(sql, kinds, rows, here));
}

function call(fn: string, args: readonly ColumnExpr[], result: EdgeKind): BoundExpr {
  return { kind: 'call', fn, args, type: edgeType(result), nullable: true };
}

/** Not functions of PostgreSQL, or compared below with their own arguments. */
const ELSEWHERE = new Set(
  [
    'tumble_start json_keys series_length series_item single_row call_script timezone extract greatest least',
    '~ !~ ~* !~* regexp_like regexp_count regexp_substr regexp_replace similar_to_escape num_nulls num_nonnulls convert_from convert_to',
    'lpad rpad factorial exp ln log log10 power pow ^ cbrt ||/ sin cos tan cot asin acos atan atan2',
    '@? @@ jsonb_path_exists jsonb_path_match jsonb_path_query_array jsonb_path_query_first',
    'jsonb_path_exists_tz jsonb_path_match_tz jsonb_path_query_array_tz jsonb_path_query_first_tz',
    'erf erfc gamma lgamma sinh cosh tanh asinh acosh atanh degrees radians sind cosd tand cotd asind acosd atand atan2d normalize',
  ]
    .join(' ')
    .split(' '),
);

/** Postgres takes 15 seconds to repeat an empty text two billion times, so `repeat` is given small counts. */
test('functions and operators over the edges of their types', { timeout: 240_000 }, async () => {
  const found: string[] = [];
  for (const fn of allFunctions()) {
    if (ELSEWHERE.has(fn.name) || fn.params.length === 0) continue;
    if ([...fn.params, fn.result].some((kind) => kind === 'array' || kind === 'row')) continue;
    const kinds = fn.params as readonly EdgeKind[];
    const { columns } = columnsOfKinds(kinds);
    const all = grid(kinds, kinds.length > 4 ? 5 : kinds.length > 2 ? 12 : Infinity);
    const rows = sample(fn.name === 'repeat' ? all.filter((row) => Number(row[1]) < 100) : all);
    found.push(
      ...(await compare(call(functionKey(fn.name, fn.params), columns, fn.result as EdgeKind), kinds, rows)),
    );
  }
  expect(found).toEqual([]);
});

test('fields of times', { timeout: 120_000 }, async () => {
  const units =
    'microseconds milliseconds second minute hour day week month quarter year decade century millennium epoch dow isodow doy isoyear julian timezone timezone_hour';
  const found: string[] = [];
  for (const kind of ['date', 'timestamp', 'timestamptz', 'interval'] as const) {
    const { columns } = columnsOfKinds([kind]);
    const rows = grid([kind]);
    for (const unit of units.split(' ')) {
      const field = literal(unit, { kind: 'text' });
      for (const name of kind === 'date' ? ['extract', 'date_part'] : ['extract', 'date_part', 'date_trunc'])
        found.push(...(await compare(bindFunction(name, [field, columns[0]!]), [kind], rows)));
    }
    const nonsense = literal('nonsense', { kind: 'text' });
    expect(() => bindFunction('extract', [nonsense, columns[0]!])).toThrow('"nonsense" of extract is not');
  }
  expect(found).toEqual([]);
});

test('greatest, least, concat of several arguments', { timeout: 60_000 }, async () => {
  const found: string[] = [];
  for (const kind of Object.keys(EDGE_VALUES) as EdgeKind[]) {
    const { columns } = columnsOfKinds([kind, kind, kind]);
    const rows = sample(grid([kind, kind, kind], 9));
    for (const name of ['greatest', 'least'] as const)
      found.push(...(await compare(bindGreatest(name, columns), [kind, kind, kind], rows)));
    const pair = columnsOfKinds([kind, 'text']);
    found.push(
      ...(await compare(bindFunction('concat', pair.columns), [kind, 'text'], sample(grid([kind, 'text'])))),
    );
  }
  expect(found).toEqual([]);
});

const CONSTRAINED: readonly SqlType[] = [
  { kind: 'numeric', precision: 5, scale: 2 },
  { kind: 'numeric', precision: 12, scale: 0 },
  { kind: 'numeric', precision: 3, scale: -2 },
  { kind: 'varchar', length: 2 },
  { kind: 'array', element: { kind: 'numeric', precision: 5, scale: 1 } },
  { kind: 'array', element: { kind: 'varchar', length: 1 } },
];

test('casts', { timeout: 120_000 }, async () => {
  const kinds = [...(Object.keys(EDGE_VALUES) as EdgeKind[]), ...ARRAY_KINDS];
  const targets: readonly SqlType[] = [...kinds.map(edgeType), ...CONSTRAINED];
  const found: string[] = [];
  for (const from of kinds)
    for (const type of targets) {
      const source = edgeType(from);
      if (sameType(source, type) || !isThere(source, type)) continue;
      const arg = columnsOfKinds([from]).columns[0]!;
      const expr: BoundExpr = { kind: 'cast', arg, type, nullable: true };
      const lines = await compare(expr, [from], grid([from]));
      found.push(
        ...lines.filter((line) => (from !== 'text' && from !== 'varchar') || !isRefusedSyntax(line)),
      );
    }
  expect(found).toEqual([]);
});

function isThere(from: SqlType, to: SqlType): boolean {
  if (from.kind === 'array' && to.kind === 'array') return isThere(from.element, to.element);
  return sameUnconstrained(from, to) || findCast(from.kind, to.kind) !== undefined;
}

/** Text that neither reads as a time, where Postgres tells apart what is malformed and what is out of range. */
function isRefusedSyntax(line: string): boolean {
  return /AS (date|timestamp).*: ERROR 22007, in Postgres ERROR 22008$/.test(line);
}
