// Single values of Protocol Buffers, from their place in a record, as values of the SQL types that they are by themselves.

import type { Present } from './natural-values.ts';
import { bigintOf, readVarint, reg } from './binary-values.ts';
import type { ProtoEnum, ProtoScalar } from './proto-schema.ts';
import { NOT_PROTOBUF, OK } from './rejection.ts';
import { checkText } from './utf8.ts';
import { ValueFailure } from './value-failure.ts';

const decoder = new TextDecoder('utf-8', { fatal: false });

/** The value in `b[s … e)`; of a number all of it, of bytes without their length. Throws a ValueFailure. */
export function scalarValue(kind: ProtoScalar, b: Uint8Array, v: DataView, s: number, e: number): Present {
  switch (kind) {
    case 'double':
      return v.getFloat64(s, true);
    case 'float':
      return v.getFloat32(s, true);
    case 'sfixed32':
      return v.getInt32(s, true);
    case 'fixed32':
      return BigInt(v.getUint32(s, true));
    case 'sfixed64':
      return v.getBigInt64(s, true);
    case 'fixed64':
      return { unscaled: v.getBigUint64(s, true), scale: 0 };
    case 'string':
      return textValue(b, v, s, e);
    case 'bytes':
      return b.slice(s, e);
    default:
      return varintValue(kind, b, s, e);
  }
}

function varintValue(kind: ProtoScalar, b: Uint8Array, s: number, e: number): Present {
  if (readVarint(b, s, e) < 0) throw new ValueFailure(NOT_PROTOBUF);
  const { lo, hi } = reg;
  switch (kind) {
    case 'bool':
      return (lo | hi) !== 0;
    case 'int32':
      return lo;
    case 'sint32':
      return (lo >>> 1) ^ -(lo & 1);
    case 'uint32':
      return BigInt(lo >>> 0);
    case 'uint64':
      return { unscaled: BigInt.asUintN(64, bigintOf(lo, hi)), scale: 0 };
    case 'sint64': {
      const wide = BigInt.asUintN(64, bigintOf(lo, hi));
      return (wide >> 1n) ^ -(wide & 1n);
    }
    default:
      return bigintOf(lo, hi);
  }
}

function textValue(b: Uint8Array, v: DataView, s: number, e: number): string {
  const code = checkText(b, v, s, e);
  if (code !== OK) throw new ValueFailure(code);
  return decoder.decode(b.subarray(s, e));
}

/** The number of an enumeration's symbol. */
export function enumNumber(b: Uint8Array, s: number, e: number): number {
  if (readVarint(b, s, e) < 0) throw new ValueFailure(NOT_PROTOBUF);
  return reg.lo;
}

/** Its symbol; a number without a name is itself, or, of a closed one, nothing. */
export function enumText({ symbols, closed }: ProtoEnum, number: number): string | undefined {
  return symbols.get(number) ?? (closed ? undefined : String(number));
}

/** What an absent field without presence is. */
export function scalarDefault(kind: ProtoScalar): Present {
  switch (kind) {
    case 'bool':
      return false;
    case 'string':
      return '';
    case 'bytes':
      return new Uint8Array(0);
    case 'uint32':
    case 'fixed32':
    case 'int64':
    case 'sint64':
    case 'sfixed64':
      return 0n;
    case 'uint64':
    case 'fixed64':
      return { unscaled: 0n, scale: 0 };
    default:
      return 0;
  }
}
