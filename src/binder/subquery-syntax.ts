// Subqueries as they are written, bound: EXISTS, IN, ANY and ALL, ARRAY(…), and (SELECT …) as a value.

import { bindOperator } from '../expr/bind.ts';
import type { BoundExpr } from '../expr/bound.ts';
import { coerce } from '../expr/resolve/casts.ts';
import type { Operand } from '../expr/resolve/operand.ts';
import type { TextSpan } from '../errors.ts';
import type {
  ArraySubquery,
  Exists,
  Expression,
  InSubquery,
  Query,
  QuantifiedSubquery,
  ScalarSubquery,
  Target,
} from '../sql/ast.ts';
import type { BoundOrder, BoundQuery } from './bound.ts';
import { invalidQuery } from './fail.ts';
import { directionOf } from './order-item.ts';
import { outputName } from './output-name.ts';
import type { Subquery, SubqueryForm } from './subquery-values.ts';
import { columnsOf } from './subquery-aggregate.ts';

export type SubqueryExpression = ScalarSubquery | Exists | InSubquery | QuantifiedSubquery | ArraySubquery;

export type BindOperand = (expression: Expression) => Operand;

export function boundSubquery(
  expression: SubqueryExpression,
  bind: BindOperand,
  bindInner: (query: Query) => BoundQuery,
): Subquery {
  const { span } = expression;
  switch (expression.kind) {
    case 'Exists':
      return { form: { kind: 'exists' }, query: bindInner(withTargets(unordered(expression.query))), span };
    case 'ScalarSubquery': {
      const query = bindInner(unordered(expression.query));
      requireColumns(query, 1, span);
      return { form: { kind: 'value' }, query, span };
    }
    case 'ArraySubquery':
      return arrayOfRows(expression, bindInner);
    case 'InSubquery': {
      const { negated, operand } = expression;
      return quantified(expression, operand, negated ? '<>' : '=', negated, bind, bindInner);
    }
    case 'QuantifiedSubquery': {
      const { quantifier, operand, operator } = expression;
      return quantified(expression, operand, operator, quantifier === 'all', bind, bindInner);
    }
  }
}

/** What orders the rows is selected behind what is put together. */
function arrayOfRows({ query, span }: ArraySubquery, bindInner: (query: Query) => BoundQuery): Subquery {
  const { body } = query;
  const targets = body.kind === 'Select' ? body.targets : [];
  const added: Target[] = [];
  const places = query.orderBy.map(({ expression }) => {
    if (expression.kind === 'NumberLiteral' || namesOutput(expression, targets) || body.kind !== 'Select')
      return 0;
    return added.push({ expression, alias: undefined, span: expression.span });
  });
  const cuts = query.limit !== undefined || query.offset !== undefined;
  const whole = body.kind === 'Select' ? { ...body, targets: [...targets, ...added] } : body;
  const inner = bindInner({ ...query, body: whole, orderBy: cuts ? query.orderBy : [] });
  requireColumns(inner, 1 + added.length, span);
  const columns = columnsOf(inner.columns);
  const order = query.orderBy.map((item, i): BoundOrder => ({
    expr: columns[places[i]!]!,
    ...directionOf(item),
  }));
  return { form: { kind: 'array', order }, query: inner, span };
}

/** There is one output, so that what names an output names it. */
function namesOutput(expression: Expression, targets: readonly Target[]): boolean {
  if (expression.kind !== 'ColumnReference' || expression.parts.length !== 1) return false;
  const { name } = expression.parts[0]!;
  return targets.some((target) => (target.alias?.name ?? outputName(target.expression)) === name);
}

/** What is compared with the rows. */
export function operandsOf({ form }: Pick<Subquery, 'form'>): readonly BoundExpr[] {
  return form.kind === 'quantified' ? form.operands : [];
}

/** Both sides become what the operator compares. */
function quantified(
  { query, span }: InSubquery | QuantifiedSubquery,
  operand: Expression,
  operator: string,
  all: boolean,
  bind: BindOperand,
  bindInner: (query: Query) => BoundQuery,
): Subquery {
  const inner = bindInner(unordered(query));
  const written = operand.kind === 'Row' ? operand.fields : [operand];
  if (written.length > 1 && operator !== '=' && operator !== '<>')
    throw invalidQuery(
      `rows are compared with ${operator} here`,
      span,
      'a row may be compared by = and <>, and by IN',
    );
  requireColumns(inner, written.length, span);
  const columns = columnsOf(inner.columns);
  const operands = written.map((field, i) => comparedAs(operator, bind(field), columns[i]!, span));
  const form: SubqueryForm = { kind: 'quantified', operator, all, operands };
  return { form, query: inner, span };
}

/** A literal takes the type that the operator gives it beside the column. */
function comparedAs(operator: string, operand: Operand, column: BoundExpr, span: TextSpan): BoundExpr {
  if (operand.kind !== 'untyped') return operand;
  const call = bindOperator(operator, operand, column, span);
  const [first] = call.kind === 'call' ? call.args : [];
  return first ?? coerce(operand, column.type);
}

function requireColumns(query: BoundQuery, wanted: number, span: TextSpan): void {
  const { length } = query.columns;
  if (length === wanted) return;
  throw invalidQuery(
    wanted === 1
      ? 'subquery must return only one column'
      : `subquery has ${length} columns, and ${wanted} are compared`,
    span,
    wanted === 1 ? 'select the one that is the value' : 'select as many as there are fields in the row',
  );
}

/** The order of rows that are only looked for does not matter. */
function unordered(query: Query): Query {
  const cuts = query.limit !== undefined || query.offset !== undefined;
  const first = query.body.kind === 'Select' && query.body.distinct.kind === 'on';
  return cuts || first ? query : { ...query, orderBy: [] };
}

/** SELECT without columns gives rows all the same. */
function withTargets(query: Query): Query {
  const { body } = query;
  if (body.kind !== 'Select' || body.targets.length > 0) return query;
  const { span } = body;
  const one = { expression: { kind: 'NumberLiteral' as const, text: '1', span }, alias: undefined, span };
  return { ...query, body: { ...body, targets: [one] } };
}
