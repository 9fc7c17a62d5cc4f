// The frame of a window: checked as PostgreSQL does (transformWindowDefinitions and transformFrameOffset in src/backend/parser), with
// offsets as constants. By default it goes from the first row to the last peer of the row; without an order all rows are peers.

import { numericToText } from '../data/numeric-text.ts';
import { intervalSpan, isInfiniteInterval } from '../data/interval.ts';
import type { ScalarKind, SqlType, TypeKind } from '../data/types.ts';
import { typeName } from '../data/types.ts';
import type { IntervalValue, Value } from '../data/value.ts';
import { isIntervalValue, isNumericValue } from '../data/value.ts';
import type { TextSpan } from '../errors.ts';
import { evaluateConstant } from '../expr/constant.ts';
import { coerce, resolveCast } from '../expr/resolve/casts.ts';
import { argTypeOf } from '../expr/resolve/operand.ts';
import type { Operand } from '../expr/resolve/operand.ts';
import { argTypeName } from '../expr/resolve/refusals.ts';
import type { Expression, Frame, FrameBound, WindowSpecification } from '../sql/ast.ts';
import type { BoundOrder, FrameEdge, OverFrame } from './bound.ts';
import { constantCount, constantOperand } from './constant-count.ts';
import { invalidQuery, typeMismatch, unsupported } from './fail.ts';

export function boundFrame({ frame, span }: WindowSpecification, order: readonly BoundOrder[]): OverFrame {
  if (frame === undefined) return { start: { kind: 'unbounded' }, end: { kind: 'peers' } };
  const start = edgeOf(frame, frame.start, 'start', order, span);
  const end = edgeOf(frame, frame.end, 'end', order, span);
  if (rankOf(frame.start) > rankOf(frame.end)) {
    throw invalidQuery('a frame cannot end before it starts', span, 'put the earlier bound first');
  }
  if (frame.mode === 'groups' && order.length === 0)
    throw invalidQuery(
      'GROUPS mode requires an ORDER BY clause',
      span,
      'say what makes rows peers: ORDER BY …',
    );
  return frame.exclude === 'none' ? { start, end } : { start, end, exclude: frame.exclude };
}

function edgeOf(
  frame: Frame,
  bound: FrameBound,
  side: 'start' | 'end',
  order: readonly BoundOrder[],
  span: TextSpan,
): FrameEdge {
  switch (bound.kind) {
    case 'unbounded preceding':
    case 'unbounded following':
      if ((bound.kind === 'unbounded preceding') === (side === 'start')) return { kind: 'unbounded' };
      throw invalidQuery(`frame ${side} cannot be ${bound.kind.toUpperCase()}`, span, 'write CURRENT ROW');
    case 'current row':
      return frame.mode === 'rows' ? { kind: 'row', offset: 0 } : { kind: 'peers' };
    default:
      return frame.mode === 'range'
        ? { kind: 'range', offset: rangeOffset(bound.kind, bound.offset, order, span) }
        : {
            kind: frame.mode === 'rows' ? 'row' : 'group',
            offset: rowOffset(bound.kind, bound.offset, side),
          };
  }
}

function rowOffset(direction: string, offset: Expression, side: 'start' | 'end'): number {
  const rows = constantCount(offset, `frame ${side}ing offset`);
  if (rows === null)
    throw invalidQuery(`frame ${side}ing offset must not be null`, offset.span, 'write a number');
  const far = Math.min(rows, 2 ** 52);
  return direction === 'preceding' ? -far : far;
}

function rankOf(bound: FrameBound): number {
  return ['unbounded preceding', 'preceding', 'current row', 'following', 'unbounded following'].indexOf(
    bound.kind,
  );
}

/** What an offset may be for each type that orders the rows: the right-hand types of PostgreSQL's in_range functions. */
const OFFSETS: Readonly<Partial<Record<TypeKind, readonly ScalarKind[]>>> = {
  smallint: ['bigint', 'integer', 'smallint'],
  integer: ['bigint', 'integer', 'smallint'],
  bigint: ['bigint'],
  real: ['double'],
  double: ['double'],
  numeric: ['numeric'],
  date: ['interval'],
  time: ['interval'],
  timestamp: ['interval'],
  timestamptz: ['interval'],
  interval: ['interval'],
};

function rangeOffset(
  direction: string,
  offset: Expression,
  order: readonly BoundOrder[],
  span: TextSpan,
): string {
  const [key] = order;
  if (key === undefined || order.length > 1)
    throw invalidQuery(
      'RANGE with offset PRECEDING/FOLLOWING requires exactly one ORDER BY column',
      span,
      'the offset is added to one value; ROWS and GROUPS count',
    );
  const { type } = key.expr;
  const operand = constantOperand(offset, 'RANGE');
  const value = evaluateConstant(coerce(operand, offsetType(type, operand, offset.span)));
  if (value === null)
    throw invalidQuery('frame offset must not be null', offset.span, 'write how far the frame reaches');
  const digits = offsetText(value, type, offset.span);
  return direction === 'following' || digits === '0' ? digits : `-${digits}`;
}

/** Of several types that the offset could have the one that it has, or that orders the rows. */
function offsetType(type: SqlType, operand: Operand, span: TextSpan): SqlType {
  const name = typeName(type);
  const can = OFFSETS[type.kind];
  const own = argTypeOf(operand);
  const what = 'RANGE with offset PRECEDING/FOLLOWING is not supported for column type';
  if (can === undefined)
    throw invalidQuery(`${what} ${name}`, span, 'order by a number or a time, or count ROWS');
  const fitting = can.filter((kind) => resolveCast(own, { kind }, 'implicit') !== undefined);
  if (fitting.length === 0)
    throw typeMismatch(
      `${what} ${name} and offset type ${argTypeName(own)}`,
      span,
      'cast the offset value to an appropriate type',
    );
  const preferred = own === 'unknown' ? type.kind : own.kind;
  return { kind: fitting.find((kind) => kind === preferred) ?? fitting.at(-1)! };
}

function offsetText(value: Exclude<Value, null>, type: SqlType, span: TextSpan): string {
  const text = isIntervalValue(value) ? intervalText(value, type, span) : numberText(value);
  if (!text.startsWith('-') && text !== 'NaN') return text;
  throw invalidQuery(
    'invalid preceding or following size in window function',
    span,
    'write 0 or more; PRECEDING and FOLLOWING say the direction',
  );
}

function numberText(value: Exclude<Value, null>): string {
  if (isNumericValue(value)) return numericToText(value.unscaled, value.scale);
  return String(value);
}

/** Of a time only the part within a day counts; days of a timestamp are 24 hours, as its zone is UTC. */
function intervalText({ months, days, micros }: IntervalValue, type: SqlType, span: TextSpan): string {
  if (type.kind === 'time') return String(micros);
  if (isInfiniteInterval(months, days, micros)) return months > 0 ? 'Infinity' : '-Infinity';
  if (months !== 0 && type.kind !== 'interval')
    throw unsupported(
      'RANGE with an offset of months',
      span,
      "months differ in length: write days, INTERVAL '30 days'",
    );
  return String(intervalSpan(months, days, micros));
}
