// Joins inside a subquery that reads the outer row. What an inner join asks of it goes up. An outer, semi or anti join must know the
// outer row before it says that a row has no partner: its sides are joined with the domain, and pairs agree in that.

import { unsupported } from '../../binder/fail.ts';
import { bindIsDistinct } from '../../expr/bind.ts';
import type { BoundExpr } from '../../expr/bound.ts';
import { readsOuter, substituted } from '../../expr/outer.ts';
import { columnsOf } from '../../expr/properties.ts';
import type { LogicalJoin, LogicalNode } from '../node.ts';
import { columnsAsExprs, conjunction, conjuncts, isSemi, join } from '../node.ts';
import type { Domain } from './domain.ts';
import { isCorrelated, outerColumnsIn } from './outer-reads.ts';
import type { Unnested } from './unnested.ts';
import { composed, keyed, NOWHERE, settled } from './unnested.ts';

type Below = (node: LogicalNode) => Unnested;

export function unnestJoin(node: LogicalJoin, below: Below, domain: () => Domain): Unnested {
  switch (node.type) {
    case 'inner':
      return unnestInner(node, below, domain);
    case 'left':
    case 'semi':
    case 'anti':
      return unnestOneSided(node, below, domain);
    case 'right':
      return unnestRight(node, below, domain);
    case 'full': {
      const [column] = outerColumnsIn(node);
      throw unsupported(
        'a FULL JOIN in a subquery that reads the outer query',
        column?.span ?? { offset: 0, end: 0 },
        'join in a subquery in FROM that does not read it, and compare in WHERE',
      );
    }
  }
}

function unnestInner(node: LogicalJoin, below: Below, domain: () => Domain): Unnested {
  const [left, right] = [node.left, node.right].map((side) => {
    const rows = below(side);
    return rows.total ? settled(rows, domain) : rows;
  }) as [Unnested, Unnested];
  const width = left.node.columns.length;
  const toRight = (expr: BoundExpr): BoundExpr => moved(expr, width);
  const both = right.places.size > 0 && left.places.size > 0;
  const pair: Unnested = {
    node: join('inner', left.node, right.node, null, false),
    conditions: [...left.conditions, ...(both ? [] : right.conditions.map(toRight))],
    outputs: [...left.outputs, ...right.outputs.map(toRight)],
    total: false,
    places: left.places.size > 0 ? left.places : shiftedPlaces(right.places, width),
  };
  const parts = node.condition === null ? [] : conjuncts(node.condition).map((part) => composed(part, pair));
  const agreeing = both ? agree(left, right, width) : [];
  const on = conjunction([...agreeing, ...parts.filter((part) => !readsOuter(part))]) ?? null;
  return {
    ...pair,
    node: join('inner', left.node, right.node, on, false),
    conditions: [...pair.conditions, ...parts.filter(readsOuter)],
  };
}

/** Rows of both sides are of one outer row. */
function agree(left: Unnested, right: Unnested, width: number): readonly BoundExpr[] {
  const own = columnsAsExprs(left.node.columns);
  const others = columnsAsExprs(right.node.columns);
  return left.conditions.map((condition, i) => {
    const other = others[placeIn(right.conditions[i]!)]!;
    return bindIsDistinct(own[placeIn(condition)]!, moved(other, width), true);
  });
}

/** Of a condition that compares a column of the domain with the outer row. */
function placeIn(condition: BoundExpr): number {
  const [own] = condition.kind === 'call' ? condition.args : [];
  if (own?.kind !== 'column') throw new Error('what is joined with the domain compares its columns');
  return own.index;
}

function unnestOneSided(node: LogicalJoin, below: Below, domain: () => Domain): Unnested {
  const { type, condition } = node;
  const rows = below(node.left);
  const free = !isCorrelated(node.right) && !asks(condition, rows);
  const left = rows.total || !free ? settled(rows, domain) : rows;
  const right = isCorrelated(node.right) ? keyed(settled(below(node.right), domain), domain) : null;
  const rightNode = right?.node ?? node.right;
  const width = left.node.columns.length;
  const keys = right?.correlations.length ?? 0;
  const own = columnsAsExprs(left.node.columns);
  const others = columnsAsExprs(rightNode.columns).map((column) => moved(column, width));
  const leftWidth = node.left.columns.length;
  const over = (expr: BoundExpr): BoundExpr =>
    substituted(expr, (column) => {
      if (column.outer !== undefined)
        return column.outer === 1 ? own[left.places.get(column.index)!]! : column;
      return column.index < leftWidth
        ? left.outputs[column.index]!
        : others[keys + column.index - leftWidth]!;
    });
  const agreeing = Array.from({ length: keys }, (_, i) =>
    bindIsDistinct(own[placeIn(left.conditions[i]!)]!, others[i]!, true),
  );
  const on = conjunction([...agreeing, ...(condition === null ? [] : [over(condition)])]) ?? null;
  const joined = join(type, left.node, rightNode, on, false);
  const given = isSemi(type) ? [] : columnsAsExprs(joined.columns).slice(width + keys);
  return { ...left, node: joined, outputs: [...left.outputs, ...given] };
}

/** Does the condition read the outer row, by itself or by what it reads of `rows`? */
function asks(condition: BoundExpr | null, { outputs }: Unnested): boolean {
  if (condition === null) return false;
  const reads = columnsOf(condition).flatMap((column) => outputs[column] ?? []);
  return readsOuter(condition) || reads.some(readsOuter);
}

/** The same from the other side. */
function unnestRight(node: LogicalJoin, below: Below, domain: () => Domain): Unnested {
  const [left, right] = [node.left.columns.length, node.right.columns.length];
  const condition =
    node.condition === null
      ? null
      : substituted(node.condition, (column) => {
          if (column.outer !== undefined) return column;
          return { ...column, index: column.index < left ? right + column.index : column.index - left };
        });
  const turned = join('left', node.right, node.left, condition, false);
  const rows = unnestOneSided(turned, below, domain);
  return { ...rows, outputs: [...rows.outputs.slice(right), ...rows.outputs.slice(0, right)] };
}

function moved(expr: BoundExpr, by: number): BoundExpr {
  return substituted(expr, (column) =>
    column.outer === undefined ? { ...column, index: column.index + by } : column,
  );
}

function shiftedPlaces(places: ReadonlyMap<number, number>, by: number): ReadonlyMap<number, number> {
  if (places.size === 0) return NOWHERE;
  return new Map([...places].map(([outer, place]) => [outer, place + by]));
}
