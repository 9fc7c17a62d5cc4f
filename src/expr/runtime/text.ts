// Text functions over UTF-8 slices. Lengths and positions count characters (code points). Results: the start returned,
// bytes and end in `result`; those that cut answer a slice of their argument without copying.

import { fail } from '../../data/failure.ts';
import { result } from '../../data/registers.ts';
import { append, buffer, close, mark, open } from './arena.ts';

/** Longest text that an expression makes: what Kafka records and views can hold with a margin. */
const MAX_TEXT_BYTES = 64 * 1024 * 1024;

function slice(bytes: Uint8Array, start: number, end: number): number {
  result.bytes = bytes;
  result.end = end;
  return start;
}

function isContinuation(byte: number): boolean {
  return (byte & 0xc0) === 0x80;
}

export function characterLength(bytes: Uint8Array, start: number, end: number): number {
  let count = 0;
  for (let i = start; i < end; i++) if (!isContinuation(bytes[i]!)) count++;
  return count;
}

/** The position `count` characters behind `at`, or `end`. */
function forward(bytes: Uint8Array, at: number, end: number, count: number): number {
  let i = at;
  for (let left = count; left > 0 && i < end; left--) {
    i++;
    while (i < end && isContinuation(bytes[i]!)) i++;
  }
  return i;
}

/** The position `count` characters before `at`, or `start`. */
function backward(bytes: Uint8Array, start: number, at: number, count: number): number {
  let i = at;
  for (let left = count; left > 0 && i > start; left--) {
    i--;
    while (i > start && isContinuation(bytes[i]!)) i--;
  }
  return i;
}

export function substringFrom(bytes: Uint8Array, start: number, end: number, from: number): number {
  return slice(bytes, forward(bytes, start, end, from - 1), end);
}

export function substringFor(
  bytes: Uint8Array,
  start: number,
  end: number,
  from: number,
  length: number,
): number {
  if (length < 0) fail('22011', 'negative substring length not allowed');
  const first = forward(bytes, start, end, from - 1);
  const count = Math.max(0, from + length - Math.max(from, 1));
  return slice(bytes, first, forward(bytes, first, end, count));
}

export function leftPart(bytes: Uint8Array, start: number, end: number, count: number): number {
  if (count >= 0) return slice(bytes, start, forward(bytes, start, end, count));
  return slice(bytes, start, backward(bytes, start, end, -count));
}

/** The least integer, which has no positive counterpart, takes the whole text in Postgres. */
export function rightPart(bytes: Uint8Array, start: number, end: number, count: number): number {
  if (count === -2147483648) return slice(bytes, start, end);
  if (count >= 0) return slice(bytes, backward(bytes, start, end, count), end);
  return slice(bytes, forward(bytes, start, end, -count), end);
}

/** Is the character `bytes[at … stop)` one of those in `set`? */
function inSet(
  bytes: Uint8Array,
  at: number,
  stop: number,
  set: Uint8Array,
  from: number,
  to: number,
): boolean {
  for (let i = from; i < to;) {
    const next = forward(set, i, to, 1);
    if (next - i === stop - at && matches(bytes, at, set, i, next)) return true;
    i = next;
  }
  return false;
}

function matches(bytes: Uint8Array, at: number, other: Uint8Array, from: number, to: number): boolean {
  for (let i = from; i < to; i++) if (bytes[at + i - from] !== other[i]) return false;
  return true;
}

function skipLeft(b: Uint8Array, s: number, e: number, set: Uint8Array, from: number, to: number): number {
  let at = s;
  while (at < e) {
    const next = forward(b, at, e, 1);
    if (!inSet(b, at, next, set, from, to)) break;
    at = next;
  }
  return at;
}

function skipRight(b: Uint8Array, s: number, e: number, set: Uint8Array, from: number, to: number): number {
  let at = e;
  while (at > s) {
    const before = backward(b, s, at, 1);
    if (!inSet(b, before, at, set, from, to)) break;
    at = before;
  }
  return at;
}

export function trimLeft(
  b: Uint8Array,
  s: number,
  e: number,
  set: Uint8Array,
  from: number,
  to: number,
): number {
  return slice(b, skipLeft(b, s, e, set, from, to), e);
}

export function trimRight(
  b: Uint8Array,
  s: number,
  e: number,
  set: Uint8Array,
  from: number,
  to: number,
): number {
  return slice(b, s, skipRight(b, s, e, set, from, to));
}

export function trimBoth(
  b: Uint8Array,
  s: number,
  e: number,
  set: Uint8Array,
  from: number,
  to: number,
): number {
  const start = skipLeft(b, s, e, set, from, to);
  return slice(b, start, skipRight(b, start, e, set, from, to));
}

/** Where `needle` first occurs at or behind `at`; −1 when it does not. */
function find(b: Uint8Array, at: number, end: number, needle: Uint8Array, from: number, to: number): number {
  for (let i = at; i <= end - (to - from); i++) if (matches(b, i, needle, from, to)) return i;
  return -1;
}

export function position(
  b: Uint8Array,
  s: number,
  e: number,
  needle: Uint8Array,
  from: number,
  to: number,
): number {
  const at = find(b, s, e, needle, from, to);
  return at < 0 ? 0 : characterLength(b, s, at) + 1;
}

export function startsWith(
  b: Uint8Array,
  s: number,
  e: number,
  other: Uint8Array,
  from: number,
  to: number,
): boolean {
  return to - from <= e - s && matches(b, s, other, from, to);
}

export function concatenate(
  a: Uint8Array,
  aStart: number,
  aEnd: number,
  b: Uint8Array,
  bStart: number,
  bEnd: number,
): number {
  const start = mark();
  append(a, aStart, aEnd);
  append(b, bStart, bEnd);
  return close(start, mark());
}

/** Upper or lower case of ASCII letters, as collation "C" has it; other characters stay. */
export function lowerCase(bytes: Uint8Array, start: number, end: number): number {
  return changeCase(bytes, start, end, 65, 32);
}

export function upperCase(bytes: Uint8Array, start: number, end: number): number {
  return changeCase(bytes, start, end, 97, -32);
}

function changeCase(bytes: Uint8Array, start: number, end: number, first: number, by: number): number {
  const at = open(end - start);
  const out = buffer();
  for (let i = start; i < end; i++) {
    const byte = bytes[i]!;
    out[at + i - start] = byte >= first && byte < first + 26 ? byte + by : byte;
  }
  return close(at, at + end - start);
}

export function replaceAll(
  b: Uint8Array,
  s: number,
  e: number,
  old: Uint8Array,
  oldStart: number,
  oldEnd: number,
  next: Uint8Array,
  nextStart: number,
  nextEnd: number,
): number {
  let found = oldStart === oldEnd ? -1 : find(b, s, e, old, oldStart, oldEnd);
  if (found < 0) return slice(b, s, e);
  const start = mark();
  let at = s;
  for (; found >= 0; found = find(b, at, e, old, oldStart, oldEnd)) {
    append(b, at, found);
    append(next, nextStart, nextEnd);
    if (mark() - start > MAX_TEXT_BYTES) tooLong();
    at = found + oldEnd - oldStart;
  }
  append(b, at, e);
  return close(start, mark());
}

function tooLong(): never {
  fail('54000', 'requested length too large');
}

export function repeatText(b: Uint8Array, s: number, e: number, times: number): number {
  const count = Math.max(times, 0);
  if ((e - s) * count > MAX_TEXT_BYTES) tooLong();
  const start = mark();
  open((e - s) * count);
  for (let i = 0; i < count && e > s; i++) append(b, s, e);
  return close(start, mark());
}

export function reverseText(b: Uint8Array, s: number, e: number): number {
  const start = mark();
  for (let at = e; at > s;) {
    const before = backward(b, s, at, 1);
    append(b, before, at);
    at = before;
  }
  return close(start, mark());
}

/** The n-th field between delimiters, from the end for negative n; empty when there is none. */
export function splitPart(
  b: Uint8Array,
  s: number,
  e: number,
  delimiter: Uint8Array,
  from: number,
  to: number,
  n: number,
): number {
  if (n === 0) fail('22023', 'field position must not be zero');
  if (from === to) return n === 1 || n === -1 ? slice(b, s, e) : slice(b, s, s);
  const index = n > 0 ? n - 1 : fieldCount(b, s, e, delimiter, from, to) + n;
  if (index < 0 || s === e) return slice(b, s, s);
  let at = s;
  for (let i = 0; ; i++) {
    const found = find(b, at, e, delimiter, from, to);
    if (i === index) return slice(b, at, found < 0 ? e : found);
    if (found < 0) return slice(b, s, s);
    at = found + to - from;
  }
}

function fieldCount(b: Uint8Array, s: number, e: number, d: Uint8Array, from: number, to: number): number {
  let count = 1;
  for (let at = find(b, s, e, d, from, to); at >= 0; at = find(b, at + to - from, e, d, from, to)) count++;
  return count;
}
