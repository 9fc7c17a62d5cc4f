// Subqueries in expressions become joins: IN and EXISTS in WHERE semi joins, their negations anti joins, what is worth something (see
// subquery-values.ts) the join of one row. `from` grows by what it adds.

import { bindLogic, bindNot, bindOperator } from '../expr/bind.ts';
import type { BoundExpr } from '../expr/bound.ts';
import { substituted } from '../expr/outer.ts';
import type { TextSpan } from '../errors.ts';
import type { Exists, Expression, InSubquery, Query } from '../sql/ast.ts';
import type { BoundJoin, BoundQuery, BoundRelation, BoundSelect, JoinType } from './bound.ts';
import type { BindQuery, QueryContext } from './context.ts';
import { outerReadsOf, readsInWhereOnly, splitWhere } from './correlation.ts';
import { joinedColumns } from './joined-columns.ts';
import type { Scope } from './scope.ts';
import { columnsOf } from './subquery-aggregate.ts';
import type { BindOperand, SubqueryExpression } from './subquery-syntax.ts';
import { boundSubquery, operandsOf } from './subquery-syntax.ts';
import type { Attach, Subquery } from './subquery-values.ts';
import { inIsUnknown, subqueryValue } from './subquery-values.ts';

/** A condition of WHERE that is a subquery, with what it is in terms of EXISTS and IN. */
export interface SubqueryCondition {
  readonly expression: Exists | InSubquery;
  readonly negated: boolean;
}

/** Recognises `[NOT] EXISTS (…)` and `x [NOT] IN (…)`, also behind further NOTs. */
export function subqueryCondition(expression: Expression): SubqueryCondition | null {
  if (expression.kind === 'Not') {
    const inner = subqueryCondition(expression.operand);
    return inner === null ? null : { ...inner, negated: !inner.negated };
  }
  if (expression.kind === 'Exists') return { expression, negated: false };
  return expression.kind === 'InSubquery' ? { expression, negated: expression.negated } : null;
}

export class Subqueries {
  /** The relation of FROM with the subqueries joined to it; columns are only added behind those that are there. */
  from: BoundRelation;
  private readonly bindInner: (query: Query) => BoundQuery;

  constructor(
    from: BoundRelation,
    context: QueryContext,
    bindQuery: BindQuery,
    scopeOf: (relation: BoundRelation) => Scope,
  ) {
    this.from = from;
    this.bindInner = (query) =>
      bindQuery(query, { ...context, outer: { ...scopeOf(this.from), outer: context.outer } });
  }

  /** Not joined yet. `bind` binds what stands beside the subquery in its expression. */
  bind(expression: SubqueryExpression, bind: BindOperand): Subquery {
    return boundSubquery(expression, bind, this.bindInner);
  }

  /** Its value, over `from` with what is joined for it. */
  value(subquery: Subquery): BoundExpr {
    return subqueryValue(subquery, this.attach);
  }

  private readonly attach: Attach = (query) => {
    const at = this.from.columns.length;
    this.join('inner', derived(query), null, true);
    return columnsOf(this.from.columns).slice(at);
  };

  /** Keeps the rows for which the condition holds. `bind` binds an expression of the outer query. Returns what is left to filter. */
  addCondition({ expression, negated }: SubqueryCondition, bind: BindOperand): BoundExpr | null {
    if (expression.kind === 'Exists') {
      const { query } = this.bind(expression, bind);
      this.joinIfPaired(negated, query, [], [], expression.span);
      return null;
    }
    const { query, span, ...subquery } = this.bind(expression, bind);
    const operands = operandsOf(subquery);
    const values = columnsOf(query.columns, this.from.columns.length);
    this.joinIfPaired(negated, query, operands, values, span);
    // NOT IN leaves out also the rows of which it is not known.
    const unknown = negated ? inIsUnknown({ operands, query, span }, this.attach) : null;
    return unknown === null ? null : bindNot(unknown, span);
  }

  /** Rows with a partner in the query, or without. Its own conditions on the row around become those of the join, where they can. */
  private joinIfPaired(
    negated: boolean,
    query: BoundQuery,
    operands: readonly BoundExpr[],
    values: readonly BoundExpr[],
    span: TextSpan,
  ): void {
    const type = negated ? 'anti' : 'semi';
    const equal = (place: number): readonly BoundExpr[] =>
      operands.map((operand, i) => bindOperator('=', operand, moved(values[i]!, place), span));
    if (!readsInWhereOnly(query)) {
      const reads = outerReadsOf(query);
      const lateral = reads.further || reads.near.length > 0;
      this.join(type, derived(query), conjunction(equal(0), span), lateral);
      return;
    }
    const { inner, correlated } = splitWhere(query);
    const row = query.from.columns;
    const opened: BoundSelect = {
      ...query,
      where: inner,
      outputs: [...columnsOf(row), ...query.outputs],
      columns: [...row, ...query.columns],
    };
    const width = this.from.columns.length;
    const conditions = correlated.map((part) => overBoth(part, width));
    this.join(type, derived(opened), conjunction([...conditions, ...equal(row.length)], span), false);
  }

  private join(type: JoinType, right: BoundRelation, condition: BoundExpr | null, lateral: boolean): void {
    const left = this.from;
    const columns = joinedColumns(type, left.columns, right.columns, condition);
    const joined: BoundJoin = {
      kind: 'join',
      type,
      left,
      right,
      condition,
      nearest: null,
      merged: [],
      mergedAlias: undefined,
      hiddenRight: true,
      lateral,
      columns,
      alias: '',
    };
    this.from = joined;
  }
}

function derived(query: BoundQuery): BoundRelation {
  return { kind: 'derived', query, alias: '', columns: query.columns };
}

/** Bound to the subquery's row and the one around → to the one around followed by the subquery's columns. */
function overBoth(expr: BoundExpr, width: number): BoundExpr {
  return substituted(expr, ({ outer, ...column }) =>
    outer === undefined ? { ...column, index: width + column.index } : column,
  );
}

function moved(expr: BoundExpr, by: number): BoundExpr {
  return substituted(expr, (column) => ({ ...column, index: column.index + by }));
}

function conjunction(parts: readonly BoundExpr[], span: TextSpan): BoundExpr | null {
  return parts.length < 2 ? (parts[0] ?? null) : bindLogic('and', parts, span);
}
