// Casts between bytea and the integers, big-endian.

import { bigintOutOfRange, integerOutOfRange, smallintOutOfRange } from '../../data/failure.ts';
import { buffer, close, open } from '../runtime/arena.ts';
import type { CastFunction } from './cast.ts';
import { by } from './cast.ts';

function toBytes(size: 2 | 4 | 8): (value: number | bigint) => number {
  return (value) => {
    const at = open(size);
    const out = buffer();
    let rest = BigInt(value);
    for (let i = size - 1; i >= 0; i--) {
      out[at + i] = Number(BigInt.asUintN(8, rest));
      rest >>= 8n;
    }
    return close(at, at + size);
  };
}

function fromBytes(size: 2 | 4 | 8, tooLong: () => never) {
  return (bytes: Uint8Array, start: number, end: number): bigint => {
    if (end - start > size) tooLong();
    let value = 0n;
    for (let i = start; i < end; i++) value = (value << 8n) | BigInt(bytes[i]!);
    return BigInt.asIntN(size * 8, value);
  };
}

const toInt16 = fromBytes(2, smallintOutOfRange);
const toInt32 = fromBytes(4, integerOutOfRange);

export const BYTE_CASTS: readonly CastFunction[] = [
  by('smallint', 'bytea', toBytes(2), false),
  by('integer', 'bytea', toBytes(4), false),
  by('bigint', 'bytea', toBytes(8), false),
  by('bytea', 'smallint', (b: Uint8Array, s: number, e: number) => Number(toInt16(b, s, e))),
  by('bytea', 'integer', (b: Uint8Array, s: number, e: number) => Number(toInt32(b, s, e))),
  by('bytea', 'bigint', fromBytes(8, bigintOutOfRange)),
];
