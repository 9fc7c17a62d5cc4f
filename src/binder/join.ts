// Joins in FROM: two relations side by side in one row, with a condition over it. USING and NATURAL are equalities whose columns
// are shown once.

import type { TextSpan } from '../errors.ts';
import { bindCoalesce, bindLogic, bindOperator } from '../expr/bind.ts';
import type { BoundExpr, ColumnExpr } from '../expr/bound.ts';
import { coerce } from '../expr/resolve/casts.ts';
import { commonType } from '../expr/resolve/common-type.ts';
import { sameType } from '../data/types.ts';
import type { FromItem, Join } from '../sql/ast.ts';
import type { Identifier } from '../sql/names.ts';
import { refuseAsOfForm, splitAsOf } from './as-of.ts';
import type { BoundColumn, BoundJoin, BoundRelation, JoinType, MergedColumn } from './bound.ts';
import { duplicateName, invalidQuery, unsupported } from './fail.ts';
import { bindOn } from './join-condition.ts';
import { joinedColumns, nearestColumns } from './joined-columns.ts';
import type { Scope, ScopeColumn, ScopeTable } from './scope.ts';
import { columnAt, resolveColumn } from './scope.ts';
import type { Beside, JoinContext, ScopeOf } from './join-sides.ts';
import { shifted } from './join-sides.ts';

/** `a JOIN b …`, its inputs bound already. */
export function bindJoin(
  item: Join,
  left: BoundRelation,
  beside: Beside,
  around: JoinContext,
): BoundRelation {
  if (item.asOf) refuseAsOfForm(item);
  const { scopeOf } = around;
  const { relation: right, lateral } = beside;
  const type = item.type === 'cross' ? 'inner' : item.type;
  if (lateral) refuseLateral(item);
  const sides = { left: scopeOf(left), right: scopeOf(right) };
  refuseEqualNames(sides, item.right);
  const { condition } = item;
  if (condition?.kind === 'on') {
    const on = bindOn(condition.expression, left, beside, around);
    if (item.asOf) return asOfJoin(type, on.left, on.right, on.condition, item);
    return joined(type, on.left, { relation: on.right, lateral }, on.condition, [], undefined);
  }
  const names =
    condition === undefined
      ? []
      : condition.kind === 'using'
        ? condition.columns
        : common(sides, item.right.span);
  const pairs = names.map((name) => pairOf(name, sides));
  const width = sides.left.row.length;
  const equalities = pairs.map((pair) =>
    bindOperator('=', pair.left, moved(pair.right, width), pair.name.span),
  );
  const on = equalities.length < 2 ? (equalities[0] ?? null) : bindLogic('and', equalities, item.span);
  const alias = condition?.kind === 'using' ? condition.alias?.name : undefined;
  return joined(type, left, beside, on, mergedColumns(type, pairs, sides), alias);
}

function asOfJoin(
  type: JoinType,
  left: BoundRelation,
  right: BoundRelation,
  on: BoundExpr,
  item: Join,
): BoundJoin {
  const { equal, nearest } = splitAsOf(on, left.columns.length, item.span);
  const columns = nearestColumns(type, left.columns, right.columns, nearest);
  const beside = { relation: right, lateral: false };
  return { ...joined(type, left, beside, equal, [], undefined), nearest, columns };
}

/** FROM a, b: every pair of rows; conditions stand in WHERE. */
export function crossJoin(left: BoundRelation, beside: Beside, item: FromItem, scopeOf: ScopeOf): BoundJoin {
  refuseEqualNames({ left: scopeOf(left), right: scopeOf(beside.relation) }, item);
  return joined('inner', left, beside, null, [], undefined);
}

interface Sides {
  readonly left: Scope;
  readonly right: Scope;
}

function joined(
  type: JoinType,
  left: BoundRelation,
  { relation: right, lateral }: Beside,
  condition: BoundExpr | null,
  merged: readonly MergedColumn[],
  mergedAlias: string | undefined,
): BoundJoin {
  const computed = merged.flatMap(({ name, expr }): readonly BoundColumn[] =>
    expr === null ? [] : [{ name, type: expr.type, nullable: expr.nullable, time: null }],
  );
  const columns = [...joinedColumns(type, left.columns, right.columns, condition), ...computed];
  const hiddenRight = false;
  const form = { merged, mergedAlias, hiddenRight, lateral, nearest: null };
  return { kind: 'join', type, left, right, condition, ...form, columns, alias: '' };
}

/** The tables of both sides; merged columns come first and hide theirs. */
export function joinScope(join: BoundJoin, scopeOf: ScopeOf): Scope {
  if (join.hiddenRight) return { tables: scopeOf(join.left).tables, row: join.columns };
  const sides = { left: scopeOf(join.left), right: scopeOf(join.right) };
  const width = join.left.columns.length;
  const both = [...sides.left.tables, ...shifted(sides.right, width)];
  if (join.merged.length === 0) return { tables: both, row: join.columns };
  const gone = new Set(join.merged.flatMap((merged) => [merged.left, width + merged.right]));
  const hide = (column: ScopeColumn): ScopeColumn =>
    gone.has(column.index) ? { ...column, hidden: true } : column;
  const tables = both.map((table) => ({ ...table, columns: table.columns.map(hide) }));
  const merged: ScopeTable = { alias: join.mergedAlias, schema: undefined, columns: mergedScope(join) };
  return { tables: [merged, ...tables], row: join.columns };
}

function mergedScope(join: BoundJoin): readonly ScopeColumn[] {
  let computed = join.left.columns.length + join.right.columns.length;
  return join.merged.map(({ name, left, right, expr }) => {
    const own = join.type === 'right' ? join.left.columns.length + right : left;
    return { name, index: expr === null ? own : computed++, hidden: false };
  });
}

function refuseLateral({ type, asOf, right }: Join): void {
  if (asOf)
    throw unsupported(
      'LATERAL on the right of an as-of join',
      right.span,
      'the nearest row is LATERAL (SELECT … ORDER BY … LIMIT 1)',
    );
  if (type !== 'right' && type !== 'full') return;
  throw invalidQuery(
    `LATERAL that reads the left side of a ${type.toUpperCase()} JOIN`,
    right.span,
    'the combining JOIN type must be INNER or LEFT for a LATERAL reference',
  );
}

interface Pair {
  readonly name: Identifier;
  readonly left: ColumnExpr;
  readonly right: ColumnExpr;
}

function pairOf(name: Identifier, sides: Sides): Pair {
  const column = (scope: Scope, side: string): ColumnExpr => {
    const reference = { kind: 'ColumnReference' as const, parts: [name], span: name.span };
    if (!visible(scope).includes(name.name)) {
      throw invalidQuery(
        `column "${name.name}" specified in USING clause does not exist in ${side} table`,
        name.span,
        'write the condition with ON',
      );
    }
    return resolveColumn(scope, reference);
  };
  return { name, left: column(sides.left, 'left'), right: column(sides.right, 'right') };
}

/** Names that both sides show, in the order of the left one. */
function common(sides: Sides, span: TextSpan): readonly Identifier[] {
  const right = new Set(visible(sides.right));
  const names = [...new Set(visible(sides.left))].filter((name) => right.has(name));
  return names.map((name) => ({ name, span }));
}

function visible(scope: Scope): readonly string[] {
  return scope.tables.flatMap((table) => table.columns.filter((c) => !c.hidden).map((c) => c.name));
}

/** Where types differ or either side may be missing, the column that is shown is computed over the joined row. */
function mergedColumns(type: JoinType, pairs: readonly Pair[], sides: Sides): readonly MergedColumn[] {
  const width = sides.left.row.length;
  const row: Scope = { tables: [], row: joinedColumns(type, sides.left.row, sides.right.row, null) };
  return pairs.map(({ name, left, right }) => {
    const own = { name: name.name, left: left.index, right: right.index };
    const l = columnAt(row, left.index, name.span);
    const r = columnAt(row, width + right.index, name.span);
    if (type === 'full') return { ...own, expr: bindCoalesce([l, r], name.span) };
    if (sameType(l.type, r.type)) return { ...own, expr: null };
    const target = commonType([l.type, r.type], 'JOIN/USING', name.span);
    return { ...own, expr: coerce(type === 'right' ? r : l, target) };
  });
}

function moved(column: ColumnExpr, by: number): ColumnExpr {
  return { ...column, index: column.index + by };
}

function refuseEqualNames(sides: Sides, item: FromItem): void {
  const left = new Set(sides.left.tables.map((table) => table.alias));
  for (const { alias } of sides.right.tables) {
    if (alias === undefined || alias === '' || !left.has(alias)) continue;
    throw duplicateName(
      `table name "${alias}" specified more than once`,
      item.span,
      'give one of them another name: FROM a AS x JOIN a AS y',
    );
  }
}
