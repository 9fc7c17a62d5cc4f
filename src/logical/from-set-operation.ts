// UNION, INTERSECT and EXCEPT give each row once: rows of both sides are grouped by all columns, and where it matters which side they
// are of, they are counted by side. INTERSECT ALL and EXCEPT ALL repeat a row as often as its counts say.

import { BIGINT, INTEGER } from '../data/types.ts';
import type { BoundAggregate, BoundQuery, BoundSetOperation } from '../binder/bound.ts';
import { bindGreatest, bindLogic, bindOperator } from '../expr/bind.ts';
import type { BoundExpr, LiteralExpr } from '../expr/bound.ts';
import { literal } from '../expr/resolve/operand.ts';
import type { LogicalColumn, LogicalNode } from './node.ts';
import { aggregate, columnsAsExprs, filter, project, repeat, union } from './node.ts';

export function fromSetOperation(
  query: BoundSetOperation,
  lower: (side: BoundQuery) => LogicalNode,
): LogicalNode {
  const names = query.columns.map((column) => column.name);
  const sides = [lower(query.left), lower(query.right)];
  if (query.operator === 'union') {
    const all = union(sides, query.columns);
    return aggregate(all, columnsAsExprs(all.columns), names, [], false);
  }
  const marks: readonly LogicalColumn[] = ['left', 'right'].map((name) => mark(name));
  const width = query.columns.length;
  // Grouping sees NULLs of either side.
  const columns = query.columns.map((column, i) => ({
    ...column,
    nullable: sides.some((side) => side.columns[i]!.nullable),
  }));
  const marked = sides.map((side, which) =>
    project(
      side,
      [...columnsAsExprs(side.columns), ...marks.map((_, i) => (i === which ? present() : absent()))],
      [...names, ...marks.map(({ name }) => name)],
    ),
  );
  const all = union(marked, [...columns, ...marks]);
  const keys = columnsAsExprs(columns);
  const grouped = aggregate(
    all,
    keys,
    names,
    marks.map((column, i) => countOf(column, width + i)),
    false,
  );
  const [left, right] = columnsAsExprs(grouped.columns).slice(width) as [BoundExpr, BoundExpr];
  if (query.all) return repeated(grouped, copies(query.operator, left, right), names);
  const zero = literal(0n, BIGINT);
  const condition = bindLogic('and', [
    bindOperator('>', left, zero),
    bindOperator(query.operator === 'intersect' ? '>' : '=', right, zero),
  ]);
  return project(filter(grouped, condition), columnsAsExprs(grouped.columns).slice(0, width), names);
}

/** How often a row is in the result; below 1 it is not. */
function copies(operator: BoundSetOperation['operator'], left: BoundExpr, right: BoundExpr): BoundExpr {
  return operator === 'intersect' ? bindGreatest('least', [left, right]) : bindOperator('-', left, right);
}

function repeated(grouped: LogicalNode, count: BoundExpr, names: readonly string[]): LogicalNode {
  const width = names.length;
  const keys = columnsAsExprs(grouped.columns).slice(0, width);
  const counted = project(grouped, [...keys, count], [...names, 'copies']);
  const rows = repeat(counted, width);
  return project(rows, columnsAsExprs(rows.columns).slice(0, width), names);
}

function mark(name: string): LogicalColumn {
  return { name, type: INTEGER, nullable: true, time: null };
}

function present(): LiteralExpr {
  return literal(1, INTEGER);
}

function absent(): LiteralExpr {
  return literal(null, INTEGER);
}

function countOf({ name, type, nullable }: LogicalColumn, index: number): BoundAggregate {
  const arg: BoundExpr = { kind: 'column', index, name, type, nullable };
  return {
    fn: 'count',
    arg,
    name: 'count',
    type: BIGINT,
    nullable: false,
    distinct: false,
    order: [],
    second: null,
    filter: null,
  };
}
