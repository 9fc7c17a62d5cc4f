// The columns that bound expressions read: collecting them, putting others in their place, and texts that are equal when
// expressions are. Columns of queries around are left alone (outer.ts is for them).

import { isTree, typeName } from '../data/types.ts';
import type { BoundExpr } from './bound.ts';
import { childrenOf, mapChildren } from './tree.ts';

/** Every column reference replaced by what `f` gives for its index. */
export function replaceColumns(
  expr: BoundExpr,
  f: (index: number, column: BoundExpr) => BoundExpr,
): BoundExpr {
  if (expr.kind === 'column') return expr.outer === undefined ? f(expr.index, expr) : expr;
  return mapChildren(expr, (child) => replaceColumns(child, f));
}

/** Adds the indexes of the columns that `expr` reads. */
export function addColumns(expr: BoundExpr, to: Set<number>): void {
  if (expr.kind === 'column') {
    if (expr.outer === undefined) to.add(expr.index);
  } else for (const child of childrenOf(expr)) addColumns(child, to);
}

/** Equal texts mean equal expressions: names and places do not count. `column` spells a column, by default as `#index`. */
export function canonicalText(
  expr: BoundExpr,
  column: (index: number) => string = (index) => `#${index}`,
): string {
  const text = (child: BoundExpr): string => canonicalText(child, column);
  switch (expr.kind) {
    case 'column':
      return expr.outer === undefined ? column(expr.index) : `outer ${expr.outer} #${expr.index}`;
    case 'literal':
      return `${typeName(expr.type)}:${JSON.stringify(expr.value, plainValue)}`;
    case 'call':
      return `${expr.fn}[${expr.args.map(text).join(', ')}]${isTree(expr.type) ? ` ${typeName(expr.type)}` : ''}`;
    case 'cast':
      return `cast[${text(expr.arg)} as ${typeName(expr.type)}]`;
    case 'isNull':
      return `${expr.negated ? 'isNotNull' : 'isNull'}[${text(expr.arg)}]`;
    default:
      return `${expr.kind}[${childrenOf(expr).map(text).join(', ')}]${
        expr.kind === 'case' && expr.otherwise !== null ? 'else' : ''
      }`;
  }
}

function plainValue(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return `${value}n`;
  if (value instanceof Uint8Array) return value.join();
  // JSON knows neither −0 nor NaN and ±Infinity.
  if (typeof value === 'number' && (Object.is(value, -0) || !Number.isFinite(value))) {
    return `double ${Object.is(value, -0) ? '-0' : String(value)}`;
  }
  return value;
}
