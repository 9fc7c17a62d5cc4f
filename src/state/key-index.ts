// The index of a keyed state table: key hash → slot, open addressing with linear probing, one Int32Array per key group, so
// that growing and shrinking rehash one key group at a time and never stall on the whole table. Deletion shifts entries back
// (Knuth, The Art of Computer Programming vol. 3, 6.4, algorithm R), so probing never meets tombstones. An entry is two words,
// slot + 1 and the hash, so that a probe reads one run of memory and looks at keys only where the hashes are equal.
//
// The generated loops of operators probe `groups` directly; everything else goes through the functions here.

/** Fixed for the life of stored state: the key group of a hash is its top 8 bits. */
export const KEY_GROUPS = 256;

const INITIAL = 8;

/** A table of a key group in which less than one entry in so many is used may become half as large … */
const SPARSE = 8;

/**
 * … when all of them have room for so many times as many slots as there ever were. Keys that come and go by key group, as those of windows do
 * where rows are spread by window, would otherwise leave every key group as large as it ever was. Where they come and go in all key groups
 * alike, tables stay as they are, and nothing is rehashed for each window.
 */
const ROOMY = 8;

export interface KeyIndex {
  /** Per key group: a power of two of entries; entry e is slot + 1 (0: empty) at 2e and the hash at 2e + 1. */
  readonly groups: Int32Array[];
  /** Entries per key group. */
  readonly used: Int32Array;
  /** All entries that are used, the most that ever were, and all that there are. */
  live: number;
  most: number;
  room: number;
}

export function newKeyIndex(): KeyIndex {
  const groups: Int32Array[] = [];
  for (let g = 0; g < KEY_GROUPS; g++) groups.push(new Int32Array(INITIAL * 2));
  return { groups, used: new Int32Array(KEY_GROUPS), live: 0, most: 0, room: KEY_GROUPS * INITIAL };
}

/** Adds a slot whose key is known to be absent. `hashes` holds the hash of every slot. */
export function addSlot(index: KeyIndex, hashes: Int32Array, slot: number): void {
  const hash = hashes[slot]!;
  const g = hash >>> 24;
  let table = index.groups[g]!;
  if ((index.used[g]! + 1) * 4 > table.length) table = resize(index, g, table.length * 2);
  place(table, hash, slot);
  index.used[g] = index.used[g]! + 1;
  if (++index.live > index.most) index.most = index.live;
}

/** At most half full: linear probing then reads about two entries for a key that is absent. */
function place(table: Int32Array, hash: number, slot: number): void {
  const mask = table.length - 1;
  let p = (hash << 1) & mask;
  while (table[p] !== 0) p = (p + 2) & mask;
  table[p] = slot + 1;
  table[p + 1] = hash;
}

function resize(index: KeyIndex, g: number, length: number): Int32Array {
  const old = index.groups[g]!;
  const table = new Int32Array(length);
  for (let p = 0; p < old.length; p += 2) if (old[p] !== 0) place(table, old[p + 1]!, old[p]! - 1);
  index.groups[g] = table;
  index.room += (length - old.length) / 2;
  return table;
}

/** Removes a slot that is in the index. */
export function removeSlot(index: KeyIndex, hashes: Int32Array, slot: number): void {
  const hash = hashes[slot]!;
  const g = hash >>> 24;
  const table = index.groups[g]!;
  const mask = table.length - 1;
  let hole = (hash << 1) & mask;
  while (table[hole] !== slot + 1) hole = (hole + 2) & mask;
  let p = hole;
  for (;;) {
    p = (p + 2) & mask;
    if (table[p] === 0) break;
    const home = (table[p + 1]! << 1) & mask;
    // The entry may fill the hole unless its home lies cyclically within (hole, p].
    if (((p - home) & mask) >= ((p - hole) & mask)) {
      table[hole] = table[p]!;
      table[hole + 1] = table[p + 1]!;
      hole = p;
    }
  }
  table[hole] = 0;
  const left = index.used[g]! - 1;
  index.used[g] = left;
  index.live--;
  const isSparse = left * 2 * SPARSE < table.length && table.length > INITIAL * 2;
  if (isSparse && index.room > index.most * ROOMY) resize(index, g, table.length / 2);
}

export function indexBytes(index: KeyIndex): number {
  let bytes = 0;
  for (const table of index.groups) bytes += table.byteLength;
  return bytes;
}
