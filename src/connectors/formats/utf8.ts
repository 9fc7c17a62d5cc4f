// Is this text that Postgres can store? UTF-8 by RFC 3629, without the character U+0000.

import { skipSequence } from './json-scan.ts';
import { INVALID_UTF8, NUL_CHARACTER, OK } from './rejection.ts';

/** `b[s … e)`: OK, INVALID_UTF8 or NUL_CHARACTER. `v` views the same bytes as `b`. */
export function checkText(b: Uint8Array, v: DataView, s: number, e: number): number {
  let p = s;
  for (;;) {
    // Four bytes at a time while all are ASCII and none is zero (Mycroft's test).
    while (p + 4 <= e) {
      const x = v.getInt32(p, true);
      if (((x | (x - 0x01010101)) & 0x80808080) !== 0) break;
      p += 4;
    }
    if (p >= e) return OK;
    const c = b[p]!;
    if (c === 0) return NUL_CHARACTER;
    if (c < 0x80) p++;
    else if ((p = skipSequence(b, p, e)) < 0) return INVALID_UTF8;
  }
}
