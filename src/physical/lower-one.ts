// One row that is always there: what an aggregate without keys gives over nothing.

import { BIGINT } from '../data/types.ts';
import { aggregate, union } from '../logical/node.ts';
import { lowerAggregate } from './lower-aggregate.ts';
import type { Lowered, Lowering } from './lowered.ts';

const COUNT = {
  fn: 'count_star' as const, name: '_one', type: BIGINT, nullable: false,
  arg: null, second: null, filter: null, distinct: false, order: [],
}; // prettier-ignore

export function lowerOne(context: Lowering): Lowered {
  return lowerAggregate(context, aggregate(union([], []), [], [], [COUNT], false));
}
