// Hops over the batch headers of a fetched record set: enough to know where the next fetch begins, long before (and without)
// decoding it.

/** One past the last offset of the last whole batch; `from` if there is none. Damage is left for the record reader to name. */
export function endOfRecordSet(bytes: Uint8Array, from: number): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let next = from;
  for (let at = 0; at + 61 <= bytes.length;) {
    const length = view.getInt32(at + 8);
    if (length < 49 || at + 12 + length > bytes.length) break;
    const base = view.getInt32(at) * 4294967296 + view.getUint32(at + 4);
    next = Math.max(next, base + view.getInt32(at + 23) + 1);
    at += 12 + length;
  }
  return next;
}

/** Starts with a batch header whose length cannot be, or with a whole batch that leads nowhere: not merely cut off. */
export function isDamaged(bytes: Uint8Array): boolean {
  if (bytes.length < 17) return false;
  const length = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getInt32(8);
  return length < 49 || 12 + length <= bytes.length;
}
