// Aggregates over frames. A frame is told from the one before by the rows that enter and leave it, where these are few; otherwise it is
// gathered from values that are kept by node of the tree of the rows, in logarithmic time. So a change costs what the rows that
// it reaches cost, however long their frames are.

import type { Column } from '../../data/column.ts';
import { RowFailure } from '../../data/failure.ts';
import type { Cover } from '../../state/ordered-cover.ts';
import type { Bounds, Frame } from './frame.ts';
import { noBounds } from './frame.ts';
import type { OrderedRows } from './ordered-rows.ts';
import type { NodeValues, OnFailure, OverFunction, Stretch } from './over-function.ts';
import type { RowChange } from './row-change.ts';

/** What the rows of a frame come to, as they are told one by one or by node. */
export interface FrameState extends Cover, NodeValues {
  /** Columns and nodes may have moved. */
  open(): void;
  clear(): void;
  /** False: it cannot take away, and the frame is gathered anew. */
  remove(slot: number): boolean;
  write(to: Column, at: number): void;
}

/** Rows that enter and leave, beyond which a frame is gathered. */
const STEPS = 64;

export class FrameAggregate implements OverFunction {
  private readonly frame: Frame;
  private readonly state: FrameState;
  private readonly before: Bounds = noBounds();

  constructor(frame: Frame, state: FrameState) {
    this.frame = frame;
    this.state = state;
  }

  reach(change: RowChange): Stretch {
    return this.frame.reach(change);
  }

  get nodes(): FrameState {
    return this.state;
  }

  compute(
    rows: OrderedRows,
    { from, to }: Stretch,
    ids: Int32Array,
    column: Column,
    failed: OnFailure,
  ): void {
    const { frame, state, before } = this;
    frame.restart();
    state.open();
    for (let place = from; place < to; place++) {
      frame.find(place);
      const known = place > from && stepsBetween(before, frame.bounds) <= STEPS;
      if (!known || !this.slide(rows, frame.bounds)) this.gather(rows, frame.bounds);
      before.set(frame.bounds);
      try {
        state.write(column, ids[place - from]!);
      } catch (failure) {
        if (!(failure instanceof RowFailure)) throw failure;
        failed(place, failure);
      }
    }
  }

  private gather(rows: OrderedRows, bounds: Bounds): void {
    this.state.clear();
    for (let i = 0; i < 6; i += 2) rows.cover(bounds[i]!, bounds[i + 1]!, this.state);
  }

  /** What leaves goes first: what enters is not asked of what can only grow. */
  private slide(rows: OrderedRows, after: Bounds): boolean {
    const { state, before } = this;
    for (let i = 0; i < 6; i += 2) {
      const end = Math.min(before[i + 1]!, after[i]!);
      for (let place = before[i]!; place < end; place++) if (!state.remove(rows.slot(place))) return false;
    }
    for (let i = 0; i < 6; i += 2)
      for (let place = Math.max(before[i + 1]!, after[i]!); place < after[i + 1]!; place++)
        state.slot(rows.slot(place));
    return true;
  }
}

function stepsBetween(before: Bounds, after: Bounds): number {
  let steps = 0;
  for (let i = 0; i < 6; i += 2) steps += after[i]! - before[i]! + after[i + 1]! - before[i + 1]!;
  return steps;
}
