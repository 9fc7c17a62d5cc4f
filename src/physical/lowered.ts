// A physical node while the graph is built: with the time attributes of its columns and a description of what each of them is,
// in terms of source columns, from which fingerprints are made.

import type { LogicalColumn, LogicalNode } from '../logical/node.ts';
import type { GraphBuilder } from './builder.ts';
import type { PhysicalNode } from './graph.ts';

/** What the lowering functions of the nodes share. */
export interface Lowering {
  readonly builder: GraphBuilder;
  /** Ids of sources whose records must be told apart: their scans give partition and offset. */
  readonly identified: ReadonlySet<string>;
  /** What the roots of views, lowered so far, are fed with. By id of the view. */
  readonly views: Map<string, Lowered>;
  /** `keyed`: the reader needs a stream key. */
  lower(node: LogicalNode, keyed: boolean): Lowered;
}

export interface Lowered {
  readonly node: PhysicalNode;
  /** The columns of the logical node, then those that only serve the stream key. Same length as node.schema. */
  readonly columns: readonly LogicalColumn[];
  /** How many of them are the logical node's. */
  readonly visible: number;
  /** Columns that identify a row; null: nothing does (and nobody below needs it). */
  readonly key: readonly number[] | null;
  readonly origin: Origin;
}

/** What a node computes, independent of ids, column order and unused columns: equal origins mean equal contents. */
export interface Origin {
  readonly text: string;
  readonly columns: readonly string[];
}

/** The columns that the watermark bounds from below. */
export function watermarkColumns(columns: readonly LogicalColumn[]): readonly number[] {
  return [...columns.keys()].filter((i) => {
    const time = columns[i]!.time;
    return time?.kind === 'event' || (time?.kind === 'window end' && time.watermarked);
  });
}
