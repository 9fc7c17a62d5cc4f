// LIKE over bytea, where a byte is what a character is in text: bytes are taken for the characters of Latin-1.

import { giveBytes } from './cells.ts';
import { escapePattern, like } from './like.ts';
import { result } from '../../data/registers.ts';

type Bytes = Uint8Array;

function widened(b: Bytes, s: number, e: number): Bytes {
  return Buffer.from(Buffer.from(b.buffer, b.byteOffset + s, e - s).toString('latin1'), 'utf8');
}

export function likeBytes(b: Bytes, s: number, e: number, pb: Bytes, ps: number, pe: number): boolean {
  const [value, pattern] = [widened(b, s, e), widened(pb, ps, pe)];
  return like(value, 0, value.length, pattern, 0, pattern.length);
}

export function escapeBytes(b: Bytes, s: number, e: number, eb: Bytes, es: number, ee: number): number {
  const [pattern, escape] = [widened(b, s, e), widened(eb, es, ee)];
  const start = escapePattern(pattern, 0, pattern.length, escape, 0, escape.length);
  const text = Buffer.from(result.bytes.subarray(start, result.end)).toString('utf8');
  return giveBytes(Buffer.from(text, 'latin1'));
}
