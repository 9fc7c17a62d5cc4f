// Aggregates over frames. Rows that enter a frame are added and rows that leave it are taken away again, by the code that aggregates
// over changing input run; so a frame that slides costs two steps a row. The least and the greatest of a frame cannot take away:
// they look at the frame anew when their row leaves it.

import type { Column } from '../../data/column.ts';
import { RowFailure } from '../../data/failure.ts';
import type { RowSchema } from '../../data/types.ts';
import { setValue } from '../../data/value.ts';
import type { AggregateFunction } from '../../physical/graph.ts';
import type { Accumulator } from '../../state/accumulator.ts';
import { clearAccumulator, newAccumulator } from '../../state/accumulator.ts';
import { copyCell } from '../../state/cells.ts';
import { KEY_FUNCTIONS } from '../../state/key-functions.ts';
import type { CompareSlots } from '../../state/order-code.ts';
import { callCode } from '../aggregate/call-code.ts';
import { CALL_FUNCTIONS } from '../aggregate/call-functions.ts';
import { resultWriter } from '../aggregate/call-result.ts';
import type { Frame } from './frame.ts';
import type { SlotColumn } from './neighbours.ts';
import type { OrderedRows } from './ordered-rows.ts';
import type { OnFailure, OverFunction, Stretch } from './over-function.ts';

/** Adds the rows at `slots` with weight `W`; made once per call of `compute`, because columns may have moved. */
type Step = (slot: number, weight: number) => void;

interface FrameWalk {
  reset(): void;
  add(slot: number): void;
  /** False: it cannot, and the frame is walked anew. */
  remove(slot: number): boolean;
  write(to: Column, at: number): void;
}

/** Walks from frame to frame; `open` prepares a walk over the columns as they are now. */
class FrameAggregate implements OverFunction {
  private readonly frame: Frame;
  private readonly open: () => FrameWalk;

  constructor(frame: Frame, open: () => FrameWalk) {
    this.frame = frame;
    this.open = open;
  }

  reach(changed: Stretch, rows: OrderedRows): Stretch {
    return this.frame.reach(changed, rows);
  }

  needs(stretch: Stretch, total: number): Stretch {
    return this.frame.needs(stretch, total);
  }

  compute(
    rows: OrderedRows,
    { from, to }: Stretch,
    ids: Int32Array,
    column: Column,
    failed: OnFailure,
  ): void {
    const walk = this.open();
    let start = 0;
    let end = 0;
    walk.reset();
    for (let place = from; place < to; place++) {
      const first = this.frame.start(rows, place);
      const behind = this.frame.end(rows, place, first);
      if (first >= end || !this.leave(walk, rows, start, first)) {
        walk.reset();
        end = first;
      }
      start = first;
      for (; end < behind; end++) walk.add(rows.slot(end));
      try {
        walk.write(column, ids[place - from]!);
      } catch (failure) {
        if (!(failure instanceof RowFailure)) throw failure;
        failed(place, failure);
      }
    }
  }

  private leave(walk: FrameWalk, rows: OrderedRows, from: number, to: number): boolean {
    for (let place = from; place < to; place++) if (!walk.remove(rows.slot(place))) return false;
    return true;
  }
}

/** `input` and `columns` describe the rows by slot; `args` are the columns of the arguments, none for count(*). */
export function frameAggregate(
  fn: AggregateFunction,
  args: readonly number[],
  input: RowSchema,
  column: (c: number) => Column,
  frame: Frame,
): OverFunction {
  const type = args.length === 0 ? null : input[args[0]!]!.type;
  const code = callCode(0, { fn, type, arg: 0, second: args.length > 1 ? 1 : null, retracts: true });
  const accumulators = code.kinds.map((kind): Accumulator => newAccumulator(kind, 1));
  const write = resultWriter(fn, type, true);
  const make = stepMaker(code.open, code.add);
  return new FrameAggregate(frame, () => {
    const step = make(
      accumulators.map((accumulator) => accumulator.values),
      args.map(column),
    );
    return {
      reset: () => accumulators.forEach((accumulator) => clearAccumulator(accumulator, 0)),
      add: (slot) => step(slot, 1),
      remove: (slot) => {
        step(slot, -1);
        return true;
      },
      write: (to, at) => write(accumulators, 0, to, at),
    };
  });
}

type StepMaker = (accumulators: readonly Accumulator['values'][], inputs: readonly Column[]) => Step;

/** The generated code of a call, for one row at a time and one group. */
function stepMaker(open: string, add: string): StepMaker {
  const body = add.replaceAll(/@(\d+)/g, 'a$1');
  const names = [...new Set([...body.matchAll(/\ba(\d+)\b/g)].map((match) => match[1]!))];
  const declared = names.map((n) => `const a${n} = A[${n}];`).join(' ');
  const source = `'use strict'; return (A, I) => { ${declared} ${open} const s = 0; return (i, W) => { ${body} }; };`;
  const bound = { ...KEY_FUNCTIONS, ...CALL_FUNCTIONS };
  const make = new Function(...Object.keys(bound), source) as (...values: unknown[]) => StepMaker;
  return make(...Object.values(bound));
}

/** min (`sign` 1) and max (−1) over a frame; `compare` orders slots by the argument, NULLs last. */
export function frameExtreme(
  value: SlotColumn,
  compare: CompareSlots,
  sign: number,
  frame: Frame,
): OverFunction {
  return new FrameAggregate(frame, () => {
    const column = value();
    let best = -1;
    return {
      reset: () => {
        best = -1;
      },
      add: (slot) => {
        if (column.nulls?.[slot] === 1) return;
        if (best < 0 || compare(slot, best) * sign < 0) best = slot;
      },
      remove: (slot) => slot !== best,
      write: (to, at) => {
        if (best < 0) setValue(to, at, null);
        else copyCell(column, best, to, at);
      },
    };
  });
}
