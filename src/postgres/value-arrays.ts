// Small lists of JavaScript values as binary array parameters for `unnest`: what an epoch writes besides its views.
// (The columns of batches have an encoder of their own, without a Buffer per value.)

import { timestampText } from './values.ts';

const OID = { bool: 16, bytea: 17, int8: 20, text: 25 } as const;

export function int8Array(values: readonly (number | bigint | null)[]): Buffer {
  return encode(OID.int8, values.map(int8));
}

export function boolArray(values: readonly boolean[]): Buffer {
  return encode(
    OID.bool,
    values.map((value) => Buffer.from([value ? 1 : 0])),
  );
}

/** A zero character, which Postgres cannot store, becomes the replacement character. */
export function textArray(values: readonly (string | null)[]): Buffer {
  return encode(
    OID.text,
    values.map((value) => (value === null ? null : Buffer.from(value.replaceAll('\0', '\u{fffd}')))),
  );
}

export function byteaArray(values: readonly (Buffer | null)[]): Buffer {
  return encode(OID.bytea, values);
}

/** Microseconds as text; to be cast to timestamptz[] in the statement. */
export function timestampTexts(values: readonly (bigint | null)[]): Buffer {
  return textArray(values.map((value) => (value === null ? null : timestampText(value))));
}

function int8(value: number | bigint | null): Buffer | null {
  if (value === null) return null;
  const bytes = Buffer.allocUnsafe(8);
  bytes.writeBigInt64BE(BigInt(value));
  return bytes;
}

function encode(oid: number, cells: readonly (Buffer | null)[]): Buffer {
  const head = Buffer.alloc(cells.length === 0 ? 12 : 20);
  head.writeInt32BE(cells.length === 0 ? 0 : 1, 0);
  head.writeInt32BE(cells.includes(null) ? 1 : 0, 4);
  head.writeInt32BE(oid, 8);
  if (cells.length > 0) {
    head.writeInt32BE(cells.length, 12);
    head.writeInt32BE(1, 16);
  }
  const pieces: Buffer[] = [head];
  for (const cell of cells) {
    const size = Buffer.allocUnsafe(4);
    size.writeInt32BE(cell === null ? -1 : cell.length);
    pieces.push(size);
    if (cell !== null) pieces.push(cell);
  }
  return Buffer.concat(pieces);
}
