// Variance and standard deviation from exact sums: n·Σx² − (Σx)² over n·(n − 1), or over n². Numerics are divided and rooted as
// Postgres does (numeric_stddev_internal in src/backend/utils/adt/numeric.c), doubles are rounded once, at the end.

import { NUMERIC_NAN } from '../../data/column.ts';
import { doubleOverflow } from '../../data/failure.ts';
import { divideNumeric, powerOfTen } from '../../data/numeric.ts';
import { result } from '../../data/registers.ts';
import type { Layout } from '../../data/types.ts';
import type { NumericValue } from '../../data/value.ts';
import { setValue } from '../../data/value.ts';
import { big, number } from './accumulated.ts';
import { bitLength, ratio } from './exact-doubles.ts';
import type { ResultWriter } from './accumulated.ts';
import { atDisplayScale } from './totals.ts';

type VarianceFunction = 'stddev_pop' | 'stddev_samp' | 'var_pop' | 'var_samp';

export function varianceWriter(fn: VarianceFunction, argument: Layout): ResultWriter {
  const sample = fn.endsWith('samp');
  const root = fn.startsWith('stddev');
  return (accs, i, out, row) => {
    const n = number(accs[0]!, i);
    if (n === 0 || (sample && n === 1)) return setValue(out, row, null);
    const [sum, squares] = [big(accs[1]!, i), big(accs[2]!, i)];
    const rows = BigInt(n);
    const divisor = rows * (sample ? rows - 1n : rows);
    switch (argument) {
      case 'f64': {
        if (number(accs[4]!, i) > 0) return setValue(out, row, NaN);
        const bits = BigInt(number(accs[3]!, i));
        const variance = ratio(rows * squares - sum * sum, divisor << (2n * bits));
        if (!Number.isFinite(variance)) doubleOverflow();
        return setValue(out, row, root ? Math.sqrt(variance) : variance);
      }
      case 'numeric': {
        if (number(accs[7]!, i) > 0) return setValue(out, row, { unscaled: 0n, scale: NUMERIC_NAN });
        const scale = number(accs[3]!, i);
        const spread = atDisplayScale(rows * squares - sum * sum, 2 * scale, 2 * number(accs[4]!, i));
        return setValue(out, row, numericVariance(spread, divisor, root));
      }
      default:
        return setValue(
          out,
          row,
          numericVariance({ unscaled: rows * squares - sum * sum, scale: 0 }, divisor, root),
        );
    }
  };
}

function numericVariance(spread: NumericValue, divisor: bigint, root: boolean): NumericValue {
  if (spread.unscaled <= 0n) return { unscaled: 0n, scale: 0 };
  const unscaled = divideNumeric(spread.unscaled, spread.scale, divisor, 0);
  const { scale } = result;
  return { unscaled: root ? squareRoot(unscaled, scale) : unscaled, scale };
}

/** √(unscaled / 10^scale), rounded to as many digits. */
function squareRoot(unscaled: bigint, scale: number): bigint {
  // One digit more, cut off, decides about rounding.
  const wide = integerRoot(unscaled * powerOfTen(scale + 2));
  return (wide + 5n) / 10n;
}

/** ⌊√x⌋ by Newton's method from above. */
function integerRoot(x: bigint): bigint {
  if (x < 2n) return x;
  let root = 1n << BigInt((bitLength(x) + 1) >> 1);
  for (;;) {
    const next = (root + x / root) >> 1n;
    if (next >= root) return root;
    root = next;
  }
}
