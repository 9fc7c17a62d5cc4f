// Conditions that bound the time between two rows that stand side by side: `a.ts BETWEEN b.ts - INTERVAL … AND b.ts + INTERVAL …` and
// whatever else says so, by comparisons of timestamps that differ by constants, or of their difference with a constant.

import { intervalSpan, isInfiniteInterval } from '../data/interval.ts';
import type { IntervalValue } from '../data/value.ts';
import { isIntervalValue } from '../data/value.ts';
import type { BoundExpr } from './bound.ts';
import { evaluateConstant } from './constant.ts';
import { isConstant } from './properties.ts';

/** Pairs meet only where `least <= right - left <= most`, in microseconds; null: unbounded. Never where either is NULL. */
export interface TimeBound {
  readonly left: number;
  /** Column of the right row, counted from its own first one. */
  readonly right: number;
  readonly least: bigint | null;
  readonly most: bigint | null;
}

/** The bound that a conjunct sets between a time of the first `width` columns and one of those behind them; null: none. */
export function timeBoundOf(condition: BoundExpr, width: number): TimeBound | null {
  if (condition.kind !== 'call' || condition.args.length !== 2) return null;
  const operator = condition.fn.slice(0, condition.fn.lastIndexOf('('));
  if (!['<', '<=', '>', '>=', '='].includes(operator)) return null;
  const [a, b] = condition.args.map(linear);
  if (a === null || b === null || a === undefined || b === undefined) return null;
  const [times, low, high] = [subtract(a.times, b.times), a.low - b.high, a.high - b.low];
  const [plus, minus] = [columnWith(times, 1), columnWith(times, -1)];
  if (times.size !== 2 || plus === undefined || minus === undefined) return null;
  // `plus - minus + c <operator> 0`, with c between low and high. Times have a grain of a microsecond.
  const most = operator.startsWith('<') || operator === '=' ? -low - (operator === '<' ? 1n : 0n) : null;
  const least = operator.startsWith('>') || operator === '=' ? -high + (operator === '>' ? 1n : 0n) : null;
  if (plus >= width && minus < width) return { left: minus, right: plus - width, least, most };
  if (plus < width && minus >= width)
    return { left: plus, right: minus - width, least: negated(most), most: negated(least) };
  return null;
}

function negated(micros: bigint | null): bigint | null {
  return micros === null ? null : -micros;
}

/** A sum of columns, by how often each counts, and a constant that is known to lie between two values. */
interface Linear {
  readonly times: ReadonlyMap<number, number>;
  readonly low: bigint;
  readonly high: bigint;
}

function linear(expr: BoundExpr): Linear | null {
  const { kind } = expr.type;
  if (kind === 'interval' && isConstant(expr)) return constant(expr, exactly);
  if (expr.kind === 'column')
    return isTimestamp(kind) && expr.outer === undefined
      ? { times: new Map([[expr.index, 1]]), ...ZERO }
      : null;
  // The session's time zone is UTC: the two types have the same values.
  if (expr.kind === 'cast')
    return isTimestamp(kind) && isTimestamp(expr.arg.type.kind) ? linear(expr.arg) : null;
  if (expr.kind !== 'call' || expr.args.length !== 2) return null;
  const [a, b] = expr.args as [BoundExpr, BoundExpr];
  if (/^\+\(timestamp(tz)?,interval\)$/.test(expr.fn)) return combined(linear(a), shift(b), 1);
  if (/^\+\(interval,timestamp(tz)?\)$/.test(expr.fn)) return combined(linear(b), shift(a), 1);
  if (/^-\(timestamp(tz)?,interval\)$/.test(expr.fn)) return combined(linear(a), shift(b), -1);
  if (/^-\(timestamp(tz)?,timestamp(tz)?\)$/.test(expr.fn)) return combined(linear(a), linear(b), -1);
  return null;
}

const ZERO = { low: 0n, high: 0n };

function isTimestamp(kind: string): boolean {
  return kind === 'timestamp' || kind === 'timestamptz';
}

/** An interval that is added to a time. */
function shift(expr: BoundExpr): Linear | null {
  return isConstant(expr) ? constant(expr, calendar) : null;
}

type Span = (interval: IntervalValue) => { readonly low: bigint; readonly high: bigint };

function constant(expr: BoundExpr, span: Span): Linear | null {
  const value = evaluateConstant(expr);
  if (!isIntervalValue(value) || isInfiniteInterval(value.months, value.days, value.micros)) return null;
  return { times: new Map(), ...span(value) };
}

/** As intervals compare: a month is 30 days. */
function exactly({ months, days, micros }: IntervalValue): { readonly low: bigint; readonly high: bigint } {
  const span = intervalSpan(months, days, micros);
  return { low: span, high: span };
}

/** As they are added to a time: a month is what it is there. */
function calendar({ months, days, micros }: IntervalValue): { readonly low: bigint; readonly high: bigint } {
  const [short, long] = months < 0 ? [31, 28] : [28, 31];
  return {
    low: intervalSpan(0, days + months * short, micros),
    high: intervalSpan(0, days + months * long, micros),
  };
}

function combined(a: Linear | null, b: Linear | null, sign: 1 | -1): Linear | null {
  if (a === null || b === null) return null;
  if (sign === 1)
    return {
      times: subtract(a.times, new Map([...b.times].map(([c, n]) => [c, -n]))),
      low: a.low + b.low,
      high: a.high + b.high,
    };
  return { times: subtract(a.times, b.times), low: a.low - b.high, high: a.high - b.low };
}

function subtract(a: Linear['times'], b: Linear['times']): Linear['times'] {
  const times = new Map(a);
  for (const [column, n] of b) {
    const left = (times.get(column) ?? 0) - n;
    if (left === 0) times.delete(column);
    else times.set(column, left);
  }
  return times;
}

function columnWith(times: Linear['times'], count: number): number | undefined {
  return [...times].find(([, n]) => n === count)?.[0];
}
