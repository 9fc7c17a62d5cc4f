// The JSON decoder beside JSON.parse, on flat Nexmark bids of about 217 bytes: records per second on one core, and the ratio.
// Run: node bench/decoder.ts [seconds per case]

import { compileJsonDecoder } from '../src/connectors/formats/json-decoder.ts';
import type { DeclaredColumn } from '../src/connectors/formats/column-slot.ts';
import type { RecordColumns } from '../src/connectors/record-columns.ts';
import { allocateRecordColumns } from '../src/connectors/record-columns.ts';
import { newBatch } from '../src/data/batch.ts';
import { BIGINT, TEXT, TIMESTAMPTZ } from '../src/data/types.ts';
import { bestRate } from './best-rate.ts';

const SECONDS = Number(process.argv[2] ?? 1);
const COUNT = 4096;

const BID: readonly DeclaredColumn[] = [
  { name: 'auction', type: BIGINT, notNull: false },
  { name: 'bidder', type: BIGINT, notNull: false },
  { name: 'price', type: BIGINT, notNull: false },
  { name: 'channel', type: TEXT, notNull: false },
  { name: 'url', type: TEXT, notNull: false },
  { name: 'date_time', type: TIMESTAMPTZ, notNull: false },
  { name: 'extra', type: TEXT, notNull: false },
];

function bids(): { records: RecordColumns; texts: string[] } {
  const texts: string[] = [];
  for (let i = 0; i < COUNT; i++) {
    texts.push(
      JSON.stringify({
        auction: 1000 + ((i * 7919) % 100_000),
        bidder: 1000 + ((i * 104_729) % 10_000),
        price: 100 + ((i * 15_485_863) % 10_000_000),
        channel: ['Google', 'Facebook', 'Baidu', 'Apple', `channel-${i}`][i % 5],
        url: `https://www.nexmark.com/${((i * 31) % 9973).toString(36)}/item.htm?query=1&channel_id=${i * 1021}`,
        date_time: new Date(1_700_000_000_000 + i * 3).toISOString(),
        extra: 'abcdefghijklmnopqrstuvwxyz'.slice(0, 15 + (i % 5)),
      }),
    );
  }
  const bytes = texts.map((text) => Buffer.from(text));
  // between the values lies what lies between them in a Kafka batch: a few bytes of framing
  const frame = Buffer.from([0xb2, 0x03, 0x00, 0x02, 0x04, 0x01, 0xa8, 0x03]);
  const records = allocateRecordColumns(COUNT);
  records.buffer = Buffer.concat(bytes.flatMap((value) => [frame, value]));
  records.count = COUNT;
  let position = 0;
  bytes.forEach((value, i) => {
    records.valueStart[i] = position += frame.length;
    records.valueEnd[i] = position += value.length;
  });
  return { records, texts };
}

function decoderCase(
  records: RecordColumns,
  names: readonly string[],
  validate: 'strict' | 'projected',
): number {
  const projected = names.map((name) => BID.findIndex((column) => column.name === name));
  const decoder = compileJsonDecoder({ columns: BID, projected, validate });
  const out = newBatch(
    projected.map((i) => ({ ...BID[i]!, nullable: true })),
    COUNT,
  );
  return bestRate(SECONDS, COUNT, () => {
    decoder.decode(records, 0, COUNT, out, (_, code, message) => {
      throw new Error(`${code}: ${message}`);
    });
    if (out.rows !== COUNT) throw new Error('rows are missing');
  });
}

const { records, texts } = bids();
const decode = new TextDecoder();
let sink = 0;
const parse = bestRate(SECONDS, COUNT, () => {
  for (let i = 0; i < COUNT; i++) {
    const text = decode.decode(records.buffer.subarray(records.valueStart[i]!, records.valueEnd[i]!));
    sink += (JSON.parse(text) as { price: number }).price;
  }
});
const average = texts.reduce((sum, text) => sum + text.length, 0) / COUNT;
console.log(`${average.toFixed(0)} bytes a bid; JSON.parse ${parse.toFixed(2)} M/s (${sink % 10})`);
const cases: readonly (readonly [string, readonly string[]])[] = [
  ['0 columns', []],
  ['2 columns (auction, price)', ['auction', 'price']],
  ['3 columns (auction, price, date_time)', ['auction', 'price', 'date_time']],
  ['4 columns (auction, bidder, price, date_time)', ['auction', 'bidder', 'price', 'date_time']],
  ['7 columns', BID.map((column) => column.name)],
];
for (const validate of ['strict', 'projected'] as const) {
  for (const [label, names] of cases) {
    const rate = decoderCase(records, names, validate);
    console.log(
      `${validate.padEnd(9)} ${label.padEnd(46)} ${rate.toFixed(2)} M/s  ${(rate / parse).toFixed(1)}×`,
    );
  }
}
