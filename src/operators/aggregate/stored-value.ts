// A value of kept rows, left in the accumulators of a group.

import type { Column } from '../../data/column.ts';
import { NUMERIC_WIDE } from '../../data/column.ts';
import { copyBytes, equalBytes } from '../../data/bytes.ts';
import type { Accumulator } from '../../state/accumulator.ts';
import { clearAccumulator } from '../../state/accumulator.ts';

/** As the loops of extreme-code.ts leave an extreme. */
export function storeValue(column: Column, slot: number, accs: readonly Accumulator[], s: number): void {
  if (slot < 0 || column.nulls?.[slot] === 1) {
    for (const acc of accs) clearAccumulator(acc, s);
    return;
  }
  accs.at(-1)!.values[s] = 1;
  switch (column.layout) {
    case 'numeric': {
      const stored = column.scale[slot]!;
      const wide = stored >= 0 && (stored & NUMERIC_WIDE) !== 0;
      accs[0]!.values[s] = wide ? column.wide![slot]! : column.unscaled[slot]!;
      accs[1]!.values[s] = wide ? stored & ~NUMERIC_WIDE : stored;
      return;
    }
    case 'text': {
      const [start, end] = [column.start[slot]!, column.end[slot]!];
      const old = accs[0]!.values[s];
      const kept = old instanceof Uint8Array && equalBytes(old, 0, old.length, column.bytes, start, end);
      if (!kept) accs[0]!.values[s] = copyBytes(column.bytes, start, end);
      return;
    }
    case 'interval':
      accs[0]!.values[s] = column.months[slot]!;
      accs[1]!.values[s] = column.days[slot]!;
      accs[2]!.values[s] = column.micros[slot]!;
      return;
    default:
      accs[0]!.values[s] = column.values[slot]!;
  }
}
