// What the benches of binary formats have in common: the bids, their values behind the frame of a schema registry, and the rates of a
// reader of ours beside another's.

import type { DeclaredColumn } from '../src/connectors/formats/column-slot.ts';
import type { RecordReader, SlotSet } from '../src/connectors/formats/slot-decoder.ts';
import { SlotDecoder, slotsFor } from '../src/connectors/formats/slot-decoder.ts';
import type { RecordColumns } from '../src/connectors/record-columns.ts';
import { allocateRecordColumns } from '../src/connectors/record-columns.ts';
import { newBatch } from '../src/data/batch.ts';
import { bestRate } from './best-rate.ts';

/** Records of one round. */
export const COUNT = 4096;

export function bidOf(i: number) {
  return {
    auction: 1000 + ((i * 7919) % 100_000),
    bidder: 1000 + ((i * 104_729) % 10_000),
    price: 100 + ((i * 15_485_863) % 10_000_000),
    channel: ['Google', 'Facebook', 'Baidu', 'Apple', `channel-${i}`][i % 5],
    url: `https://www.nexmark.com/${((i * 31) % 9973).toString(36)}/item.htm?query=1&channel_id=${i * 1021}`,
    date_time: 1_700_000_000_000 + i * 3,
    extra: 'abcdefghijklmnopqrstuvwxyz'.slice(0, 15 + (i % 5)),
  };
}

export function framedRecords(frame: Buffer, values: readonly Uint8Array[]): RecordColumns {
  const records = allocateRecordColumns(values.length);
  records.buffer = Buffer.concat(values.flatMap((value) => [frame, value]));
  records.count = values.length;
  let position = 0;
  values.forEach((value, i) => {
    records.valueStart[i] = position;
    records.valueEnd[i] = position += frame.length + value.length;
  });
  return records;
}

/** Prints millions of records per second for few, some and all columns, and how many times `theirs` that is. */
export function printRates(
  columns: readonly DeclaredColumn[],
  records: RecordColumns,
  theirs: number,
  seconds: number,
  readerOf: (set: SlotSet) => RecordReader,
): void {
  for (const names of [
    ['auction', 'price'],
    ['auction', 'bidder', 'price', 'date_time'],
    columns.map(({ name }) => name),
  ])
    for (const validate of ['strict', 'projected'] as const) {
      const projected = names.map((name) => columns.findIndex((column) => column.name === name));
      const options = { columns, projected, validate };
      const set = slotsFor(options);
      const decoder = new SlotDecoder(options, set, readerOf(set));
      const out = newBatch(
        projected.map((i) => ({ ...columns[i]!, nullable: true })),
        records.count,
      );
      const rate = bestRate(seconds, records.count, () => {
        decoder.decode(records, 0, records.count, out, (_, code, message) => {
          throw new Error(`${code}: ${message}`);
        });
      });
      console.log(
        `${validate.padEnd(9)} ${names.length} columns  ${rate.toFixed(2)} M/s  ${(rate / theirs).toFixed(1)}×`,
      );
    }
}
