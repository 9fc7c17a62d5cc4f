// Queries made of a query, for what Postgres leaves open: which parts it looks at, and which of several conditions first.

import type { Expression, Query, Select } from '../../src/sql/ast.ts';

/**
 * The parts, each as a query that there is no reason to pass over: sides of set operations, derived tables and subqueries as they
 * stand, groups without HAVING, and what WHERE says, as a result.
 */
export function partsOf(query: Query): readonly Query[] {
  const found: Query[] = [];
  visit(query, found);
  return found.slice(1);
}

function visit(value: unknown, found: Query[]): void {
  if (typeof value !== 'object' || value === null) return;
  if (isQuery(value)) {
    found.push(value);
    if (value.body.kind === 'Select') found.push(...unconditional(value, value.body));
  }
  for (const child of Object.values(value)) visit(child, found);
}

function unconditional(query: Query, select: Select): readonly Query[] {
  const { where, having, span } = select;
  const whole = { ...query, orderBy: [], limit: undefined, withTies: false, offset: undefined };
  const parts: Query[] = [];
  if (having !== undefined) parts.push({ ...whole, body: { ...select, having: undefined } });
  if (where === undefined) return parts;
  const body: Select = {
    ...select,
    distinct: { kind: 'all' },
    targets: [{ span, expression: where, alias: undefined }],
    where: undefined,
    groupBy: [],
    having: undefined,
    windows: [],
  };
  return [...parts, { ...whole, body }];
}

/** The same query, in which the other conditions of a WHERE are asked of those rows alone that its subqueries let through. */
export function subqueriesFirst(query: Query): Query {
  return changed(query) as Query;
}

function changed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(changed);
  if (typeof value !== 'object' || value === null) return value;
  const copy = Object.fromEntries(Object.entries(value).map(([name, child]) => [name, changed(child)]));
  if (copy['kind'] !== 'Select') return copy;
  const select = copy as unknown as Select;
  return select.where === undefined ? select : { ...select, where: inOrder(select.where) };
}

function inOrder(where: Expression): Expression {
  if (where.kind !== 'Logical' || where.operator !== 'and') return where;
  const { span } = where;
  const asking = where.operands.filter(asks);
  const others = where.operands.filter((part) => !asks(part));
  if (asking.length === 0 || others.length === 0) return where;
  const all = (operands: readonly Expression[]): Expression =>
    operands.length === 1 ? operands[0]! : { ...where, operands };
  return {
    kind: 'Case',
    span,
    operand: undefined,
    branches: [{ when: all(asking), then: all(others) }],
    otherwise: { kind: 'BooleanLiteral', span, value: false },
  };
}

function asks(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return isQuery(value) || Object.values(value).some(asks);
}

function isQuery(value: object): value is Query {
  return 'kind' in value && value.kind === 'Query';
}
