// What the syntax knows and the planner does not (yet): each construct by name, with what can be written instead.

import type { MillraceError } from '../errors.ts';
import type { Expression, Query } from '../sql/ast.ts';
import { invalidQuery, unsupported } from './fail.ts';

type Refusal = readonly [construct: string, hint: string];

const SUBQUERY_HINT =
  'it may stand in SELECT, WHERE, ON, GROUP BY, HAVING and ORDER BY: pass on its value from there';

export function refuseExpression(expression: Expression): MillraceError {
  const [construct, hint] = refusalOf(expression);
  if (expression.kind === 'Star') return invalidQuery(construct, expression.span, hint);
  return unsupported(construct, expression.span, hint);
}

function refusalOf(expression: Expression): Refusal {
  switch (expression.kind) {
    case 'Star':
      return ['"*" is no value', 'it may stand in the select list, and in count(*)'];
    case 'Parameter':
      return [`parameter $${expression.index}`, 'a continuous query has no parameters: write the value'];
    case 'BitStringLiteral':
      return ['a bit string', 'write a number'];
    case 'InSubquery':
      return [`${expression.negated ? 'NOT IN' : 'IN'} (SELECT …) here`, SUBQUERY_HINT];
    case 'Exists':
      return ['EXISTS (SELECT …) here', SUBQUERY_HINT];
    case 'ScalarSubquery':
      return ['a subquery as a value here', SUBQUERY_HINT];
    case 'QuantifiedSubquery':
      return [`${expression.operator} ${expression.quantifier.toUpperCase()} (SELECT …) here`, SUBQUERY_HINT];
    case 'ArraySubquery':
      return ['ARRAY(SELECT …) here', SUBQUERY_HINT];
    case 'FieldStar':
      return ['all fields of a row here', 'they may stand in the select list: name them, as (row).field'];
    case 'Collate':
      return ['COLLATE', 'text compares by its UTF-8 bytes (COLLATE "C")'];
    case 'Grouping':
      return ['GROUPING(…) here', 'it may stand in SELECT, HAVING and ORDER BY of a query with GROUP BY'];
    default:
      return [`this expression (${expression.kind})`, 'write it otherwise'];
  }
}

export function refuseQueryClauses(query: Query): void {
  const [order] = query.orderBy;
  if (query.withTies && query.limit === undefined)
    throw invalidQuery(
      'row count cannot be null in FETCH FIRST ... WITH TIES clause',
      query.span,
      'write how many rows',
    );
  const on = query.body.kind === 'Select' && query.body.distinct.kind === 'on';
  if (order !== undefined && query.limit === undefined && query.offset === undefined && !on) {
    throw unsupported(
      'ORDER BY without LIMIT in a continuous query',
      order.span,
      'a view has no order: order its rows where you read it, or add LIMIT',
    );
  }
  if (query.with?.recursive === true) {
    throw unsupported('WITH RECURSIVE', query.with.span, 'write the levels out');
  }
}
