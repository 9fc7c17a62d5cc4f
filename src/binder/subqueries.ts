// Subqueries in expressions become joins: IN and EXISTS semi joins, their negations anti joins, a value the join of its one row.
// One of these is made per SELECT; `from` grows by what it adds.

import { bindIsNull, bindLogic, bindOperator } from '../expr/bind.ts';
import type { BoundExpr } from '../expr/bound.ts';
import { BIGINT } from '../data/types.ts';
import { literal } from '../expr/resolve/operand.ts';
import type { Operand } from '../expr/resolve/operand.ts';
import type { Exists, Expression, InSubquery, Query, ScalarSubquery } from '../sql/ast.ts';
import type { BoundColumn, BoundJoin, BoundQuery, BoundRelation, BoundSelect, JoinType } from './bound.ts';
import type { QueryContext } from './context.ts';
import { overBoth, readsOuter, refuseOuterOutsideWhere, splitWhere } from './correlation.ts';
import { invalidQuery, unsupported } from './fail.ts';
import type { BindQuery } from './from.ts';
import { joinedColumns } from './joined-columns.ts';
import { plainSelect } from './plain-select.ts';
import { bindScalar } from './scalar-subquery.ts';
import type { Scope } from './scope.ts';

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
  private readonly scalars = new Map<ScalarSubquery, BoundExpr>();
  private readonly context: QueryContext;
  private readonly bindQuery: BindQuery;
  private readonly scopeOf: (relation: BoundRelation) => Scope;

  constructor(
    from: BoundRelation,
    context: QueryContext,
    bindQuery: BindQuery,
    scopeOf: (relation: BoundRelation) => Scope,
  ) {
    this.from = from;
    this.context = context;
    this.bindQuery = bindQuery;
    this.scopeOf = scopeOf;
  }

  /** The value of a subquery that was added. */
  valueOf(expression: ScalarSubquery): BoundExpr {
    const value = this.scalars.get(expression);
    if (value !== undefined) return value;
    throw unsupported(
      'a subquery as a value here',
      expression.span,
      'it may stand in SELECT, WHERE and HAVING',
    );
  }

  addScalar(expression: ScalarSubquery): void {
    const query = this.bind(expression.query);
    const { relation, condition, value } = bindScalar(query, this.from.columns.length, expression.span);
    this.join(condition === null ? 'inner' : 'left', relation, condition);
    this.scalars.set(expression, value);
  }

  /** Keeps the rows for which the condition holds. `bind` binds an expression of the outer query. Returns what is left to filter. */
  addCondition(
    { expression, negated }: SubqueryCondition,
    bind: (e: Expression) => Operand,
  ): BoundExpr | null {
    const query = this.bind(expression.query);
    const operand = expression.kind === 'InSubquery' ? bind(expression.operand) : null;
    if (operand !== null && query.columns.length !== 1) {
      throw invalidQuery(
        'a subquery of IN has one column',
        expression.query.span,
        'select the one to compare',
      );
    }
    const inner = exposed(query);
    const width = this.from.columns.length;
    const correlated = inner.correlated.map((part) => overBoth(part, width));
    if (operand === null) {
      this.join(negated ? 'anti' : 'semi', inner.relation, conjunction(correlated, expression));
      return null;
    }
    const compared = columnExpr(inner.relation.columns, inner.outputs[0]!, width);
    const equal = bindOperator('=', operand, compared, expression.span);
    if (!negated) {
      this.join('semi', inner.relation, conjunction([...correlated, equal], expression));
      return null;
    }
    return this.addNotIn(expression, query, inner, compared, equal);
  }

  /**
   * x NOT IN (…) holds when the subquery gives nothing, or when x is not NULL, nothing that it gives is, and nothing equals x. So:
   * the number of rows and of values is joined to every row, and an anti join leaves out the equal ones.
   */
  private addNotIn(
    expression: Exists | InSubquery,
    query: BoundQuery,
    inner: Exposed,
    compared: BoundExpr,
    equal: BoundExpr,
  ): BoundExpr | null {
    const operand = equal.kind === 'call' ? equal.args[0]! : equal;
    if (!compared.nullable && !operand.nullable) {
      const width = this.from.columns.length;
      const correlated = inner.correlated.map((part) => overBoth(part, width));
      this.join('anti', inner.relation, conjunction([...correlated, equal], expression));
      return null;
    }
    if (inner.correlated.length > 0) {
      throw unsupported(
        'NOT IN over a subquery that reads the outer query, where either side may be NULL',
        expression.span,
        'write NOT EXISTS (SELECT … WHERE inner = outer), which passes over NULLs',
      );
    }
    this.join('anti', inner.relation, equal);
    const at = this.from.columns.length;
    this.join('inner', counted(query, expression), null);
    const all = columnExpr(this.from.columns, at);
    const known = columnExpr(this.from.columns, at + 1);
    const { span } = expression;
    return bindLogic(
      'or',
      [
        bindOperator('=', all, literal(0n, BIGINT, span), span),
        bindLogic('and', [bindIsNull(operand, true, span), bindOperator('=', all, known, span)], span),
      ],
      span,
    );
  }

  private bind(query: Query): BoundQuery {
    return this.bindQuery(query, { ...this.context, outer: this.scopeOf(this.from) });
  }

  private join(type: JoinType, right: BoundRelation, condition: BoundExpr | null): void {
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
      columns,
      alias: '',
    };
    this.from = joined;
  }
}

interface Exposed {
  readonly relation: BoundRelation;
  /** Where the subquery's own columns are. */
  readonly outputs: readonly number[];
  /** Conditions with outer columns, over `relation`. */
  readonly correlated: readonly BoundExpr[];
}

/** The subquery as a relation; when it is correlated, with all columns that its conditions compare and without those conditions. */
function exposed(query: BoundQuery): Exposed {
  refuseOuterOutsideWhere(query);
  const whole = { kind: 'derived' as const, alias: '' };
  if (query.kind !== 'select' || query.where === null || !readsOuter(query.where)) {
    const outputs = [...query.columns.keys()];
    return { relation: { ...whole, query, columns: query.columns }, outputs, correlated: [] };
  }
  if (query.group !== null) {
    throw unsupported(
      'a subquery that groups and reads the outer query',
      query.span,
      'group in a subquery in FROM by what is compared, and join it',
    );
  }
  const { inner, correlated } = splitWhere(query);
  const row = query.from.columns;
  const outputs = [...row.keys()].map((index): BoundExpr => columnExpr(row, index)).concat(query.outputs);
  const columns = [...row, ...query.columns];
  const opened: BoundSelect = { ...query, where: inner, outputs, columns };
  return {
    relation: { ...whole, query: opened, columns },
    outputs: query.columns.map((_, i) => row.length + i),
    correlated,
  };
}

/** `SELECT count(*), count(x) FROM (query)`. */
function counted(query: BoundQuery, { span }: Expression): BoundRelation {
  const arg = columnExpr(query.columns, 0);
  const count = { name: 'count', type: BIGINT, nullable: false };
  const plain = { ...count, distinct: false, order: [], second: null, filter: null };
  const calls = [
    { ...plain, fn: 'count_star' as const, arg: null },
    { ...plain, fn: 'count' as const, arg },
  ];
  const columns: readonly BoundColumn[] = calls.map(() => ({ ...count, time: null }));
  const outputs = columns.map((_, index) => columnExpr(columns, index));
  const from = { kind: 'derived' as const, query, alias: '', columns: query.columns };
  const group = { keys: [], keyNames: [], calls };
  const select: BoundSelect = { ...plainSelect(from, columns, outputs, span), group };
  return { kind: 'derived', query: select, alias: '', columns };
}

function columnExpr(columns: readonly BoundColumn[], index: number, shift = 0): BoundExpr {
  const { name, type, nullable } = columns[index]!;
  return { kind: 'column', index: index + shift, name, type, nullable };
}

function conjunction(parts: readonly BoundExpr[], { span }: Expression): BoundExpr | null {
  return parts.length < 2 ? (parts[0] ?? null) : bindLogic('and', parts, span);
}
