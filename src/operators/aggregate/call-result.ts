// From accumulators to the value of an aggregate: called once per changed group and epoch, never per row.

import type { Column } from '../../data/column.ts';
import type { Fractions } from '../../data/fractions.ts';
import { divideNumeric } from '../../data/numeric.ts';
import { bigintOutOfRange, doubleOverflow, fail, intervalOutOfRange } from '../../data/failure.ts';
import { divideInterval } from '../../data/interval.ts';
import { result } from '../../data/registers.ts';
import type { Layout, SqlType } from '../../data/types.ts';
import { layoutOf } from '../../data/types.ts';
import { setValue } from '../../data/value.ts';
import { isRegression } from '../../expr/resolve/aggregate-names.ts';
import type { AggregateFunction } from '../../physical/graph.ts';
import type { Accumulator } from '../../state/accumulator.ts';
import { setText } from '../../state/cells.ts';
import type { ResultWriter } from './accumulated.ts';
import { big, number } from './accumulated.ts';
import { bitWriter } from './bit-result.ts';
import { COLLECTED, FAILED, NAMELESS } from './collected.ts';
import { regressionWriter } from './regression-result.ts';
import type { Total } from './totals.ts';
import { totals } from './totals.ts';
import { varianceWriter } from './variance-result.ts';

const INT64_MIN = -(2n ** 63n);
const INT64_MAX = 2n ** 63n - 1n;

/** `type`: of the argument. `retracts`: the accumulators are those of changing input. */
export function resultWriter(
  fn: AggregateFunction,
  type: SqlType | null,
  retracts: boolean,
  fractions?: Fractions,
): ResultWriter {
  if (isRegression(fn)) return regressionWriter(fn);
  const argument = type === null ? null : layoutOf(type);
  switch (fn) {
    case 'count_star':
    case 'count':
      return (accs, i, out, row) => setValue(out, row, BigInt(number(accs[0]!, i)));
    case 'sum':
      return type!.kind === 'real'
        ? singleSum(totals(argument!, retracts))
        : sumWriter(totals(argument!, retracts));
    case 'avg':
      return avgWriter(totals(argument!, retracts));
    case 'min':
    case 'max':
    case 'mode':
    case 'first_value':
    case 'last_value':
      return extremeWriter(argument!);
    case 'percentile_cont':
    case 'percentile_disc':
      return percentileWriter(fractions!.array ? collectedWriter : extremeWriter(argument!));
    case 'string_agg':
    case 'array_agg':
    case 'jsonb_agg':
    case 'jsonb_agg_strict':
    case 'jsonb_object_agg':
    case 'jsonb_object_agg_strict':
      return collectedWriter;
    case 'bit_and':
    case 'bit_or':
    case 'bit_xor':
      return bitWriter(fn, argument!, retracts);
    case 'bool_and':
      return (accs, i, out, row) => setValue(out, row, number(accs[1]!, i) > 0 ? false : anyOf(accs, i));
    case 'bool_or':
      return (accs, i, out, row) =>
        setValue(out, row, number(accs[0]!, i) > 0 ? true : anyOf(accs, i, false));
    case 'stddev_pop':
    case 'stddev_samp':
    case 'var_pop':
    case 'var_samp':
      return varianceWriter(fn, argument!);
  }
}

/** Over no values at all both are NULL. */
function anyOf(accs: readonly Accumulator[], i: number, value = true): boolean | null {
  return number(accs[0]!, i) + number(accs[1]!, i) > 0 ? value : null;
}

function sumWriter(total: Total): ResultWriter {
  return (accs, i, out, row) => {
    if (number(accs[0]!, i) === 0) return setValue(out, row, null);
    const sum = total(accs, i);
    // The sum of a bigint column is numeric, of smaller integers bigint.
    if (typeof sum === 'bigint' && out.layout === 'numeric')
      return setValue(out, row, { unscaled: sum, scale: 0 });
    if (typeof sum === 'bigint' && (sum < INT64_MIN || sum > INT64_MAX)) bigintOutOfRange();
    return setValue(out, row, sum);
  };
}

/** Added up as doubles, and a single at the end only. */
function singleSum(total: Total): ResultWriter {
  return (accs, i, out, row) => {
    if (number(accs[0]!, i) === 0) return setValue(out, row, null);
    const sum = total(accs, i) as number;
    const single = Math.fround(sum);
    if (Number.isFinite(sum) && !Number.isFinite(single)) doubleOverflow();
    return setValue(out, row, single);
  };
}

function avgWriter(total: Total): ResultWriter {
  return (accs, i, out, row) => {
    const count = number(accs[0]!, i);
    if (count === 0) return setValue(out, row, null);
    const sum = total(accs, i);
    // An average of negative zeros is 0, as Postgres begins with that.
    if (typeof sum === 'number') return setValue(out, row, sum / count + 0);
    if (typeof sum === 'object' && 'months' in sum) {
      const micros = divideInterval(sum.months, sum.days, sum.micros, count);
      return setValue(out, row, { months: result.months, days: result.days, micros });
    }
    const exact = typeof sum === 'bigint' ? { unscaled: sum, scale: 0 } : sum;
    const unscaled = divideNumeric(exact.unscaled, exact.scale, BigInt(count), 0);
    return setValue(out, row, { unscaled, scale: result.scale });
  };
}

/** What is between two intervals may be out of range. */
function percentileWriter(write: ResultWriter): ResultWriter {
  return (accs, i, out, row) => {
    if (number(accs.at(-1)!, i) === FAILED) intervalOutOfRange();
    write(accs, i, out, row);
  };
}

/** What collected.ts has left. */
function collectedWriter(accs: readonly Accumulator[], i: number, out: Column, row: number): void {
  const state = number(accs[1]!, i);
  if (state === NAMELESS) fail('22023', 'field name must not be null');
  if (state === COLLECTED) setText(out, row, accs[0]!.values[i] as Uint8Array);
  else setValue(out, row, null);
}

function extremeWriter(argument: Layout): ResultWriter {
  return (accs, i, out, row) => {
    const seen = accs[accs.length - 1]!;
    if (number(seen, i) === 0) return setValue(out, row, null);
    switch (argument) {
      case 'bool':
        return setValue(out, row, number(accs[0]!, i) === 1);
      case 'i64':
        return setValue(out, row, big(accs[0]!, i));
      case 'numeric':
        return setValue(out, row, { unscaled: big(accs[0]!, i), scale: number(accs[1]!, i) });
      case 'interval':
        return setValue(out, row, {
          months: number(accs[0]!, i),
          days: number(accs[1]!, i),
          micros: big(accs[2]!, i),
        });
      case 'text':
        return setText(out, row, accs[0]!.values[i] as Uint8Array);
      default:
        return setValue(out, row, number(accs[0]!, i));
    }
  };
}
