// What the state tables of a task give to an epoch: a delta, and, when the deltas since the last snapshot outweigh the state they
// describe, a snapshot that supersedes them: at once when it is small, otherwise in pieces over the next epochs (snapshot-pass.ts).
// So no epoch waits for the whole state, and recovery reads at most about four times the live state.

import { MillraceError } from '../errors.ts';
import type { KeyGroupRange } from '../state/key-groups.ts';
import { common, hull, overlap } from '../state/key-groups.ts';
import { KEY_GROUPS } from '../state/key-index.ts';
import type { Slots } from '../state/slots.ts';
import { liveSlots } from '../state/slots.ts';
import { decodeSegment, encodeSegment } from '../state/segment.ts';
import type { StateTable } from '../state/state-table.ts';
import type { SegmentContent } from '../epoch/commit-port.ts';
import type { Fold, Segment, StateChanges } from '../epoch/write-plan.ts';
import { MAX_PART_BYTES } from '../postgres/write-step.ts';
import { SnapshotPass } from './snapshot-pass.ts';

export interface FoldLimits {
  /** Deltas below this are never worth a snapshot. */
  readonly minBytes: number;
  /** So many deltas are, whatever they weigh: recovery asks for each of them. */
  readonly maxDeltas: number;
  /** More than this of a snapshot is written over several epochs, so much in each (or as much as the epoch's delta). */
  readonly pieceBytes: number;
}

const LIMITS: FoldLimits = { minBytes: 1024 * 1024, maxDeltas: 2000, pieceBytes: MAX_PART_BYTES };

/** Pieces of one epoch count their parts from multiples of this: where a piece begins is told by the number. */
const PIECE_PARTS = 1024;

const NO_CHANGES: StateChanges = { segments: [], ahead: [], folds: [] };

export interface KeeperOptions {
  /** Fingerprints of tables that are not this task's, or whose views were dropped: what is stored of them is passed over. */
  readonly passOver?: ReadonlySet<string>;
  readonly rescaled?: Rescaled | null;
  /** The key groups of a table that this task has; all by default. */
  readonly owns?: (fingerprint: string) => KeyGroupRange;
  readonly limits?: FoldLimits;
}

const ALL_GROUPS: KeyGroupRange = { from: 0, to: KEY_GROUPS };

/** The state was written by another number of tasks: only these key groups are read, of tables that are spread over tasks. */
export interface Rescaled {
  readonly groups: KeyGroupRange;
  readonly spread: ReadonlySet<string>;
}

export class StateKeeper {
  private readonly task: number;
  private readonly tables: readonly StateTable[];
  private readonly options: KeeperOptions;
  private readonly limits: FoldLimits;
  private readonly range: KeyGroupRange;
  private mustFold = false;
  private deltaBytes = 0;
  private deltas = 0;
  private readonly snapshotBytes = new SnapshotBytes();
  private pass: SnapshotPass | null = null;

  constructor(task: number, tables: readonly StateTable[], options: KeeperOptions = {}) {
    this.task = task;
    this.tables = tables;
    this.options = options;
    this.limits = options.limits ?? LIMITS;
    this.range = hull(tables.map((table) => this.ownOf(table))) ?? ALL_GROUPS;
  }

  /** Encodes what the epoch changed and starts the next one. */
  endEpoch(epoch: number): StateChanges {
    const changes = this.encode(epoch);
    for (const table of this.tables) table.endEpoch();
    return changes;
  }

  /** The same, but a large state that must be written anew at once is written piece by piece, each in a turn of its own. */
  async endEpochInTurns(epoch: number, nextTurn: () => Promise<unknown>): Promise<StateChanges> {
    if (!this.mustFold || this.bytes() <= this.limits.pieceBytes) return this.endEpoch(epoch);
    const pass = new SnapshotPass(epoch, this.range);
    const segments: Segment[] = [];
    for (let number = 0; !pass.done; number++) {
      segments.push(...this.piece(pass, 0, number));
      await nextTurn();
    }
    for (const table of this.tables) table.endEpoch();
    return { segments, ahead: [], folds: [this.foldedAt(epoch)] };
  }

  private encode(epoch: number): StateChanges {
    const changed = this.tables.filter((table) => table.hasChanges());
    const folds = this.publish();
    if (changed.length === 0 && !this.mustFold && this.pass === null) return { ...NO_CHANGES, folds };
    if (this.pass === null && this.isDue()) {
      if (this.mustFold || this.bytes() <= this.limits.pieceBytes) return this.wholeSnapshot(epoch);
      this.pass = new SnapshotPass(epoch, this.range);
      // Supersedes nothing yet: what the pass writes lies apart from what it will supersede.
      folds.push({ task: this.task, through: 0, pieces: true });
    }
    const delta = changed.length === 0 ? null : encodeSegment(changed.map((table) => table.delta()));
    const segments = delta === null ? [] : this.parts(delta, 'delta');
    if (delta !== null) this.countDelta(delta.length);
    if (this.pass !== null) segments.push(...this.piece(this.pass, delta?.length ?? 0));
    return { segments, ahead: [], folds };
  }

  private isDue(): boolean {
    const { minBytes, maxDeltas } = this.limits;
    const enough = Math.max(minBytes, this.snapshotBytes.total);
    return this.mustFold || this.deltaBytes > enough || this.deltas >= maxDeltas;
  }

  private countDelta(bytes: number): void {
    this.deltaBytes += bytes;
    this.deltas++;
    this.pass?.countDelta(bytes);
  }

  private wholeSnapshot(epoch: number): StateChanges {
    const bytes = encodeSegment(this.tables.map((table) => table.snapshot()));
    this.snapshotBytes.set(ALL_GROUPS, bytes.length);
    return { segments: this.parts(bytes, 'snapshot'), ahead: [], folds: [this.foldedAt(epoch)] };
  }

  /** All that there is was written in this epoch. */
  private foldedAt(epoch: number): Fold {
    this.mustFold = false;
    this.deltaBytes = 0;
    this.deltas = 0;
    return { task: this.task, through: epoch };
  }

  /** Of a pass that goes on while the epochs' deltas are large, the pieces are as large: it must come to its end. */
  private piece(pass: SnapshotPass, deltaBytes: number, number = 0): Segment[] {
    const rowBytes = this.tables.map((table) => table.bytes() / Math.max(1, liveSlots(table.slots)));
    const groups = pass.take(Math.max(this.limits.pieceBytes, deltaBytes), (group) =>
      this.tables.reduce((sum, { slots }, t) => sum + slots.index.used[group]! * rowBytes[t]!, 0),
    );
    const tables = this.tables.flatMap((table) => {
      const own = this.ownOf(table);
      return overlap(own, groups) ? [table.snapshot(common(own, groups))] : [];
    });
    const bytes = encodeSegment(tables);
    this.snapshotBytes.set(groups, bytes.length);
    return this.parts(bytes, 'snapshot', number).map((part) => ({ ...part, piece: true }));
  }

  private ownOf({ fingerprint }: StateTable): KeyGroupRange {
    return this.options.owns?.(fingerprint) ?? ALL_GROUPS;
  }

  /** The epoch after the last piece makes an end of what the pass supersedes. */
  private publish(): Fold[] {
    const { pass } = this;
    if (pass === null || !pass.done) return [];
    this.pass = null;
    this.deltaBytes = pass.deltaBytes;
    this.deltas = pass.deltas;
    return [{ task: this.task, through: pass.since - 1, pieces: true }];
  }

  private parts(bytes: Uint8Array, kind: Segment['kind'], number = 0): Segment[] {
    const parts: Segment[] = [];
    for (let from = 0; from < bytes.length; from += MAX_PART_BYTES) {
      const cut = bytes.subarray(from, from + MAX_PART_BYTES);
      const buffer = Buffer.from(cut.buffer, cut.byteOffset, cut.byteLength);
      const part = number * PIECE_PARTS + parts.length;
      parts.push({ task: this.task, part, kind, bytes: buffer });
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
    let first: number | null = null;
    const apply = (pieces: readonly SegmentContent[]): void => {
      const bytes =
        pieces.length === 1 ? pieces[0]!.bytes : Buffer.concat(pieces.map((piece) => piece.bytes));
      const tables = decodeSegment(bytes, shapeOf, groupsOf);
      for (const rows of tables) byFingerprint.get(rows.fingerprint)!.load(rows);
      const { kind, epoch } = pieces[0]!;
      first ??= epoch;
      if (kind === 'delta') this.countDelta(bytes.length);
      else this.foundSnapshot(epoch, hull(tables.flatMap(({ replaces }) => replaces ?? [])), bytes.length);
    };
    let pieces: SegmentContent[] = [];
    for await (const content of contents) {
      if (content.part % PIECE_PARTS === 0 && pieces.length > 0) {
        apply(pieces);
        pieces = [];
      }
      pieces.push(content);
    }
    if (pieces.length > 0) apply(pieces);
    // Nothing is there any more that the pass supersedes: it was published.
    if (this.mustFold || (this.pass?.done === true && this.pass.since === first)) this.pass = null;
  }

  /** A pass goes on where it was when its task stopped. */
  private foundSnapshot(epoch: number, groups: KeyGroupRange | null, bytes: number): void {
    this.snapshotBytes.set(groups ?? ALL_GROUPS, bytes);
    if (groups?.from === this.range.from) this.pass = new SnapshotPass(epoch, this.range);
    if (groups === null || this.pass?.found(groups) !== true) this.pass = null;
  }

  bytes(): number {
    return this.tables.reduce((sum, table) => sum + table.bytes(), 0);
  }

  /** By fingerprint. */
  bytesByTable(): readonly (readonly [fingerprint: string, bytes: number])[] {
    return this.tables.map((table) => [table.fingerprint, table.bytes()]);
  }

  keys(): number {
    return this.tables.reduce((sum, table) => sum + liveSlots(table.slots), 0);
  }
}

/** How much the last snapshot of each key group takes as bytes. */
class SnapshotBytes {
  private readonly ofGroup = new Float64Array(KEY_GROUPS);

  set({ from, to }: KeyGroupRange, bytes: number): void {
    this.ofGroup.fill(bytes / (to - from), from, to);
  }

  get total(): number {
    return this.ofGroup.reduce((sum, bytes) => sum + bytes, 0);
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
