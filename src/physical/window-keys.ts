// The keys under which an aggregate keeps its groups. Where all windows are equally long, start and end say the same: only the end
// is kept.

import type { WindowTime } from '../data/time-attribute.ts';
import { isWindowTime } from '../data/time-attribute.ts';
import type { BoundExpr } from '../expr/bound.ts';
import type { LogicalAggregate, LogicalColumn } from '../logical/node.ts';
import { plusMicros } from './time-exprs.ts';

export interface GroupKeys {
  readonly exprs: readonly BoundExpr[];
  readonly columns: readonly LogicalColumn[];
  /** For each key of the logical aggregate: the key of state that it is, less `minus` for the start of a window. */
  readonly restore: readonly { readonly index: number; readonly minus: bigint | null }[];
  /** The key that is the end of a window under a watermark. */
  readonly endKey: number | null;
  readonly changed: boolean;
}

export function groupKeys(node: LogicalAggregate): GroupKeys {
  const exprs: BoundExpr[] = [];
  const columns: LogicalColumn[] = [];
  const endOf = new Map<string, number>();
  const restore = node.keys.map((expr, i) => {
    const column = node.columns[i]!;
    const time = column.time;
    if (!isWindowTime(time) || time.size === null) {
      exprs.push(expr);
      columns.push(column);
      return { index: exprs.length - 1, minus: null };
    }
    const index = endOf.get(time.window) ?? exprs.length;
    if (index === exprs.length) {
      endOf.set(time.window, index);
      exprs.push(endOfWindow(node, time.window) ?? plusMicros(expr, time.size));
      columns.push(endColumn(column, time));
    }
    return { index, minus: time.kind === 'window end' ? null : time.size };
  });
  const watermarked = columns.findIndex((c) => c.time?.kind === 'window end' && c.time.watermarked);
  const changed = restore.some(({ index, minus }, i) => index !== i || minus !== null);
  return { exprs, columns, restore, endKey: watermarked < 0 ? null : watermarked, changed };
}

/** The end where it is a key itself, so that it need not be computed from the start. */
function endOfWindow(node: LogicalAggregate, window: string): BoundExpr | undefined {
  return node.keys.find((_, i) => {
    const time = node.columns[i]!.time;
    return time?.kind === 'window end' && time.window === window;
  });
}

function endColumn(column: LogicalColumn, time: WindowTime): LogicalColumn {
  if (time.kind === 'window end') return column;
  return { ...column, name: 'window_end', time: { ...time, kind: 'window end' } };
}
