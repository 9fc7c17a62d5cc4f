// percentile_cont, percentile_disc and mode: read off the ordered values of a group, whose tree finds the k-th in logarithmic time
// (percentile_disc_final and percentile_cont_final_common in src/backend/utils/adt/orderedsetaggs.c).

import type { F64Column, IntervalColumn } from '../../data/column.ts';
import { RowFailure } from '../../data/failure.ts';
import { addIntervals, multiplyInterval, subtractIntervals } from '../../data/interval.ts';
import { result } from '../../data/registers.ts';
import { writeCell } from '../../data/tree/cells.ts';
import { writeColumnCell } from '../../data/tree/column-cells.ts';
import { NULL_CELL, TreeWriter } from '../../data/tree/writer.ts';
import type { IntervalValue } from '../../data/value.ts';
import type { AggregateCall } from '../../physical/graph.ts';
import type { Accumulator } from '../../state/accumulator.ts';
import { clearAccumulator } from '../../state/accumulator.ts';
import { ascending, orderComparison } from '../../state/order-code.ts';
import { OrderedCursor } from '../../state/ordered-cursor.ts';
import type { OrderedResult } from './accumulated.ts';
import { COLLECTED, FAILED } from './collected.ts';
import type { Multiset } from './multiset.ts';
import { storeValue } from './stored-value.ts';

/** Puts the value for one fraction into entry `s`, or appends it to the tree that is written. */
interface Target {
  slot(slot: number): void;
  value(value: number | IntervalValue): void;
  nothing(): void;
}

export function percentile(call: AggregateCall, multiset: Multiset): OrderedResult {
  const { list, array } = call.fractions!;
  const cursor = new OrderedCursor();
  const find = call.fn === 'percentile_disc' ? discrete(multiset, cursor) : continuous(multiset, cursor);
  const into = array ? treeTarget(multiset) : accumulatorTarget(multiset);
  return (root, accs, s) => {
    const total = multiset.index.total(root);
    for (const acc of accs) clearAccumulator(acc, s);
    if (total === 0) return;
    const target = into.open(accs, s);
    try {
      for (const fraction of list)
        if (fraction === null) target.nothing();
        else find(root, total, fraction, target);
    } catch (failure) {
      // It is told when the group's row is made.
      if (!(failure instanceof RowFailure)) throw failure;
      accs.at(-1)!.values[s] = FAILED;
      return;
    }
    into.close(accs, s);
  };
}

type Find = (root: number, total: number, fraction: number, target: Target) => void;

function discrete(multiset: Multiset, cursor: OrderedCursor): Find {
  return (root, total, fraction, target) => {
    const row = Math.max(1, Math.ceil(fraction * total));
    target.slot(multiset.index.select(root, row - 1, cursor));
  };
}

function continuous(multiset: Multiset, cursor: OrderedCursor): Find {
  return (root, total, fraction, target) => {
    const place = fraction * (total - 1);
    const first = Math.floor(place);
    const low = multiset.index.select(root, first, cursor);
    if (Math.ceil(place) === first) return target.slot(low);
    const high = multiset.index.select(root, first + 1, cursor);
    const column = multiset.column(0);
    if (column.layout === 'interval') target.value(between(column, low, high, place - first));
    else target.value(lerp(column as F64Column, low, high, place - first));
  };
}

function lerp({ values }: F64Column, low: number, high: number, part: number): number {
  return values[low]! + part * (values[high]! - values[low]!);
}

function between(column: IntervalColumn, low: number, high: number, part: number): IntervalValue {
  const { months, days, micros } = column;
  const lowest = [months[low]!, days[low]!, micros[low]!] as const;
  let rest = subtractIntervals(months[high]!, days[high]!, micros[high]!, ...lowest);
  rest = multiplyInterval(result.months, result.days, rest, part);
  rest = addIntervals(result.months, result.days, rest, ...lowest);
  return { months: result.months, days: result.days, micros: rest };
}

interface Targets {
  open(accs: readonly Accumulator[], s: number): Target;
  close(accs: readonly Accumulator[], s: number): void;
}

/** One value, kept as an extreme is. */
function accumulatorTarget(multiset: Multiset): Targets {
  return {
    open: (accs, s) => ({
      slot: (slot) => storeValue(multiset.column(0), slot, accs, s),
      value: (value) => {
        const parts = typeof value === 'number' ? [value] : [value.months, value.days, value.micros];
        parts.forEach((part, a) => (accs[a]!.values[s] = part));
        accs.at(-1)!.values[s] = 1;
      },
      nothing: () => undefined,
    }),
    close: () => undefined,
  };
}

const writer = new TreeWriter();

/** An array of values. */
function treeTarget(multiset: Multiset): Targets {
  const type = multiset.type(0);
  const target: Target = {
    slot: (slot) => writeColumnCell(writer, type, multiset.column(0), slot),
    value: (value) => writeCell(writer, type, value),
    nothing: () => writer.u8(NULL_CELL),
  };
  return {
    open: () => {
      writer.clear();
      return target;
    },
    close: (accs, s) => {
      writer.u8(0);
      accs[0]!.values[s] = writer.finish();
      accs[1]!.values[s] = COLLECTED;
    },
  };
}

/** The most frequent value, of several the first in the order. */
export function mode(multiset: Multiset): OrderedResult {
  const cursor = new OrderedCursor();
  const { slots, shape, weights } = multiset.table;
  const compare = orderComparison(slots, shape.schema, [ascending(multiset.placeOf(0))]);
  return (root, accs, s) => {
    let [best, most] = [-1, 0];
    let [first, count] = [-1, 0];
    for (let slot = multiset.index.first(root, cursor); slot >= 0; slot = cursor.next()) {
      if (first < 0 || compare(first, slot) !== 0) [first, count] = [slot, 0];
      count += weights.values[slot]!;
      if (count > most) [best, most] = [first, count];
    }
    storeValue(multiset.column(0), best, accs, s);
  };
}
