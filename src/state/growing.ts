// Arrays that grow. Large ones lie in memory whose addresses are reserved far ahead, so that growing them copies nothing and takes
// microseconds whatever they hold: a table of ten million rows stops for nobody. That memory is a growable SharedArrayBuffer which
// nothing shares: a view of fixed length on it is as fast as on any other, which one on a resizable ArrayBuffer is not.

/** From so many bytes on an array grows in place; copying less takes less than a fraction of a millisecond. */
const IN_PLACE = 1 << 20;

/** Addresses, not memory: pages come as they are written to. */
const RESERVED = 2 ** 33;

const DOUBLED = 1 << 16;

/** The next capacity of arrays that have `capacity` entries: twice as many, later an eighth more, which is what may lie idle. */
export function nextCapacity(capacity: number): number {
  return capacity < DOUBLED ? capacity * 2 : capacity + Math.ceil(capacity / 8);
}

export function grownBytes(old: Uint8Array, length: number): Uint8Array {
  return new Uint8Array(grownBuffer(old, length), 0, length);
}

export function grownInt16s(old: Int16Array, length: number): Int16Array {
  return new Int16Array(grownBuffer(old, length * 2), 0, length);
}

export function grownInt32s(old: Int32Array, length: number): Int32Array {
  return new Int32Array(grownBuffer(old, length * 4), 0, length);
}

export function grownDoubles(old: Float64Array, length: number): Float64Array {
  return new Float64Array(grownBuffer(old, length * 8), 0, length);
}

export function grownBigints(old: BigInt64Array, length: number): BigInt64Array {
  return new BigInt64Array(grownBuffer(old, length * 8), 0, length);
}

/** What `old` holds and zeros behind it: the same memory where that can grow, so `old` is not to be written to any more. */
function grownBuffer(
  old: Uint8Array | Int16Array | Int32Array | Float64Array | BigInt64Array,
  bytes: number,
) {
  const { buffer } = old;
  if (buffer instanceof SharedArrayBuffer && buffer.growable && bytes <= buffer.maxByteLength) {
    if (bytes > buffer.byteLength) buffer.grow(bytes);
    return buffer;
  }
  const wider = bytes < IN_PLACE ? new ArrayBuffer(bytes) : reserved(bytes);
  new Uint8Array(wider).set(new Uint8Array(buffer, old.byteOffset, old.byteLength));
  return wider;
}

/** Where addresses are rationed arrays grow by being copied. */
function reserved(bytes: number): ArrayBufferLike {
  try {
    return new SharedArrayBuffer(bytes, { maxByteLength: Math.max(RESERVED, bytes) });
  } catch {
    return new ArrayBuffer(bytes);
  }
}
