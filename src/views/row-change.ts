// Changes of single rows, as JavaScript values: what the serving side works on. Made once per view and commit, whatever the
// number of subscribers.

import type { Column } from '../data/column.ts';
import type { Value } from '../data/value.ts';
import { isIntervalValue, isNumericValue, isTreeValue, valueAt } from '../data/value.ts';
import { bodyEnd } from '../data/tree/writer.ts';
import type { DecodedChanges } from './change-log-codec.ts';
import type { ViewLayout } from './view-layout.ts';

/** Values in the order of the layout's schema, hidden columns included. */
export type ViewRow = readonly Value[];

/** An insert has no `before`, a delete no `after`. */
export interface RowChange {
  readonly key: string;
  readonly before: ViewRow | null;
  readonly after: ViewRow | null;
}

export function rowChanges(layout: ViewLayout, d: DecodedChanges): RowChange[] {
  const changes: RowChange[] = [];
  for (let i = 0; i < d.updates; i++) {
    const after = rowAt(layout, d.after, i);
    const before = layout.schema.map(({ type }, c) =>
      d.unchanged[c]! ? after[c]! : valueAt(d.before[c]!, i, type),
    );
    changes.push({ key: keyOf(layout, after), before, after });
  }
  for (let i = d.updates; i < d.updates + d.inserts; i++) {
    const after = rowAt(layout, d.after, i);
    changes.push({ key: keyOf(layout, after), before: null, after });
  }
  for (let i = 0; i < d.deletes; i++) {
    const before = layout.schema.map(({ type }, c) =>
      valueAt(d.before[c]!, d.unchanged[c]! ? i : d.updates + i, type),
    );
    changes.push({ key: keyOf(layout, before), before, after: null });
  }
  return changes;
}

function rowAt(layout: ViewLayout, columns: readonly Column[], i: number): ViewRow {
  return columns.map((column, c) => valueAt(column, i, layout.schema[c]!.type));
}

/** Two rows of a view have the same text here when they have the same key. */
export function keyOf(layout: ViewLayout, row: ViewRow): string {
  let text = '';
  for (const c of layout.key) {
    const part = equalityText(row[c]!);
    text += `${part.length}:${part}`;
  }
  return text;
}

const MICROS_PER_DAY = 86_400_000_000n;

/** Values of one type have the same text exactly when they are not distinct in SQL (1.0 and 1.00, '1 mon' and '30 days'). */
export function equalityText(value: Value): string {
  if (value === null) return '';
  if (isNumericValue(value)) {
    let { unscaled, scale } = value;
    if (scale < 0) return `n${scale}`;
    if (unscaled === 0n) return '=0';
    for (; scale > 0 && unscaled % 10n === 0n; scale--) unscaled /= 10n;
    return `=${unscaled}e${scale}`;
  }
  if (isIntervalValue(value))
    return `=${(BigInt(value.months) * 30n + BigInt(value.days)) * MICROS_PER_DAY + value.micros}`;
  if (isTreeValue(value)) return `=${hex(value.tree, bodyEnd(value.tree, 0, value.tree.length))}`;
  if (value instanceof Uint8Array) return `=${hex(value, value.length)}`;
  return `=${Object.is(value, -0) ? 0 : value}`;
}

function hex(bytes: Uint8Array, end: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, end).toString('hex');
}
