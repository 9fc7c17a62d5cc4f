// Builds typed expressions from operands: what the binder calls for every operator, function, cast and construct.
// Each resolves by PostgreSQL's rules, inserts the coercions, and derives the result type and nullability.

import { MillraceError } from '../errors.ts';
import type { TextSpan } from '../errors.ts';
import type { SqlType } from '../data/types.ts';
import { arrayOf, BIGINT, BOOLEAN, sameUnconstrained, unconstrained } from '../data/types.ts';
import type { BoundExpr, CaseExpr } from './bound.ts';
import type { SpecialFunction } from './functions/function.ts';
import { functionKey } from './functions/function.ts';
import { coerce } from './resolve/casts.ts';
import { refuseOtherCollation } from './resolve/collation.ts';
import { refuseConstants } from './resolve/constants.ts';
import { commonType } from './resolve/common-type.ts';
import type { ResolvedFunction } from './resolve/functions.ts';
import { resolveFunction, resolveOperator, tableFunction } from './resolve/functions.ts';
import type { Operand } from './resolve/operand.ts';
import { argTypeOf, literal, untyped } from './resolve/operand.ts';
import { typeOfCall } from './resolve/type-functions.ts';

export function bindFunction(name: string, args: readonly Operand[], span?: TextSpan): BoundExpr {
  const type = typeOfCall(name, args.map(argTypeOf));
  if (type !== undefined) return bindCast(args[0]!, type, span);
  const call = bindCall(resolveFunction(name, args.map(argTypeOf), span), args, span);
  refuseConstants(name, call, span);
  return call;
}

/** `left` is null for a prefix operator. Names as in the syntax tree: `=`, `<>`, `||`, `~~` for LIKE … */
export function bindOperator(op: string, left: Operand | null, right: Operand, span?: TextSpan): BoundExpr {
  const resolved = resolveOperator(op, left === null ? null : argTypeOf(left), argTypeOf(right), span);
  const call = bindCall(resolved, left === null ? [right] : [left, right], span);
  refuseConstants(op, call, span);
  return call;
}

/** CAST(… AS …). */
export function bindCast(operand: Operand, type: SqlType, span?: TextSpan): BoundExpr {
  // A literal becomes a text of any length first, which the cast then cuts.
  const cut = operand.kind === 'untyped' && (type.kind === 'varchar' || type.kind === 'array');
  const whole = cut ? coerce(operand, unconstrained(type)) : operand;
  return coerce(whole, type, 'explicit', span);
}

/** A condition: WHERE, WHEN, an operand of AND, OR, NOT. */
export function bindCondition(operand: Operand, construct: string): BoundExpr {
  if (operand.kind !== 'untyped' && operand.type.kind !== 'boolean')
    throw new MillraceError({
      code: 'TYPE_MISMATCH',
      message: `argument of ${construct} must be type boolean, not type ${operand.type.kind}`,
      hint: 'compare it with something, such as x <> 0',
      span: operand.span,
    });
  return coerce(operand, BOOLEAN);
}

export function bindLogic(kind: 'and' | 'or', operands: readonly Operand[], span?: TextSpan): BoundExpr {
  const args = operands.map((operand) => bindCondition(operand, kind.toUpperCase()));
  if (args.length === 1) return args[0]!;
  return { kind, args, type: BOOLEAN, nullable: args.some((arg) => arg.nullable), span };
}

export function bindNot(operand: Operand, span?: TextSpan): BoundExpr {
  const arg = bindCondition(operand, 'NOT');
  return { kind: 'not', arg, type: BOOLEAN, nullable: arg.nullable, span };
}

export function bindIsNull(operand: Operand, negated: boolean, span?: TextSpan): BoundExpr {
  const arg = operand.kind === 'untyped' ? coerce(operand, { kind: 'text' }) : operand;
  return { kind: 'isNull', arg, negated, type: BOOLEAN, nullable: false, span };
}

/** IS [NOT] TRUE, FALSE, UNKNOWN. */
export function bindIsBoolean(
  operand: Operand,
  test: 'true' | 'false' | 'unknown',
  negated: boolean,
  span?: TextSpan,
): BoundExpr {
  const arg = bindCondition(operand, `IS ${test.toUpperCase()}`);
  return bindCall(tableFunction(`is ${negated ? 'not ' : ''}${test}`, [BOOLEAN]), [arg], span);
}

/** IS [NOT] DISTINCT FROM: `=` says which types are compared. */
export function bindIsDistinct(left: Operand, right: Operand, negated: boolean, span?: TextSpan): BoundExpr {
  const equality = resolveOperator('=', argTypeOf(left), argTypeOf(right), span);
  const distinct = tableFunction(negated ? 'is not distinct from' : 'is distinct from', equality.params);
  return bindCall(distinct, [left, right], span);
}

/** `operand [NOT] IN (items)`: a chain of `=`. */
export function bindInList(
  operand: Operand,
  items: readonly Operand[],
  negated: boolean,
  span?: TextSpan,
): BoundExpr {
  const any = bindLogic(
    'or',
    items.map((item) => bindOperator('=', operand, item, span)),
    span,
  );
  return negated ? bindNot(any, span) : any;
}

/** Searched CASE. The type is chosen as PostgreSQL does: the ELSE arm first. */
export function bindCase(
  arms: readonly { readonly when: Operand; readonly then: Operand }[],
  otherwise: Operand | null,
  span?: TextSpan,
): CaseExpr {
  const last = otherwise ?? untyped(null);
  const type = commonType([argTypeOf(last), ...arms.map((arm) => argTypeOf(arm.then))], 'CASE', span);
  const bound = arms.map((arm) => ({
    when: bindCondition(arm.when, 'CASE/WHEN'),
    then: coerce(arm.then, type),
  }));
  const rest = otherwise === null ? null : coerce(otherwise, type);
  const nullable = rest === null || rest.nullable || bound.some((arm) => arm.then.nullable);
  return { kind: 'case', arms: bound, otherwise: rest, type, nullable, span };
}

export function bindCoalesce(operands: readonly Operand[], span?: TextSpan): BoundExpr {
  const type = commonType(operands.map(argTypeOf), 'COALESCE', span);
  const args = operands.map((operand) => coerce(operand, type));
  if (args.length === 1) return args[0]!;
  return { kind: 'coalesce', args, type, nullable: args.every((arg) => arg.nullable), span };
}

export function bindGreatest(
  name: 'greatest' | 'least',
  operands: readonly Operand[],
  span?: TextSpan,
): BoundExpr {
  const type = commonType(operands.map(argTypeOf), name.toUpperCase(), span);
  const args = operands.map((operand) => coerce(operand, type));
  const { fn } = tableFunction(name, [type], type);
  const nullable = args.every((arg) => arg.nullable);
  return { kind: 'call', fn: functionKey(fn.name, fn.params), args, type, nullable, span };
}

/** What `=` compares: the left type, promoted where the comparison needs it and is not one across widths. */
function nullIfType(left: Operand, compared: SqlType): SqlType {
  if (left.kind === 'untyped') return compared;
  const isWidened = WIDTHS.has(left.type.kind) && WIDTHS.get(left.type.kind) === WIDTHS.get(compared.kind);
  return isWidened || sameUnconstrained(left.type, compared) ? left.type : compared;
}

const WIDTHS: ReadonlyMap<string, string> = new Map([
  ...['smallint', 'integer', 'bigint'].map((kind) => [kind, 'integer'] as const),
  ...['real', 'double'].map((kind) => [kind, 'float'] as const),
]);

/** NULLIF(a, b): NULL when a = b, else a. */
export function bindNullIf(left: Operand, right: Operand, span?: TextSpan): BoundExpr {
  const resolved = resolveOperator('=', argTypeOf(left), argTypeOf(right), span);
  const type = nullIfType(left, resolved.params[0]!);
  const value = coerce(left, type);
  const equal = bindCall(resolved, [value, right], span);
  const arms = [{ when: equal, then: literal(null, type) }];
  return { kind: 'case', arms, otherwise: value, type, nullable: true, span };
}

/** A function of the table that PostgreSQL does not have. */
export function bindInternal(name: string, args: readonly BoundExpr[], type: SqlType): BoundExpr {
  const params = args.map((arg) => arg.type);
  return bindCall(tableFunction(name, params, type), args, undefined);
}

/** Start of the tumbling window of `size` microseconds (aligned to 1970-01-01) that a timestamp[tz] lies in. */
export function bindTumbleStart(time: BoundExpr, size: bigint, span?: TextSpan): BoundExpr {
  return bindCall(
    tableFunction('tumble_start', [time.type, BIGINT], time.type),
    [time, literal(size, BIGINT)],
    span,
  );
}

function bindCall(
  resolved: ResolvedFunction,
  args: readonly Operand[],
  span: TextSpan | undefined,
): BoundExpr {
  const { fn } = resolved;
  const bound = args.map((arg, i) => {
    const coerced = coerce(arg, resolved.params[i]!, 'explicit');
    return resolved.wrapped?.[i] === true ? arrayOfOne(coerced, span) : coerced;
  });
  refuseOtherCollation(fn.name, bound, span);
  const nullable = bound.some((arg) => arg.nullable);
  return {
    kind: 'call',
    fn: functionKey(fn.name, fn.params),
    args: bound,
    type: resolved.result,
    nullable: fn.kind === 'strict' ? nullable || fn.nullResult : maybeNull(fn.nullable, nullable),
    span,
  };
}

function maybeNull(rule: SpecialFunction['nullable'], anyArg: boolean): boolean {
  return rule === 'sometimes' || (rule !== 'never' && anyArg);
}

function arrayOfOne(item: BoundExpr, span: TextSpan | undefined): BoundExpr {
  const fn = functionKey('array', [item.type.kind]);
  return { kind: 'call', fn, args: [item], type: arrayOf(item.type), nullable: false, span };
}
