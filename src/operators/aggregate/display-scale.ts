// How many digits behind the point a sum of numerics shows: the most that any of its present rows has. A group counts its rows of
// the greatest scale; those of lower scales, rarer in practice, are counted in a list of doubles kept as bytes, which is replaced
// and never changed in place, so that it may be remembered by reference.

import { copyBytes } from '../../data/bytes.ts';

type Bytes = (Uint8Array | undefined)[];

export function countScale(
  scale: number,
  weight: number,
  most: Int32Array,
  rowsOfMost: Float64Array,
  lower: Bytes,
  s: number,
): void {
  if (scale === most[s]) {
    rowsOfMost[s] = rowsOfMost[s]! + weight;
    if (rowsOfMost[s] === 0) fallBack(most, rowsOfMost, lower, s);
  } else if (scale > most[s]!) {
    if (rowsOfMost[s] !== 0) addLower(most[s]!, rowsOfMost[s]!, lower, s);
    most[s] = scale;
    rowsOfMost[s] = weight;
  } else {
    addLower(scale, weight, lower, s);
    if (rowsOfMost[s] === 0) fallBack(most, rowsOfMost, lower, s);
  }
}

/** No row of the greatest scale is left. */
function fallBack(most: Int32Array, rowsOfMost: Float64Array, lower: Bytes, s: number): void {
  const counts = countsOf(lower[s]);
  const next = counts.findLastIndex((rows) => rows !== 0);
  if (next < 0) {
    lower[s] = undefined;
    most[s] = 0;
    return;
  }
  most[s] = next;
  rowsOfMost[s] = counts[next]!;
  lower[s] = new Uint8Array(counts.slice(0, next).buffer);
}

function addLower(scale: number, weight: number, lower: Bytes, s: number): void {
  const old = countsOf(lower[s]);
  const counts = new Float64Array(Math.max(old.length, scale + 1));
  counts.set(old);
  counts[scale] = counts[scale]! + weight;
  lower[s] = new Uint8Array(counts.buffer);
}

export function countsOf(bytes: Uint8Array | undefined): Float64Array {
  if (bytes === undefined) return new Float64Array(0);
  return new Float64Array(copyBytes(bytes, 0, bytes.length).buffer);
}
