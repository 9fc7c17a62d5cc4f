// SELECT … FROM … WHERE … GROUP BY … HAVING.

import { bindCondition } from '../expr/bind.ts';
import type { BoundExpr } from '../expr/bound.ts';
import type { Operand } from '../expr/resolve/operand.ts';
import type { Expression, Select, Target } from '../sql/ast.ts';
import { canonicalText } from '../expr/columns.ts';
import { childrenOf } from '../expr/tree.ts';
import type { BoundColumn, BoundGroup, BoundRelation } from './bound.ts';
import { relationIsStateful } from './bound.ts';
import type { QueryContext } from './context.ts';
import type { DraftColumn, SelectDraft } from './draft.ts';
import { bindExpression, typed } from './expression.ts';
import type { BindQuery } from './from.ts';
import { bindFrom, relationScope } from './from.ts';
import { ambiguousColumn, groupingError, invalidQuery, unsupported } from './fail.ts';
import { AggregateCalls } from './grouping.ts';
import { outputName } from './output-name.ts';
import type { Scope } from './scope.ts';
import { hasColumn, resolveStar } from './scope.ts';
import { refuseSecondTable, refuseSelectClauses } from './unsupported.ts';

/** One output, bound to the row of FROM with the aggregate calls behind it. */
interface Output extends DraftColumn {
  readonly operand: Operand;
  readonly alias: string | undefined;
}

export function bindSelect(select: Select, context: QueryContext, bindQuery: BindQuery): SelectDraft {
  refuseSelectClauses(select);
  const [item, second] = select.from;
  if (item === undefined) {
    throw unsupported('a query without FROM', select.span, 'a continuous query reads a source: add FROM');
  }
  if (second !== undefined) throw refuseSecondTable(second);
  const from = bindFrom(item, context, bindQuery);
  const scope = relationScope(from);
  const where = select.where === undefined ? null : bindWhere(select.where, scope, 'WHERE');
  const aggregates = new AggregateCalls(scope);
  const outputs = select.targets.flatMap((target) => bindTarget(target, scope, aggregates));
  if (outputs.length === 0) throw invalidQuery('a query needs at least one column', select.span);
  const keys = bindKeys(select, scope, outputs);
  const having =
    select.having === undefined ? null : bindCondition(bindOver(select.having, scope, aggregates), 'HAVING');
  const columns = outputs.map(({ name, span }) => ({ name, span }));
  const base = { kind: 'select' as const, columns, from, where, span: select.span };
  if (keys.length === 0 && aggregates.calls.length === 0 && having === null) {
    const row = from.columns;
    return { ...base, group: null, having: null, outputs: outputs.map((output) => output.operand), row };
  }
  refuseChangingInput(from, select);
  return { ...base, ...grouped(from, keys, aggregates, outputs, having) };
}

function grouped(
  from: BoundRelation,
  keys: readonly BoundExpr[],
  aggregates: AggregateCalls,
  outputs: readonly Output[],
  having: BoundExpr | null,
): Pick<SelectDraft, 'group' | 'having' | 'outputs' | 'row'> {
  const keyNames = keys.map((key, i) => keyName(key, i, outputs));
  // In a group there is at least one row, so only NULL arguments make a result NULL; over no rows all but count are NULL.
  const calls = aggregates.calls.map((call) =>
    keys.length > 0 && call.nullable ? { ...call, nullable: call.arg?.nullable ?? false } : call,
  );
  const group: BoundGroup = { keys, keyNames, calls };
  const keyColumns = keys.map((key, i): BoundColumn => ({
    name: keyNames[i]!,
    type: key.type,
    nullable: key.nullable,
    time: key.kind === 'column' ? from.columns[key.index]!.time : null,
  }));
  const row = [
    ...keyColumns,
    ...calls.map(({ name, type, nullable }) => ({ name, type, nullable, time: null })),
  ];
  return {
    group,
    having: having === null ? null : aggregates.overGroup(having, keys, keyNames),
    outputs: outputs.map(({ operand }) => aggregates.operandOverGroup(operand, keys, keyNames)),
    row,
  };
}

/** A key is called as the output that shows it. */
function keyName(key: BoundExpr, index: number, outputs: readonly Output[]): string {
  const text = canonicalText(key);
  const shown = outputs.find(({ operand }) => operand.kind !== 'untyped' && canonicalText(operand) === text);
  if (key.kind === 'column') return key.name;
  return shown === undefined || shown.name === '?column?' ? `key ${index + 1}` : shown.name;
}

function bindTarget(target: Target, scope: Scope, aggregates: AggregateCalls): readonly Output[] {
  const { expression, alias } = target;
  if (expression.kind === 'Star') {
    return resolveStar(scope, expression).map((operand) => {
      return { operand, name: operand.name, alias: undefined, span: expression.span };
    });
  }
  const operand = bindOver(expression, scope, aggregates);
  return [{ operand, name: alias?.name ?? outputName(expression), alias: alias?.name, span: target.span }];
}

function bindOver(expression: Expression, scope: Scope, aggregates: AggregateCalls): Operand {
  return bindExpression(expression, { scope, aggregate: (call) => aggregates.bind(call) });
}

function bindWhere(expression: Expression, scope: Scope, clause: string): BoundExpr {
  return bindCondition(bindWithoutAggregates(expression, scope, clause), clause);
}

function bindWithoutAggregates(expression: Expression, scope: Scope, clause: string): Operand {
  return bindExpression(expression, {
    scope,
    aggregate: (call) => {
      const hint = clause === 'WHERE' ? 'conditions on aggregates belong into HAVING' : undefined;
      throw groupingError(`aggregate functions are not allowed in ${clause}`, call.span, hint);
    },
  });
}

/** Positions in the select list, names of outputs (a column of FROM comes first), expressions; each key once. */
function bindKeys(select: Select, scope: Scope, outputs: readonly Output[]): readonly BoundExpr[] {
  const keys = new Map<string, BoundExpr>();
  for (const item of select.groupBy) {
    if (item.kind === 'GroupingSet') continue;
    const key = bindKey(item, scope, outputs);
    // A constant is the same in all rows: it makes no groups.
    keys.set(canonicalText(key), key);
  }
  return [...keys.values()];
}

function bindKey(item: Expression, scope: Scope, outputs: readonly Output[]): BoundExpr {
  if (item.kind === 'NumberLiteral') {
    if (!/^\d+$/.test(item.text)) throw groupingError('non-integer constant in GROUP BY', item.span);
    const output = outputs[Number(item.text) - 1];
    if (output === undefined) {
      throw groupingError(`GROUP BY position ${item.text} is not in select list`, item.span);
    }
    return keyOf(output, scope, item);
  }
  if (item.kind === 'StringLiteral' || item.kind === 'NullLiteral') {
    throw groupingError(
      'non-integer constant in GROUP BY',
      item.span,
      'name a column or a position in the select list',
    );
  }
  if (item.kind === 'ColumnReference' && item.parts.length === 1) {
    const { name } = item.parts[0]!;
    const named = hasColumn(scope, name) ? [] : outputs.filter((output) => output.name === name);
    const texts = new Set(named.map(({ operand }) => canonicalText(typed(operand))));
    if (texts.size > 1) throw ambiguousColumn(name, item.span);
    if (named[0] !== undefined) return keyOf(named[0], scope, item);
  }
  return typed(bindWithoutAggregates(item, scope, 'GROUP BY'));
}

/** The expression of an output, which must not contain an aggregate. */
function keyOf(output: Output, scope: Scope, item: Expression): BoundExpr {
  const expr = typed(output.operand);
  const width = scope.tables.reduce((sum, table) => sum + table.columns.length, 0);
  if (reads(expr, (index) => index >= width)) {
    throw groupingError('aggregate functions are not allowed in GROUP BY', item.span);
  }
  return expr;
}

function reads(expr: BoundExpr, which: (index: number) => boolean): boolean {
  if (expr.kind === 'column') return which(expr.index);
  return childrenOf(expr).some((child) => reads(child, which));
}

function refuseChangingInput(from: BoundRelation, select: Select): void {
  if (!relationIsStateful(from)) return;
  throw unsupported(
    'an aggregate over the result of an aggregate',
    select.from[0]!.span,
    'group once, over a source or over a view that does not aggregate',
  );
}
