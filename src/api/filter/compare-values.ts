// Order of values as Postgres has it: NaN equals itself and is the greatest number, text is compared as UTF-8 bytes, intervals by
// their length, numerics whatever their display scale.

import { compareInterval } from '../../data/interval.ts';
import { compareNumeric } from '../../data/numeric.ts';
import { isIntervalValue, isNumericValue } from '../../data/value.ts';
import type { NotNull } from './condition.ts';

/** < 0, 0, > 0. Both are of one SQL type. */
export function compareValues(a: NotNull, b: NotNull): number {
  if (typeof a === 'string') return compareText(a, b as string);
  if (typeof a === 'number') return compareNumbers(a, b as number);
  if (isNumericValue(a) && isNumericValue(b)) return compareNumeric(a.unscaled, a.scale, b.unscaled, b.scale);
  if (isIntervalValue(a) && isIntervalValue(b))
    return compareInterval(a.months, a.days, a.micros, b.months, b.days, b.micros);
  if (a instanceof Uint8Array && b instanceof Uint8Array) return Buffer.compare(a, b);
  return a < b ? -1 : a > b ? 1 : 0;
}

function compareNumbers(a: number, b: number): number {
  if (Number.isNaN(a)) return Number.isNaN(b) ? 0 : 1;
  if (Number.isNaN(b)) return -1;
  return a < b ? -1 : a > b ? 1 : 0;
}

/** UTF-8 sorts by code points, JavaScript strings by UTF-16 units: they differ beyond U+D7FF only. */
function compareText(a: string, b: string): number {
  return a === b ? 0 : Buffer.compare(Buffer.from(a), Buffer.from(b));
}
