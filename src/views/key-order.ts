// Sorting the keys of an epoch. Keys of one view mostly share their first bytes (tags, the high bytes of times), so the
// common prefix is skipped, the next four bytes are packed with the position into 64-bit integers, which V8 sorts natively,
// and only keys that agree in those too are compared byte by byte.

import type { KeyArena } from './key-bytes.ts';

/** Do the keys 0 … count − 1 rise strictly? */
export function rises(arena: KeyArena): boolean {
  for (let i = 1; i < arena.count; i++) if (arena.compare(i - 1, i) >= 0) return false;
  return true;
}

/** `keys` (indexes into the arena) in ascending order. */
export function sortKeys(arena: KeyArena, keys: Int32Array): Int32Array {
  const n = keys.length;
  if (n < 2) return keys;
  const skip = commonPrefix(arena, keys);
  const packed = new BigUint64Array(n);
  const halves = new Uint32Array(packed.buffer);
  for (let i = 0; i < n; i++) {
    halves[2 * i] = i;
    halves[2 * i + 1] = fourBytes(arena, keys[i]!, skip);
  }
  packed.sort();
  const order = new Int32Array(n);
  for (let i = 0; i < n; i++) order[i] = keys[halves[2 * i]!]!;
  for (let i = 1, from = 0; i <= n; i++) {
    if (i < n && halves[2 * i + 1] === halves[2 * from + 1]) continue;
    if (i - from > 1) order.subarray(from, i).sort((a, b) => arena.compare(a, b));
    from = i;
  }
  return order;
}

function commonPrefix(arena: KeyArena, keys: Int32Array): number {
  const { bytes, start } = arena;
  const first = start[keys[0]!]!;
  let common = start[keys[0]! + 1]! - first;
  for (let i = 1; i < keys.length; i++) {
    const from = start[keys[i]!]!;
    const limit = Math.min(common, start[keys[i]! + 1]! - from);
    let same = 0;
    while (same < limit && bytes[first + same] === bytes[from + same]) same++;
    common = same;
  }
  return common;
}

/** Big-endian; what is beyond the key counts as 0, so a prefix sorts first. */
function fourBytes(arena: KeyArena, key: number, skip: number): number {
  const from = arena.start[key]! + skip;
  const end = arena.start[key + 1]!;
  let packed = 0;
  for (let b = 0; b < 4; b++) packed = (packed << 8) | (from + b < end ? arena.bytes[from + b]! : 0);
  return packed >>> 0;
}
