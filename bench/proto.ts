// The Protobuf decoder beside protobufjs, on flat Nexmark bids: records per second on one core, and the ratio.
// Run: node bench/proto.ts [seconds per case]

import protobuf from 'protobufjs';
import { ProtoReader } from '../src/connectors/formats/proto-reader.ts';
import type { DeclaredColumn } from '../src/connectors/formats/column-slot.ts';
import { SlotDecoder, slotsFor } from '../src/connectors/formats/slot-decoder.ts';
import { allocateRecordColumns } from '../src/connectors/record-columns.ts';
import { newBatch } from '../src/data/batch.ts';
import { BIGINT, TEXT } from '../src/data/types.ts';
import { bestRate } from './best-rate.ts';

const SECONDS = Number(process.argv[2] ?? 1);
const COUNT = 4096;

const SCHEMA = `syntax = "proto3"; message Bid {
  int64 auction = 1; int64 bidder = 2; int64 price = 3; string channel = 4; string url = 5; int64 date_time = 6; string extra = 7; }`;

const type = protobuf
  .parse(SCHEMA, new protobuf.Root(), { keepCase: true })
  .root.resolveAll()
  .lookupType('Bid');

const COLUMNS: readonly DeclaredColumn[] = type.fieldsArray.map(({ name }) => ({
  name,
  type: ['channel', 'url', 'extra'].includes(name) ? TEXT : BIGINT,
  notNull: false,
}));

const values = Array.from({ length: COUNT }, (_, i) =>
  Buffer.from(
    type
      .encode({
        auction: 1000 + ((i * 7919) % 100_000),
        bidder: 1000 + ((i * 104_729) % 10_000),
        price: 100 + ((i * 15_485_863) % 10_000_000),
        channel: ['Google', 'Facebook', 'Baidu', 'Apple', `channel-${i}`][i % 5],
        url: `https://www.nexmark.com/${((i * 31) % 9973).toString(36)}/item.htm?query=1&channel_id=${i * 1021}`,
        date_time: 1_700_000_000_000 + i * 3,
        extra: 'abcdefghijklmnopqrstuvwxyz'.slice(0, 15 + (i % 5)),
      })
      .finish(),
  ),
);
const frame = Buffer.from([0, 0, 0, 0, 1, 0]);
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
  for (const value of values) sink += Number((type.decode(value) as unknown as { price: number }).price);
});
console.log(`protobufjs ${theirs.toFixed(2)} M/s (${sink % 10})`);
for (const names of [
  ['auction', 'price'],
  ['auction', 'bidder', 'price', 'date_time'],
  COLUMNS.map(({ name }) => name),
]) {
  for (const validate of ['strict', 'projected'] as const) {
    const projected = names.map((name) => COLUMNS.findIndex((column) => column.name === name));
    const options = { columns: COLUMNS, projected, validate };
    const set = slotsFor(options);
    const schema = { id: 1, type: 'PROTOBUF', text: SCHEMA, references: [] } as const;
    const decoder = new SlotDecoder(
      options,
      set,
      new ProtoReader(set, () => schema, { readerId: null, message: null }),
    );
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
