// array_agg, string_agg and their like over frames: the values of a frame put together in the order of the window, for each row anew.

import type { Column } from '../../data/column.ts';
import { RowFailure } from '../../data/failure.ts';
import type { CollectingName } from '../../expr/resolve/aggregate-names.ts';
import type { OverCall } from '../../physical/graph.ts';
import { newAccumulator } from '../../state/accumulator.ts';
import type { ResultWriter } from '../aggregate/accumulated.ts';
import { resultWriter } from '../aggregate/call-result.ts';
import type { Collector, Walk } from '../aggregate/collected.ts';
import { collector } from '../aggregate/collected.ts';
import { joiner, textAt } from '../aggregate/joined-texts.ts';
import type { KeptRows } from '../kept-rows.ts';
import type { Frame } from './frame.ts';
import type { SlotColumn } from './neighbours.ts';
import type { OrderedRows } from './ordered-rows.ts';
import type { OnFailure, OverFunction, Stretch } from './over-function.ts';
import type { RowChange } from './row-change.ts';

export class FrameCollection implements OverFunction {
  private readonly frame: Frame;
  private readonly collect: Collector;
  private readonly result: ResultWriter;
  /** Rows for which it is NULL are passed over; that of FILTER, of which only true lets a row in. */
  private readonly required: SlotColumn | null;
  private readonly filter: SlotColumn | null;
  private readonly accumulators = [newAccumulator('bytes', 1), newAccumulator('u8', 1)];

  constructor(fn: CollectingName, { args, filtered }: OverCall, kept: KeptRows, frame: Frame) {
    const columns = args.map(
      (c): SlotColumn =>
        () =>
          kept.column(c),
    );
    const types = args.map((c) => kept.schema[c]!.type);
    this.frame = frame;
    this.filter = filtered === true ? columns.at(-1)! : null;
    this.required = fn === 'string_agg' ? columns[0]! : null;
    this.result = resultWriter(fn, types[0]!, true);
    this.collect =
      fn === 'string_agg'
        ? joiner(columns[0]!, (slot) => textAt(columns[1]!(), slot))
        : collector(
            fn,
            columns.map((column, i) => ({ type: types[i]!, column })),
          );
  }

  reach(change: RowChange): Stretch {
    return this.frame.reach(change);
  }

  compute(
    rows: OrderedRows,
    { from, to }: Stretch,
    ids: Int32Array,
    column: Column,
    failed: OnFailure,
  ): void {
    const { frame, accumulators } = this;
    const walk = this.walkOver(rows);
    frame.restart();
    for (let place = from; place < to; place++) {
      frame.find(place);
      this.collect(walk, accumulators, 0);
      try {
        this.result(accumulators, 0, column, ids[place - from]!);
      } catch (failure) {
        if (!(failure instanceof RowFailure)) throw failure;
        failed(place, failure);
      }
    }
  }

  /** The rows of the frame that was found last. */
  private walkOver(rows: OrderedRows): Walk {
    const { bounds } = this.frame;
    const [required, filter] = [this.required?.() ?? null, this.filter?.() ?? null];
    return (visit) => {
      for (let i = 0; i < 6; i += 2)
        for (let place = bounds[i]!; place < bounds[i + 1]!; place++) {
          const slot = rows.slot(place);
          if (required?.nulls?.[slot] !== 1 && isTrue(filter, slot)) visit(slot, 1);
        }
    };
  }
}

function isTrue(filter: Column | null, slot: number): boolean {
  if (filter === null) return true;
  return filter.layout === 'bool' && filter.nulls?.[slot] !== 1 && filter.values[slot] === 1;
}
