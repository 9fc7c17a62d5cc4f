// Arrays of one value many times, and the place of a value among thresholds.

import { compareBytes } from '../../data/bytes.ts';
import { fail } from '../../data/failure.ts';
import { result } from '../../data/registers.ts';
import { readItems, skipCell, writeCell } from '../../data/tree/cells.ts';
import { TreeReader } from '../../data/tree/reader.ts';
import { NULL_CELL } from '../../data/tree/writer.ts';
import type { SqlType } from '../../data/types.ts';
import { arrayOf, INTEGER } from '../../data/types.ts';
import { giveTree } from './cells.ts';

type Bytes = Uint8Array;

const reader = new TreeReader();
const wanted = new TreeReader();
const INTEGERS = arrayOf(INTEGER);
/** Of Postgres: bytes of memory by the size of an item. */
const MAX_ITEMS = 134_217_727;
const MAX_HERE = 1_000_000;
const MAX_DIMENSIONS = 6;
const INT32_MAX = 2_147_483_647;

function integers(list: Bytes | null): number[] {
  if (list === null) fail('22004', 'dimension array or low bound array cannot be null');
  const items = readItems(reader.open(list, 0, list.length), INTEGERS) as (number | null)[];
  if (items.includes(null)) fail('22004', 'dimension values cannot be null');
  return items as number[];
}

/** How many items the dimensions make. */
function itemCount(lengths: readonly number[], lowers: readonly number[]): number {
  if (lengths.length > MAX_DIMENSIONS)
    fail(
      '54000',
      `number of array dimensions (${lengths.length}) exceeds the maximum allowed (${MAX_DIMENSIONS})`,
    );
  if (lowers.length !== lengths.length) fail('2202E', 'wrong number of array subscripts');
  let count = lengths.length === 0 ? 0 : 1;
  for (const length of lengths) {
    count *= length;
    if (length < 0 || count > MAX_ITEMS) fail('54000', 'array size exceeds the maximum allowed (134217727)');
  }
  if (lowers.some((lower, i) => lower + lengths[i]! > INT32_MAX))
    fail('54000', 'array lower bound is too large');
  return count;
}

/** `value` is an array of the one value. */
export function fillArray(element: SqlType) {
  return (value: Bytes, lengths: Bytes | null, lowers?: Bytes | null): number => {
    const sizes = integers(lengths);
    const bounds = lowers === undefined ? sizes.map(() => 1) : integers(lowers);
    const count = itemCount(sizes, bounds);
    if (count > 0 && (sizes.length > 1 || bounds[0] !== 1))
      fail('0A000', 'arrays have one dimension, and their lower bound is 1');
    if (count > MAX_HERE) fail('0A000', `array_fill of more than ${MAX_HERE} items is not supported`);
    const [item] = readItems(reader.open(value, 0, value.length), arrayOf(element));
    return giveTree((w) => {
      for (let i = 0; i < count; i++) writeCell(w, element, item!);
      w.u8(0);
    });
  };
}

/** `b` is an array of the one value. How many of the ascending thresholds are at or below the value, found as PostgreSQL searches. */
export function bucketOf(element: SqlType) {
  return (b: Bytes, s: number, e: number, lb: Bytes, ls: number, le: number): number => {
    const value = wanted.open(b, s, e);
    result.isNull = value.bytes[value.at] === NULL_CELL;
    if (result.isNull) return 0;
    skipCell(value, element);
    const places: number[] = [];
    const r = reader.open(lb, ls, le);
    for (; r.bytes[r.at] !== 0; skipCell(r, element)) {
      if (r.bytes[r.at] === NULL_CELL) fail('22004', 'thresholds array must not contain NULLs');
      places.push(r.at);
    }
    places.push(r.at);
    let low = 0;
    let high = places.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      const order = compareBytes(b, s, value.at, lb, places[middle]!, places[middle + 1]!);
      if (order < 0) high = middle;
      else low = middle + 1;
    }
    return low;
  };
}
