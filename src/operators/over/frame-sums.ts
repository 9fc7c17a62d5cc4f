// What can be added up and taken away again: the code that aggregates over changing input run, for one frame at a time, and for each
// node of the tree of the rows.

import type { Column } from '../../data/column.ts';
import type { RowSchema } from '../../data/types.ts';
import type { AggregateFunction } from '../../physical/graph.ts';
import type { Accumulator } from '../../state/accumulator.ts';
import {
  accumulatorBytes,
  clearAccumulator,
  growAccumulator,
  newAccumulator,
} from '../../state/accumulator.ts';
import { KEY_FUNCTIONS } from '../../state/key-functions.ts';
import type { OrderedIndex } from '../../state/ordered-index.ts';
import { FAN, isInner, nodeOf } from '../../state/ordered-nodes.ts';
import type { ResultWriter } from '../aggregate/accumulated.ts';
import { callCode } from '../aggregate/call-code.ts';
import { CALL_FUNCTIONS } from '../aggregate/call-functions.ts';
import { resultWriter } from '../aggregate/call-result.ts';
import type { Merge } from '../aggregate/merge.ts';
import { mergeOf } from '../aggregate/merge.ts';
import type { FrameState } from './frame-aggregate.ts';

/** Adds the row at `slot` with weight `weight` to entry `s`; made again when columns or accumulators have moved. */
type Step = (slot: number, weight: number, s: number) => void;

type StepMaker = (accumulators: readonly Accumulator['values'][], inputs: readonly Column[]) => Step;

export class FrameSums implements FrameState {
  private readonly index: OrderedIndex;
  private readonly columns: () => readonly Column[];
  private readonly make: StepMaker;
  private readonly merge: Merge;
  private readonly result: ResultWriter;
  /** Of the frame, entry 0; of leaves and of inner nodes, by their numbers. */
  private readonly sums: readonly Accumulator[];
  private readonly ofLeaves: readonly Accumulator[];
  private readonly ofInners: readonly Accumulator[];
  private readonly capacity: { leaves: number; inners: number };
  private step: Step | null = null;
  private leafStep: Step | null = null;

  /** `args`: the columns of the arguments in `input`, none for count(*); `column` gives them by slot. */
  constructor(
    fn: AggregateFunction,
    args: readonly number[],
    input: RowSchema,
    column: (c: number) => Column,
    index: OrderedIndex,
  ) {
    const type = args.length === 0 ? null : input[args[0]!]!.type;
    const code = callCode(0, { fn, type, arg: 0, second: args.length > 1 ? 1 : null, retracts: true });
    const entries = (n: number): readonly Accumulator[] => code.kinds.map((kind) => newAccumulator(kind, n));
    this.index = index;
    this.columns = () => args.map(column);
    this.make = stepMaker(code.open, code.add);
    this.merge = mergeOf(fn, type);
    this.result = resultWriter(fn, type, true);
    this.sums = entries(1);
    this.ofLeaves = entries(8);
    this.ofInners = entries(4);
    this.capacity = { leaves: 8, inners: 4 };
  }

  open(): void {
    this.step = this.stepInto(this.sums);
  }

  private stepInto(accumulators: readonly Accumulator[]): Step {
    return this.make(
      accumulators.map((accumulator) => accumulator.values),
      this.columns(),
    );
  }

  clear(): void {
    for (const accumulator of this.sums) clearAccumulator(accumulator, 0);
  }

  slot(slot: number): void {
    this.step!(slot, 1, 0);
  }

  remove(slot: number): boolean {
    this.step!(slot, -1, 0);
    return true;
  }

  node(ref: number): void {
    this.merge(isInner(ref) ? this.ofInners : this.ofLeaves, nodeOf(ref), this.sums, 0);
  }

  write(to: Column, at: number): void {
    this.result(this.sums, 0, to, at);
  }

  freshen(): void {
    const { leaves, inners } = this.index;
    const { capacity } = this;
    if (leaves.counts.length > capacity.leaves) {
      capacity.leaves = leaves.counts.length;
      for (const accumulator of this.ofLeaves) growAccumulator(accumulator, capacity.leaves);
    }
    if (inners.counts.length > capacity.inners) {
      capacity.inners = inners.counts.length;
      for (const accumulator of this.ofInners) growAccumulator(accumulator, capacity.inners);
    }
    this.leafStep = this.stepInto(this.ofLeaves);
  }

  fresh(ref: number): void {
    const node = nodeOf(ref);
    const { leaves, inners } = this.index;
    for (const accumulator of isInner(ref) ? this.ofInners : this.ofLeaves)
      clearAccumulator(accumulator, node);
    if (!isInner(ref)) {
      for (let i = node * FAN; i < node * FAN + leaves.counts[node]!; i++)
        this.leafStep!(leaves.slots[i]!, 1, node);
      return;
    }
    for (let i = node * FAN; i < node * FAN + inners.counts[node]!; i++) {
      const child = inners.children[i]!;
      this.merge(isInner(child) ? this.ofInners : this.ofLeaves, nodeOf(child), this.ofInners, node);
    }
  }

  bytes(): number {
    return [...this.ofLeaves, ...this.ofInners].reduce((sum, acc) => sum + accumulatorBytes(acc), 0);
  }
}

/** The generated code of a call, for one row at a time. */
function stepMaker(open: string, add: string): StepMaker {
  const body = add.replaceAll(/@(\d+)/g, 'a$1');
  const names = [...new Set([...body.matchAll(/\ba(\d+)\b/g)].map((match) => match[1]!))];
  const declared = names.map((n) => `const a${n} = A[${n}];`).join(' ');
  const source = `'use strict'; return (A, I) => { ${declared} ${open} return (i, W, s) => { ${body} }; };`;
  const bound = { ...KEY_FUNCTIONS, ...CALL_FUNCTIONS };
  const make = new Function(...Object.keys(bound), source) as (...values: unknown[]) => StepMaker;
  return make(...Object.values(bound));
}
