// The sum of a group, from what the loops of sum-code.ts and changing-sum-code.ts have accumulated.

import { NUMERIC_MINUS_INFINITY, NUMERIC_NAN, NUMERIC_PLUS_INFINITY } from '../../data/column.ts';
import { intervalOutOfRange } from '../../data/failure.ts';
import {
  INTERVAL_MAX_DAYS,
  INTERVAL_MAX_MICROS,
  INTERVAL_MIN_DAYS,
  INTERVAL_MIN_MICROS,
  isInfiniteInterval,
} from '../../data/interval.ts';
import { powerOfTen } from '../../data/numeric.ts';
import type { Layout } from '../../data/types.ts';
import type { IntervalValue, NumericValue } from '../../data/value.ts';
import type { Accumulator } from '../../state/accumulator.ts';
import { big, number } from './accumulated.ts';
import { MET_MINUS_INFINITY, MET_NAN, MET_PLUS_INFINITY } from './call-functions.ts';
import { doubleTotal } from './double-sums.ts';

/** Of a group with at least one value. Integers are summed as bigint. */
export type Total = (
  accs: readonly Accumulator[],
  i: number,
) => bigint | number | NumericValue | IntervalValue;

export function totals(argument: Layout, retracts: boolean): Total {
  switch (argument) {
    case 'i32':
      return (accs, i) => big(accs[2]!, i) + BigInt(number(accs[1]!, i));
    case 'i64':
      return (accs, i) =>
        big(accs[3]!, i) + (BigInt(number(accs[2]!, i)) << 32n) + BigInt(number(accs[1]!, i));
    case 'f64':
      return doubleTotal;
    case 'numeric':
      return retracts ? changingNumeric : growingNumeric;
    case 'interval':
      return intervalTotal;
    default:
      throw new Error(`sum of ${argument}: the binder accepts none`);
  }
}

function growingNumeric(accs: readonly Accumulator[], i: number): NumericValue {
  const met = number(accs[3]!, i);
  const special = specialSum(
    (met & MET_NAN) !== 0,
    (met & MET_PLUS_INFINITY) !== 0,
    (met & MET_MINUS_INFINITY) !== 0,
  );
  return special ?? { unscaled: big(accs[1]!, i), scale: number(accs[2]!, i) };
}

function changingNumeric(accs: readonly Accumulator[], i: number): NumericValue {
  const special = specialSum(number(accs[6]!, i) > 0, number(accs[7]!, i) > 0, number(accs[8]!, i) > 0);
  return special ?? atDisplayScale(big(accs[1]!, i), number(accs[2]!, i), number(accs[3]!, i));
}

function specialSum(nan: boolean, plus: boolean, minus: boolean): NumericValue | null {
  if (nan || (plus && minus)) return { unscaled: 0n, scale: NUMERIC_NAN };
  if (plus) return { unscaled: 0n, scale: NUMERIC_PLUS_INFINITY };
  return minus ? { unscaled: 0n, scale: NUMERIC_MINUS_INFINITY } : null;
}

/** Rows with more digits have gone, and what they brought with them: the division leaves no rest. */
export function atDisplayScale(unscaled: bigint, scale: number, display: number): NumericValue {
  return { unscaled: unscaled / powerOfTen(scale - display), scale: display };
}

function intervalTotal(accs: readonly Accumulator[], i: number): IntervalValue {
  const [plus, minus] = [number(accs[4]!, i) > 0, number(accs[5]!, i) > 0];
  if (plus && minus) intervalOutOfRange();
  if (plus) return { months: INTERVAL_MAX_DAYS, days: INTERVAL_MAX_DAYS, micros: INTERVAL_MAX_MICROS };
  if (minus) return { months: INTERVAL_MIN_DAYS, days: INTERVAL_MIN_DAYS, micros: INTERVAL_MIN_MICROS };
  const [months, days, micros] = [number(accs[1]!, i), number(accs[2]!, i), big(accs[3]!, i)];
  const fits = (months | 0) === months && (days | 0) === days && BigInt.asIntN(64, micros) === micros;
  if (!fits || isInfiniteInterval(months, days, micros)) intervalOutOfRange();
  return { months, days, micros };
}
