// From a call of the graph to the window function that computes it.

import type { Column } from '../../data/column.ts';
import type { OverCall, OrderKey } from '../../physical/graph.ts';
import { ascending, orderComparison } from '../../state/order-code.ts';
import type { KeptRows } from '../kept-rows.ts';
import { FrameAggregate } from './frame-aggregate.ts';
import { FrameCollection } from './frame-collection.ts';
import { FrameExtreme } from './frame-extreme.ts';
import { FrameSums } from './frame-sums.ts';
import { FrameValue } from './frame-value.ts';
import { Frame } from './frame.ts';
import { Neighbour } from './neighbours.ts';
import type { SlotColumn } from './neighbours.ts';
import type { OrderedRows } from './ordered-rows.ts';
import type { OverFunction, Shown } from './over-function.ts';
import type { MovedComparison } from './range-key.ts';
import { movedComparison } from './range-key.ts';
import { cumeDist, denseRank, ntile, percentRank, rank } from './ranking.ts';

/** What a window function is made over. */
export interface Window {
  readonly kept: KeptRows;
  readonly rows: OrderedRows;
  readonly order: readonly OrderKey[];
  readonly shown: Shown;
}

export function overFunction(call: OverCall, window: Window): OverFunction {
  const { kept } = window;
  const column = (c: number): Column => kept.column(c);
  const argument: SlotColumn = () => column(call.args[0]!);
  const counter = call.counted === true ? call.args.length - 1 : -1;
  const counts: SlotColumn | null = counter < 0 ? null : () => column(call.args[counter]!);
  const frame = (): Frame => frameOf(call, window);
  const index = kept.table.orders[0]!.index;
  switch (call.fn) {
    case 'rank':
      return rank();
    case 'dense_rank':
      return denseRank(window.shown);
    case 'percent_rank':
      return percentRank();
    case 'cume_dist':
      return cumeDist();
    case 'ntile':
      return ntile(call.count);
    case 'lag':
    case 'lead': {
      const fallback = counter === 1 ? undefined : call.args[1];
      const otherwise = fallback === undefined ? null : () => column(fallback);
      const direction = call.fn === 'lag' ? -1 : 1;
      const distance = call.count * direction;
      return new Neighbour(argument, otherwise, counts === null ? distance : { column: counts, direction });
    }
    case 'first_value':
      return new FrameValue(argument, frame(), 0);
    case 'last_value':
      return new FrameValue(argument, frame(), -1);
    case 'nth_value':
      return new FrameValue(argument, frame(), counts ?? call.count - 1);
    case 'min':
    case 'max': {
      const by = [ascending(kept.placeOf(call.args[0]!))];
      const compare = orderComparison(kept.table.slots, kept.table.shape.schema, by);
      const sign = call.fn === 'min' ? 1 : -1;
      return new FrameAggregate(frame(), new FrameExtreme(argument, compare, sign, index));
    }
    case 'array_agg':
    case 'string_agg':
    case 'jsonb_agg':
    case 'jsonb_agg_strict':
    case 'jsonb_object_agg':
    case 'jsonb_object_agg_strict':
      return new FrameCollection(call.fn, call, kept, frame());
    default:
      return new FrameAggregate(frame(), new FrameSums(call.fn, call.args, kept.schema, column, index));
  }
}

function frameOf(call: OverCall, { kept, rows, order }: Window): Frame {
  return new Frame(call.frame, rows, (offset): MovedComparison => {
    const key = order[0]!;
    return movedComparison(kept.schema[key.column]!.type, key, offset, () => kept.column(key.column));
  });
}
