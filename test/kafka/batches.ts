// Writes record batches (message format v2) byte by byte, for what no producer makes on demand: gaps, damage, odd framings.
import { crc32c } from '@node-rs/crc32';

export interface TestRecord {
  readonly offsetDelta: number;
  readonly timestampDelta?: number;
  readonly key?: string | null;
  readonly value?: string | Uint8Array | null;
  readonly headers?: readonly (readonly [string, string | null])[];
}

export interface TestBatch {
  readonly baseOffset: number;
  readonly records: readonly TestRecord[];
  /** Defaults to the last record's; larger where compaction removed the tail. */
  readonly lastOffsetDelta?: number;
  readonly codec?: number;
  readonly compress?: (bytes: Uint8Array) => Uint8Array;
  readonly producerId?: number;
  readonly transactional?: boolean;
  readonly control?: boolean;
  readonly baseTimestamp?: number;
  readonly maxTimestamp?: number;
  readonly appendTime?: boolean;
  readonly magic?: number;
  readonly count?: number;
}

export function varint(value: number): Buffer {
  let rest = BigInt.asUintN(64, (BigInt(value) << 1n) ^ (BigInt(value) >> 63n));
  const bytes: number[] = [];
  for (;;) {
    const low = Number(rest & 0x7fn);
    rest >>= 7n;
    if (rest === 0n) return Buffer.from([...bytes, low]);
    bytes.push(low | 0x80);
  }
}

function sized(bytes: string | Uint8Array | null | undefined): Buffer {
  if (bytes === null || bytes === undefined) return varint(-1);
  const buffer = Buffer.from(bytes as Uint8Array);
  return Buffer.concat([varint(buffer.length), buffer]);
}

export function encodeRecord(record: TestRecord): Buffer {
  const headers = record.headers ?? [];
  const body = Buffer.concat([
    Buffer.from([0]),
    varint(record.timestampDelta ?? 0),
    varint(record.offsetDelta),
    sized(record.key),
    sized(record.value),
    varint(headers.length),
    ...headers.flatMap(([key, value]) => [sized(key), sized(value)]),
  ]);
  return Buffer.concat([varint(body.length), body]);
}

/** A whole batch around records that are encoded (and compressed) already. */
export function encodeRawBatch(
  batch: Omit<TestBatch, 'records'> & { readonly lastOffsetDelta: number; readonly count: number },
  body: Uint8Array,
): Buffer {
  const header = Buffer.alloc(61);
  header.writeBigInt64BE(BigInt(batch.baseOffset), 0);
  header.writeInt32BE(49 + body.length, 8);
  header.writeInt8(batch.magic ?? 2, 16);
  const attributes =
    (batch.codec ?? 0) |
    (batch.appendTime ? 8 : 0) |
    (batch.transactional ? 16 : 0) |
    (batch.control ? 32 : 0);
  header.writeInt16BE(attributes, 21);
  header.writeInt32BE(batch.lastOffsetDelta, 23);
  header.writeBigInt64BE(BigInt(batch.baseTimestamp ?? 1_700_000_000_000), 27);
  header.writeBigInt64BE(BigInt(batch.maxTimestamp ?? batch.baseTimestamp ?? 1_700_000_000_000), 35);
  header.writeBigInt64BE(BigInt(batch.producerId ?? -1), 43);
  header.writeInt16BE(0, 51);
  header.writeInt32BE(-1, 53);
  header.writeInt32BE(batch.count, 57);
  const whole = Buffer.concat([header, body]);
  whole.writeUInt32BE(crc32c(whole.subarray(21)), 17);
  return whole;
}

export function encodeBatch(batch: TestBatch): Buffer {
  const plain = Buffer.concat(batch.records.map(encodeRecord));
  const body = batch.compress === undefined ? plain : batch.compress(plain);
  const lastOffsetDelta = batch.lastOffsetDelta ?? batch.records.at(-1)?.offsetDelta ?? 0;
  return encodeRawBatch({ ...batch, lastOffsetDelta, count: batch.count ?? batch.records.length }, body);
}

/** A transaction marker: abort or commit. */
export function controlBatch(baseOffset: number, producerId: number, kind: 'abort' | 'commit'): Buffer {
  const key = Buffer.from([0, 0, 0, kind === 'commit' ? 1 : 0]);
  const value = Buffer.alloc(6);
  const body = Buffer.concat([Buffer.from([0]), varint(0), varint(0), sized(key), sized(value), varint(0)]);
  const record = Buffer.concat([varint(body.length), body]);
  return encodeRawBatch(
    { baseOffset, producerId, transactional: true, control: true, lastOffsetDelta: 0, count: 1 },
    record,
  );
}
