// The record-batch reader on batches written byte by byte: every case that a broker may hand out, and damage.
import { crc32c } from '@node-rs/crc32';
import { compressFrameSync } from 'lz4-napi';
import { compressSync } from 'snappy';
import { describe, expect, test } from 'vitest';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { readHeaders } from '../../src/connectors/kafka/headers.ts';
import type { AbortedTransaction } from '../../src/connectors/kafka/protocol/fetch.ts';
import { RecordSetReader } from '../../src/connectors/kafka/record-batch.ts';
import { endOfRecordSet } from '../../src/connectors/kafka/record-set.ts';
import { allocateRecordColumns, type RecordColumns } from '../../src/connectors/record-columns.ts';
import { MillraceError } from '../../src/errors.ts';
import { controlBatch, encodeBatch, encodeRawBatch, varint, type TestBatch } from './batches.ts';
import { testSeed } from '../setup/seed.ts';

interface Row {
  readonly offset: number;
  readonly timestamp: number;
  readonly key: string | null;
  readonly value: string | null;
}

interface ReadOptions {
  readonly from?: number;
  readonly limit?: number;
  readonly max?: number;
  readonly aborted?: readonly AbortedTransaction[];
  readonly readCommitted?: boolean;
  readonly maxBatchBytes?: number;
}

function rowsOf(columns: RecordColumns): Row[] {
  const text = (start: number, end: number): string | null =>
    start < 0 ? null : Buffer.from(columns.buffer.subarray(start, end)).toString();
  return Array.from({ length: columns.count }, (_, i) => ({
    offset: columns.offsets[i]!,
    timestamp: columns.timestamps[i]!,
    key: text(columns.keyStart[i]!, columns.keyEnd[i]!),
    value: text(columns.valueStart[i]!, columns.valueEnd[i]!),
  }));
}

function readAll(bytes: Uint8Array, options: ReadOptions = {}) {
  const {
    from = 0,
    limit = Infinity,
    max = 1000,
    aborted = [],
    readCommitted = true,
    maxBatchBytes = 1 << 20,
  } = options;
  const records = new Uint8Array(bytes); // as the connection hands them over: not a Buffer
  const reader = new RecordSetReader({ topic: 't', readCommitted, maxBatchBytes });
  const columns = allocateRecordColumns(max);
  reader.open({ partition: 0, records, aborted }, from, limit);
  const rows: Row[] = [];
  const chunks: number[] = [];
  for (let more = true; more;) {
    more = reader.read(columns, max);
    rows.push(...rowsOf(columns));
    chunks.push(columns.count);
  }
  return { rows, chunks, next: reader.nextOffset };
}

function batch(baseOffset: number, deltas: readonly number[], more: Partial<TestBatch> = {}): Buffer {
  return encodeBatch({
    baseOffset,
    records: deltas.map((offsetDelta) => ({
      offsetDelta,
      key: `k${offsetDelta}`,
      value: `v${baseOffset + offsetDelta}`,
    })),
    ...more,
  });
}

function codeOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof MillraceError) return error.code;
    throw error;
  }
  return 'none';
}

const offsets = (rows: readonly Row[]): number[] => rows.map((row) => row.offset);

/** Raw snappy blocks in the framing of xerial's snappy-java, as Java producers write it. */
function xerial(bytes: Uint8Array): Buffer {
  const parts = [Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0, 0, 0, 0, 1, 0, 0, 0, 1])];
  for (let at = 0; at < bytes.length; at += 700) {
    const block = Buffer.from(compressSync(Buffer.from(bytes.subarray(at, at + 700))));
    const length = Buffer.alloc(4);
    length.writeInt32BE(block.length);
    parts.push(length, block);
  }
  return Buffer.concat(parts);
}

const codecs = [
  ['none', 0, undefined],
  ['gzip', 1, gzipSync],
  ['snappy, raw', 2, (bytes: Uint8Array) => compressSync(bytes)],
  ['snappy, xerial', 2, xerial],
  [
    'lz4',
    3,
    (bytes: Uint8Array) =>
      compressFrameSync(Buffer.from(bytes), { blockChecksums: true, contentChecksum: true }),
  ],
  ['zstd', 4, zstdCompressSync],
] as const;

describe('columns', () => {
  test.each(codecs)('%s: keys, values, nulls, timestamps, headers', (_name, codec, compress) => {
    const big = 'x'.repeat(5000);
    const records = [
      { offsetDelta: 0, timestampDelta: 0, key: 'a', value: 'one' },
      { offsetDelta: 1, timestampDelta: -5, key: null, value: null },
      { offsetDelta: 2, timestampDelta: 5_000_000_000, key: '', value: '' },
      {
        offsetDelta: 700,
        timestampDelta: 64,
        key: 'k',
        value: big,
        headers: [
          ['h', 'w'],
          ['n', null],
          ['h', ''],
        ] as const,
      },
    ];
    const set = encodeBatch({
      baseOffset: 10,
      baseTimestamp: 1000,
      records,
      codec,
      ...(compress ? { compress } : {}),
    });
    const { rows, next } = readAll(set);
    expect(rows).toEqual([
      { offset: 10, timestamp: 1000, key: 'a', value: 'one' },
      { offset: 11, timestamp: 995, key: null, value: null },
      { offset: 12, timestamp: 5_000_001_000, key: '', value: '' },
      { offset: 710, timestamp: 1064, key: 'k', value: big },
    ]);
    expect(next).toBe(711);
  });

  test('headers are read on demand', () => {
    const reader = new RecordSetReader({ topic: 't', readCommitted: true, maxBatchBytes: 1000 });
    const columns = allocateRecordColumns(4);
    const records = [
      {
        offsetDelta: 0,
        headers: [
          ['h', 'w'],
          ['é', null],
        ] as const,
      },
      { offsetDelta: 1 },
    ];
    reader.open({ partition: 0, records: encodeBatch({ baseOffset: 0, records }), aborted: [] }, 0, Infinity);
    reader.read(columns, 4);
    expect(readHeaders(columns, 0)).toEqual([
      { key: 'h', value: new Uint8Array(Buffer.from('w')) },
      { key: 'é', value: null },
    ]);
    expect(readHeaders(columns, 1)).toEqual([]);
    expect(columns.headersStart[1]).toBe(-1);
  });

  test('append time comes from the batch', () => {
    const set = batch(0, [0, 1], { appendTime: true, maxTimestamp: 777 });
    expect(readAll(set).rows.map((row) => row.timestamp)).toEqual([777, 777]);
  });

  test('offsets up to 2^53 stay exact', () => {
    const base = Number.MAX_SAFE_INTEGER - 10;
    expect(offsets(readAll(batch(base, [0, 3]), { from: base }).rows)).toEqual([base, base + 3]);
  });

  test('small compressed batches are gathered into one chunk; another buffer begins another', () => {
    const gz = { codec: 1, compress: gzipSync };
    const set = Buffer.concat([
      batch(0, [0, 1], gz),
      batch(2, [0], gz),
      batch(3, [0]),
      batch(4, [0, 1]),
      batch(6, [0], gz),
    ]);
    const { rows, chunks } = readAll(set);
    expect(chunks).toEqual([3, 3, 1]);
    expect(rows.map((row) => row.value)).toEqual(['v0', 'v1', 'v2', 'v3', 'v4', 'v5', 'v6']);
  });

  test.each([1, 2, 3, 5])('stops in the middle of batches: %i at a time', (max) => {
    for (const [, codec, compress] of codecs) {
      const more = { codec, ...(compress ? { compress } : {}) };
      const set = Buffer.concat([batch(0, [0, 1, 2, 3], more), batch(4, [0, 2], more), batch(9, [0], more)]);
      expect(offsets(readAll(set, { max }).rows)).toEqual([0, 1, 2, 3, 4, 6, 9]);
    }
  });
});

describe('positions', () => {
  test('records below the expected offset are trimmed, also whole batches', () => {
    const set = Buffer.concat([batch(0, [0, 1, 2]), batch(3, [0, 1, 2]), batch(6, [0])]);
    expect(offsets(readAll(set, { from: 4 }).rows)).toEqual([4, 5, 6]);
  });

  test('compaction: gaps inside, a removed tail, an empty batch', () => {
    const set = Buffer.concat([
      batch(0, [1, 5], { lastOffsetDelta: 9 }),
      encodeBatch({ baseOffset: 10, records: [], lastOffsetDelta: 4 }),
      batch(20, [0], { lastOffsetDelta: 3 }),
    ]);
    const { rows, next } = readAll(set);
    expect(offsets(rows)).toEqual([1, 5, 20]);
    expect(next).toBe(24);
    expect(endOfRecordSet(set, 0)).toBe(24);
  });

  test('a cut-off last batch is not there, wherever it is cut', () => {
    const whole = batch(0, [0, 1]);
    const set = Buffer.concat([whole, batch(2, [0])]);
    for (let cut = whole.length; cut < set.length; cut++) {
      const { rows, next } = readAll(set.subarray(0, cut));
      expect(offsets(rows)).toEqual([0, 1]);
      expect(next).toBe(2);
      expect(endOfRecordSet(set.subarray(0, cut), 0)).toBe(2);
    }
  });

  test('bounded reading stops at its end, inside a batch or in a gap', () => {
    const set = Buffer.concat([batch(0, [0, 1, 2, 3]), batch(10, [0])]);
    expect(readAll(set, { limit: 2 })).toMatchObject({ next: 2 });
    expect(offsets(readAll(set, { limit: 2 }).rows)).toEqual([0, 1]);
    expect(readAll(set, { limit: 7 })).toMatchObject({ next: 7 });
    expect(offsets(readAll(set, { limit: 7 }).rows)).toEqual([0, 1, 2, 3]);
  });
});

describe('transactions', () => {
  const tx = { transactional: true };
  const set = Buffer.concat([
    batch(0, [0, 1], { ...tx, producerId: 7 }),
    batch(2, [0], { ...tx, producerId: 8 }),
    batch(3, [0]),
    controlBatch(4, 7, 'abort'),
    batch(5, [0], { ...tx, producerId: 7 }),
    controlBatch(6, 8, 'commit'),
    controlBatch(7, 7, 'commit'),
  ]);
  const aborted = [{ producerId: 7, firstOffset: 0 }];

  test('aborted ones are dropped, interleaved and later committed ones are not, markers never show', () => {
    const { rows, next } = readAll(set, { aborted });
    expect(offsets(rows)).toEqual([2, 3, 5]);
    expect(next).toBe(8);
  });

  test('read_uncommitted sees them', () => {
    expect(offsets(readAll(set, { aborted, readCommitted: false }).rows)).toEqual([0, 1, 2, 3, 5]);
  });

  test('a producer that aborts twice, listed out of order', () => {
    const twice = Buffer.concat([
      batch(0, [0], { ...tx, producerId: 7 }),
      controlBatch(1, 7, 'abort'),
      batch(2, [0], { ...tx, producerId: 7 }),
      controlBatch(3, 7, 'commit'),
      batch(4, [0], { ...tx, producerId: 7 }),
      controlBatch(5, 7, 'abort'),
    ]);
    const both = [
      { producerId: 7, firstOffset: 4 },
      { producerId: 7, firstOffset: 0 },
    ];
    expect(offsets(readAll(twice, { aborted: both }).rows)).toEqual([2]);
    // Opened again in the middle, as after a restart: the broker then lists only what is still ahead.
    expect(offsets(readAll(twice, { aborted: both, from: 2 }).rows)).toEqual([2]);
  });
});

describe('refusals', () => {
  test('a flipped bit anywhere under the checksum', () => {
    const set = batch(0, [0, 1]);
    for (let at = 17; at < set.length; at++) {
      const damaged = Buffer.from(set);
      damaged[at]! ^= 0x10;
      expect(codeOf(() => readAll(damaged))).toBe('CORRUPT_BATCH');
    }
  });

  test.each([0, 1])('message format v%i', (magic) => {
    expect(codeOf(() => readAll(batch(0, [0], { magic })))).toBe('UNSUPPORTED_RECORD_FORMAT');
    const short = Buffer.alloc(40);
    short.writeInt32BE(28, 8);
    short[16] = magic;
    expect(codeOf(() => readAll(short))).toBe('UNSUPPORTED_RECORD_FORMAT');
  });

  test('an unknown codec', () => {
    expect(codeOf(() => readAll(batch(0, [0], { codec: 5 })))).toBe('UNSUPPORTED_COMPRESSION');
  });

  test.each(codecs)('%s: more than the bound, whatever it claims', (_name, codec, compress) => {
    const set = encodeBatch({
      baseOffset: 0,
      records: [{ offsetDelta: 0, value: 'a'.repeat(300_000) }],
      codec,
      ...(compress ? { compress } : {}),
    });
    expect(codeOf(() => readAll(set, { maxBatchBytes: 100_000 }))).toBe('RECORD_TOO_LARGE');
    expect(readAll(set, { maxBatchBytes: 400_000 }).rows).toHaveLength(1);
  });

  test('a count, lengths or offsets that do not fit, under a right checksum', () => {
    const record = Buffer.concat([
      varint(8),
      Buffer.from([0]),
      varint(0),
      varint(0),
      varint(-1),
      varint(1),
      Buffer.from('x'),
      varint(0),
      Buffer.from([0]),
    ]);
    const raw = (count: number, body: Buffer, lastOffsetDelta = 0) =>
      encodeRawBatch({ baseOffset: 0, lastOffsetDelta, count }, body);
    expect(readAll(raw(1, record)).rows).toHaveLength(1);
    const bad = [
      raw(2, record),
      raw(-1, record),
      raw(1_000_000_000, record),
      raw(1, Buffer.concat([record, Buffer.from([0])])),
      raw(1, record, -1),
      raw(2, Buffer.concat([record, record]), 1),
      raw(1, Buffer.concat([varint(100), record])),
      raw(1, Buffer.from([0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80])),
      raw(
        1,
        Buffer.concat([
          varint(8),
          Buffer.from([0]),
          varint(0),
          varint(0),
          varint(-1),
          varint(100),
          Buffer.from('xx'),
        ]),
      ),
      raw(
        1,
        Buffer.concat([
          varint(8),
          Buffer.from([0]),
          varint(0),
          varint(0),
          varint(-2),
          varint(1),
          Buffer.from('xxx'),
        ]),
      ),
    ];
    for (const set of bad) expect(codeOf(() => readAll(set))).toBe('CORRUPT_BATCH');
  });
});

test('mutated record sets end in records or a typed error, never in a hang or a crash', () => {
  const seed = testSeed();
  let state = seed;
  const random = (below: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    return (state >>> 8) % below;
  };
  const sets = codecs.map(([, codec, compress]) =>
    Buffer.concat(
      [0, 20, 40].map((base) => batch(base, [0, 1, 2, 9], { codec, ...(compress ? { compress } : {}) })),
    ),
  );
  const seen = new Set<string>();
  for (let run = 0; run < 3000; run++) {
    const set = Buffer.from(sets[run % sets.length]!);
    for (let hits = 1 + random(4); hits > 0; hits--) set[random(set.length)] = random(256);
    // Half of them get a right checksum again, so that the parser below it is met too.
    const repaired = run % 2 === 0 ? repair(set) : set;
    try {
      const { rows } = readAll(repaired, { maxBatchBytes: 100_000 });
      expect(rows.length, `seed ${seed}, run ${run}`).toBeLessThan(1000);
      seen.add('read');
    } catch (error) {
      if (!(error instanceof MillraceError)) throw new Error(`seed ${seed}, run ${run}`, { cause: error });
      seen.add(error.code);
    }
  }
  expect([...seen]).toEqual(expect.arrayContaining(['read', 'CORRUPT_BATCH']));
});

/** Recomputes the checksum of the first batch, where its length still makes sense. */
function repair(set: Buffer): Buffer {
  const end = 12 + set.readInt32BE(8);
  if (end < 61 || end > set.length) return set;
  set.writeUInt32BE(crc32c(set.subarray(21, end)), 17);
  return set;
}
