// What the pieces of generated aggregate loops look like.

import type { AccumulatorKind } from '../../state/accumulator.ts';

export interface CallCode {
  readonly kinds: readonly AccumulatorKind[];
  /** Once per batch; `I` is the array of the batch's columns. */
  readonly open: string;
  /** Adds row `i`, of weight `W`, to slot `s`; accumulators are `@0`, `@1`…, replaced by their names. */
  readonly add: string;
}

export interface AddCode {
  readonly kinds: readonly AccumulatorKind[];
  readonly add: string;
}
