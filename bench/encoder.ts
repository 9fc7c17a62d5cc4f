// The JSON encoder, alone and in the blackhole sink, on Nexmark bids: rows per second on one core, beside JSON.stringify.
// Run: node bench/encoder.ts [seconds per case]

import { BlackholeSink } from '../src/connectors/blackhole/sink.ts';
import { ByteWriter } from '../src/connectors/formats/byte-writer.ts';
import { compileJsonDecoder } from '../src/connectors/formats/json-decoder.ts';
import { compileJsonEncoder } from '../src/connectors/formats/json-encoder.ts';
import { openNexmarkReader } from '../src/connectors/nexmark/reader.ts';
import { newBatch } from '../src/data/batch.ts';
import { BIGINT, TEXT, TIMESTAMPTZ } from '../src/data/types.ts';
import { bestRate } from './best-rate.ts';

const SECONDS = Number(process.argv[2] ?? 1);
const COUNT = 4096;
const types = {
  auction: BIGINT,
  bidder: BIGINT,
  price: BIGINT,
  channel: TEXT,
  url: TEXT,
  date_time: TIMESTAMPTZ,
  extra: TEXT,
};
const columns = Object.entries(types).map(([name, type]) => ({ name, type, notNull: false }));
const schema = columns.map(({ name, type }) => ({ name, type, nullable: true }));
const reader = openNexmarkReader({
  source: { table: 'bid', seed: 1, events: null, rate: null, partitions: 1 },
  start: { kind: 'earliest' },
  chunkRecords: COUNT,
});
const chunk = reader.take()!;
const projected = columns.map((_, i) => i);
const decoder = compileJsonDecoder({ columns, projected, validate: 'strict' });
const batch = newBatch(schema, COUNT);
decoder.decode(chunk.columns, 0, COUNT, batch, (_, code) => {
  throw new Error(code);
});
const objects = Array.from({ length: COUNT }, (_, i) => {
  const { buffer, valueStart, valueEnd } = chunk.columns;
  return JSON.parse(Buffer.from(buffer.subarray(valueStart[i], valueEnd[i])).toString()) as object;
});

const ends = new Int32Array(COUNT);
const out = new ByteWriter();
const encoder = compileJsonEncoder({ columns: schema, diffs: false });
const sink = new BlackholeSink(schema);
let sum = 0;
const stringify = bestRate(SECONDS, COUNT, () => {
  for (const object of objects) sum += JSON.stringify(object).length;
});
console.log(`JSON.stringify of objects       ${stringify.toFixed(2)} M/s (${sum % 10})`);
const encode = bestRate(SECONDS, COUNT, () => {
  out.reset();
  encoder.encode(batch, out, ends);
});
console.log(
  `encoder, 7 columns              ${encode.toFixed(2)} M/s, ${(out.used / COUNT).toFixed(0)} bytes a row`,
);
const hole = bestRate(SECONDS, COUNT, () => sink.push(batch));
console.log(`blackhole, encoded and summed   ${hole.toFixed(2)} M/s`);
const source = { table: 'bid', seed: 1, events: null, rate: null, partitions: 1 } as const;
const generating = openNexmarkReader({ source, start: { kind: 'earliest' }, chunkRecords: COUNT });
const generate = bestRate(SECONDS, COUNT, () => void generating.take());
console.log(`nexmark generator, bids         ${generate.toFixed(2)} M/s`);
