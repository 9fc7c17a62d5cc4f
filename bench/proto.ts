// The Protobuf decoder beside protobufjs, on flat Nexmark bids: records per second on one core, and the ratio.
// Run: node bench/proto.ts [seconds per case]

import protobuf from 'protobufjs';
import { ProtoReader } from '../src/connectors/formats/proto-reader.ts';
import type { DeclaredColumn } from '../src/connectors/formats/column-slot.ts';
import { BIGINT, TEXT } from '../src/data/types.ts';
import { bestRate } from './best-rate.ts';
import { bidOf, COUNT, framedRecords, printRates } from './framed-values.ts';

const SECONDS = Number(process.argv[2] ?? 1);

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

const values = Array.from({ length: COUNT }, (_, i) => type.encode(type.create(bidOf(i))).finish());
const frame = Buffer.from([0, 0, 0, 0, 1, 0]);
const records = framedRecords(frame, values);

let sink = 0;
const theirs = bestRate(SECONDS, COUNT, () => {
  for (const value of values) sink += Number((type.decode(value) as unknown as { price: number }).price);
});
console.log(`protobufjs ${theirs.toFixed(2)} M/s (${sink % 10})`);
const schema = { id: 1, type: 'PROTOBUF', text: SCHEMA, references: [] } as const;
const expected = { readerId: null, message: null };
printRates(COLUMNS, records, theirs, SECONDS, (set) => new ProtoReader(set, () => schema, expected));
