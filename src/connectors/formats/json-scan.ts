// RFC 8259 over bytes: where does a value end, or why is it not JSON? Complete (escapes, UTF-8, number grammar, depth) and
// iterative, so that no document can exhaust the stack. Returns the position after the value, or a negative reject code.

import { INVALID_UTF8, NOT_JSON, TOO_DEEP } from './rejection.ts';

/** Containers within containers; documented in docs/formats.md. */
export const MAX_DEPTH = 256;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** 0 = stands for itself within a string; otherwise the string scanner has something to do. */
const SPECIAL = new Uint8Array(256);
SPECIAL.fill(1, 0, 0x20);
SPECIAL.fill(1, 0x80);
SPECIAL[QUOTE] = 1;
SPECIAL[BACKSLASH] = 1;

export function skipSpace(b: Uint8Array, p: number, e: number): number {
  while (p < e) {
    const c = b[p]!;
    if (c !== 0x20 && c !== 0x0a && c !== 0x0d && c !== 0x09) break;
    p++;
  }
  return p;
}

/** `p` stands on a byte ≥ 0x80: the position after the UTF-8 sequence (RFC 3629: shortest form, no surrogates), or INVALID_UTF8. */
export function skipSequence(b: Uint8Array, p: number, e: number): number {
  const lead = b[p]!;
  const length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || p + length > e) return INVALID_UTF8;
  const second = b[p + 1]!;
  const low = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
  const high = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf;
  if (second < low || second > high) return INVALID_UTF8;
  if (length > 2 && (b[p + 2]! & 0xc0) !== 0x80) return INVALID_UTF8;
  if (length > 3 && (b[p + 3]! & 0xc0) !== 0x80) return INVALID_UTF8;
  return p + length;
}

function isHex(c: number): boolean {
  return (c >= 0x30 && c <= 0x39) || (c >= 0x41 && c <= 0x46) || (c >= 0x61 && c <= 0x66);
}

/** `p` stands on a backslash. */
function skipEscape(b: Uint8Array, p: number, e: number): number {
  if (p + 1 >= e) return NOT_JSON;
  switch (b[p + 1]) {
    case 0x22: // "
    case 0x5c: // \
    case 0x2f: // /
    case 0x62: // b
    case 0x66: // f
    case 0x6e: // n
    case 0x72: // r
    case 0x74: // t
      return p + 2;
    case 0x75: {
      if (p + 6 > e) return NOT_JSON;
      for (let i = p + 2; i < p + 6; i++) if (!isHex(b[i]!)) return NOT_JSON;
      return p + 6;
    }
    default:
      return NOT_JSON;
  }
}

/** `p` stands behind an opening quote: the position after the closing one. */
export function skipString(b: Uint8Array, p: number, e: number): number {
  for (;;) {
    while (p < e && SPECIAL[b[p]!] === 0) p++;
    if (p >= e) return NOT_JSON;
    const c = b[p]!;
    if (c === QUOTE) return p + 1;
    if (c >= 0x80) p = skipSequence(b, p, e);
    else if (c === BACKSLASH) p = skipEscape(b, p, e);
    else return NOT_JSON;
    if (p < 0) return p;
  }
}

/** As `skipString`, for strings without escapes: the position of the closing quote; −1 where it is not that simple. */
export function plainString(b: Uint8Array, p: number, e: number): number {
  for (;;) {
    while (p < e && SPECIAL[b[p]!] === 0) p++;
    if (p >= e) return -1;
    const c = b[p]!;
    if (c === QUOTE) return p;
    if (c < 0x80) return -1;
    p = skipSequence(b, p, e);
    if (p < 0) return -1;
  }
}

function skipDigits(b: Uint8Array, p: number, e: number): number {
  while (p < e && (b[p]! ^ 0x30) <= 9) p++;
  return p;
}

/** -?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)? */
export function skipNumber(b: Uint8Array, p: number, e: number): number {
  if (b[p] === 0x2d) p++;
  if (p >= e) return NOT_JSON;
  const first = p;
  p = skipDigits(b, p, e);
  if (p === first || (b[first] === 0x30 && p > first + 1)) return NOT_JSON;
  if (p < e && b[p] === 0x2e) {
    const fraction = ++p;
    p = skipDigits(b, p, e);
    if (p === fraction) return NOT_JSON;
  }
  if (p < e && (b[p]! | 0x20) === 0x65) {
    p++;
    if (p < e && (b[p] === 0x2b || b[p] === 0x2d)) p++;
    const exponent = p;
    p = skipDigits(b, p, e);
    if (p === exponent) return NOT_JSON;
  }
  return p;
}

function skipLiteral(b: Uint8Array, p: number, e: number): number {
  const word = b[p] === 0x74 ? 'true' : b[p] === 0x66 ? 'false' : 'null';
  if (p + word.length > e) return NOT_JSON;
  for (let i = 0; i < word.length; i++) if (b[p + i] !== word.charCodeAt(i)) return NOT_JSON;
  return p + word.length;
}

function skipScalar(b: Uint8Array, p: number, e: number): number {
  switch (b[p]) {
    case QUOTE:
      return skipString(b, p + 1, e);
    case 0x74: // t
    case 0x66: // f
    case 0x6e: // n
      return skipLiteral(b, p, e);
    default:
      return skipNumber(b, p, e);
  }
}

/** `"key" :`, with space around: the position of the value. `p` stands where a key must begin. */
function skipKey(b: Uint8Array, p: number, e: number): number {
  p = skipSpace(b, p, e);
  if (p >= e || b[p] !== QUOTE) return NOT_JSON;
  p = skipString(b, p + 1, e);
  if (p < 0) return p;
  p = skipSpace(b, p, e);
  return p < e && b[p] === 0x3a ? p + 1 : NOT_JSON;
}

/** One bit of nesting per level: 1 = object. Scanning never re-enters itself. */
const isObject = new Uint8Array(MAX_DEPTH + 1);

/**
 * `p` stands on the first byte of a value (no space before it); `depth` containers are open around it.
 * A scalar is decided at once; containers walk down and up the array of open levels.
 */
export function skipValue(b: Uint8Array, p: number, e: number, depth: number): number {
  if (p >= e) return NOT_JSON;
  const first = b[p]!;
  if (first !== 0x7b && first !== 0x5b) return skipScalar(b, p, e);
  const bottom = depth;
  for (;;) {
    // p stands where a value begins
    p = skipSpace(b, p, e);
    if (p >= e) return NOT_JSON;
    const c = b[p]!;
    if (c === 0x7b || c === 0x5b) {
      if (++depth > MAX_DEPTH) return TOO_DEEP;
      isObject[depth] = c === 0x7b ? 1 : 0;
      p = skipSpace(b, p + 1, e);
      if (p >= e || b[p] !== (c === 0x7b ? 0x7d : 0x5d)) {
        if (c === 0x7b) p = skipKey(b, p, e);
        if (p < 0) return p;
        continue;
      }
      p++;
      depth--;
    } else {
      p = skipScalar(b, p, e);
      if (p < 0) return p;
    }
    // a value has ended: close containers until another value follows
    for (;;) {
      if (depth === bottom) return p;
      p = skipSpace(b, p, e);
      if (p >= e) return NOT_JSON;
      const next = b[p]!;
      if (next === 0x2c) {
        p++;
        if (isObject[depth] === 1) p = skipKey(b, p, e);
        if (p < 0) return p;
        break;
      }
      if (next !== (isObject[depth] === 1 ? 0x7d : 0x5d)) return NOT_JSON;
      p++;
      depth--;
    }
  }
}
