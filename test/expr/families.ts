// Families of functions against the real Postgres: the same text is bound here and computed there, over rows of edge values;
// results, result types and errors agree.

import { bindExpression, typed } from '../../src/binder/expression.ts';
import { tableScope } from '../../src/binder/scope.ts';
import type { BoundExpr } from '../../src/expr/bound.ts';
import { typeName, unconstrained } from '../../src/data/types.ts';
import { MillraceError } from '../../src/errors.ts';
import { parseQuery } from '../../src/sql/parse.ts';
import type { Oracle, Outcome } from './compare.ts';
import { batchOf, columnsOfKinds, computeHere, differences, grid } from './compare.ts';
import type { EdgeKind } from './edge-values.ts';

function refuseAggregates(): never {
  throw new Error('an aggregate was not expected');
}

/** `sql` over the columns c0, c1 … of the given kinds. */
export function bindText(sql: string, kinds: readonly EdgeKind[]): BoundExpr {
  const query = parseQuery(`SELECT ${sql} AS x FROM t`);
  if (query.body.kind !== 'Select') throw new Error(sql);
  const { schema } = columnsOfKinds(kinds);
  const columns = schema.map((field) => ({ ...field, time: null }));
  const scope = tableScope('t', undefined, columns);
  const target = query.body.targets[0]!.expression;
  return typed(bindExpression(target, { scope, aggregate: refuseAggregates }));
}

export interface Family {
  readonly kinds: readonly EdgeKind[];
  /** Rows of values; by default all combinations of edge values, thinned out. */
  readonly rows?: readonly (readonly Outcome[])[];
  /** Doubles may differ in their last digits: by this part of their size. */
  readonly tolerance?: number;
  /** One a line. */
  readonly expressions: string;
}

const MAX_ROWS = 400;

function thinned<T>(rows: readonly T[]): readonly T[] {
  if (rows.length <= MAX_ROWS) return rows;
  return Array.from({ length: MAX_ROWS }, (_, i) => rows[Math.floor((i * rows.length) / MAX_ROWS)]!);
}

/** Ours, but theirs where both are nearly the same double. */
function nearly(here: readonly Outcome[], there: readonly Outcome[], tolerance: number): readonly Outcome[] {
  if (tolerance === 0) return here;
  return here.map((outcome, i) => {
    const [x, y] = [Number(outcome), Number(there[i])];
    const near = outcome !== null && there[i] !== null && Math.abs(x - y) <= tolerance * Math.abs(y);
    return near ? there[i]! : outcome;
  });
}

async function compareOne(
  oracle: Oracle,
  sql: string,
  kinds: readonly EdgeKind[],
  rows: readonly (readonly Outcome[])[],
  tolerance: number,
): Promise<readonly string[]> {
  const { schema } = columnsOfKinds(kinds);
  const there = await oracle.typeOf(sql, kinds);
  let expr: BoundExpr;
  try {
    expr = bindText(sql, kinds);
  } catch (error) {
    if (!(error instanceof MillraceError)) throw error;
    return there.startsWith('ERROR ') ? [] : [`${sql}: ${error.code} ${error.message}, in Postgres ${there}`];
  }
  const type = typeName(unconstrained(expr.type));
  if (type !== there) return [`${sql}: of type ${type}, in Postgres ${there}`];
  const here = computeHere(expr, batchOf(schema, rows));
  const found = await oracle.compute(sql, kinds, rows, here);
  return differences(sql, rows, nearly(here, found, tolerance), found);
}

/** What differs, and how many values were compared. */
export async function compareFamilies(
  oracle: Oracle,
  families: readonly Family[],
): Promise<{ readonly found: readonly string[]; readonly cases: number }> {
  const found: string[] = [];
  let cases = 0;
  for (const { kinds, rows = thinned(grid(kinds)), expressions, tolerance = 0 } of families)
    for (const sql of expressions.trim().split('\n')) {
      found.push(...(await compareOne(oracle, sql.trim(), kinds, rows, tolerance)));
      cases += rows.length;
    }
  return { found, cases };
}
