// The hash of keys: frozen and versioned, because stored state is laid out by it (key group = top 8 bits).
// HASH_VERSION 1: 32-bit words are mixed as in MurmurHash3 x86_32 (Appleby, public domain), one word after the other, with
// its final avalanche; text is mixed bytewise by FNV-1a first (one word), then as a word. Pieces are also given as
// JavaScript text for the generated loops, which inline them.

export const HASH_VERSION = 1;

export const HASH_SEED = 0x9747b28c | 0;

export function mixWord(hash: number, word: number): number {
  let k = Math.imul(word, 0xcc9e2d51);
  k = Math.imul((k << 15) | (k >>> 17), 0x1b873593);
  let h = hash ^ k;
  h = (h << 13) | (h >>> 19);
  return (Math.imul(h, 5) + 0xe6546b64) | 0;
}

export function finishHash(hash: number): number {
  let h = hash;
  h ^= h >>> 16;
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return h ^ (h >>> 16);
}

export function hashBytes(bytes: Uint8Array, start: number, end: number): number {
  let h = 0x811c9dc5 | 0;
  for (let i = start; i < end; i++) h = Math.imul(h ^ bytes[i]!, 0x01000193);
  return h;
}

const scratch = new DataView(new ArrayBuffer(8));

/** −0 and 0 hash alike, and so does every NaN. */
export function mixDouble(hash: number, value: number): number {
  scratch.setFloat64(0, value === 0 ? 0 : value);
  const h = Number.isNaN(value) ? mixWord(hash, 0x7ff80000) : mixWord(hash, scratch.getInt32(0));
  return Number.isNaN(value) ? mixWord(h, 0) : mixWord(h, scratch.getInt32(4));
}

export function mixBigint(hash: number, value: bigint): number {
  let h = hash;
  let rest = value < 0n ? -value - 1n : value;
  h = mixWord(h, value < 0n ? 1 : 0);
  while (rest > 0n) {
    h = mixWord(h, Number(BigInt.asIntN(32, rest)));
    rest >>= 32n;
  }
  return h;
}
