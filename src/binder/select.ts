// SELECT … FROM … WHERE … GROUP BY … HAVING.

import { bindCondition, bindLogic } from '../expr/bind.ts';
import type { BoundExpr } from '../expr/bound.ts';
import type { Operand } from '../expr/resolve/operand.ts';
import type { TextSpan } from '../errors.ts';
import type { Expression, FunctionCall, Grouping, ScalarSubquery, Select, Target } from '../sql/ast.ts';
import { scalarSubqueriesIn } from '../sql/walk.ts';
import { canonicalText } from '../expr/columns.ts';
import type { BoundColumn, BoundGroup, BoundRelation } from './bound.ts';
import { nullableInGroup } from './aggregate-call.ts';
import type { QueryContext } from './context.ts';
import type { DraftColumn, SelectDraft } from './draft.ts';
import type { ExpressionContext, UserFunctions } from './expression.ts';
import { bindExpression, typed } from './expression.ts';
import type { BindQuery } from './from.ts';
import { bindBeside, bindFrom, relationScope } from './from.ts';
import { groupingError, invalidQuery, unsupported } from './fail.ts';
import type { GroupBy } from './group-by.ts';
import { bindGroupBy } from './group-by.ts';
import { groupColumns } from './group-row.ts';
import { AggregateCalls } from './grouping.ts';
import { besideClock, nowColumn, splitNow } from './now.ts';
import type { OutputList } from './ordering.ts';
import { outputName } from './output-name.ts';
import { keptRows } from './repeated.ts';
import type { Scope } from './scope.ts';
import { resolveStar } from './scope.ts';
import { subqueryCondition, Subqueries } from './subqueries.ts';
import { withTargetFunctions } from './target-functions.ts';
import { userFunctions } from './user-function.ts';
import { movedWindow, WindowCalls } from './window-calls.ts';

/** One output, bound to the row of FROM with the aggregate calls behind it. */
interface Output extends DraftColumn {
  readonly operand: Operand;
  readonly alias: string | undefined;
}

/** `choose` says what of the result is kept, and may add outputs behind those of the select list: ORDER BY and DISTINCT ON. */
export function bindSelect<T>(
  written: Select,
  context: QueryContext,
  bindQuery: BindQuery,
  choose: (list: OutputList) => T,
): { readonly draft: SelectDraft; readonly chosen: T } {
  const { select, rows } = withTargetFunctions(written);
  const subqueries = new Subqueries(
    bindTables(select, { ...context, outer: undefined }, bindQuery),
    context,
    bindQuery,
    relationScope,
  );
  for (const scalar of scalarsOf(select)) subqueries.addScalar(scalar);
  const where = splitNow(bindWhere(select.where, subqueries, context));
  const from =
    rows === null
      ? subqueries.from
      : bindBeside(keptRows(subqueries.from, where.rest), rows, context, bindQuery);
  const scope: SelectScope = {
    ...relationScope(from),
    outer: context.outer,
    scalar: (expression) => subqueries.valueOf(expression),
    functions: userFunctions(context),
  };
  const row = besideClock(from.columns, where.temporal);
  const aggregates = new AggregateCalls(scope, scope.functions);
  const windows = new WindowCalls(select);
  const outputs: Output[] = select.targets.flatMap((target) =>
    bindTarget(target, scope, aggregates, windows),
  );
  if (outputs.length === 0) throw invalidQuery('a query needs at least one column', select.span);
  const groupBy = bindGroupBy(select, scope, outputs, (expression) =>
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
  const columns = outputs.map(({ name, span }) => ({ name, span }));
  const { span } = select;
  const distinct = select.distinct.kind === 'distinct';
  const base = {
    kind: 'select' as const,
    columns,
    from,
    where: rows === null ? where.rest : null,
    whereNow: where.temporal,
    distinct,
    span,
  };
  if (select.groupBy.length === 0 && aggregates.isUnused() && having === null) {
    const plain = { group: null, having: null, havingNow: [] };
    const draft = { ...base, ...plain, outputs: outputs.map((output) => output.operand), row };
    return { draft: withWindows(draft, windows), chosen };
  }
  const { move, ...overGroup } = grouped(row, groupBy, aggregates, outputs, having, span);
  return { draft: withWindows({ ...base, ...overGroup }, windows, move), chosen };
}

/** The values of window functions stand right behind the row. */
function withWindows(
  draft: Omit<SelectDraft, 'numberings' | 'overs'>,
  windows: WindowCalls,
  move: (expr: BoundExpr) => BoundExpr = (expr) => expr,
): SelectDraft {
  const width = draft.row.length;
  const columns = windows.columns();
  return {
    ...draft,
    numberings: windows.numberings.map((window) => movedWindow(window, move)),
    overs: windows.overs(move),
    outputs: draft.outputs.map((operand) =>
      operand.kind === 'untyped' ? operand : windows.besideRow(operand, width),
    ),
    // What a window gives a row can change at any time after its own.
    row: columns.length === 0 ? draft.row : [...withoutTime(draft.row), ...columns],
  };
}

/** FROM a, b is a join without a condition. */
function bindTables(select: Select, context: QueryContext, bindQuery: BindQuery): BoundRelation {
  const [first, ...others] = select.from;
  if (first === undefined) {
    throw unsupported('a query without FROM', select.span, 'a continuous query reads a source: add FROM');
  }
  return others.reduce(
    (left, item) => bindBeside(left, item, context, bindQuery),
    bindFrom(first, context, bindQuery),
  );
}

function withoutTime(row: readonly BoundColumn[]): readonly BoundColumn[] {
  return row.map((column) => ({ ...column, time: null }));
}

interface Grouped extends Pick<SelectDraft, 'group' | 'having' | 'havingNow' | 'outputs' | 'row'> {
  /** Over the row of FROM with its aggregates → over the group's row. */
  readonly move: (expr: BoundExpr) => BoundExpr;
}

function grouped(
  from: readonly BoundColumn[],
  { keys, sets, keyOfOutput }: GroupBy,
  aggregates: AggregateCalls,
  outputs: readonly Output[],
  having: BoundExpr | null,
  span: TextSpan,
): Grouped {
  const keyNames = keys.map((key, i) => keyName(key, i, outputs));
  const isWhole = sets === null ? keys.length === 0 : sets.some((set) => set.length === 0);
  // In a group there is at least one row, so only NULL arguments make a result NULL; over no rows all but count are NULL.
  const calls = aggregates.calls.map((call) =>
    isWhole ? call : { ...call, nullable: nullableInGroup(call) },
  );
  const group: BoundGroup = { keys, keyNames, calls, ...aggregates.groupings(keys, sets) };
  const row = groupColumns(group, from);
  const groupRow = { keys, columns: row, span };
  const overGroup = (expr: BoundExpr): BoundExpr => aggregates.overGroup(expr, groupRow);
  const { rest, temporal } = splitNow(having);
  return {
    group,
    having: rest === null ? null : overGroup(rest),
    havingNow: temporal.map((condition) => ({ ...condition, expr: overGroup(condition.expr) })),
    outputs: outputs.map(({ operand }, i) =>
      aggregates.outputOverGroup(operand, keyOfOutput.get(i), groupRow),
    ),
    row: besideClock(row, temporal),
    move: overGroup,
  };
}

/** A key is called as the output that shows it. */
function keyName(key: BoundExpr, index: number, outputs: readonly Output[]): string {
  const text = canonicalText(key);
  const shown = outputs.find(({ operand }) => operand.kind !== 'untyped' && canonicalText(operand) === text);
  if (key.kind === 'column') return key.name;
  return shown === undefined || shown.name === '?column?' ? `key ${index + 1}` : shown.name;
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
  const operand = bindOver(expression, scope, aggregates, windows);
  return [{ operand, name: alias?.name ?? outputName(expression), alias: alias?.name, span: target.span }];
}

function bindOver(
  expression: Expression,
  scope: SelectScope,
  aggregates: AggregateCalls,
  windows: WindowCalls,
): Operand {
  const aggregate = (call: FunctionCall): BoundExpr => aggregates.bind(call);
  const grouping = (call: Grouping): BoundExpr => aggregates.bindGrouping(call);
  const within = { scope, aggregate, grouping, scalar: scope.scalar, functions: scope.functions };
  return bindExpression(expression, {
    ...within,
    over: (call) => windows.bind(call, (part) => bindExpression(part, within)),
  });
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
    const scalar = (value: ScalarSubquery): BoundExpr => subqueries.valueOf(value);
    return bindWithoutAggregates(
      part,
      { ...scope, scalar, functions: userFunctions(context) },
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

/** Subqueries as values in SELECT, WHERE and HAVING, in the order of the text. */
function scalarsOf(select: Select): readonly ScalarSubquery[] {
  const expressions = [...select.targets.map((target) => target.expression), select.where, select.having];
  return expressions.flatMap((expression) =>
    expression === undefined ? [] : scalarSubqueriesIn(expression),
  );
}

/** What expressions of a SELECT may read: columns, the values of subqueries that were joined to FROM, and functions. */
interface SelectScope extends Scope {
  readonly scalar: (subquery: ScalarSubquery) => BoundExpr;
  readonly functions: UserFunctions;
}

function bindHaving(expression: Expression, scope: SelectScope, aggregates: AggregateCalls): BoundExpr {
  const aggregate = aggregates.bind.bind(aggregates);
  const grouping = aggregates.bindGrouping.bind(aggregates);
  const { scalar, functions } = scope;
  const context = { scope, aggregate, grouping, scalar, functions, now: nowColumn };
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
    scalar: scope.scalar,
    functions: scope.functions,
    ...clock,
    aggregate: (call) => {
      const hint = clause === 'WHERE' ? 'conditions on aggregates belong into HAVING' : undefined;
      throw groupingError(`aggregate functions are not allowed in ${clause}`, call.span, hint);
    },
  });
}
