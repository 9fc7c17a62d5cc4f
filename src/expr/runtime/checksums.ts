// crc32 and crc32c of bytes (Sarwate's table, 1988), and what an identifier of RFC 9562 says of itself.

import { crc32 as zlibCrc32 } from 'node:zlib';
import { result } from '../../data/registers.ts';

type Bytes = Uint8Array;

export function crc32(b: Bytes, s: number, e: number): bigint {
  return BigInt(zlibCrc32(b.subarray(s, e)));
}

const CASTAGNOLI = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  return crc;
});

export function crc32c(b: Bytes, s: number, e: number): bigint {
  let crc = 0xffffffff;
  for (let i = s; i < e; i++) crc = (crc >>> 8) ^ CASTAGNOLI[(crc ^ b[i]!) & 0xff]!;
  return BigInt((crc ^ 0xffffffff) >>> 0);
}

/** NULL when it is of another variant. */
export function uuidVersion(b: Bytes, s: number): number {
  result.isNull = (b[s + 8]! & 0xc0) !== 0x80;
  return b[s + 6]! >> 4;
}

/** From 15 October 1582 to 1 January 1970, in microseconds. */
const GREGORIAN_MICROS = 12_219_292_800_000_000n;

/** Of versions 1 and 7; NULL for the others. In microseconds. */
export function uuidTime(b: Bytes, s: number): bigint {
  const version = uuidVersion(b, s);
  result.isNull ||= version !== 1 && version !== 7;
  if (result.isNull) return 0n;
  const number = (from: number, to: number): bigint =>
    b.subarray(s + from, s + to).reduce((sum, byte) => sum * 256n + BigInt(byte), 0n);
  if (version === 7) return number(0, 6) * 1000n;
  const ticks = ((number(6, 8) & 0xfffn) << 48n) | (number(4, 6) << 32n) | number(0, 4);
  return ticks / 10n - GREGORIAN_MICROS;
}
