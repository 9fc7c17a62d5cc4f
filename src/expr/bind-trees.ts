// Expressions over arrays and rows: constructors, subscripts, fields, comparisons with ANY and ALL, rows side by side.

import { MillraceError } from '../errors.ts';
import type { TextSpan } from '../errors.ts';
import type { RowType, SqlType } from '../data/types.ts';
import { arrayOf, BOOLEAN, INTEGER, TEXT } from '../data/types.ts';
import { bindIsDistinct, bindLogic, bindNot, bindOperator } from './bind.ts';
import type { BoundExpr } from './bound.ts';
import { functionKey } from './functions/function.ts';
import { quantifiedKey } from './functions/quantified.ts';
import { coerce } from './resolve/casts.ts';
import { commonType } from './resolve/common-type.ts';
import { resolveOperator, tableFunction } from './resolve/functions.ts';
import { nearNames } from './resolve/near-names.ts';
import type { Operand } from './resolve/operand.ts';
import { argTypeOf, literal } from './resolve/operand.ts';

/** ARRAY[…] of operands that have one type already. */
export function bindItems(items: readonly BoundExpr[], element: SqlType, span?: TextSpan): BoundExpr {
  const fn = functionKey('array', [element.kind]);
  return { kind: 'call', fn, args: items, type: arrayOf(element), nullable: false, span };
}

/** ARRAY[…]; `wanted` is the type of items that a cast around it asks for. */
export function bindArray(operands: readonly Operand[], wanted?: SqlType, span?: TextSpan): BoundExpr {
  if (operands.length === 0 && wanted === undefined)
    throw new MillraceError({
      code: 'UNTYPED_ARRAY',
      message: 'cannot determine type of empty array',
      hint: 'cast it, for example ARRAY[]::integer[]',
      span,
    });
  const element = wanted ?? commonType(operands.map(argTypeOf), 'ARRAY', span);
  const nested = operands.some((operand) => operand.kind !== 'untyped' && operand.type.kind === 'array');
  if (nested || element.kind === 'array')
    throw new MillraceError({
      code: 'UNSUPPORTED_TYPE',
      message: 'arrays of several dimensions are not supported',
      hint: 'use jsonb',
      span,
    });
  const context = wanted === undefined ? 'implicit' : 'explicit';
  return bindItems(
    operands.map((operand) => coerce(operand, element, context)),
    element,
    span,
  );
}

/** `a[i]` of an array, `j['key']` and `j[i]` of jsonb. */
export function bindSubscript(operand: BoundExpr, index: Operand, span?: TextSpan): BoundExpr {
  const { type } = operand;
  if (type.kind === 'jsonb') {
    const step = index.kind === 'untyped' ? index : coerce(index, TEXT, 'assignment', span);
    return bindOperator('#>', operand, bindItems([coerce(step, TEXT)], TEXT, span), span);
  }
  if (type.kind !== 'array') throw notSubscriptable(type, span);
  const args = [operand, coerce(index, INTEGER, 'assignment', span)];
  return { kind: 'call', fn: 'item(array,integer)', args, type: type.element, nullable: true, span };
}

/** The same of a column of arrays, whose items are asked for one after the other. */
export function bindNextItem(operand: BoundExpr, index: BoundExpr): BoundExpr {
  if (operand.type.kind !== 'array') throw notSubscriptable(operand.type, operand.span);
  const args = [operand, index];
  return { kind: 'call', fn: 'next_item(array,integer)', args, type: operand.type.element, nullable: true };
}

/** `a[i:j]`; a bound that is left out is the array's own. */
export function bindSlice(
  operand: BoundExpr,
  lower: Operand | undefined,
  upper: Operand | undefined,
  span?: TextSpan,
): BoundExpr {
  if (operand.type.kind !== 'array') throw notSubscriptable(operand.type, span);
  const bound = (given: Operand | undefined, missing: number): BoundExpr =>
    given === undefined ? literal(missing, INTEGER, span) : coerce(given, INTEGER, 'assignment', span);
  const args = [operand, bound(lower, 1), bound(upper, 2 ** 31 - 1)];
  const nullable = args.some((arg) => arg.nullable);
  return { kind: 'call', fn: 'slice(array,integer,integer)', args, type: operand.type, nullable, span };
}

function notSubscriptable(type: SqlType, span: TextSpan | undefined): MillraceError {
  return new MillraceError({
    code: 'TYPE_MISMATCH',
    message: `cannot subscript type ${type.kind} because it does not support subscripting`,
    hint: 'arrays and jsonb have items',
    span,
  });
}

/** ROW(…): its fields are f1, f2 … */
export function bindRow(operands: readonly Operand[], span?: TextSpan): BoundExpr {
  const args = operands.map((operand) => (operand.kind === 'untyped' ? coerce(operand, TEXT) : operand));
  const fields = args.map((arg, i) => ({ name: `f${i + 1}`, type: arg.type }));
  return { kind: 'call', fn: 'row()', args, type: { kind: 'row', fields }, nullable: false, span };
}

/** `(row).name` */
export function bindField(operand: BoundExpr, name: string, span?: TextSpan): BoundExpr {
  const { type } = operand;
  if (type.kind !== 'row')
    throw new MillraceError({
      code: 'TYPE_MISMATCH',
      message: `column notation .${name} applied to type ${type.kind}, which is not a row`,
      hint: 'members of jsonb are read by ->, those of arrays by [n]',
      span,
    });
  const index = type.fields.findIndex((field) => field.name === name);
  if (index < 0) throw unknownField(type, name, span);
  const args = [operand, literal(index, INTEGER)];
  return {
    kind: 'call',
    fn: 'field(row,integer)',
    args,
    type: type.fields[index]!.type,
    nullable: true,
    span,
  };
}

/** `(row).*` */
export function bindFields(
  operand: BoundExpr,
  span?: TextSpan,
): readonly { readonly name: string; readonly value: BoundExpr }[] {
  const { type } = operand;
  if (type.kind !== 'row')
    throw new MillraceError({
      code: 'TYPE_MISMATCH',
      message: `.* applied to type ${type.kind}, which is not a row`,
      hint: 'name the value itself',
      span,
    });
  return type.fields.map(({ name }) => ({ name, value: bindField(operand, name, span) }));
}

function unknownField(type: RowType, name: string, span: TextSpan | undefined): MillraceError {
  const names = type.fields.map((field) => field.name);
  const near = nearNames(name, names);
  return new MillraceError({
    code: 'UNKNOWN_COLUMN',
    message: `field "${name}" does not exist in this row`,
    hint: near.length > 0 ? `did you mean "${near[0]!}"?` : `its fields are ${names.join(', ')}`,
    span,
  });
}

/** IS [NOT] NULL of a row: all of its fields are, or none of them is. */
export function bindRowIsNull(operand: BoundExpr, negated: boolean, span?: TextSpan): BoundExpr {
  const resolved = tableFunction(negated ? 'is not null' : 'is null', [operand.type], BOOLEAN);
  const fn = functionKey(resolved.fn.name, resolved.fn.params);
  return { kind: 'call', fn, args: [operand], type: BOOLEAN, nullable: false, span };
}

/** `left op ANY (array)`, `left op ALL (array)`. */
export function bindQuantified(
  op: string,
  quantifier: 'any' | 'all',
  left: Operand,
  right: Operand,
  span?: TextSpan,
): BoundExpr {
  const array = right.kind === 'untyped' ? arrayFor(left, right, span) : right;
  if (array.type.kind !== 'array')
    throw new MillraceError({
      code: 'TYPE_MISMATCH',
      message: 'op ANY/ALL (array) requires array on right side',
      hint: 'write ANY (ARRAY[…]), or IN (…) for a list of values',
      span,
    });
  const resolved = resolveOperator(op, argTypeOf(left), array.type.element, span);
  if (resolved.result.kind !== 'boolean')
    throw new MillraceError({
      code: 'TYPE_MISMATCH',
      message: 'op ANY/ALL (array) requires operator to yield boolean',
      hint: 'compare by =, <>, <, <=, >, >= or LIKE',
      span,
    });
  const [param, item] = resolved.params as [SqlType, SqlType];
  const args = [coerce(left, param, 'explicit'), coerce(array, arrayOf(item), 'explicit', span)];
  const fn = quantifiedKey(quantifier, functionKey(resolved.fn.name, resolved.fn.params));
  return { kind: 'call', fn, args, type: BOOLEAN, nullable: true, span };
}

/** A literal beside a value is an array of that value's type. */
function arrayFor(left: Operand, right: Operand, span: TextSpan | undefined): BoundExpr {
  const element = left.kind === 'untyped' ? TEXT : left.type;
  return coerce(right, arrayOf(element), 'implicit', span);
}

const MIRRORED: ReadonlySet<string> = new Set(['<', '<=', '>', '>=']);

function refuseOtherLength(left: readonly Operand[], right: readonly Operand[], span?: TextSpan): void {
  if (left.length === right.length) return;
  throw new MillraceError({
    code: 'TYPE_MISMATCH',
    message: 'unequal number of entries in row expressions',
    hint: 'write as many values on the right as there are on the left',
    span,
  });
}

/** (a, b) IS [NOT] DISTINCT FROM (c, d), pair by pair. */
export function bindRowIsDistinct(
  left: readonly Operand[],
  right: readonly Operand[],
  negated: boolean,
  span?: TextSpan,
): BoundExpr {
  refuseOtherLength(left, right, span);
  const pairs = left.map((operand, i) => bindIsDistinct(operand, right[i]!, negated, span));
  return bindLogic(negated ? 'and' : 'or', pairs, span);
}

/** `(a, b) op (c, d)`, decided by the first fields that differ. */
export function bindRowComparison(
  op: string,
  left: readonly Operand[],
  right: readonly Operand[],
  span?: TextSpan,
): BoundExpr {
  refuseOtherLength(left, right, span);
  const pairs = (operator: string): BoundExpr[] =>
    left.map((operand, i) => bindOperator(operator, operand, right[i]!, span));
  if (op === '=') return bindLogic('and', pairs('='), span);
  if (op === '<>') return bindLogic('or', pairs('<>'), span);
  if (!MIRRORED.has(op))
    throw new MillraceError({
      code: 'UNDEFINED_OPERATOR',
      message: `rows are not compared by ${op}`,
      hint: 'rows are compared by =, <>, <, <=, > and >=',
      span,
    });
  const equal = pairs('=');
  const strictly = pairs(op[0]!);
  const last = pairs(op).at(-1)!;
  return equal
    .slice(0, -1)
    .reduceRight<BoundExpr>(
      (rest, same, i) => bindLogic('or', [strictly[i]!, bindLogic('and', [same, rest], span)], span),
      last,
    );
}

/** `(a, b) IN ((c, d), …)` */
export function bindRowInList(
  left: readonly Operand[],
  items: readonly (readonly Operand[])[],
  negated: boolean,
  span?: TextSpan,
): BoundExpr {
  const any = bindLogic(
    'or',
    items.map((item) => bindRowComparison('=', left, item, span)),
    span,
  );
  return negated ? bindNot(any, span) : any;
}
