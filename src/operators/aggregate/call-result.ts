// From accumulators to the value of an aggregate: called once per changed group and epoch, never per row.

import type { Column } from '../../data/column.ts';
import { NUMERIC_MINUS_INFINITY, NUMERIC_NAN, NUMERIC_PLUS_INFINITY } from '../../data/column.ts';
import { divideNumeric } from '../../data/numeric.ts';
import { bigintOutOfRange, doubleOverflow } from '../../data/failure.ts';
import { result } from '../../data/registers.ts';
import type { Layout } from '../../data/types.ts';
import type { NumericValue } from '../../data/value.ts';
import { setValue } from '../../data/value.ts';
import type { AggregateFunction } from '../../physical/graph.ts';
import type { Accumulator } from '../../state/accumulator.ts';
import { setText } from '../../state/cells.ts';
import { MET_MINUS_INFINITY, MET_NAN, MET_PLUS_INFINITY } from './call-functions.ts';

/** Writes the value of entry `i` of the accumulators to row `row` of `out`, whose text columns are owned arenas. */
export type ResultWriter = (accs: readonly Accumulator[], i: number, out: Column, row: number) => void;

const INT64_MIN = -(2n ** 63n);
const INT64_MAX = 2n ** 63n - 1n;

export function resultWriter(fn: AggregateFunction, argument: Layout | null): ResultWriter {
  switch (fn) {
    case 'count_star':
    case 'count':
      return (accs, i, out, row) => setValue(out, row, BigInt(number(accs[0]!, i)));
    case 'sum':
      return sumWriter(argument!);
    case 'avg':
      return avgWriter(argument!);
    case 'min':
    case 'max':
      return extremeWriter(argument!);
  }
}

function number(acc: Accumulator, i: number): number {
  const value = acc.values[i];
  return typeof value === 'number' ? value : 0;
}

function big(acc: Accumulator, i: number): bigint {
  const value = acc.values[i];
  return typeof value === 'bigint' ? value : 0n;
}

/** The exact sum of an integer column. */
function integerSum(argument: Layout, accs: readonly Accumulator[], i: number): bigint {
  if (argument === 'i32') return big(accs[2]!, i) + BigInt(number(accs[1]!, i));
  return big(accs[3]!, i) + (BigInt(number(accs[2]!, i)) << 32n) + BigInt(number(accs[1]!, i));
}

function numericSum(accs: readonly Accumulator[], i: number): NumericValue {
  const met = number(accs[3]!, i);
  if (met !== 0) {
    const both = MET_PLUS_INFINITY | MET_MINUS_INFINITY;
    if ((met & MET_NAN) !== 0 || (met & both) === both) return { unscaled: 0n, scale: NUMERIC_NAN };
    const scale = (met & MET_PLUS_INFINITY) !== 0 ? NUMERIC_PLUS_INFINITY : NUMERIC_MINUS_INFINITY;
    return { unscaled: 0n, scale };
  }
  return { unscaled: big(accs[1]!, i), scale: number(accs[2]!, i) };
}

function doubleSum(accs: readonly Accumulator[], i: number): number {
  const sum = number(accs[1]!, i);
  const met = number(accs[3]!, i) === 1;
  if (met) return sum;
  if (!Number.isFinite(sum)) doubleOverflow();
  return sum + number(accs[2]!, i);
}

function sumWriter(argument: Layout): ResultWriter {
  return (accs, i, out, row) => {
    if (number(accs[0]!, i) === 0) return setValue(out, row, null);
    if (argument === 'f64') return setValue(out, row, doubleSum(accs, i));
    if (argument === 'numeric') return setValue(out, row, numericSum(accs, i));
    const sum = integerSum(argument, accs, i);
    if (out.layout === 'numeric') return setValue(out, row, { unscaled: sum, scale: 0 });
    if (sum < INT64_MIN || sum > INT64_MAX) bigintOutOfRange();
    return setValue(out, row, sum);
  };
}

function avgWriter(argument: Layout): ResultWriter {
  return (accs, i, out, row) => {
    const count = number(accs[0]!, i);
    if (count === 0) return setValue(out, row, null);
    if (argument === 'f64') return setValue(out, row, doubleSum(accs, i) / count);
    const sum =
      argument === 'numeric' ? numericSum(accs, i) : { unscaled: integerSum(argument, accs, i), scale: 0 };
    const unscaled = divideNumeric(sum.unscaled, sum.scale, BigInt(count), 0);
    return setValue(out, row, { unscaled, scale: result.scale });
  };
}

function extremeWriter(argument: Layout): ResultWriter {
  return (accs, i, out, row) => {
    const seen = accs[accs.length - 1]!;
    if (number(seen, i) === 0) return setValue(out, row, null);
    switch (argument) {
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
