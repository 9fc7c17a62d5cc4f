// Arrays: functions over their cells. Items are equal when their cells are the same bytes; NULL is a cell too.

import { compareBytes, equalBytes } from '../../data/bytes.ts';
import { fail } from '../../data/failure.ts';
import { result } from '../../data/registers.ts';
import { readCell, skipCell, writeCell } from '../../data/tree/cells.ts';
import { TreeReader } from '../../data/tree/reader.ts';
import { NULL_CELL } from '../../data/tree/writer.ts';
import type { SqlType } from '../../data/types.ts';
import { INTEGER, TEXT } from '../../data/types.ts';
import type { Value } from '../../data/value.ts';
import { writeString } from './arena.ts';
import { giveTree } from './cells.ts';

type Bytes = Uint8Array;

/** One item: its bytes in the body, and its value. */
interface Item {
  readonly bytes: Bytes;
  readonly from: number;
  readonly to: number;
  readonly value: Value;
}

const reader = new TreeReader();

function items(element: SqlType, b: Bytes, s: number, e: number): Item[] {
  const found: Item[] = [];
  const r = reader.open(b, s, e);
  while (r.bytes[r.at] !== 0) {
    const from = r.at;
    const value = readCell(r, element);
    found.push({ bytes: b, from, to: r.at, value });
  }
  return found;
}

function same(a: Item, b: Item): boolean {
  return equalBytes(a.bytes, a.from, a.to, b.bytes, b.from, b.to);
}

function give(element: SqlType, values: readonly Value[]): number {
  return giveTree((w) => {
    for (const value of values) writeCell(w, element, value);
    w.u8(0);
  });
}

export function itemCount(element: SqlType) {
  return (b: Bytes, s: number, e: number): number => {
    const r = reader.open(b, s, e);
    let count = 0;
    for (; r.bytes[r.at] !== 0; count++) skipCell(r, element);
    return count;
  };
}

/** Of dimension 1; NULL for others and for empty arrays. `first`: 1 for the lower bound. */
export function boundOf(element: SqlType, lower: boolean) {
  const count = itemCount(element);
  return (b: Bytes, s: number, e: number, dimension: number): number => {
    const length = count(b, s, e);
    result.isNull = dimension !== 1 || length === 0;
    return lower ? 1 : length;
  };
}

export function dimensions(_element: SqlType) {
  return (b: Bytes, s: number, _e: number): number => {
    result.isNull = b[s] === 0;
    return 1;
  };
}

export function dimensionText(element: SqlType) {
  const count = itemCount(element);
  return (b: Bytes, s: number, e: number): number => {
    const length = count(b, s, e);
    const start = writeString(`[1:${length}]`);
    result.isNull = length === 0;
    return start;
  };
}

type Pair<T> = (b: Bytes, s: number, e: number, b2: Bytes, s2: number, e2: number) => T;

export function concatArrays(element: SqlType): Pair<number> {
  return (b, s, e, b2, s2, e2) => {
    const all = [...items(element, b, s, e), ...items(element, b2, s2, e2)];
    return give(
      element,
      all.map((item) => item.value),
    );
  };
}

export function position(element: SqlType) {
  return (
    ...[b, s, e, b2, s2, e2, start = 1]: [Bytes, number, number, Bytes, number, number, number?]
  ): number => {
    const [wanted] = items(element, b2, s2, e2);
    const at = items(element, b, s, e).findIndex((item, i) => i + 1 >= start && same(item, wanted!));
    result.isNull = at < 0;
    return at + 1;
  };
}

export function positions(element: SqlType): Pair<number> {
  return (b, s, e, b2, s2, e2) => {
    const [wanted] = items(element, b2, s2, e2);
    const found = items(element, b, s, e).flatMap((item, i) => (same(item, wanted!) ? [i + 1] : []));
    return give(INTEGER, found);
  };
}

export function withoutItem(element: SqlType): Pair<number> {
  return (b, s, e, b2, s2, e2) => {
    const [unwanted] = items(element, b2, s2, e2);
    const kept = items(element, b, s, e).filter((item) => !same(item, unwanted!));
    return give(
      element,
      kept.map((item) => item.value),
    );
  };
}

export function replaceItem(element: SqlType) {
  return (
    ...[b, s, e, b2, s2, e2, b3, s3, e3]: [
      Bytes, number, number, Bytes, number, number, Bytes, number, number,
    ] // prettier-ignore
  ): number => {
    const [old] = items(element, b2, s2, e2);
    const [next] = items(element, b3, s3, e3);
    return give(
      element,
      items(element, b, s, e).map((item) => (same(item, old!) ? next!.value : item.value)),
    );
  };
}

/** Every item of the second is in the first; NULL is in none. */
export function containsAll(element: SqlType): Pair<boolean> {
  return (b, s, e, b2, s2, e2) => {
    const all = items(element, b, s, e);
    return items(element, b2, s2, e2).every(
      (wanted) => wanted.value !== null && all.some((item) => same(item, wanted)),
    );
  };
}

export function overlaps(element: SqlType): Pair<boolean> {
  return (b, s, e, b2, s2, e2) => {
    const all = items(element, b, s, e);
    return items(element, b2, s2, e2).some(
      (wanted) => wanted.value !== null && all.some((item) => same(item, wanted)),
    );
  };
}

export function slice(element: SqlType) {
  return (b: Bytes, s: number, e: number, lower: number, upper: number): number => {
    const values = items(element, b, s, e).map((item) => item.value);
    return give(element, values.slice(Math.max(lower, 1) - 1, Math.max(upper, 0)));
  };
}

export function trimArray(element: SqlType) {
  return (b: Bytes, s: number, e: number, count: number): number => {
    const values = items(element, b, s, e).map((item) => item.value);
    if (count < 0 || count > values.length)
      fail('2202E', `number of elements to trim must be between 0 and ${values.length}`);
    return give(element, values.slice(0, values.length - count));
  };
}

export function reverseArray(element: SqlType) {
  return (b: Bytes, s: number, e: number): number =>
    give(
      element,
      items(element, b, s, e)
        .map((item) => item.value)
        .reverse(),
    );
}

/** NULLs are last in ascending and first in descending order, unless said otherwise. */
export function sortArray(element: SqlType) {
  return (
    ...[b, s, e, descending = false, nullsFirst = descending]: [Bytes, number, number, boolean?, boolean?]
  ): number => {
    const sorted = items(element, b, s, e).sort((x, y) => {
      const [xNull, yNull] = [x.bytes[x.from] === NULL_CELL, y.bytes[y.from] === NULL_CELL];
      if (xNull || yNull) return (Number(xNull) - Number(yNull)) * (nullsFirst ? -1 : 1);
      const order = compareBytes(x.bytes, x.from, x.to, y.bytes, y.from, y.to);
      return descending ? -order : order;
    });
    return give(
      element,
      sorted.map((item) => item.value),
    );
  };
}

/** The texts of the items, as an array of text, joined. NULLs are left out, or spelled. */
export function joinTexts(b: Bytes, s: number, e: number, delimiter: string, nulls: string | null): number {
  const texts = items(TEXT, b, s, e).map((item) => (item.value === null ? nulls : (item.value as string)));
  return writeString(texts.filter((text) => text !== null).join(delimiter));
}

export function splitText(text: string, delimiter: string | null, nulls: string | null): number {
  const parts =
    text === '' ? [] : delimiter === null ? [...text] : delimiter === '' ? [text] : text.split(delimiter);
  return give(
    TEXT,
    parts.map((part) => (part === nulls ? null : part)),
  );
}
