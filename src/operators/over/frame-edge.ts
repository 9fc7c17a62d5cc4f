// Where frames begin and end. An edge is asked for places that rise by one, so that it goes along with them; and, the other way round,
// how far a row that changed is within it.

import type { FrameEdge } from '../../physical/graph.ts';
import type { OrderedRows } from './ordered-rows.ts';
import type { MovedComparison } from './range-key.ts';
import type { RowChange } from './row-change.ts';

export interface Edge {
  /** The edge of the frame of `place`: its first place, or the one behind its last. `next`: the last one asked for was before it. */
  at(place: number, next: boolean): number;
  /** Of a first place: behind the last row whose frame does not begin behind the changed one. Of a last: the first whose frame has it. */
  reach(change: RowChange): number;
}

export type Side = 'start' | 'end';

/** `moved` compares rows with others moved by the offset of a range. */
export function edgeOf(
  edge: FrameEdge,
  side: Side,
  rows: OrderedRows,
  moved: (offset: string) => MovedComparison,
): Edge {
  switch (edge.kind) {
    case 'unbounded':
      return side === 'start'
        ? { at: () => 0, reach: () => rows.total }
        : { at: () => rows.total, reach: () => 0 };
    case 'peers':
      return side === 'start'
        ? { at: (place) => rows.peersStart(place), reach: (change) => change.behind }
        : { at: (place) => rows.peersEnd(place), reach: (change) => change.first };
    case 'row':
      return rowEdge(edge.offset, side, rows);
    case 'group':
      return new GroupEdge(edge.offset, side, rows);
    case 'range':
      return new RangeEdge(moved(edge.offset), side, rows);
  }
}

function rowEdge(offset: number, side: Side, rows: OrderedRows): Edge {
  const by = side === 'start' ? offset : offset + 1;
  return {
    at: (place) => Math.max(0, Math.min(rows.total, place + by)),
    // A row that comes between a row and its frame moves the frame.
    reach: ({ from, to }) => (side === 'start' ? to - Math.min(0, offset) : from - Math.max(0, offset)),
  };
}

/** So many groups of peers away. */
class GroupEdge implements Edge {
  private readonly rows: OrderedRows;
  private readonly side: Side;
  private readonly offset: number;
  /** The first of the peers for which the edge was looked for last, and what was found. */
  private peers = 0;
  private found = 0;
  /** Groups that lack before the first one, there and in the last move. */
  private lacking = 0;
  private beyond = 0;

  constructor(offset: number, side: Side, rows: OrderedRows) {
    this.offset = offset;
    this.side = side;
    this.rows = rows;
  }

  at(place: number, next: boolean): number {
    const { rows } = this;
    const peers = rows.peersStart(place);
    if (!next) {
      this.found = this.moved(peers, this.side === 'start' ? this.offset : this.offset + 1);
      this.lacking = this.beyond;
    } else if (peers !== this.peers) {
      if (this.lacking > 0) this.lacking--;
      else if (this.found < rows.total) this.found = rows.groupEnd(this.found);
    }
    this.peers = peers;
    return this.found;
  }

  /** The first place of the group that is so many groups from the one that begins at `place`. */
  private moved(place: number, groups: number): number {
    const { rows } = this;
    let at = place;
    let left = groups;
    for (; left > 0 && at < rows.total; left--) at = rows.groupEnd(at);
    for (; left < 0 && at > 0; left++) at = rows.groupStart(at - 1);
    this.beyond = Math.max(0, -left);
    return at;
  }

  reach(change: RowChange): number {
    return this.side === 'start'
      ? this.moved(change.behind, Math.max(0, -this.offset))
      : this.moved(change.first, Math.min(0, -this.offset));
  }
}

/** Steps along the rows before the tree is asked. */
const STEPS = 16;

/** So far away in the value that the rows are ordered by. */
class RangeEdge implements Edge {
  private readonly rows: OrderedRows;
  private readonly moved: MovedComparison;
  /** Rows that compare as more than this with one are behind its edge. */
  private readonly most: number;
  private found = 0;

  constructor(moved: MovedComparison, side: Side, rows: OrderedRows) {
    this.moved = moved;
    this.rows = rows;
    this.most = side === 'start' ? -1 : 0;
  }

  at(place: number, next: boolean): number {
    const { rows } = this;
    const base = rows.slot(place);
    const limit = next ? Math.min(rows.total, this.found + STEPS) : -1;
    while (next && this.found < limit && this.isBefore(rows.slot(this.found), base)) this.found++;
    if (!next || (this.found === limit && this.found < rows.total))
      this.found = rows.seek({ compare: (slot) => (this.isBefore(slot, base) ? -1 : 0) });
    return this.found;
  }

  private isBefore(slot: number, base: number): boolean {
    return Math.sign(this.moved(slot, base)) <= this.most;
  }

  /** The further a row is, the more is before its edge: of either side it is the first row for which the changed one is. */
  reach({ slot }: RowChange): number {
    return this.rows.seek({ compare: (base) => (this.isBefore(slot, base) ? 0 : -1) });
  }
}
