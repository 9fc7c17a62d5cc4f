// Messages from other threads and processes: structured cloning makes plain byte arrays of Buffers, and what is written to Postgres is
// told by that type. They are views of the same memory again after this; nothing is copied.

/** The same message with every byte array in it as a Buffer. */
export function withBuffers<T>(message: T): T {
  return revived(message) as T;
}

function revived(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (ArrayBuffer.isView(value)) {
    if (!(value instanceof Uint8Array) || Buffer.isBuffer(value)) return value;
    return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  }
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) value[i] = revived(value[i]);
    return value;
  }
  const fields = value as Record<string, unknown>;
  for (const key of Object.keys(fields)) fields[key] = revived(fields[key]);
  return fields;
}
