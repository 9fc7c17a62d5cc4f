// Has the hidden version of a pipeline caught up with the shown one? It has when it has read, of everything that both read, at least
// what the shown one has, when its watermarks have come as far, and when what it alone reads is loaded up to where that stood when
// it was first looked at.

import type { Catalog } from '../../catalog/catalog.ts';
import { numberOf } from '../catalog-store.ts';
import { sameInput } from './pairs.ts';
import type { PartitionStanding, ReaderStanding, Standing } from './standing.ts';

/** Where what only the hidden version reads stood when it was first looked at, by pipeline and input. */
export type Marks = Map<string, bigint>;

/** Where the shown pipelines stand in an input of the hidden one, under any of its ids. */
export type SameInput = (sourceId: number) => readonly number[];

/** null: it has caught up; otherwise what it waits for, in words. */
export function behind(
  pipelineId: number,
  hidden: Standing | undefined,
  shown: readonly Standing[],
  same: SameInput,
  marks: Marks,
): string | null {
  if (hidden === undefined) return 'a pipeline that is gone';
  if (hidden.status === 'failed' || hidden.status === 'paused')
    return `pipeline ${hidden.name}, which is ${hidden.status}`;
  if (hidden.epoch === 0n) return `pipeline ${hidden.name} to begin`;
  const loading = hidden.readers.find((reader) => reader.loading);
  if (loading !== undefined) return `pipeline ${hidden.name} to load view ${loading.viewId}`;
  for (const at of hidden.partitions) {
    const wanted = wantedOffset(pipelineId, at, hidden, shown, same, marks);
    if (at.nextOffset < wanted)
      return `pipeline ${hidden.name}, at ${at.nextOffset} of ${wanted} in partition ${at.partition} of input ${at.sourceId}`;
  }
  return unread(hidden, shown, same) ?? watermark(hidden, shown);
}

function wantedOffset(
  pipelineId: number,
  at: PartitionStanding,
  hidden: Standing,
  shown: readonly Standing[],
  same: SameInput,
  marks: Marks,
): bigint {
  const others = shown.flatMap((other) => samePartitions(at, hidden, other, same));
  if (others.length > 0) return others.reduce((most, { nextOffset }) => max(most, nextOffset), 0n);
  const key = `${pipelineId} ${at.sourceId} ${at.partition}`;
  const reader = readerOf(hidden, at.sourceId);
  // One beyond the last epoch, as positions in change logs are.
  const end = reader === undefined ? at.end : reader.upstream + 1n;
  if (!marks.has(key) && end !== null) marks.set(key, end);
  return marks.get(key) ?? at.nextOffset;
}

/** Positions in the change logs of two versions of a table are epochs of two pipelines, and say nothing of each other. */
function samePartitions(
  at: PartitionStanding,
  hidden: Standing,
  shown: Standing,
  same: SameInput,
): readonly PartitionStanding[] {
  const follows = readerOf(hidden, at.sourceId) !== undefined;
  const ids = follows ? [at.sourceId] : same(at.sourceId);
  return shown.partitions.filter(
    ({ sourceId, partition }) =>
      partition === at.partition &&
      ids.includes(sourceId) &&
      (readerOf(shown, sourceId) !== undefined) === follows,
  );
}

function readerOf({ readers }: Standing, sourceId: number): ReaderStanding | undefined {
  return readers.find(({ viewId }) => viewId === sourceId);
}

/** A partition that the shown version reads, and the hidden one has not seen yet. */
function unread(hidden: Standing, shown: readonly Standing[], same: SameInput): string | null {
  const records = hidden.partitions.filter(({ sourceId }) => readerOf(hidden, sourceId) === undefined);
  for (const other of shown)
    for (const { sourceId, partition } of other.partitions) {
      if (readerOf(other, sourceId) !== undefined) continue;
      const mine = records.filter((at) => same(at.sourceId).includes(sourceId));
      if (mine.length > 0 && !mine.some((at) => at.partition === partition))
        return `pipeline ${hidden.name} to read partition ${partition} of input ${sourceId}`;
    }
  return null;
}

/** Only where both read the very same input: another declaration has other watermarks. */
function watermark(hidden: Standing, shown: readonly Standing[]): string | null {
  for (const { watermarks } of shown)
    for (const [sourceId, wanted] of watermarks) {
      if (!hidden.partitions.some((at) => at.sourceId === sourceId)) continue;
      if ((hidden.watermarks.get(sourceId) ?? wanted - 1n) < wanted)
        return `pipeline ${hidden.name} to bring the watermark of input ${sourceId} as far`;
    }
  return null;
}

function max(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}

export function sameInputs(catalog: Catalog): SameInput {
  const ids = new Map(catalog.all().map(({ id }) => [numberOf(id), id]));
  return (sourceId) => {
    const id = ids.get(sourceId);
    return id === undefined ? [sourceId] : sameInput(id, catalog).map(numberOf);
  };
}
