// What the state tables of a task give to an epoch: a delta, or, when the deltas since the last snapshot outweigh the state
// they describe, a snapshot that supersedes them. So recovery reads at most about twice the live state.

import { MillraceError } from '../errors.ts';
import type { KeyGroupRange } from '../state/key-groups.ts';
import type { Slots } from '../state/slots.ts';
import { liveSlots } from '../state/slots.ts';
import { decodeSegment, encodeSegment } from '../state/segment.ts';
import type { StateTable } from '../state/state-table.ts';
import type { SegmentContent } from '../epoch/commit-port.ts';
import type { Segment, StateChanges } from '../epoch/write-plan.ts';
import { MAX_PART_BYTES } from '../postgres/write-step.ts';

/** Deltas below this are never worth a snapshot. */
const MIN_FOLD_BYTES = 1024 * 1024;
/** So many deltas are, whatever they weigh: recovery asks for each of them. */
const MAX_DELTAS = 2000;

const NO_CHANGES: StateChanges = { segments: [], ahead: [], folds: [] };

export interface KeeperOptions {
  /** Fingerprints of tables that are not this task's, or whose views were dropped: what is stored of them is passed over. */
  readonly passOver?: ReadonlySet<string>;
  readonly rescaled?: Rescaled | null;
}

/** The state was written by another number of tasks: only these key groups are read, of tables that are spread over tasks. */
export interface Rescaled {
  readonly groups: KeyGroupRange;
  readonly spread: ReadonlySet<string>;
}

export class StateKeeper {
  private readonly task: number;
  private readonly tables: readonly StateTable[];
  private readonly options: KeeperOptions;
  private mustFold = false;
  private deltaBytes = 0;
  private deltas = 0;
  private snapshotBytes = 0;

  constructor(task: number, tables: readonly StateTable[], options: KeeperOptions = {}) {
    this.task = task;
    this.tables = tables;
    this.options = options;
  }

  /** Encodes what the epoch changed and starts the next one. */
  endEpoch(epoch: number): StateChanges {
    const changes = this.encode(epoch);
    for (const table of this.tables) table.endEpoch();
    return changes;
  }

  private encode(epoch: number): StateChanges {
    const changed = this.tables.filter((table) => table.hasChanges());
    if (changed.length === 0 && !this.mustFold) return NO_CHANGES;
    const due =
      this.mustFold ||
      this.deltaBytes > Math.max(MIN_FOLD_BYTES, this.snapshotBytes) ||
      this.deltas >= MAX_DELTAS;
    if (due) {
      this.mustFold = false;
      const bytes = encodeSegment(this.tables.map((table) => table.snapshot()));
      this.snapshotBytes = bytes.length;
      this.deltaBytes = 0;
      this.deltas = 0;
      const fold = { task: this.task, through: epoch };
      return { segments: this.parts(bytes, 'snapshot'), ahead: [], folds: [fold] };
    }
    const bytes = encodeSegment(changed.map((table) => table.delta()));
    this.deltaBytes += bytes.length;
    this.deltas++;
    return { segments: this.parts(bytes, 'delta'), ahead: [], folds: [] };
  }

  private parts(bytes: Uint8Array, kind: Segment['kind']): Segment[] {
    const parts: Segment[] = [];
    for (let from = 0; from < bytes.length; from += MAX_PART_BYTES) {
      const part = bytes.subarray(from, from + MAX_PART_BYTES);
      const buffer = Buffer.from(part.buffer, part.byteOffset, part.byteLength);
      parts.push({ task: this.task, part: parts.length, kind, bytes: buffer });
    }
    return parts;
  }

  /** Reads the state back: segments in their order, the parts of one segment put together. */
  async recover(contents: AsyncIterable<SegmentContent>): Promise<void> {
    const rescaled = this.options.rescaled ?? null;
    // What others wrote is replaced at once, so that a manifest is always of one number of tasks.
    this.mustFold = rescaled !== null;
    const groupsOf = (fingerprint: string): KeyGroupRange | null =>
      rescaled !== null && rescaled.spread.has(fingerprint) ? rescaled.groups : null;
    const byFingerprint = new Map(this.tables.map((table) => [table.fingerprint, table]));
    const shapeOf = (fingerprint: string): Slots | null => {
      const table = byFingerprint.get(fingerprint);
      if (table === undefined && this.options.passOver?.has(fingerprint) !== true)
        throw unknownState(fingerprint);
      return table?.slots ?? null;
    };
    const apply = (pieces: readonly SegmentContent[]): void => {
      const bytes =
        pieces.length === 1 ? pieces[0]!.bytes : Buffer.concat(pieces.map((piece) => piece.bytes));
      if (pieces[0]!.kind === 'snapshot') this.snapshotBytes = bytes.length;
      else {
        this.deltaBytes += bytes.length;
        this.deltas++;
      }
      for (const rows of decodeSegment(bytes, shapeOf, groupsOf))
        byFingerprint.get(rows.fingerprint)!.load(rows);
    };
    let pieces: SegmentContent[] = [];
    for await (const content of contents) {
      if (content.part === 0 && pieces.length > 0) {
        apply(pieces);
        pieces = [];
      }
      pieces.push(content);
    }
    if (pieces.length > 0) apply(pieces);
  }

  bytes(): number {
    return this.tables.reduce((sum, table) => sum + table.bytes(), 0);
  }

  keys(): number {
    return this.tables.reduce((sum, table) => sum + liveSlots(table.slots), 0);
  }
}

function unknownState(fingerprint: string): MillraceError {
  return new MillraceError({
    code: 'STATE_INCOMPATIBLE',
    message: `the stored state has a table ${fingerprint} that the query, as this version plans it, does not have`,
    domain: 'external',
    hint: 'run the version of Millrace that wrote it, or drop and create the view again; nothing was touched',
  });
}
