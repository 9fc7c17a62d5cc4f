// What the materialize operator writes to: collects the changes of an epoch, and at its end gives what the epoch's transaction
// has to write. Encoding reads the collected rows only, so the next epoch may start as soon as `clear` was called.

import type { Batch } from '../data/batch.ts';
import type { ChangelogPart, WriteStep } from '../postgres/write-step.ts';
import { encodeParts } from './change-log-parts.ts';
import { ChangeCollector } from './net-changes.ts';
import type { ViewLayout } from './view-layout.ts';
import { encodeSteps } from './view-steps.ts';

export interface ViewCounts {
  readonly inserted: number;
  readonly updated: number;
  readonly deleted: number;
}

/** Immutable, and owns its bytes. */
export interface EncodedView {
  readonly viewId: number;
  readonly steps: readonly WriteStep[];
  readonly changeLogParts: readonly ChangelogPart[];
  readonly counts: ViewCounts;
}

export interface ViewWriter {
  /** Signed changes in the shape of the layout, hidden columns included. The batch is copied. */
  push(batch: Batch): void;
  /** The net change since `clear`, or null when there is none. Throws VIEW_DEFECT when it is not one change per key. */
  encode(): EncodedView | null;
  /** Memory held at present, and what encoding will take. */
  bytes(): number;
  /** What was collected since `clear`: an epoch ends early when its writers grow too large. */
  epochBytes(): number;
  clear(): void;
}

export function newViewWriter(layout: ViewLayout): ViewWriter {
  const collector = new ChangeCollector(layout);
  return {
    push: (batch) => collector.push(batch),
    bytes: () => collector.bytes(),
    epochBytes: () => collector.epochBytes(),
    clear: () => collector.clear(),
    encode() {
      if (collector.rows === 0) return null;
      const changes = collector.finish();
      const counts = {
        inserted: changes.inserts.length,
        updated: changes.updatesTo.length,
        deleted: changes.deletes.length,
      };
      if (counts.inserted + counts.updated + counts.deleted === 0) return null;
      return {
        viewId: layout.viewId,
        steps: encodeSteps(layout, changes),
        changeLogParts: encodeParts(layout.viewId, layout.schema, changes),
        counts,
      };
    },
  };
}
