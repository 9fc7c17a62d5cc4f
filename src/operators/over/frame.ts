// Frames: which rows around a row its value is made of. ROWS counts places, RANGE and the default go by peers.

import type { OverFrame } from '../../physical/graph.ts';
import type { OrderedRows } from './ordered-rows.ts';
import type { Stretch } from './over-function.ts';
import { whole } from './over-function.ts';

export class Frame {
  private readonly frame: OverFrame;

  constructor(frame: OverFrame) {
    this.frame = frame;
  }

  /** The first place of the frame of `place`. */
  start(rows: OrderedRows, place: number): number {
    const { start } = this.frame;
    if (start.kind === 'unbounded') return 0;
    return start.kind === 'peers' ? rows.peersStart(place) : Math.max(0, place + start.offset);
  }

  /** The place behind its last one; not before its start. */
  end(rows: OrderedRows, place: number, start: number): number {
    const { end } = this.frame;
    if (end.kind === 'unbounded') return rows.total;
    if (end.kind === 'peers') return rows.peersEnd(place);
    return Math.max(start, Math.min(rows.total, place + end.offset + 1));
  }

  reach({ from, to }: Stretch, rows: OrderedRows): Stretch {
    const { start, end } = this.frame;
    if (start.kind === 'row' && end.kind === 'row') {
      return { from: from - Math.max(0, end.offset), to: to + Math.max(0, -start.offset) };
    }
    // Peers of what changed may lie before it; only a frame that ends with the row itself leaves those before it alone.
    const first = end.kind === 'row' && end.offset <= 0 && start.kind !== 'peers' ? from : 0;
    return { from: first, to: rows.total };
  }

  needs({ from, to }: Stretch, total: number): Stretch {
    const { start, end } = this.frame;
    if (start.kind !== 'row' || end.kind !== 'row') return whole(total);
    return { from: from + Math.min(0, start.offset), to: to + Math.max(0, end.offset) };
  }
}
