// What Java producers write: xerial snappy, LZ4 frames of independent blocks, zstd, in transactions.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readHeaders } from '../../src/connectors/kafka/headers.ts';
import { RecordSetReader } from '../../src/connectors/kafka/record-batch.ts';
import { allocateRecordColumns } from '../../src/connectors/record-columns.ts';

/** As in fixtures/Fixtures.java: offsets 300 and 601 and 902 are transaction markers. */
function expected(n: number) {
  const value =
    n === 450
      ? `${'long '.repeat(40_000)}${n}`
      : `value ${n} ${(Math.imul(n, 2_654_435) >>> 0).toString(16)}`;
  return {
    offset: n + Math.floor(n / 300),
    timestamp: 1_700_000_000_000 + n,
    key: n % 5 === 0 ? null : `key-${n % 17}`,
    value: n % 7 === 0 ? null : value,
    header: n % 11 === 0 ? `v${n}` : undefined,
  };
}

test.each([
  ['gzip', true],
  ['snappy', true],
  ['lz4', true],
  ['zstd', true],
  ['snappy', false],
] as const)('%s, read committed: %s', (codec, readCommitted) => {
  const records = new Uint8Array(readFileSync(new URL(`fixtures/java-${codec}.bin`, import.meta.url)));
  const reader = new RecordSetReader({ topic: 't', readCommitted, maxBatchBytes: 1 << 20 });
  const columns = allocateRecordColumns(100);
  const producerId = Number(Buffer.from(records).readBigInt64BE(43));
  reader.open({ partition: 0, records, aborted: [{ producerId, firstOffset: 0 }] }, 0, Infinity);
  const text = (start: number, end: number) =>
    start < 0 ? null : Buffer.from(columns.buffer.subarray(start, end)).toString();

  let n = readCommitted ? 300 : 0;
  for (let more = true; more;) {
    more = reader.read(columns, 100);
    for (let row = 0; row < columns.count; row++, n++) {
      const header = readHeaders(columns, row)[0];
      expect({
        offset: columns.offsets[row],
        timestamp: columns.timestamps[row],
        key: text(columns.keyStart[row]!, columns.keyEnd[row]!),
        value: text(columns.valueStart[row]!, columns.valueEnd[row]!),
        header: header?.value ? Buffer.from(header.value).toString() : undefined,
      }).toEqual(expected(n));
    }
  }
  expect(n).toBe(900);
  expect(reader.nextOffset).toBe(903);
});
