// What stands in the `_key` column of a view whose key may be too wide for an index: the canonical bytes while they are
// short, otherwise a marker and 128 bits of their SHA-256 (nobody can make two keys meet on purpose).

import { hash } from 'node:crypto';
import type { KeyArena } from './key-bytes.ts';

export const MAX_PLAIN_KEY = 200;
/** Canonical keys begin with 0x01 or 0xFF. */
const HASHED = 0x02;

/** Slices `bytes[start[i] … end[i])`, one per key of the arena. */
export interface KeySlices {
  readonly bytes: Uint8Array;
  readonly start: Int32Array;
  readonly end: Int32Array;
}

export function keyColumnSlices(arena: KeyArena): KeySlices {
  const n = arena.count;
  const start = arena.start.slice(0, n);
  const end = arena.start.slice(1, n + 1);
  const wide: number[] = [];
  for (let i = 0; i < n; i++) if (end[i]! - start[i]! > MAX_PLAIN_KEY) wide.push(i);
  if (wide.length === 0) return { bytes: arena.bytes, start, end };
  const bytes = new Uint8Array(arena.used + wide.length * 17);
  bytes.set(arena.bytes.subarray(0, arena.used));
  let at = arena.used;
  for (const i of wide) {
    const digest = hash('sha256', arena.bytes.subarray(start[i]!, end[i]!), 'buffer');
    bytes[at] = HASHED;
    bytes.set(digest.subarray(0, 16), at + 1);
    start[i] = at;
    at += 17;
    end[i] = at;
  }
  return { bytes, start, end };
}
