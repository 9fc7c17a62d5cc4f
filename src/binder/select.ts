// SELECT … FROM … WHERE … GROUP BY … HAVING.

import { bindCondition, bindLogic } from '../expr/bind.ts';
import { bindFields } from '../expr/bind-trees.ts';
import type { BoundExpr } from '../expr/bound.ts';
import type { Operand } from '../expr/resolve/operand.ts';
import type { Expression, FunctionCall, Grouping, Select, Target } from '../sql/ast.ts';
import type { BoundRelation } from './bound.ts';
import type { BindQuery, QueryContext } from './context.ts';
import type { SelectDraft } from './draft.ts';
import type { BindSubquery, ExpressionContext, UserFunctions } from './expression.ts';
import { bindExpression, typed } from './expression.ts';
import { bindBeside, bindFrom, relationScope } from './from.ts';
import { groupingError, invalidQuery } from './fail.ts';
import { bindGroupBy } from './group-by.ts';
import { AggregateCalls } from './grouping.ts';
import { HeldSubqueries } from './held-subqueries.ts';
import { nowColumn, splitNow } from './now.ts';
import { ONE_ROW } from './one-row.ts';
import type { OutputList } from './ordering.ts';
import { outputName } from './output-name.ts';
import { keptRows } from './repeated.ts';
import type { Scope } from './scope.ts';
import { resolveStar } from './scope.ts';
import type { BoundParts, Output } from './select-draft.ts';
import { groupedDraft, plainDraft } from './select-draft.ts';
import { subqueryCondition, Subqueries } from './subqueries.ts';
import { withTargetFunctions } from './target-functions.ts';
import { userFunctions } from './user-function.ts';
import { WindowCalls } from './window-calls.ts';

/** `choose` says what of the result is kept, and may add outputs behind those of the select list: ORDER BY and DISTINCT ON. */
export function bindSelect<T>(
  written: Select,
  context: QueryContext,
  bindQuery: BindQuery,
  choose: (list: OutputList) => T,
): { readonly draft: SelectDraft; readonly chosen: T } {
  const { select, rows } = withTargetFunctions(written);
  const subqueries = new Subqueries(
    bindTables(select, context, bindQuery),
    context,
    bindQuery,
    relationScope,
  );
  const where = splitNow(bindWhere(select.where, subqueries, context));
  if (rows !== null)
    subqueries.from = bindBeside(keptRows(subqueries.from, where.rest), rows, context, bindQuery);
  const held = new HeldSubqueries(subqueries);
  const scope: SelectScope = {
    ...relationScope(subqueries.from),
    outer: context.outer,
    subquery: (expression, bind) => held.hold(expression, bind),
    functions: userFunctions(context),
  };
  const besideFrom: BindSubquery = (expression, bind) => subqueries.value(subqueries.bind(expression, bind));
  const aggregates = new AggregateCalls(scope, scope.functions, besideFrom);
  const windows = new WindowCalls(select);
  const outputs: Output[] = select.targets.flatMap((target) =>
    bindTarget(target, scope, aggregates, windows),
  );
  if (outputs.length === 0)
    throw invalidQuery('a query needs at least one column', select.span, 'name what it is to show, or *');
  const by = bindGroupBy(select, scope, outputs, (expression) =>
    typed(bindWithoutAggregates(expression, scope, 'GROUP BY')),
  );
  const having = select.having === undefined ? null : bindHaving(select.having, scope, aggregates);
  const chosen = choose({
    shown: outputs.length,
    outputs,
    add: (operand) => outputs.push({ operand, name: '?order?', alias: undefined, span: select.span }) - 1,
    bind: (expression) => bindOver(expression, scope, aggregates, windows),
    closed:
      select.distinct.kind === 'distinct'
        ? 'for SELECT DISTINCT, ORDER BY expressions must appear in select list'
        : null,
  });
  windows.checkUnused((part) => bindPart(part, scope, aggregates));
  const columns = outputs.map(({ name, span }) => ({ name, span }));
  const { span } = select;
  const bound: BoundParts = {
    where: rows === null ? where : { ...where, rest: null },
    groupBy: by,
    outputs,
    having,
    aggregates,
    windows,
    held,
    subqueries,
    span,
  };
  const isGrouped = select.groupBy.length > 0 || !aggregates.isUnused() || having !== null;
  const draft = isGrouped ? groupedDraft(bound, context, bindQuery) : plainDraft(bound);
  const distinct = select.distinct.kind === 'distinct';
  return { draft: { ...draft, kind: 'select', columns, distinct, span }, chosen };
}

/** FROM a, b is a join without a condition; without FROM there is one row. */
function bindTables(select: Select, context: QueryContext, bindQuery: BindQuery): BoundRelation {
  const [first, ...others] = select.from;
  if (first === undefined) return ONE_ROW;
  return others.reduce(
    (left, item) => bindBeside(left, item, context, bindQuery),
    bindFrom(first, context, bindQuery),
  );
}

function bindTarget(
  target: Target,
  scope: SelectScope,
  aggregates: AggregateCalls,
  windows: WindowCalls,
): readonly Output[] {
  const { expression, alias } = target;
  if (expression.kind === 'Star') {
    return resolveStar(scope, expression).map((operand) => {
      return { operand, name: operand.name, alias: undefined, span: expression.span };
    });
  }
  if (expression.kind === 'FieldStar') {
    const row = typed(bindOver(expression.operand, scope, aggregates, windows));
    return bindFields(row, expression.span).map(({ name, value }) => {
      return { operand: value, name, alias: undefined, span: expression.span };
    });
  }
  const operand = bindOver(expression, scope, aggregates, windows);
  return [{ operand, name: alias?.name ?? outputName(expression), alias: alias?.name, span: target.span }];
}

function bindOver(
  expression: Expression,
  scope: SelectScope,
  aggregates: AggregateCalls,
  windows: WindowCalls,
): Operand {
  return bindExpression(expression, {
    ...within(scope, aggregates),
    over: (call) => windows.bind(call, (part) => bindPart(part, scope, aggregates)),
  });
}

/** What windows and their calls are made of. */
function bindPart(part: Expression, scope: SelectScope, aggregates: AggregateCalls): Operand {
  return bindExpression(part, {
    ...within(scope, aggregates),
    over: (call) => {
      throw invalidQuery(
        'window function calls cannot be nested',
        call.span,
        'compute the inner one in a query in FROM',
      );
    },
  });
}

function within(scope: SelectScope, aggregates: AggregateCalls): ExpressionContext {
  const aggregate = (call: FunctionCall): BoundExpr => aggregates.bind(call);
  const grouping = (call: Grouping): BoundExpr => aggregates.bindGrouping(call);
  return { scope, aggregate, grouping, subquery: scope.subquery, functions: scope.functions };
}

/** Conditions that are subqueries become joins; what is left stays a condition. */
function bindWhere(
  expression: Expression | undefined,
  subqueries: Subqueries,
  context: QueryContext,
): BoundExpr | null {
  if (expression === undefined) return null;
  const bind = (part: Expression, clock: Pick<ExpressionContext, 'now'> = {}): Operand => {
    const scope = { ...relationScope(subqueries.from), outer: context.outer };
    const subquery: BindSubquery = (found, beside) => subqueries.value(subqueries.bind(found, beside));
    return bindWithoutAggregates(
      part,
      { ...scope, subquery, functions: userFunctions(context) },
      'WHERE',
      clock,
    );
  };
  const left: BoundExpr[] = [];
  for (const part of whereParts(expression)) {
    const condition = subqueryCondition(part);
    const rest =
      condition === null
        ? bindCondition(bind(part, { now: nowColumn }), 'WHERE')
        : subqueries.addCondition(condition, (operand) => bind(operand));
    if (rest !== null) left.push(rest);
  }
  return left.length < 2 ? (left[0] ?? null) : bindLogic('and', left, expression.span);
}

/** Taken apart only where a part is a subquery; otherwise the condition stays as it is written. */
function whereParts(expression: Expression): readonly Expression[] {
  const parts = andParts(expression);
  return parts.some((part) => subqueryCondition(part) !== null) ? parts : [expression];
}

function andParts(expression: Expression): readonly Expression[] {
  if (expression.kind !== 'Logical' || expression.operator !== 'and') return [expression];
  return expression.operands.flatMap(andParts);
}

/** What expressions of a SELECT may read: columns, subqueries, and functions. */
interface SelectScope extends Scope {
  readonly subquery: BindSubquery;
  readonly functions: UserFunctions;
}

function bindHaving(expression: Expression, scope: SelectScope, aggregates: AggregateCalls): BoundExpr {
  const aggregate = aggregates.bind.bind(aggregates);
  const grouping = aggregates.bindGrouping.bind(aggregates);
  const { subquery, functions } = scope;
  const context = { scope, aggregate, grouping, subquery, functions, now: nowColumn };
  return bindCondition(bindExpression(expression, context), 'HAVING');
}

function bindWithoutAggregates(
  expression: Expression,
  scope: SelectScope,
  clause: string,
  clock: Pick<ExpressionContext, 'now'> = {},
): Operand {
  return bindExpression(expression, {
    scope,
    subquery: scope.subquery,
    functions: scope.functions,
    ...clock,
    aggregate: (call) => {
      const hint = clause === 'WHERE' ? 'conditions on aggregates belong into HAVING' : undefined;
      throw groupingError(`aggregate functions are not allowed in ${clause}`, call.span, hint);
    },
  });
}
