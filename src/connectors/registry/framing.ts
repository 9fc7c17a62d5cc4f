// How a record names its schema: a zero byte, then the id in the registry as a big-endian integer, then the value.

import { NOT_FRAMED } from '../formats/rejection.ts';

export const FRAME_BYTES = 5;

/** The id of the value `b[s … e)`, or NOT_FRAMED. */
export function schemaId(b: Uint8Array, s: number, e: number): number {
  if (e - s < FRAME_BYTES || b[s] !== 0) return NOT_FRAMED;
  const id = (b[s + 1]! << 24) | (b[s + 2]! << 16) | (b[s + 3]! << 8) | b[s + 4]!;
  return id < 0 ? NOT_FRAMED : id;
}
