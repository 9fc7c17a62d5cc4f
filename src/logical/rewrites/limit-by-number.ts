// row_number(), rank() or dense_rank() that a condition bounds: rows outside of the bounds are not wanted, so they are neither numbered nor
// given, and over input that only grows not kept.

import type { BoundExpr } from '../../expr/bound.ts';
import type { Counting, LogicalOver, LogicalTopN } from '../node.ts';
import { topN } from '../node.ts';

export interface Limited {
  readonly limited: LogicalTopN;
  readonly rest: readonly BoundExpr[];
}

/** Takes the conditions that bound the number out of a conjunction. */
export function limitByNumber(node: LogicalTopN, parts: readonly BoundExpr[]): Limited {
  if (!node.numbered || node.offset !== 0 || node.counts !== undefined) return { limited: node, rest: parts };
  const number = node.columns.length - 1;
  let [least, most] = [1, node.limit ?? Infinity];
  const rest = parts.filter((part) => {
    const bounds = boundsOf(part, number);
    if (bounds === null) return true;
    least = Math.max(least, bounds.least);
    most = Math.min(most, bounds.most);
    return false;
  });
  const limit = most === Infinity ? null : Math.max(0, most - least + 1);
  return { limited: { ...node, offset: limit === 0 ? 0 : least - 1, limit }, rest };
}

const COUNTS: Readonly<Record<string, Counting>> = { rank: 'ranks', dense_rank: 'dense ranks' };

/** A window that computes nothing but a rank which is bounded from above; null: it is another one. What bounds it from below stays. */
export function limitByRank(node: LogicalOver, parts: readonly BoundExpr[]): Limited | null {
  const counts = node.calls.length === 1 ? COUNTS[node.calls[0]!.fn] : undefined;
  if (counts === undefined) return null;
  const number = node.columns.length - 1;
  let limit = Infinity;
  const rest = parts.filter((part) => {
    const bounds = boundsOf(part, number);
    if (bounds === null || bounds.most === Infinity) return true;
    limit = Math.min(limit, bounds.most);
    return bounds.least > 1;
  });
  if (limit === Infinity) return null;
  const { partition, order } = node;
  const form = { partition, order, limit: Math.max(0, limit), offset: 0, counts, numbered: true };
  return { limited: topN(node.input, form), rest };
}

const TURNED: Readonly<Record<string, string>> = { '<': '>', '<=': '>=', '>': '<', '>=': '<=', '=': '=' };

interface Bounds {
  readonly least: number;
  readonly most: number;
}

/** The numbers that meet the condition, when it is nothing but such a bound. */
function boundsOf(part: BoundExpr, number: number): Bounds | null {
  if (part.kind !== 'call' || part.args.length !== 2) return null;
  const operator = part.fn.slice(0, part.fn.lastIndexOf('('));
  const [left, right] = part.args as [BoundExpr, BoundExpr];
  if (isNumber(left, number)) return boundsBy(operator, right);
  return isNumber(right, number) ? boundsBy(TURNED[operator] ?? '', left) : null;
}

function isNumber(expr: BoundExpr, number: number): boolean {
  return expr.kind === 'column' && expr.index === number;
}

function boundsBy(operator: string, value: BoundExpr): Bounds | null {
  const at = value.kind === 'cast' ? value.arg : value;
  if (at.kind !== 'literal' || (typeof at.value !== 'bigint' && typeof at.value !== 'number')) return null;
  const bound = Number(at.value);
  if (!Number.isInteger(bound) || bound > 1_000_000_000) return null;
  switch (operator) {
    case '<=':
      return { least: 1, most: bound };
    case '<':
      return { least: 1, most: bound - 1 };
    case '>=':
      return { least: bound, most: Infinity };
    case '>':
      return { least: bound + 1, most: Infinity };
    case '=':
      return { least: bound, most: bound };
    default:
      return null;
  }
}
