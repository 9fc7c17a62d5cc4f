// As-of joins in PostgreSQL's words: LATERAL, the nearest row, LIMIT 1. Which of two that are equally near comes first it does not say.

import type { Expression, Join, OrderItem, Query, Select } from '../../src/sql/ast.ts';
import { parseQuery } from '../../src/sql/parse.ts';

export function plainJoins(query: Query): Query {
  return changed(query) as Query;
}

function changed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(changed);
  if (typeof value !== 'object' || value === null) return value;
  const copy = Object.fromEntries(Object.entries(value).map(([name, child]) => [name, changed(child)]));
  const isAsOf = copy['kind'] === 'Join' && copy['asOf'] === true;
  return isAsOf ? lateral(copy as unknown as Join) : copy;
}

const NEAREST = parseQuery('SELECT * FROM t LIMIT 1');

function lateral(join: Join): Join {
  const { right, condition, span } = join;
  if (condition?.kind !== 'on' || !('alias' in right)) throw new Error('an as-of join has ON');
  const { expression } = condition;
  const order = nearness(expression, right.alias!.name.name);
  const body: Select = { ...(NEAREST.body as Select), from: [right], where: expression };
  const query: Query = { ...NEAREST, body, orderBy: [order] };
  return {
    ...join,
    asOf: false,
    right: { kind: 'SubqueryTable', span, query, lateral: true, alias: right.alias },
    condition: { kind: 'on', expression: { kind: 'BooleanLiteral', span, value: true } },
  };
}

/** The order of the right rows, by their side of the one inequality. */
function nearness(on: Expression, right: string): OrderItem {
  const parts = on.kind === 'Logical' ? on.operands : [on];
  for (const { kind, ...part } of parts) {
    if (kind !== 'Binary') continue;
    const { operator, left, right: other } = part as Extract<Expression, { kind: 'Binary' }>;
    if (!/^[<>]=?$/.test(operator)) continue;
    const mirrored = reads(left, right);
    const before = operator.startsWith('>') !== mirrored;
    const expression = mirrored ? left : other;
    return { span: on.span, expression, direction: before ? 'desc' : 'asc', nulls: undefined } as OrderItem;
  }
  throw new Error('an as-of join has an inequality');
}

function reads(value: unknown, relation: string): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if ('kind' in value && value.kind === 'ColumnReference' && 'parts' in value && Array.isArray(value.parts))
    return (value.parts[0] as { readonly name: string }).name === relation;
  return Object.values(value).some((child) => reads(child, relation));
}
