// From a call of the graph to the window function that computes it.

import type { Column } from '../../data/column.ts';
import type { OverCall } from '../../physical/graph.ts';
import { ascending, orderComparison } from '../../state/order-code.ts';
import type { KeptRows } from '../kept-rows.ts';
import { frameAggregate, frameExtreme } from './frame-aggregate.ts';
import { FrameValue } from './frame-value.ts';
import { Frame } from './frame.ts';
import { Neighbour } from './neighbours.ts';
import type { SlotColumn } from './neighbours.ts';
import type { OverFunction } from './over-function.ts';
import { cumeDist, denseRank, ntile, percentRank, rank } from './ranking.ts';

export function overFunction(call: OverCall, rows: KeptRows): OverFunction {
  const column = (c: number): Column => rows.column(c);
  const argument: SlotColumn = () => column(call.args[0]!);
  const frame = new Frame(call.frame);
  switch (call.fn) {
    case 'rank':
      return rank();
    case 'dense_rank':
      return denseRank();
    case 'percent_rank':
      return percentRank();
    case 'cume_dist':
      return cumeDist();
    case 'ntile':
      return ntile(call.count);
    case 'lag':
    case 'lead': {
      const fallback = call.args[1];
      const otherwise = fallback === undefined ? null : () => column(fallback);
      return new Neighbour(argument, otherwise, call.fn === 'lag' ? -call.count : call.count);
    }
    case 'first_value':
      return new FrameValue(argument, frame, 0);
    case 'last_value':
      return new FrameValue(argument, frame, -1);
    case 'nth_value':
      return new FrameValue(argument, frame, call.count - 1);
    case 'min':
    case 'max': {
      const by = [ascending(rows.placeOf(call.args[0]!))];
      const compare = orderComparison(rows.table.slots, rows.table.shape.schema, by);
      return frameExtreme(argument, compare, call.fn === 'min' ? 1 : -1, frame);
    }
    default:
      return frameAggregate(call.fn, call.args, rows.schema, column, frame);
  }
}
