// Single values of Avro as values of the SQL types that they are by themselves.

import { checkedDate, checkedTimestamp } from '../../data/time.ts';
import type { SqlType } from '../../data/types.ts';
import { BYTEA, DOUBLE, REAL, TEXT } from '../../data/types.ts';
import type { IntervalValue, NumericValue } from '../../data/value.ts';
import type { AvroCursor } from './avro-cursor.ts';
import { naturalType } from './avro-natural.ts';
import { promotion } from './avro-resolve.ts';
import type { AvroLogical, AvroType } from './avro-schema.ts';
import type { Present } from './natural-values.ts';
import { bigEndian, MAX_DECIMAL_BYTES } from './binary-values.ts';
import { NOT_AVRO, OUT_OF_RANGE } from './rejection.ts';
import { ValueFailure } from './value-failure.ts';

export type AvroScalar = Extract<
  AvroType,
  { kind: 'boolean' | 'float' | 'double' | 'int' | 'long' | 'bytes' | 'string' | 'fixed' | 'enum' }
>;

/** How a value is read, and of which SQL type it is then. */
export interface ScalarReader {
  readonly type: SqlType;
  readonly read: (cursor: AvroCursor) => Present;
}

const MICROS_PER_DAY = 86_400_000_000n;

/** `reader`: as the reader's schema has it. */
export function scalarReader(writer: AvroScalar, reader: AvroType | null): ScalarReader {
  switch (promotion(writer, reader)) {
    case 'float':
      return { type: REAL, read: (cursor) => Math.fround(Number(cursor.long())) };
    case 'double':
      return { type: DOUBLE, read: (cursor) => Number(cursor.long()) };
    case 'string':
      return { type: TEXT, read: (cursor) => cursor.text() };
    case 'bytes':
      return { type: BYTEA, read: readBytes };
    default:
      return plainReader(writer, reader);
  }
}

function plainReader(writer: AvroScalar, reader: AvroType | null): ScalarReader {
  const type = writer.kind === 'string' ? TEXT : naturalType(writer)!;
  switch (writer.kind) {
    case 'boolean':
      return { type, read: (cursor) => cursor.boolean() };
    case 'float':
      return { type, read: (cursor) => cursor.float() };
    case 'double':
      return { type, read: (cursor) => cursor.double() };
    case 'string':
      return { type, read: (cursor) => cursor.text() };
    case 'int':
      return { type, read: intReader(writer.logical) };
    case 'long':
      return { type, read: longReader(writer.logical) };
    case 'enum': {
      const texts = enumTexts(writer.symbols, reader);
      return { type, read: (cursor) => texts[cursor.index(texts.length)]! };
    }
    case 'bytes':
      return { type, read: bytesReader(type, writer.logical, (cursor) => cursor.sized()) };
    case 'fixed':
      if (writer.logical?.kind === 'duration') return { type, read: readDuration };
      return { type, read: bytesReader(type, writer.logical, (cursor) => cursor.take(writer.size)) };
  }
}

/** A symbol that the reader's enumeration lacks is its default, where it has one. */
export function enumTexts(symbols: readonly string[], reader: AvroType | null): readonly string[] {
  if (reader?.kind !== 'enum' || reader.fallback === null) return symbols;
  return symbols.map((symbol) => (reader.symbols.includes(symbol) ? symbol : reader.fallback!));
}

function intReader(logical: AvroLogical | null): (cursor: AvroCursor) => Present {
  if (logical?.kind === 'date') return (cursor) => checkedDate(cursor.int());
  if (logical?.kind === 'time-millis') return (cursor) => timeOfDay(BigInt(cursor.int()) * 1000n);
  return (cursor) => cursor.int();
}

function longReader(logical: AvroLogical | null): (cursor: AvroCursor) => Present {
  switch (logical?.kind) {
    case 'time-micros':
      return (cursor) => timeOfDay(cursor.long());
    case 'timestamp-millis':
    case 'local-timestamp-millis':
      return (cursor) => checkedTimestamp(cursor.long() * 1000n);
    case 'timestamp-micros':
    case 'local-timestamp-micros':
      return (cursor) => checkedTimestamp(cursor.long());
    case 'timestamp-nanos':
    case 'local-timestamp-nanos':
      return (cursor) => checkedTimestamp(microsOfNanos(cursor.long()));
    default:
      return (cursor) => cursor.long();
  }
}

function timeOfDay(micros: bigint): bigint {
  if (micros < 0n || micros > MICROS_PER_DAY) throw new ValueFailure(OUT_OF_RANGE);
  return micros;
}

/** Halves to even, as Postgres rounds the digits behind a microsecond. */
function microsOfNanos(nanos: bigint): bigint {
  const down = (nanos - (((nanos % 1000n) + 1000n) % 1000n)) / 1000n;
  const rest = nanos - down * 1000n;
  return rest > 500n || (rest === 500n && (down & 1n) === 1n) ? down + 1n : down;
}

function readBytes(cursor: AvroCursor): Uint8Array {
  const start = cursor.sized();
  return cursor.b.slice(start, cursor.p);
}

/** `take` passes over the bytes and tells where they begin. */
function bytesReader(
  type: SqlType,
  logical: AvroLogical | null,
  take: (cursor: AvroCursor) => number,
): (cursor: AvroCursor) => Present {
  if (logical?.kind !== 'decimal' || type.kind !== 'numeric') {
    return (cursor) => {
      const start = take(cursor);
      return cursor.b.slice(start, cursor.p);
    };
  }
  const { scale } = logical;
  return (cursor): NumericValue => {
    const start = take(cursor);
    if (start === cursor.p) throw new ValueFailure(NOT_AVRO);
    if (cursor.p - start > MAX_DECIMAL_BYTES) throw new ValueFailure(OUT_OF_RANGE);
    return { unscaled: bigEndian(cursor.b, start, cursor.p), scale };
  };
}

/** Months, days and milliseconds, each 32 bits without a sign. */
function readDuration(cursor: AvroCursor): IntervalValue {
  const start = cursor.take(12);
  const [months, days] = [cursor.v.getInt32(start, true), cursor.v.getInt32(start + 4, true)];
  if (months < 0 || days < 0) throw new ValueFailure(OUT_OF_RANGE);
  return { months, days, micros: BigInt(cursor.v.getUint32(start + 8, true)) * 1000n };
}
