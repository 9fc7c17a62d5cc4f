// Has the hidden version of a pipeline caught up with the shown one? It has when it has read, of everything that both read, at least
// what the shown one has, when its watermarks have come as far, and when what it alone reads is loaded up to where that stood when
// it was first looked at.

import type { Catalog } from '../../catalog/catalog.ts';
import { displayName } from '../../catalog/definition.ts';
import { numberOf } from '../catalog-store.ts';
import { sameInput } from './pairs.ts';
import type { PartitionStanding, ReaderStanding, Standing } from './standing.ts';

/** Where what only the hidden version reads stood when it was first looked at, by pipeline and input. */
export type Marks = Map<string, bigint>;

export interface Inputs {
  /** Numbers under which the shown version may know the same records by the same offsets. */
  readonly same: (sourceId: number) => readonly number[];
  readonly nameOf: (sourceId: number) => string;
}

/** null: it has caught up; otherwise what it waits for, in words. */
export function behind(
  pipelineId: number,
  hidden: Standing | undefined,
  shown: readonly Standing[],
  inputs: Inputs,
  marks: Marks,
): string | null {
  if (hidden === undefined) return 'a pipeline that is gone';
  if (hidden.status === 'failed' || hidden.status === 'paused')
    return `pipeline ${hidden.name}, which is ${hidden.status}`;
  if (hidden.epoch === 0n) return `pipeline ${hidden.name} to begin`;
  const loading = hidden.readers.find((reader) => reader.loading);
  if (loading !== undefined) return `pipeline ${hidden.name} to load ${inputs.nameOf(loading.viewId)}`;
  for (const at of hidden.partitions) {
    const wanted = wantedOffset(pipelineId, at, hidden, shown, inputs, marks);
    if (at.nextOffset < wanted)
      return `pipeline ${hidden.name}, at ${at.nextOffset} of ${wanted} in partition ${at.partition} of ${inputs.nameOf(at.sourceId)}`;
  }
  return unread(hidden, shown, inputs) ?? watermark(hidden, shown, inputs);
}

function wantedOffset(
  pipelineId: number,
  at: PartitionStanding,
  hidden: Standing,
  shown: readonly Standing[],
  inputs: Inputs,
  marks: Marks,
): bigint {
  const others = shown.flatMap((other) => samePartitions(at, hidden, other, inputs));
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
  inputs: Inputs,
): readonly PartitionStanding[] {
  const follows = readerOf(hidden, at.sourceId) !== undefined;
  const ids = follows ? [at.sourceId] : inputs.same(at.sourceId);
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
function unread(hidden: Standing, shown: readonly Standing[], inputs: Inputs): string | null {
  const records = hidden.partitions.filter(({ sourceId }) => readerOf(hidden, sourceId) === undefined);
  for (const other of shown)
    for (const { sourceId, partition } of other.partitions) {
      if (readerOf(other, sourceId) !== undefined) continue;
      const mine = records.filter((at) => inputs.same(at.sourceId).includes(sourceId));
      if (mine.length > 0 && !mine.some((at) => at.partition === partition))
        return `pipeline ${hidden.name} to read partition ${partition} of ${inputs.nameOf(sourceId)}`;
    }
  return null;
}

/** Only where both read the very same input: another declaration has other watermarks. */
function watermark(hidden: Standing, shown: readonly Standing[], { nameOf }: Inputs): string | null {
  for (const { watermarks } of shown)
    for (const [sourceId, wanted] of watermarks) {
      if (!hidden.partitions.some((at) => at.sourceId === sourceId)) continue;
      if ((hidden.watermarks.get(sourceId) ?? wanted - 1n) < wanted)
        return `pipeline ${hidden.name} to bring the watermark of ${nameOf(sourceId)} as far`;
    }
  return null;
}

function max(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}

export function inputsOf(catalog: Catalog): Inputs {
  const definitions = new Map(catalog.all().map((definition) => [numberOf(definition.id), definition]));
  return {
    same: (sourceId) => {
      const id = definitions.get(sourceId)?.id;
      return id === undefined ? [sourceId] : sameInput(id, catalog).map(numberOf);
    },
    nameOf: (sourceId) => {
      const definition = definitions.get(sourceId);
      return definition === undefined ? String(sourceId) : displayName(definition);
    },
  };
}
