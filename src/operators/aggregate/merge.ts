// Adds what one entry of a call's accumulators has to another entry, as if its rows were added there one by one: for values that are kept
// per node of a tree. The accumulators are those of changing input.

import type { SqlType } from '../../data/types.ts';
import { layoutOf } from '../../data/types.ts';
import { isRegression } from '../../expr/resolve/aggregate-names.ts';
import { powerOfTen } from '../../data/numeric.ts';
import type { AggregateFunction } from '../../physical/graph.ts';
import type { Accumulator } from '../../state/accumulator.ts';
import { big, number } from './accumulated.ts';
import { CALL_FUNCTIONS } from './call-functions.ts';
import { countScale, countsOf } from './display-scale.ts';

type Bigs = (bigint | undefined)[];

/** Adds entry `i` of `from` to entry `s` of `to`. */
export type Merge = (from: readonly Accumulator[], i: number, to: readonly Accumulator[], s: number) => void;

/** `type`: of the first argument. */
export function mergeOf(fn: AggregateFunction, type: SqlType | null): Merge {
  const layout = type === null ? null : layoutOf(type);
  if (isRegression(fn)) return mergePairs;
  switch (fn) {
    case 'bit_xor':
      return mergeXor;
    case 'sum':
    case 'avg':
      if (layout === 'f64') return mergeDoubles;
      if (layout === 'numeric') return mergeNumerics;
      return layout === 'i64' ? mergeWords : layout === 'i32' ? mergeIntegers : mergePlain;
    case 'stddev_pop':
    case 'stddev_samp':
    case 'var_pop':
    case 'var_samp':
      if (layout === 'f64') return mergeDoubleSquares;
      return layout === 'numeric' ? mergeNumericSquares : mergePlain;
    default:
      return mergePlain;
  }
}

/** Counts and bigints that are nothing but sums. */
function mergePlain(from: readonly Accumulator[], i: number, to: readonly Accumulator[], s: number): void {
  for (let a = 0; a < from.length; a++) add(from[a]!, i, to[a]!, s);
}

function add(from: Accumulator, i: number, to: Accumulator, s: number): void {
  if (to.kind === 'big') to.values[s] = (to.values[s] ?? 0n) + big(from, i);
  else if (to.kind === 'f64') to.values[s] = to.values[s]! + number(from, i);
  else throw new Error(`an accumulator of ${to.kind} is not added up`);
}

const LIMIT = 2 ** 51;

const mergeIntegers: Merge = (from, i, to, s) => {
  mergePlain(from, i, to, s);
  const low = doubles(to, 1);
  if (Math.abs(low[s]!) > LIMIT) CALL_FUNCTIONS.spillLow(low, bigs(to, 2), s);
};

const mergeWords: Merge = (from, i, to, s) => {
  mergePlain(from, i, to, s);
  const [low, high] = [doubles(to, 1), doubles(to, 2)];
  if (Math.abs(low[s]!) > LIMIT || Math.abs(high[s]!) > LIMIT)
    CALL_FUNCTIONS.spillBoth(low, high, bigs(to, 3), s);
};

const mergeXor: Merge = (from, i, to, s) => {
  add(from[0]!, i, to[0]!, s);
  const [own, other] = [to[1]!, from[1]!];
  if (own.kind === 'i64' && other.kind === 'i64') own.values[s] = own.values[s]! ^ other.values[i]!;
  else integers(to, 1)[s] = number(own, s) ^ number(other, i);
};

/** The sum and its rest are doubles like others; what is a bigint is brought to one fraction. */
const mergeDoubles: Merge = (from, i, to, s) => {
  const parts = [number(from[1]!, i), number(from[2]!, i)];
  const [sum, rest, exact, bits] = [doubles(to, 1), doubles(to, 2), bigs(to, 3), integers(to, 4)];
  const odd = [5, 6, 7, 8].map((a) => doubles(to, a)) as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  for (const part of parts)
    if (part !== 0) CALL_FUNCTIONS.addOddDouble(part, 1, sum, rest, exact, bits, ...odd, s);
  const other = big(from[3]!, i);
  if (other !== 0n) {
    const most = Math.max(bits[s]!, number(from[4]!, i));
    exact[s] = ((exact[s] ?? 0n) << BigInt(most - bits[s]!)) + (other << BigInt(most - number(from[4]!, i)));
    bits[s] = most;
  }
  for (const a of [0, 5, 6, 7, 8]) add(from[a]!, i, to[a]!, s);
};

const mergeNumerics: Merge = (from, i, to, s) => {
  const shared = align(integers(to, 2), s, number(from[2]!, i));
  const [own, other] = shared.map(powerOfTen) as [bigint, bigint];
  const sum = bigs(to, 1);
  sum[s] = (sum[s] ?? 0n) * own + big(from[1]!, i) * other;
  mergeScales(from, i, to, s, 3);
  for (const a of [0, 6, 7, 8]) add(from[a]!, i, to[a]!, s);
};

const mergeNumericSquares: Merge = (from, i, to, s) => {
  const shared = align(integers(to, 3), s, number(from[3]!, i));
  const [own, other] = shared.map(powerOfTen) as [bigint, bigint];
  const [sum, squares] = [bigs(to, 1), bigs(to, 2)];
  sum[s] = (sum[s] ?? 0n) * own + big(from[1]!, i) * other;
  squares[s] = (squares[s] ?? 0n) * own * own + big(from[2]!, i) * other * other;
  mergeScales(from, i, to, s, 4);
  for (const a of [0, 7]) add(from[a]!, i, to[a]!, s);
};

const mergeDoubleSquares: Merge = (from, i, to, s) => {
  const [own, other] = align(integers(to, 3), s, number(from[3]!, i)).map(BigInt) as [bigint, bigint];
  const [sum, squares] = [bigs(to, 1), bigs(to, 2)];
  sum[s] = ((sum[s] ?? 0n) << own) + (big(from[1]!, i) << other);
  squares[s] = ((squares[s] ?? 0n) << (2n * own)) + (big(from[2]!, i) << (2n * other));
  for (const a of [0, 4]) add(from[a]!, i, to[a]!, s);
};

/** Sums of x, y, x², y² and x·y, with the bits behind the point of x and of y; see regression-code.ts. */
const mergePairs: Merge = (from, i, to, s) => {
  const [ownX, otherX] = align(integers(to, 6), s, number(from[6]!, i)).map(BigInt) as [bigint, bigint];
  const [ownY, otherY] = align(integers(to, 7), s, number(from[7]!, i)).map(BigInt) as [bigint, bigint];
  const own = [ownX, ownY, 2n * ownX, 2n * ownY, ownX + ownY];
  const other = [otherX, otherY, 2n * otherX, 2n * otherY, otherX + otherY];
  own.forEach((by, a) => {
    const sum = bigs(to, a + 1);
    sum[s] = ((sum[s] ?? 0n) << by) + (big(from[a + 1]!, i) << other[a]!);
  });
  for (const a of [0, 8, 9, 10, 11, 12, 13]) add(from[a]!, i, to[a]!, s);
};

/** Raises the fraction of entry `s` to the greater one; by how much it, and the other one, are raised. */
function align(digits: Int32Array, s: number, other: number): readonly [number, number] {
  const own = digits[s]!;
  const most = Math.max(own, other);
  digits[s] = most;
  return [most - own, most - other];
}

/** Rows of each display scale, which are accumulators `at`, `at + 1` and `at + 2`. */
function mergeScales(
  from: readonly Accumulator[],
  i: number,
  to: readonly Accumulator[],
  s: number,
  at: number,
): void {
  const lower = to[at + 2]!;
  const others = from[at + 2]!;
  if (lower.kind !== 'bytes' || others.kind !== 'bytes') throw new Error('display scales are kept as bytes');
  const count = (scale: number, rows: number): void => {
    if (rows !== 0) countScale(scale, rows, integers(to, at), doubles(to, at + 1), lower.values, s);
  };
  count(number(from[at]!, i), number(from[at + 1]!, i));
  countsOf(others.values[i]).forEach((rows, scale) => count(scale, rows));
}

function doubles(accs: readonly Accumulator[], a: number): Float64Array {
  const acc = accs[a]!;
  if (acc.kind !== 'f64') throw new Error(`accumulator ${a} is ${acc.kind}`);
  return acc.values;
}

function integers(accs: readonly Accumulator[], a: number): Int32Array {
  const acc = accs[a]!;
  if (acc.kind !== 'i32') throw new Error(`accumulator ${a} is ${acc.kind}`);
  return acc.values;
}

function bigs(accs: readonly Accumulator[], a: number): Bigs {
  const acc = accs[a]!;
  if (acc.kind !== 'big') throw new Error(`accumulator ${a} is ${acc.kind}`);
  return acc.values;
}
