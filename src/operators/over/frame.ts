// Frames: which rows around a row its value is made of. ROWS counts places, GROUPS groups of peers, RANGE goes by the value that orders the
// rows. What EXCLUDE leaves out lies side by side (peers do), so a frame is three stretches at most, whose bounds rise with the row
// as those of the frame do: what is before the peers, the row itself, what is behind the peers.

import type { OverFrame } from '../../physical/graph.ts';
import type { Edge } from './frame-edge.ts';
import { edgeOf } from './frame-edge.ts';
import type { OrderedRows } from './ordered-rows.ts';
import type { Stretch } from './over-function.ts';
import type { MovedComparison } from './range-key.ts';
import type { RowChange } from './row-change.ts';

/** Bounds of a frame: [0] … [1], then [2] … [3], then [4] … [5], in order. */
export type Bounds = Int32Array;

export function noBounds(): Bounds {
  return new Int32Array(6);
}

export class Frame {
  /** Of the place that was asked for last. */
  readonly bounds = noBounds();
  private readonly exclude: OverFrame['exclude'];
  private readonly start: Edge;
  private readonly end: Edge;
  private readonly rows: OrderedRows;
  private place = -1;

  /** `moved`: see edgeOf. */
  constructor(frame: OverFrame, rows: OrderedRows, moved: (offset: string) => MovedComparison) {
    this.exclude = frame.exclude;
    this.rows = rows;
    this.start = edgeOf(frame.start, 'start', rows, moved);
    this.end = edgeOf(frame.end, 'end', rows, moved);
  }

  /** The rows are others now. */
  restart(): void {
    this.place = -2;
  }

  /** Finds the frame of `place`. */
  find(place: number): void {
    const next = place === this.place + 1;
    this.place = place;
    const start = this.start.at(place, next);
    const end = Math.max(start, this.end.at(place, next));
    if (this.exclude === undefined) this.set(start, end, end, end, end);
    else this.leaveOut(place, start, end);
  }

  private leaveOut(place: number, start: number, end: number): void {
    const { rows } = this;
    const one = this.exclude === 'current row';
    const first = Math.min(end, Math.max(start, one ? place : rows.peersStart(place)));
    const behind = Math.min(end, Math.max(start, one ? place + 1 : rows.peersEnd(place)));
    if (this.exclude === 'ties' && place >= start && place < end)
      this.set(start, first, place, place + 1, behind);
    else this.set(start, first, first, first, behind);
    this.bounds[5] = end;
  }

  private set(a: number, b: number, c: number, d: number, e: number): void {
    const { bounds } = this;
    bounds[0] = a;
    bounds[1] = b;
    bounds[2] = c;
    bounds[3] = d;
    bounds[4] = e;
    bounds[5] = e;
  }

  /** Rows in whose frames a changed row is, or was. */
  reach(change: RowChange): Stretch {
    return { from: this.end.reach(change), to: this.start.reach(change) };
  }
}

/** The place that is `n` from the first of a frame, −1 being the last one; −1: it has none. */
export function nthPlace(bounds: Bounds, n: number): number {
  if (n < 0) {
    for (let i = 4; i >= 0; i -= 2) if (bounds[i + 1]! > bounds[i]!) return bounds[i + 1]! - 1;
    return -1;
  }
  let left = n;
  for (let i = 0; i < 6; i += 2) {
    const length = bounds[i + 1]! - bounds[i]!;
    if (left < length) return bounds[i]! + left;
    left -= length;
  }
  return -1;
}
