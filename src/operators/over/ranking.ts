// rank, dense_rank, percent_rank, cume_dist and ntile: where a row stands. Those that count what is before a row change behind the
// first change only; those that divide by the size of the partition change everywhere.

import type { Column } from '../../data/column.ts';
import type { OrderedRows } from './ordered-rows.ts';
import type { OverFunction, Stretch } from './over-function.ts';
import { whole } from './over-function.ts';

/** Gives the value of the row at `place`, whose peers are those from `first` up to and without `behind`; `group` counts peer groups. */
type Rank = (place: number, first: number, behind: number, group: number, total: number) => number;

/** A rank that is computed peer group by peer group from the start of the partition. */
class Ranking implements OverFunction {
  private readonly rank: Rank;
  private readonly countsBefore: boolean;

  constructor(rank: Rank, countsBefore: boolean) {
    this.rank = rank;
    this.countsBefore = countsBefore;
  }

  reach(changed: Stretch, rows: OrderedRows): Stretch {
    return this.countsBefore ? { from: changed.from, to: rows.total } : whole(rows.total);
  }

  needs(_stretch: Stretch, total: number): Stretch {
    return whole(total);
  }

  compute(rows: OrderedRows, { from, to }: Stretch, ids: Int32Array, column: Column): void {
    let group = 0;
    for (let first = 0; first < to;) {
      const behind = rows.peersEnd(first);
      group++;
      for (let place = Math.max(first, from); place < Math.min(behind, to); place++)
        writeNumber(column, ids[place - from]!, this.rank(place, first, behind, group, rows.total));
      first = behind;
    }
  }
}

function writeNumber(to: Column, at: number, value: number): void {
  if (to.layout === 'i64') to.values[at] = BigInt(value);
  else if (to.layout === 'f64' || to.layout === 'i32') to.values[at] = value;
  else throw new Error(`a rank in a column of ${to.layout}`);
  if (to.nulls !== null) to.nulls[at] = 0;
}

export function rank(): OverFunction {
  return new Ranking((_place, first) => first + 1, true);
}

export function denseRank(): OverFunction {
  return new Ranking((_place, _first, _behind, group) => group, true);
}

export function percentRank(): OverFunction {
  return new Ranking(
    (_place, first, _behind, _group, total) => (total === 1 ? 0 : first / (total - 1)),
    false,
  );
}

export function cumeDist(): OverFunction {
  return new Ranking((_place, _first, behind, _group, total) => behind / total, false);
}

/** Buckets 1 … `buckets`, as even as can be, the larger ones first. */
export function ntile(buckets: number): OverFunction {
  return new Ranking((place, _first, _behind, _group, total) => {
    const small = Math.floor(total / buckets);
    const large = total % buckets;
    if (place < large * (small + 1)) return Math.floor(place / (small + 1)) + 1;
    return large + Math.floor((place - large * (small + 1)) / small) + 1;
  }, false);
}
