// The Avro decoder beside avsc, on flat Nexmark bids: records per second on one core, and the ratio.
// Run: node bench/avro.ts [seconds per case]

import avro from 'avsc';
import { AvroReader } from '../src/connectors/formats/avro-reader.ts';
import type { DeclaredColumn } from '../src/connectors/formats/column-slot.ts';
import { SlotDecoder, slotsFor } from '../src/connectors/formats/slot-decoder.ts';
import { allocateRecordColumns } from '../src/connectors/record-columns.ts';
import { newBatch } from '../src/data/batch.ts';
import { BIGINT, TEXT, TIMESTAMPTZ } from '../src/data/types.ts';
import { bestRate } from './best-rate.ts';

const SECONDS = Number(process.argv[2] ?? 1);
const COUNT = 4096;

const SCHEMA = {
  type: 'record',
  name: 'bid',
  fields: [
    { name: 'auction', type: 'long' },
    { name: 'bidder', type: 'long' },
    { name: 'price', type: 'long' },
    { name: 'channel', type: 'string' },
    { name: 'url', type: 'string' },
    { name: 'date_time', type: { type: 'long', logicalType: 'timestamp-millis' } },
    { name: 'extra', type: ['null', 'string'] },
  ],
} as const;

const COLUMNS: readonly DeclaredColumn[] = SCHEMA.fields.map(({ name }) => ({
  name,
  type: ['channel', 'url', 'extra'].includes(name) ? TEXT : name === 'date_time' ? TIMESTAMPTZ : BIGINT,
  notNull: false,
}));

const type = avro.Type.forSchema(SCHEMA as never);
const values = Array.from({ length: COUNT }, (_, i) =>
  type.toBuffer({
    auction: 1000 + ((i * 7919) % 100_000),
    bidder: 1000 + ((i * 104_729) % 10_000),
    price: 100 + ((i * 15_485_863) % 10_000_000),
    channel: ['Google', 'Facebook', 'Baidu', 'Apple', `channel-${i}`][i % 5],
    url: `https://www.nexmark.com/${((i * 31) % 9973).toString(36)}/item.htm?query=1&channel_id=${i * 1021}`,
    date_time: 1_700_000_000_000 + i * 3,
    extra: 'abcdefghijklmnopqrstuvwxyz'.slice(0, 15 + (i % 5)),
  }),
);
const frame = Buffer.from([0, 0, 0, 0, 1]);
const records = allocateRecordColumns(COUNT);
records.buffer = Buffer.concat(values.flatMap((value) => [frame, value]));
records.count = COUNT;
let position = 0;
values.forEach((value, i) => {
  records.valueStart[i] = position;
  records.valueEnd[i] = position += frame.length + value.length;
});

let sink = 0;
const theirs = bestRate(SECONDS, COUNT, () => {
  for (const value of values) sink += (type.fromBuffer(value) as { price: number }).price;
});
console.log(`avsc ${theirs.toFixed(2)} M/s (${sink % 10})`);
for (const names of [
  ['auction', 'price'],
  ['auction', 'bidder', 'price', 'date_time'],
  COLUMNS.map(({ name }) => name),
]) {
  for (const validate of ['strict', 'projected'] as const) {
    const projected = names.map((name) => COLUMNS.findIndex((column) => column.name === name));
    const options = { columns: COLUMNS, projected, validate };
    const set = slotsFor(options);
    const schema = { id: 1, type: 'AVRO', text: JSON.stringify(SCHEMA), references: [] } as const;
    const decoder = new SlotDecoder(options, set, new AvroReader(set, () => schema, null));
    const out = newBatch(
      projected.map((i) => ({ ...COLUMNS[i]!, nullable: true })),
      COUNT,
    );
    const rate = bestRate(SECONDS, COUNT, () => {
      decoder.decode(records, 0, COUNT, out, (_, code, message) => {
        throw new Error(`${code}: ${message}`);
      });
    });
    console.log(
      `${validate.padEnd(9)} ${names.length} columns  ${rate.toFixed(2)} M/s  ${(rate / theirs).toFixed(1)}×`,
    );
  }
}
