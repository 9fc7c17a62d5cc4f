// How fast record sets become columns, alone: no socket, no broker. Prints million records per second for each codec.
import { compressSync } from 'snappy';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { compressFrameSync } from 'lz4-napi';
import { RecordSetReader } from '../src/connectors/kafka/record-batch.ts';
import { allocateRecordColumns } from '../src/connectors/record-columns.ts';
import { encodeBatch } from '../test/kafka/batches.ts';

const RECORDS = 1000;
const BATCHES = 8;
const ROUNDS = Number(process.env['ROUNDS'] ?? 300);

const codecs = [
  ['none', 0, undefined],
  ['gzip', 1, (bytes: Uint8Array) => gzipSync(bytes)],
  ['snappy', 2, (bytes: Uint8Array) => compressSync(bytes)],
  ['lz4', 3, (bytes: Uint8Array) => compressFrameSync(Buffer.from(bytes))],
  ['zstd', 4, (bytes: Uint8Array) => zstdCompressSync(bytes)],
] as const;

function bid(index: number): string {
  return JSON.stringify({
    auction: 1000 + ((index * 7919) % 5000),
    bidder: 1000 + ((index * 104_729) % 9000),
    price: (index * 31_337) % 100_000_000,
    channel: `channel-${index % 10_000}`,
    url: `https://www.nexmark.com/${index % 97}/item.htm?query=1&channel_id=${index % 10_000}`,
    dateTime: 1_700_000_000_000 + index,
    extra: 'abcdefghijklmnopqrstuv',
  });
}

for (const [name, codec, compress] of codecs) {
  const set = Buffer.concat(
    Array.from({ length: BATCHES }, (_, batch) =>
      encodeBatch({
        baseOffset: batch * RECORDS,
        codec,
        ...(compress === undefined ? {} : { compress }),
        records: Array.from({ length: RECORDS }, (_, i) => ({
          offsetDelta: i,
          timestampDelta: i,
          value: bid(batch * RECORDS + i),
        })),
      }),
    ),
  );
  const reader = new RecordSetReader({ topic: 'bench', readCommitted: true, maxBatchBytes: 64 << 20 });
  const columns = allocateRecordColumns(8192);
  const round = (): number => {
    let read = 0;
    reader.open({ partition: 0, records: set, aborted: [] }, 0, Infinity);
    for (let more = true; more;) {
      more = reader.read(columns, 8192);
      read += columns.count;
    }
    return read;
  };
  for (let i = 0; i < ROUNDS / 10; i++) round();
  const start = performance.now();
  let read = 0;
  for (let i = 0; i < ROUNDS; i++) read += round();
  const seconds = (performance.now() - start) / 1000;
  const ratio = ((set.length / (BATCHES * RECORDS)) | 0).toString();
  console.log(
    `${name.padEnd(7)} ${(read / seconds / 1e6).toFixed(2)} M records/s, ${((seconds * 1e9) / read).toFixed(0)} ns each, ${ratio} bytes each on the wire`,
  );
}
