// connector = 'datagen': generated rows as a source. Row k is in partition k mod P at offset floor(k / P), so that partitions together
// are the same rows however many there are.

import type { DatagenSource } from '../../catalog/connector.ts';
import type { RowSchema } from '../../data/types.ts';
import type { ByteWriter } from '../formats/byte-writer.ts';
import { GeneratedReader } from '../generated-reader.ts';
import type { SourceReader } from '../source.ts';
import { RowMaker } from './fields.ts';

export interface DatagenReaderOptions {
  readonly source: DatagenSource;
  readonly columns: RowSchema;
  /** Where a pipeline stands; null: at the beginning. */
  readonly offsets: ReadonlyMap<number, number> | null;
  /** Where to end, exclusive; null: where the source does. */
  readonly ends: ReadonlyMap<number, number> | null;
  readonly owns: (partition: number) => boolean;
  /** Records per second, over all partitions that this reader owns. */
  readonly maxRate: number | null;
  readonly chunkRecords?: number;
}

export function openDatagenReader(options: DatagenReaderOptions): SourceReader {
  const { source, columns, offsets, ends, owns, maxRate, chunkRecords } = options;
  const maker = new RowMaker(source.seed, columns, source.fields);
  const numbers = Array.from({ length: source.partitions }, (_, number) => number).filter(owns);
  const share = source.rate === null ? Infinity : (source.rate * numbers.length) / source.partitions;
  const rate = Math.min(share, maxRate ?? Infinity);
  return new GeneratedReader({
    records: {
      write(partition: number, offset: number, to: ByteWriter): number {
        maker.write(offset * source.partitions + partition, to);
        return -1;
      },
    },
    partitions: numbers.map((number) => ({
      number,
      next: offsets?.get(number) ?? 0,
      end: Math.min(endOf(source, number), ends?.get(number) ?? Infinity),
    })),
    rate: rate === Infinity ? null : rate,
    chunkRecords,
  });
}

/** How many of the rows are in this partition. */
function endOf({ rows, partitions }: DatagenSource, partition: number): number {
  return rows === null ? Infinity : Math.max(0, Math.ceil((rows - partition) / partitions));
}
