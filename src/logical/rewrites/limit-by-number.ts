// row_number() … <= n: rows behind place n are not wanted, so they are not numbered.

import type { BoundExpr } from '../../expr/bound.ts';
import type { LogicalTopN } from '../node.ts';

/** Takes the conditions that bound the number from above out of a conjunction. */
export function limitByNumber(
  node: LogicalTopN,
  parts: readonly BoundExpr[],
): { readonly limited: LogicalTopN; readonly rest: readonly BoundExpr[] } {
  if (!node.numbered || node.offset !== 0) return { limited: node, rest: parts };
  const number = node.columns.length - 1;
  let { limit } = node;
  const rest = parts.filter((part) => {
    const most = mostOf(part, number);
    if (most === null) return true;
    limit = Math.max(0, Math.min(limit ?? Infinity, most));
    return false;
  });
  return { limited: { ...node, limit }, rest };
}

const TURNED: Readonly<Record<string, string>> = { '<': '>', '<=': '>=', '>': '<', '>=': '<=', '=': '=' };

/** The greatest number that meets the condition, when it is nothing but such a bound; `= 1` is one. */
function mostOf(part: BoundExpr, number: number): number | null {
  if (part.kind !== 'call' || part.args.length !== 2) return null;
  const operator = part.fn.slice(0, part.fn.lastIndexOf('('));
  const [left, right] = part.args as [BoundExpr, BoundExpr];
  if (isNumber(left, number)) return boundOf(operator, right);
  return isNumber(right, number) ? boundOf(TURNED[operator] ?? '', left) : null;
}

function isNumber(expr: BoundExpr, number: number): boolean {
  return expr.kind === 'column' && expr.index === number;
}

function boundOf(operator: string, value: BoundExpr): number | null {
  const at = value.kind === 'cast' ? value.arg : value;
  if (at.kind !== 'literal' || (typeof at.value !== 'bigint' && typeof at.value !== 'number')) return null;
  const most = Number(at.value);
  if (!Number.isInteger(most) || most > 1_000_000_000) return null;
  if (operator === '<=') return most;
  if (operator === '<') return most - 1;
  return operator === '=' && most === 1 ? 1 : null;
}
