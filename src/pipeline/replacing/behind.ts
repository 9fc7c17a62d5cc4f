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
    const wanted = wantedOffset(pipelineId, at, hidden.readers, shown, same, marks);
    if (at.nextOffset < wanted)
      return `pipeline ${hidden.name}, at ${at.nextOffset} of ${wanted} in partition ${at.partition} of input ${at.sourceId}`;
  }
  return unread(hidden, shown, same) ?? watermark(hidden, shown);
}

function wantedOffset(
  pipelineId: number,
  at: PartitionStanding,
  readers: readonly ReaderStanding[],
  shown: readonly Standing[],
  same: SameInput,
  marks: Marks,
): bigint {
  const ids = same(at.sourceId);
  const others = shown
    .flatMap(({ partitions }) => partitions)
    .filter((other) => other.partition === at.partition && ids.includes(other.sourceId));
  if (others.length > 0) return others.reduce((most, { nextOffset }) => max(most, nextOffset), 0n);
  const key = `${pipelineId} ${at.sourceId} ${at.partition}`;
  const reader = readers.find(({ viewId }) => viewId === at.sourceId);
  // One beyond the last epoch, as positions in change logs are.
  const end = reader === undefined ? at.end : reader.upstream + 1n;
  if (!marks.has(key) && end !== null) marks.set(key, end);
  return marks.get(key) ?? at.nextOffset;
}

/** A partition that the shown version reads, and the hidden one has not seen yet. */
function unread(hidden: Standing, shown: readonly Standing[], same: SameInput): string | null {
  const inputs = new Set(hidden.partitions.map(({ sourceId }) => sourceId));
  const has = (sourceId: number, partition: number): boolean =>
    hidden.partitions.some((at) => at.partition === partition && same(at.sourceId).includes(sourceId));
  for (const { partitions } of shown)
    for (const { sourceId, partition } of partitions) {
      const reads = [...inputs].some((input) => same(input).includes(sourceId));
      if (reads && !has(sourceId, partition))
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
