// rank, dense_rank, percent_rank, cume_dist and ntile: where a row stands. Those that count what is before a row change behind a change
// only; those that divide by the size of the partition change everywhere.

import type { Column } from '../../data/column.ts';
import type { OrderedRows } from './ordered-rows.ts';
import type { OverFunction, Shown, Stretch } from './over-function.ts';
import { whole } from './over-function.ts';
import type { RowChange } from './row-change.ts';

/** Gives the value of the row at `place`. */
type Rank = (rows: OrderedRows, place: number) => number;

class Ranking implements OverFunction {
  private readonly rank: Rank;
  private readonly countsBefore: boolean;

  constructor(rank: Rank, countsBefore: boolean) {
    this.rank = rank;
    this.countsBefore = countsBefore;
  }

  reach(change: RowChange, rows: OrderedRows): Stretch {
    return this.countsBefore ? { from: change.from, to: rows.total } : whole(rows.total);
  }

  compute(rows: OrderedRows, { from, to }: Stretch, ids: Int32Array, column: Column): void {
    for (let place = from; place < to; place++)
      writeNumber(column, ids[place - from]!, this.rank(rows, place));
  }
}

/** Counts on from the row before the stretch, which no change has reached. */
class DenseRank implements OverFunction {
  private readonly shown: Shown;

  constructor(shown: Shown) {
    this.shown = shown;
  }

  reach(change: RowChange, rows: OrderedRows): Stretch {
    return { from: change.from, to: rows.total };
  }

  compute(rows: OrderedRows, { from, to }: Stretch, ids: Int32Array, column: Column): void {
    let group = from === 0 ? 0 : this.before(rows, from, column);
    for (let place = from; place < to; place++) {
      if (rows.peersStart(place) === place) group++;
      writeNumber(column, ids[place - from]!, group);
    }
  }

  /** A row of which another value fails is not out, and its number neither. */
  private before(rows: OrderedRows, place: number, column: Column): number {
    let groups = 0;
    for (let at = place - 1; at >= 0; at--) {
      const id = this.shown(rows.slot(at));
      if (id >= 0 && column.layout === 'i64') return Number(column.values[id]!) + groups;
      if (rows.peersStart(at) === at) groups++;
    }
    return groups;
  }
}

function writeNumber(to: Column, at: number, value: number): void {
  if (to.layout === 'i64') to.values[at] = BigInt(value);
  else if (to.layout === 'f64' || to.layout === 'i32') to.values[at] = value;
  else throw new Error(`a rank in a column of ${to.layout}`);
  if (to.nulls !== null) to.nulls[at] = 0;
}

export function rank(): OverFunction {
  return new Ranking((rows, place) => rows.peersStart(place) + 1, true);
}

export function denseRank(shown: Shown): OverFunction {
  return new DenseRank(shown);
}

export function percentRank(): OverFunction {
  const rank = (rows: OrderedRows, place: number): number =>
    rows.total === 1 ? 0 : rows.peersStart(place) / (rows.total - 1);
  return new Ranking(rank, false);
}

export function cumeDist(): OverFunction {
  return new Ranking((rows, place) => rows.peersEnd(place) / rows.total, false);
}

/** Buckets 1 … `buckets`, as even as can be, the larger ones first. */
export function ntile(buckets: number): OverFunction {
  return new Ranking(({ total }, place) => {
    const small = Math.floor(total / buckets);
    const large = total % buckets;
    if (place < large * (small + 1)) return Math.floor(place / (small + 1)) + 1;
    return large + Math.floor((place - large * (small + 1)) / small) + 1;
  }, false);
}
