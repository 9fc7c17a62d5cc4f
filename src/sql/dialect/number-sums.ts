// MySQL's + and - beside no INTERVAL take everything for a number, a date for 20260131. Types of columns are not known when a text
// is translated, so its sums are marked here, and the binder refuses those that turn out to be over dates or times.

import type { Statement } from '../statement.ts';

const MARKED: ReadonlySet<string> = new Set(['+', '-']);
const MARK = 'number ';

/** The operator behind the mark; undefined for one without. */
export function markedOperator(operator: string): string | undefined {
  return operator.startsWith(MARK) ? operator.slice(MARK.length) : undefined;
}

export function withNumberSums(statement: Statement): Statement {
  return marked(statement) as Statement;
}

function marked(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(marked);
  if (typeof node !== 'object' || node === null) return node;
  const copy = Object.fromEntries(Object.entries(node).map(([key, value]) => [key, marked(value)]));
  const { kind, operator, left, right } = copy;
  if (kind !== 'Binary' || typeof operator !== 'string' || !MARKED.has(operator)) return copy;
  return isInterval(left) || isInterval(right) ? copy : { ...copy, operator: MARK + operator };
}

/** INTERVAL '1 day', written out. */
function isInterval(node: unknown): boolean {
  const { kind, type } = node as { readonly kind: string; readonly type?: { readonly name?: string } };
  return kind === 'TypedLiteral' && type?.name === 'interval';
}
