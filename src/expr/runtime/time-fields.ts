// extract and date_part of a time of day.

import { result } from '../../data/registers.ts';
import { numericToDouble } from '../../data/numeric-text.ts';
import { timeField as fieldNamed, unknownField, unsupportedField } from './fields.ts';

const TYPE = 'time without time zone';
const MINUTE = 60_000_000n;

/** Exact, with the digits that the unit has. */
export function timeField(word: string, time: bigint): bigint {
  const give = (unscaled: bigint, scale: number): bigint => {
    result.scale = scale;
    return unscaled;
  };
  switch (fieldNamed(word)) {
    case undefined:
      return unknownField(word, TYPE);
    case 'microsecond':
      return give(time % MINUTE, 0);
    case 'millisecond':
      return give(time % MINUTE, 3);
    case 'second':
      return give(time % MINUTE, 6);
    case 'minute':
      return give((time / MINUTE) % 60n, 0);
    case 'hour':
      return give(time / (60n * MINUTE), 0);
    case 'epoch':
      return give(time, 6);
    default:
      return unsupportedField(word, TYPE);
  }
}

export function timePart(word: string, time: bigint): number {
  const unscaled = timeField(word, time);
  return numericToDouble(unscaled, result.scale);
}
