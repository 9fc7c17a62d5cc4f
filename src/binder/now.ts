// now() in WHERE and HAVING. A conjunct that compares a time of the row with now() says from when until when the row is there, which is
// all that a continuous query can do with a clock: rows enter and leave as time passes. While a condition is bound, now() is a
// column that does not exist; here those conjuncts are taken out of it, solved for now().

import { TIMESTAMPTZ } from '../data/types.ts';
import { isIntervalValue } from '../data/value.ts';
import { intervalSpan } from '../data/interval.ts';
import type { TextSpan } from '../errors.ts';
import { bindCast, bindLogic } from '../expr/bind.ts';
import type { BoundExpr, CallExpr } from '../expr/bound.ts';
import { evaluateConstant } from '../expr/constant.ts';
import { isConstant } from '../expr/properties.ts';
import { childrenOf } from '../expr/tree.ts';
import type { BoundColumn, TemporalCondition } from './bound.ts';
import { unsupported } from './fail.ts';
import { withoutWatermark } from './watermarked.ts';

const NOW = -1;

export function nowColumn(span: TextSpan): BoundExpr {
  return { kind: 'column', index: NOW, name: 'now()', type: TIMESTAMPTZ, nullable: false, span };
}

export interface SplitCondition {
  /** What does not depend on the clock. */
  readonly rest: BoundExpr | null;
  readonly temporal: readonly TemporalCondition[];
}

export function splitNow(condition: BoundExpr | null): SplitCondition {
  const parts = condition === null ? [] : conjunctsOf(condition);
  const rest = parts.filter((part) => !readsNow(part));
  if (rest.length === parts.length) return { rest: condition, temporal: [] };
  return {
    rest: rest.length === 0 ? null : bindLogic('and', rest),
    temporal: parts.filter(readsNow).flatMap(solved),
  };
}

function conjunctsOf(condition: BoundExpr): readonly BoundExpr[] {
  return condition.kind === 'and' ? condition.args.flatMap(conjunctsOf) : [condition];
}

/** The columns of a relation whose rows come and go with the clock. */
export function besideClock(
  columns: readonly BoundColumn[],
  temporal: readonly TemporalCondition[],
): readonly BoundColumn[] {
  return temporal.length === 0 ? columns : withoutWatermark(columns);
}

function readsNow(expr: BoundExpr): boolean {
  return expr.kind === 'column' ? expr.index === NOW : childrenOf(expr).some(readsNow);
}

type Comparison = '<' | '<=' | '>' | '>=' | '=';

const TURNED: Readonly<Record<Comparison, Comparison>> = {
  '<': '>',
  '<=': '>=',
  '>': '<',
  '>=': '<=',
  '=': '=',
};

/** `expr <op> now()` holds from `expr + shift` on, or until then. */
function solved(part: BoundExpr): readonly TemporalCondition[] {
  const op = /^(<|<=|>|>=|=)\(/.exec(part.kind === 'call' ? part.fn : '')?.[1] as Comparison | undefined;
  if (part.kind !== 'call' || op === undefined) throw misplaced(part);
  const [left, right] = part.args;
  if (readsNow(left!) && readsNow(right!)) throw misplaced(part);
  return readsNow(left!) ? solve(right!, TURNED[op], left!) : solve(left!, op, right!);
}

/** `other <op> clock`, where `clock` reads now(). */
function solve(other: BoundExpr, op: Comparison, clock: BoundExpr): readonly TemporalCondition[] {
  const added = clockOffset(clock);
  if (added !== undefined) return conditions(bindCast(other, TIMESTAMPTZ), op, -added);
  // An age: now() - time, or time - now(), against a constant interval.
  const [left, right] =
    clock.kind === 'call' && /^-\(timestamp(tz)?,timestamp(tz)?\)$/.test(clock.fn) ? clock.args : [];
  if (left === undefined || right === undefined || !isConstant(other)) throw misplaced(clock);
  const age = constantMicros(other);
  const early = clockOffset(withoutCast(left));
  if (early !== undefined && !readsNow(right))
    return conditions(bindCast(right, TIMESTAMPTZ), op, age - early);
  const late = clockOffset(withoutCast(right));
  if (late !== undefined && !readsNow(left))
    return conditions(bindCast(left, TIMESTAMPTZ), TURNED[op], -age - late);
  throw misplaced(clock);
}

function withoutCast(expr: BoundExpr): BoundExpr {
  return expr.kind === 'cast' ? expr.arg : expr;
}

/** `expr <op> now() - shift`. Times have a grain of a microsecond. */
function conditions(expr: BoundExpr, op: Comparison, shift: bigint): readonly TemporalCondition[] {
  switch (op) {
    case '>':
      return [{ kind: 'leaves', expr, shift }];
    case '>=':
      return [{ kind: 'leaves', expr, shift: shift + 1n }];
    case '<':
      return [{ kind: 'enters', expr, shift: shift + 1n }];
    case '<=':
      return [{ kind: 'enters', expr, shift }];
    case '=':
      return [
        { kind: 'enters', expr, shift },
        { kind: 'leaves', expr, shift: shift + 1n },
      ];
  }
}

/** Microseconds that are added to now(); undefined when it is something else. */
function clockOffset(expr: BoundExpr): bigint | undefined {
  if (expr.kind === 'column') return expr.index === NOW ? 0n : undefined;
  if (expr.kind !== 'call') return undefined;
  const [left, right] = expr.args;
  switch (expr.fn) {
    case '+(timestamptz,interval)':
      return shifted(left!, right!, 1n);
    case '-(timestamptz,interval)':
      return shifted(left!, right!, -1n);
    case '+(interval,timestamptz)':
      return shifted(right!, left!, 1n);
    default:
      return undefined;
  }
}

function shifted(time: BoundExpr, by: BoundExpr, sign: bigint): bigint | undefined {
  const offset = clockOffset(time);
  if (offset === undefined || !isConstant(by)) return undefined;
  return offset + sign * constantMicros(by);
}

function constantMicros(expr: BoundExpr): bigint {
  const value = evaluateConstant(expr);
  if (isIntervalValue(value) && value.months === 0) return intervalSpan(0, value.days, value.micros);
  throw unsupported(
    'now() with an interval of months or years, or NULL',
    expr.span ?? { offset: 0, end: 0 },
    'months differ in length: use days',
  );
}

function misplaced(expr: BoundExpr): Error {
  return unsupported(
    'now() in this condition',
    nowSpan(expr) ?? expr.span ?? { offset: 0, end: 0 },
    "compare a time of the row with it, alone or among conditions that AND joins: ts > now() - INTERVAL '1 hour'",
  );
}

function nowSpan(expr: BoundExpr | CallExpr): TextSpan | undefined {
  if (expr.kind === 'column') return expr.index === NOW ? expr.span : undefined;
  for (const child of childrenOf(expr)) {
    const span = nowSpan(child);
    if (span !== undefined) return span;
  }
  return undefined;
}
