// Text to values, as Postgres reads them: what CSV fields, and strings in other formats, are converted by. The fast readers take what
// values nearly always look like straight from bytes.

import { RowFailure } from '../../data/failure.ts';
import { parseValue } from '../../data/text-forms.ts';
import type { Value } from '../../data/value.ts';
import { setValue, valueBytes } from '../../data/value.ts';
import type { ColumnSlot } from './column-slot.ts';
import { fastDouble, fastInt32, fastInt64, fastNumeric } from './number-values.ts';
import { BAD_INTERVAL, BAD_TIMESTAMP, OK, OUT_OF_RANGE, WRONG_TYPE } from './rejection.ts';

const decoder = new TextDecoder('utf-8', { fatal: false });

/** Longer text is a value of no type but numeric and text. */
const MAX_LENGTH = 200;
const MAX_NUMERIC_LENGTH = 150_000;

/** `b[s … e)` becomes row `row`; text columns are the caller's. */
export function convertText(slot: ColumnSlot, row: number, b: Uint8Array, s: number, e: number): number {
  switch (slot.type.kind) {
    case 'smallint':
    case 'integer':
      if (fastInt32(slot, row, b, s) === e) return OK;
      break;
    case 'bigint':
      if (fastInt64(slot, row, b, s) === e) return OK;
      break;
    case 'double':
      if (fastDouble(slot, row, b, s) === e) return OK;
      break;
    case 'numeric':
      if (fastNumeric(slot, row, b, s) === e) return OK;
      break;
    default:
  }
  if (e - s > maxLength(slot)) return malformed(slot);
  return convertString(slot, row, decoder.decode(b.subarray(s, e)));
}

/** The same for a string. */
export function convertString(slot: ColumnSlot, row: number, text: string): number {
  try {
    storeValue(slot, row, parseValue(text, slot.type));
    return OK;
  } catch (error) {
    if (!(error instanceof RowFailure)) throw error;
    return RANGE_STATES.includes(error.sqlstate) ? OUT_OF_RANGE : malformed(slot);
  }
}

/** Slices go to the arena of the decoder, everything else in its place. */
function storeValue(slot: ColumnSlot, row: number, value: Value): void {
  if (slot.column.layout !== 'text') setValue(slot.column, row, value);
  else if (slot.projected) slot.putBytes(row, valueBytes(value));
}

function maxLength(slot: ColumnSlot): number {
  if (slot.column.layout === 'text') return Infinity;
  return slot.type.kind === 'numeric' ? MAX_NUMERIC_LENGTH : MAX_LENGTH;
}

/** Well spelled, but the type cannot hold it, or no calendar has it. */
const RANGE_STATES: readonly string[] = ['22001', '22003', '22008', '22015'];

function malformed(slot: ColumnSlot): number {
  switch (slot.type.kind) {
    case 'date':
    case 'time':
    case 'timestamp':
    case 'timestamptz':
      return BAD_TIMESTAMP;
    case 'interval':
      return BAD_INTERVAL;
    default:
      return WRONG_TYPE;
  }
}
