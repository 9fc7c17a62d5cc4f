// The exact reading of text as a date, timestamp or interval, by the same code that reads SQL literals. Decides what the fast
// readers pass on: rounding beyond microseconds, 24:00:00, leap seconds, far years, BC, infinity.

import { RowFailure } from '../../data/failure.ts';
import { parseInterval } from '../../data/interval-text.ts';
import { parseDate, parseTimestamp, parseTimestamptz } from '../../data/time-text.ts';
import type { ColumnSlot } from './column-slot.ts';
import { storeInt64 } from './number-values.ts';
import { BAD_INTERVAL, BAD_TIMESTAMP, OK, OUT_OF_RANGE } from './rejection.ts';

/** Longer text is no time: nothing is spent on reading it. */
const MAX_LENGTH = 200;
const WITH_SLASHES = /^(\s*\d+)\/(\d+)\/(\d+)/;

/** SQLSTATEs of values that are well spelled, but that the type cannot hold (or no calendar has, such as February 30). */
const RANGE_STATES: readonly string[] = ['22008', '22015'];

function codeOf(error: unknown, malformed: number): number {
  return error instanceof RowFailure && RANGE_STATES.includes(error.sqlstate) ? OUT_OF_RANGE : malformed;
}

/** A time of day in the text is cut off, as a cast in Postgres does. */
export function exactDate(slot: ColumnSlot, row: number, text: string): number {
  if (text.length > MAX_LENGTH) return BAD_TIMESTAMP;
  try {
    slot.i32[row] = parseDate(text.replace(WITH_SLASHES, '$1-$2-$3'));
    return OK;
  } catch (error) {
    return codeOf(error, BAD_TIMESTAMP);
  }
}

export function exactTimestamp(slot: ColumnSlot, row: number, text: string): number {
  if (text.length > MAX_LENGTH) return BAD_TIMESTAMP;
  const parse = slot.type.kind === 'timestamptz' ? parseTimestamptz : parseTimestamp;
  try {
    storeInt64(slot.words, row, parse(text.replace(WITH_SLASHES, '$1-$2-$3')));
    return OK;
  } catch (error) {
    return codeOf(error, BAD_TIMESTAMP);
  }
}

export function exactInterval(slot: ColumnSlot, row: number, text: string): number {
  if (text.length > MAX_LENGTH) return BAD_INTERVAL;
  try {
    const interval = parseInterval(text);
    slot.i32[row] = interval.months;
    slot.days[row] = interval.days;
    storeInt64(slot.words, row, interval.micros);
    return OK;
  } catch (error) {
    return codeOf(error, BAD_INTERVAL);
  }
}
