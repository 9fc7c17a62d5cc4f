// ON: a condition over both rows as they are, neither of which is missing while they are compared. A subquery in it that reads one side
// (or none) stands beside the rows of that side.

import { bindCondition } from '../expr/bind.ts';
import type { BoundExpr } from '../expr/bound.ts';
import { substituted } from '../expr/outer.ts';
import { columnsOf } from '../expr/properties.ts';
import type { Expression } from '../sql/ast.ts';
import type { BoundRelation } from './bound.ts';
import { mapOuter, outerReadsOf } from './correlation.ts';
import { bindExpression } from './expression.ts';
import { groupingError, unsupported } from './fail.ts';
import type { Beside, JoinContext } from './join-sides.ts';
import { shifted } from './join-sides.ts';
import type { Scope } from './scope.ts';
import { Subqueries } from './subqueries.ts';
import type { Subquery } from './subquery-values.ts';
import { operandsOf } from './subquery-syntax.ts';
import { typeOfSubquery } from './subquery-values.ts';
import { userFunctions } from './user-function.ts';

export interface BoundOn {
  readonly condition: BoundExpr;
  /** The sides with what subqueries need beside their columns. */
  readonly left: BoundRelation;
  readonly right: BoundRelation;
}

/** Before all columns; -1 is now(). */
const FIRST = -2;

export function bindOn(
  expression: Expression,
  left: BoundRelation,
  beside: Beside,
  around: JoinContext,
): BoundOn {
  const { scopeOf, context, bindQuery } = around;
  const width = left.columns.length;
  const { relation: right } = beside;
  const scope: Scope = {
    tables: [...scopeOf(left).tables, ...shifted(scopeOf(right), width)],
    row: [...left.columns, ...right.columns],
    outer: context.outer,
  };
  const held: Subquery[] = [];
  const binder = new Subqueries(left, context, bindQuery, () => scope);
  const operand = bindExpression(expression, {
    scope,
    functions: userFunctions(context),
    subquery: (found, bind) => {
      const subquery = binder.bind(found, bind);
      return {
        kind: 'column',
        index: FIRST + 1 - held.push(subquery),
        name: 'subquery',
        ...typeOfSubquery(subquery),
      };
    },
    aggregate: (call) => {
      throw groupingError('aggregate functions are not allowed in JOIN conditions', call.span);
    },
  });
  const condition = bindCondition(operand, 'JOIN/ON');
  if (held.length === 0) return { condition, left, right };
  const sides = [left, right].map((side) => new Subqueries(side, context, bindQuery, scopeOf)) as [
    Subqueries,
    Subqueries,
  ];
  const values = held.map((subquery) => valueOn(subquery, width, sides, beside));
  const [all, others] = sides;
  const wider = all.from.columns.length;
  const onRight = (expr: BoundExpr): BoundExpr => moved(expr, wider);
  return {
    condition: substituted(condition, (column) => {
      if (column.outer !== undefined || (column.index >= 0 && column.index < width)) return column;
      if (column.index >= width) return { ...column, index: column.index - width + wider };
      const { value, isRight } = values[FIRST - column.index]!;
      return isRight ? onRight(value) : value;
    }),
    left: all.from,
    right: others.from,
  };
}

interface ValueOn {
  /** Over the row of its side. */
  readonly value: BoundExpr;
  readonly isRight: boolean;
}

function valueOn(
  subquery: Subquery,
  width: number,
  [left, right]: readonly [Subqueries, Subqueries],
  beside: Beside,
): ValueOn {
  const reads = [
    ...outerReadsOf(subquery.query).near.map(({ index }) => index),
    ...operandsOf(subquery).flatMap(columnsOf),
  ];
  const isRight = reads.some((index) => index >= width);
  const isNested = reads.some((index) => index < 0);
  if (isNested || (isRight && (beside.lateral || reads.some((index) => index < width))))
    throw unsupported(
      'a subquery in ON that reads both sides of the join',
      subquery.span,
      'of an inner join write it in WHERE; otherwise compute what it compares in a subquery in FROM',
    );
  if (!isRight) return { value: left.value(subquery), isRight };
  const { form } = subquery;
  const over = {
    ...subquery,
    form:
      form.kind === 'quantified'
        ? { ...form, operands: form.operands.map((expr) => moved(expr, -width)) }
        : form,
    query: mapOuter(subquery.query, (column) => ({ ...column, index: column.index - width })),
  };
  return { value: right.value(over), isRight };
}

function moved(expr: BoundExpr, by: number): BoundExpr {
  return substituted(expr, (column) =>
    column.outer === undefined ? { ...column, index: column.index + by } : column,
  );
}
