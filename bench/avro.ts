// The Avro decoder beside avsc, on flat Nexmark bids: records per second on one core, and the ratio.
// Run: node bench/avro.ts [seconds per case]

import avro from 'avsc';
import { AvroReader } from '../src/connectors/formats/avro-reader.ts';
import type { DeclaredColumn } from '../src/connectors/formats/column-slot.ts';
import { BIGINT, TEXT, TIMESTAMPTZ } from '../src/data/types.ts';
import { bestRate } from './best-rate.ts';
import { bidOf, COUNT, framedRecords, printRates } from './framed-values.ts';

const SECONDS = Number(process.argv[2] ?? 1);

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
const values = Array.from({ length: COUNT }, (_, i) => type.toBuffer(bidOf(i)));
const frame = Buffer.from([0, 0, 0, 0, 1]);
const records = framedRecords(frame, values);

let sink = 0;
const theirs = bestRate(SECONDS, COUNT, () => {
  for (const value of values) sink += (type.fromBuffer(value) as { price: number }).price;
});
console.log(`avsc ${theirs.toFixed(2)} M/s (${sink % 10})`);
const schema = { id: 1, type: 'AVRO', text: JSON.stringify(SCHEMA), references: [] } as const;
printRates(COLUMNS, records, theirs, SECONDS, (set) => new AvroReader(set, () => schema, null));
