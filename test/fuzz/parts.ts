// Queries made of a query, for what Postgres leaves open: which parts it looks at, and which of several conditions first.

import type { Expression, FromItem, FunctionCall, Query, Select } from '../../src/sql/ast.ts';
import type { ColumnReference } from '../../src/sql/literals.ts';
import type { Identifier } from '../../src/sql/names.ts';

/**
 * The parts, each as a query that there is no reason to pass over: sides of set operations, derived tables and subqueries as they
 * stand, groups without HAVING, and what WHERE says, as a result.
 */
export function partsOf(query: Query): readonly Query[] {
  const found: Query[] = [];
  visit(query, found);
  // SELECT without columns says nothing but that there are rows.
  const shown = found.slice(1).filter(({ body }) => body.kind !== 'Select' || body.targets.length > 0);
  return shown.map(alone);
}

/** What it reads of queries around is NULL, so that it can be asked by itself. */
function alone(query: Query): Query {
  const names = namesIn(query);
  return readsOuter(query, names) ? (withoutOuter(query, names) as Query) : query;
}

function withoutOuter(value: unknown, names: ReadonlySet<string>): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => withoutOuter(item, names));
  const { kind, parts, span } = value as Partial<ColumnReference>;
  if (kind === 'ColumnReference' && parts!.length > 1 && !names.has(parts![0]!.name))
    return { kind: 'NullLiteral', span };
  const children = Object.entries(value).map(([name, child]) => [name, withoutOuter(child, names)]);
  return Object.fromEntries(children);
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
  const asTarget = (expression: Expression): Query => {
    const body: Select = {
      ...select,
      distinct: { kind: 'all' },
      targets: [{ span, expression, alias: undefined }],
      where: undefined,
      groupBy: [],
      having: undefined,
      windows: [],
    };
    return { ...whole, body };
  };
  // Whatever AND, OR and CASE around them would come to.
  parts.push(...[where, ...select.targets].flatMap(subqueriesIn).map(asTarget));
  if (where === undefined) return parts;
  const conditions = conjuncts(where);
  const operands = conditions.flatMap((part) => (part.kind === 'InSubquery' ? [part.operand] : []));
  parts.push(...[where, ...(conditions.length > 1 ? conditions : []), ...operands].map(asTarget));
  const own = conditions.filter((part) => !readsOuter(part, namesIn(select)));
  if (own.length < conditions.length) parts.push({ ...whole, body: { ...select, where: all(own) } });
  return parts;
}

const SUBQUERIES: readonly unknown[] = ['Exists', 'InSubquery', 'QuantifiedSubquery', 'ScalarSubquery'];

function subqueriesIn(value: unknown): readonly Expression[] {
  if (typeof value !== 'object' || value === null || isQuery(value)) return [];
  const own = 'kind' in value && SUBQUERIES.includes(value.kind) ? [value as Expression] : [];
  return [...own, ...Object.values(value).flatMap(subqueriesIn)];
}

/** Names of the tables of a query and of those in it. */
function namesIn(value: unknown): ReadonlySet<string> {
  if (typeof value !== 'object' || value === null) return new Set();
  const below = Object.values(value).flatMap((child) => [...namesIn(child)]);
  const alias = 'alias' in value ? (value.alias as { readonly name?: Identifier } | undefined) : undefined;
  return new Set(typeof alias?.name === 'object' ? [...below, alias.name.name] : below);
}

/** Of a query around the one whose tables have these names. */
function readsOuter(value: unknown, names: ReadonlySet<string>): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { kind, parts } = value as Partial<ColumnReference>;
  if (kind === 'ColumnReference') return parts!.length > 1 && !names.has(parts![0]!.name);
  return Object.values(value).some((child) => readsOuter(child, names));
}

function all(conditions: readonly Expression[]): Expression | undefined {
  const [first] = conditions;
  if (conditions.length < 2) return first;
  return { kind: 'Logical', operator: 'and', span: first!.span, operands: conditions };
}

function conjuncts(where: Expression): readonly Expression[] {
  return where.kind === 'Logical' && where.operator === 'and' ? where.operands : [where];
}

/**
 * The same query, in which a WHERE is asked of the rows that FROM gives, and its other conditions of those alone that its subqueries
 * let through: Postgres, left to itself, asks where it comes cheapest. And what an aggregate with FILTER is of is read of those rows
 * alone that pass, so that where none ever can nobody reads it.
 */
export function asWritten(query: Query): Query {
  return changed(query) as Query;
}

function changed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(changed);
  if (typeof value !== 'object' || value === null) return value;
  const copy = Object.fromEntries(Object.entries(value).map(([name, child]) => [name, changed(child)]));
  if (copy['kind'] === 'FunctionCall') return readWherePassed(copy as unknown as FunctionCall);
  if (copy['kind'] !== 'Select') return copy;
  const select = copy as unknown as Select;
  return select.where === undefined ? select : { ...select, where: inOrder(select.where, select.from) };
}

function readWherePassed(call: FunctionCall): FunctionCall {
  const { filter, withinGroup } = call;
  if (filter === undefined) return call;
  const passed = (expression: Expression): Expression => {
    const { span } = expression;
    const branches = [{ when: filter, then: expression }];
    return { kind: 'Case', span, operand: undefined, branches, otherwise: undefined };
  };
  return {
    ...call,
    // What stands before WITHIN GROUP is one value for all rows.
    arguments: withinGroup
      ? call.arguments
      : call.arguments.map((argument) => ({ ...argument, value: passed(argument.value) })),
    orderBy: call.orderBy.map((item) => ({ ...item, expression: passed(item.expression) })),
  };
}

function inOrder(where: Expression, from: readonly FromItem[]): Expression {
  const { span } = where;
  const parts = conjuncts(where);
  const asking = [...from.flatMap(rowsAreThere), ...parts.filter(asks)];
  const others = parts.filter((part) => !asks(part));
  if (others.length === 0) return where;
  return {
    kind: 'Case',
    span,
    operand: undefined,
    branches: [{ when: all(asking)!, then: all(others)! }],
    otherwise: { kind: 'BooleanLiteral', span, value: false },
  };
}

/** What is true of every row of FROM, and cannot be asked before there is one. */
function rowsAreThere(from: FromItem): readonly Expression[] {
  if (from.kind === 'Join' && from.alias === undefined)
    return [...rowsAreThere(from.left), ...rowsAreThere(from.right)];
  if (from.alias === undefined) return [];
  const { name, span } = from.alias;
  const row: Expression = { kind: 'ColumnReference', span, parts: [name] };
  const isNull: Expression = { kind: 'IsNull', span, operand: row, negated: false };
  return [{ kind: 'IsNull', span, operand: isNull, negated: true }];
}

function asks(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return isQuery(value) || Object.values(value).some(asks);
}

function isQuery(value: object): value is Query {
  return 'kind' in value && value.kind === 'Query';
}
