// LIKE and ILIKE over UTF-8 bytes: MatchText of Postgres (src/backend/utils/adt/like_match.c). Backslash escapes.

import { fail } from '../../data/failure.ts';
import { append, buffer, close, mark, open } from './arena.ts';

const PERCENT = 0x25;
const UNDERSCORE = 0x5f;
const BACKSLASH = 0x5c;

/** `ABORT`: no longer text could match either, so outer `%` need not go on. */
const FALSE = 0;
const TRUE = 1;
const ABORT = -1;

type Fold = (byte: number) => number;

const exactly: Fold = (byte) => byte;
const asciiLower: Fold = (byte) => (byte >= 65 && byte <= 90 ? byte + 32 : byte);

function trailingEscape(): never {
  fail('22025', 'LIKE pattern must not end with escape character');
}

/** The next character's start. */
function after(t: Uint8Array, at: number, end: number): number {
  let i = at + 1;
  while (i < end && (t[i]! & 0xc0) === 0x80) i++;
  return i;
}

function match(
  t: Uint8Array,
  ti: number,
  te: number,
  p: Uint8Array,
  pi: number,
  pe: number,
  fold: Fold,
): number {
  while (ti < te && pi < pe) {
    const byte = p[pi]!;
    if (byte === PERCENT) return matchRest(t, ti, te, p, pi, pe, fold);
    if (byte === UNDERSCORE) {
      ti = after(t, ti, te);
      pi++;
      continue;
    }
    if (byte === BACKSLASH && ++pi >= pe) trailingEscape();
    if (fold(p[pi]!) !== fold(t[ti]!)) return FALSE;
    ti++;
    pi++;
  }
  if (ti < te) return FALSE;
  while (pi < pe && p[pi] === PERCENT) pi++;
  return pi >= pe ? TRUE : ABORT;
}

/** From a `%` on: tries every place where the literal behind it can start. */
function matchRest(
  t: Uint8Array,
  ti: number,
  te: number,
  p: Uint8Array,
  pi: number,
  pe: number,
  fold: Fold,
): number {
  for (pi++; pi < pe; pi++) {
    if (p[pi] === PERCENT) continue;
    if (p[pi] !== UNDERSCORE) break;
    if (ti >= te) return ABORT;
    ti = after(t, ti, te);
  }
  if (pi >= pe) return TRUE;
  if (p[pi] === BACKSLASH && pi + 1 >= pe) trailingEscape();
  const first = fold(p[pi] === BACKSLASH ? p[pi + 1]! : p[pi]!);
  for (; ti < te; ti = after(t, ti, te)) {
    if (fold(t[ti]!) !== first) continue;
    const matched = match(t, ti, te, p, pi, pe, fold);
    if (matched !== FALSE) return matched;
  }
  return ABORT;
}

export function like(t: Uint8Array, ts: number, te: number, p: Uint8Array, ps: number, pe: number): boolean {
  return match(t, ts, te, p, ps, pe, exactly) === TRUE;
}

/** Letters are compared without case as collation "C" knows it: ASCII only. */
export function ilike(t: Uint8Array, ts: number, te: number, p: Uint8Array, ps: number, pe: number): boolean {
  return match(t, ts, te, p, ps, pe, asciiLower) === TRUE;
}

/** LIKE … ESCAPE: the same pattern with backslash as its escape character; an empty escape switches escaping off. */
export function escapePattern(
  p: Uint8Array,
  ps: number,
  pe: number,
  escape: Uint8Array,
  es: number,
  ee: number,
): number {
  if (ee > es && after(escape, es, ee) !== ee) fail('22025', 'invalid escape string');
  const start = mark();
  if (ee - es === 1 && escape[es] === BACKSLASH) {
    append(p, ps, pe);
    return close(start, mark());
  }
  let at = open((pe - ps) * 2);
  const out = buffer();
  let escaped = false;
  for (let i = ps; i < pe;) {
    const next = after(p, i, pe);
    if (ee > es && !escaped && same(p, i, next, escape, es, ee)) {
      out[at++] = BACKSLASH;
      escaped = true;
    } else {
      if (p[i] === BACKSLASH && !escaped) out[at++] = BACKSLASH;
      for (let j = i; j < next; j++) out[at++] = p[j]!;
      escaped = false;
    }
    i = next;
  }
  return close(start, at);
}

function same(a: Uint8Array, from: number, to: number, b: Uint8Array, bs: number, be: number): boolean {
  if (to - from !== be - bs) return false;
  for (let i = from; i < to; i++) if (a[i] !== b[bs + i - from]) return false;
  return true;
}
