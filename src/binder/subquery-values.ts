// What a subquery in an expression is worth: its value, whether it gives rows, how its rows compare with something. Each becomes
// aggregates over the subquery (of one row each, so that they can stand beside any row) and an expression over these; with its three
// values, NULL where a row that might decide is not known.

import {
  bindCase,
  bindCoalesce,
  bindInternal,
  bindIsBoolean,
  bindIsNull,
  bindLogic,
  bindNot,
  bindOperator,
} from '../expr/bind.ts';
import { bindArray } from '../expr/bind-trees.ts';
import type { BoundExpr } from '../expr/bound.ts';
import { raised, substituted } from '../expr/outer.ts';
import { literal, untyped } from '../expr/resolve/operand.ts';
import { arrayOf, BOOLEAN, sameUnconstrained } from '../data/types.ts';
import type { SqlType } from '../data/types.ts';
import type { TextSpan } from '../errors.ts';
import type { BoundOrder, BoundQuery } from './bound.ts';
import { aggregated, columnsOf, givesOneRow } from './subquery-aggregate.ts';

export type SubqueryForm =
  | { readonly kind: 'value' }
  | { readonly kind: 'exists' }
  | { readonly kind: 'array'; readonly order: readonly BoundOrder[] }
  /** `operands`, over the row around, `operator` ANY or ALL of the rows; IN is = ANY. */
  | {
      readonly kind: 'quantified';
      readonly operator: string;
      readonly all: boolean;
      readonly operands: readonly BoundExpr[];
    };

export interface Subquery {
  readonly form: SubqueryForm;
  readonly query: BoundQuery;
  readonly span: TextSpan;
}

/** Puts the one row of a query beside the row around, and gives its columns. */
export type Attach = (query: BoundQuery) => readonly BoundExpr[];

/** Over the row around with what is attached to it. */
export function subqueryValue({ form, query, span }: Subquery, attach: Attach): BoundExpr {
  switch (form.kind) {
    case 'value':
      return scalar(query, span, attach);
    case 'exists':
      return isAny(query, literal(true, BOOLEAN), null, attach);
    case 'array': {
      const [value] = columnsOf(query.columns);
      const items = attach(aggregated(query, [{ name: 'array_agg', arg: value!, order: form.order }]))[0]!;
      return bindCoalesce([items, bindArray([], value!.type, span)], span);
    }
    case 'quantified':
      return quantified(form, query, span, attach);
  }
}

/** What can be told of it before it is attached. */
export function typeOfSubquery({ form, query }: Subquery): {
  readonly type: SqlType;
  readonly nullable: boolean;
} {
  const first = query.columns[0]!;
  if (form.kind === 'value') return { type: first.type, nullable: first.nullable || !givesOneRow(query) };
  if (form.kind === 'array') return { type: arrayOf(first.type), nullable: false };
  return { type: BOOLEAN, nullable: form.kind === 'quantified' };
}

/** Of more rows than one there is no value. */
function scalar(query: BoundQuery, span: TextSpan, attach: Attach): BoundExpr {
  if (givesOneRow(query)) return { ...attach(query)[0]!, span };
  const [value] = columnsOf(query.columns);
  const any = { name: 'any_value', arg: value! };
  if (query.kind === 'top n' && query.limit !== null && query.limit <= 1 && query.partition.length === 0)
    return { ...attach(aggregated(query, [any]))[0]!, span };
  const [rows, found] = attach(aggregated(query, [ALL, any]));
  const single = bindInternal('single_row', [rows!], BOOLEAN);
  return bindCase([{ when: { ...single, span }, then: found! }], untyped(null), span);
}

const ALL = { name: 'count', arg: null };

/** Is it true of any row? Said by what changes only with the answer, and not with every row. */
function isAny(query: BoundQuery, what: BoundExpr, where: BoundExpr | null, attach: Attach): BoundExpr {
  const found = attach(aggregated(query, [{ name: 'bool_or', arg: what }], where))[0]!;
  return bindCoalesce([found, literal(false, BOOLEAN)]);
}

type Quantified = Extract<SubqueryForm, { kind: 'quantified' }>;

function quantified(form: Quantified, query: BoundQuery, span: TextSpan, attach: Attach): BoundExpr {
  const { operator, all, operands } = form;
  if (operator === '=' && !all) return isIn(operands, query, span, attach);
  if (operator === '<>' && all) return bindNot(isIn(operands, query, span, attach), span);
  const extreme = extremesFor(form, query);
  return extreme === null
    ? compared(form, query, span, attach)
    : byExtremes(form, extreme, query, span, attach);
}

/** Rows that are equal are found by their value. */
function isIn(operands: readonly BoundExpr[], query: BoundQuery, span: TextSpan, attach: Attach): BoundExpr {
  const equal = rowsEqual(operands, columnsOf(query.columns), span);
  const found = isAny(query, literal(true, BOOLEAN), equal, attach);
  const unknown = inIsUnknown({ operands, query, span }, attach);
  if (unknown === null) return found;
  const otherwise = bindCase(
    [{ when: unknown, then: literal(null, BOOLEAN) }],
    literal(false, BOOLEAN),
    span,
  );
  return bindCase([{ when: found, then: literal(true, BOOLEAN) }], otherwise, span);
}

/** Where no row is equal: might one be that is not known? Null: never. */
export function inIsUnknown(
  { operands, query, span }: Pick<Subquery, 'query' | 'span'> & Pick<Quantified, 'operands'>,
  attach: Attach,
): BoundExpr | null {
  const values = columnsOf(query.columns);
  if ([...operands, ...values].every(({ nullable }) => !nullable)) return null;
  if (operands.length > 1)
    return isAny(query, literal(true, BOOLEAN), bindIsNull(rowsEqual(operands, values, span), false), attach);
  return oneUnknown(operands[0]!, query, attach);
}

/** Over the row of the subquery, with the operands as columns of the row around. */
function rowsEqual(operands: readonly BoundExpr[], values: readonly BoundExpr[], span: TextSpan): BoundExpr {
  const parts = operands.map((operand, i) => bindOperator('=', asOuter(operand), values[i]!, span));
  return bindLogic('and', parts, span);
}

/** There are rows, and the operand is NULL or one of theirs is. */
function oneUnknown(operand: BoundExpr, query: BoundQuery, attach: Attach): BoundExpr {
  const [value] = columnsOf(query.columns);
  const calls = [
    { name: 'bool_or', arg: literal(true, BOOLEAN) },
    { name: 'bool_or', arg: bindIsNull(value!, false) },
  ];
  const [some, lacking] = attach(aggregated(query, calls)).map((answer) =>
    bindCoalesce([answer, literal(false, BOOLEAN)]),
  );
  return unknownAmong(operand, some!, lacking!);
}

/** `some`: there are rows; `lacking`: with a NULL among them. */
function unknownAmong(operand: BoundExpr, some: BoundExpr, lacking: BoundExpr): BoundExpr {
  if (!operand.nullable) return lacking;
  return bindLogic('or', [bindLogic('and', [bindIsNull(operand, false), some]), lacking]);
}

/** Which of least and greatest decide about an order. */
function extremesFor(
  { operator, all, operands }: Quantified,
  query: BoundQuery,
): readonly ('min' | 'max')[] | null {
  const [operand] = operands;
  const { type } = query.columns[0]!;
  if (operands.length !== 1 || !sameUnconstrained(operand!.type, type) || !ORDERED.has(type.kind))
    return null;
  switch (operator) {
    case '<':
    case '<=':
      return [all ? 'min' : 'max'];
    case '>':
    case '>=':
      return [all ? 'max' : 'min'];
    case '=':
    case '<>':
      return ['min', 'max'];
    default:
      return null;
  }
}

/** Types whose values min and max are taken of, in the order of their comparisons. */
const ORDERED: ReadonlySet<string> = new Set([
  'smallint', 'integer', 'bigint', 'numeric', 'real', 'double', 'text', 'varchar', 'date', 'time', 'timestamp',
  'timestamptz', 'interval',
]); // prettier-ignore

/** x < ANY (…): x is less than the greatest; x < ALL (…): than the least. */
function byExtremes(
  { operator, all, operands }: Quantified,
  extremes: readonly ('min' | 'max')[],
  query: BoundQuery,
  span: TextSpan,
  attach: Attach,
): BoundExpr {
  const operand = operands[0]!;
  const [value] = columnsOf(query.columns);
  const ends = attach(aggregated(query, extremes.map((name) => ({ name, arg: value! })))); // prettier-ignore
  const parts = ends.map((end) => bindOperator(operator, operand, end, span));
  const holds = bindLogic(all ? 'and' : 'or', parts, span);
  const decided = bindIsBoolean(holds, all ? 'false' : 'true', false);
  const unknown = oneUnknown(operand, query, attach);
  const rest = bindCase([{ when: unknown, then: literal(null, BOOLEAN) }], literal(all, BOOLEAN), span);
  return bindCase([{ when: decided, then: literal(!all, BOOLEAN) }], rest, span);
}

/** Row by row, for operators that say nothing of an order. */
function compared(
  { operator, all, operands }: Quantified,
  query: BoundQuery,
  span: TextSpan,
  attach: Attach,
): BoundExpr {
  const values = columnsOf(query.columns);
  const parts = operands.map((operand, i) => bindOperator(operator, asOuter(operand), values[i]!, span));
  // Rows differ where any of their fields do.
  const holds = bindLogic(operator === '<>' ? 'or' : 'and', parts, span);
  const calls = [
    { name: all ? 'bool_and' : 'bool_or', arg: holds },
    { name: 'bool_or', arg: bindIsNull(holds, false) },
  ];
  const [verdict, unknown] = attach(aggregated(query, calls));
  const decided = bindIsBoolean(verdict!, all ? 'false' : 'true', false);
  const rest = bindCase([{ when: unknown!, then: literal(null, BOOLEAN) }], literal(all, BOOLEAN), span);
  return bindCase([{ when: decided, then: literal(!all, BOOLEAN) }], rest, span);
}

/** As it reads from within the subquery. */
function asOuter(operand: BoundExpr): BoundExpr {
  return substituted(raised(operand, 1), (column) =>
    column.outer === undefined ? { ...column, outer: 1 } : column,
  );
}
