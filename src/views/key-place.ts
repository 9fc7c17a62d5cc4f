// A place in the order of a view's keys, as a load in chunks needs it: which rows are at or below it (decided on batches, by
// canonical key bytes) and which come after it (asked of Postgres, through the key's index). Both orders are the same:
// ascending, NULLS LAST; see key-bytes.ts.

import type { Batch } from '../data/batch.ts';
import { newBatch } from '../data/batch.ts';
import { parseValue, valueToText } from '../data/text-forms.ts';
import { unconstrained } from '../data/types.ts';
import type { Value } from '../data/value.ts';
import { setValue, valueAt } from '../data/value.ts';
import { castName } from '../postgres/type-oids.ts';
import { quoteIdent, quoteLiteral } from '../postgres/values.ts';
import { KeyArena } from './key-bytes.ts';
import { keyColumnSlices } from './key-column.ts';
import type { ViewLayout } from './view-layout.ts';

export interface KeyPlace {
  /** Of the columns in `layout.key`, as Postgres writes them. */
  readonly texts: readonly (string | null)[];
  /** What stands in the key column where there is one, otherwise the canonical bytes: their order is that of the index. */
  readonly bytes: Buffer;
}

/** The key of a row; `batch` has the layout's schema. */
export function placeOf(layout: ViewLayout, batch: Batch, row: number): KeyPlace {
  return placeOfValues(
    layout,
    layout.key.map((c) => valueAt(batch.columns[c]!, row, layout.schema[c]!.type)),
  );
}

export function parsePlace(layout: ViewLayout, texts: readonly (string | null)[]): KeyPlace {
  const values = texts.map((text, k) =>
    text === null ? null : parseValue(text, unconstrained(layout.schema[layout.key[k]!]!.type)),
  );
  return placeOfValues(layout, values);
}

function placeOfValues(layout: ViewLayout, values: readonly Value[]): KeyPlace {
  const fields = layout.key.map((c) => ({ ...layout.schema[c]!, nullable: true }));
  const row = newBatch(fields, 1);
  values.forEach((value, k) => setValue(row.columns[k]!, 0, value));
  row.rows = 1;
  const texts = values.map((value, k) => (value === null ? null : valueToText(value, fields[k]!.type)));
  const arena = new KeyArena();
  arena.append(row, [...fields.keys()]);
  return { texts, bytes: orderedKeys(layout, arena)(0) };
}

/** The rows of a batch whose key is at or below the place. */
export function rowsUpTo(layout: ViewLayout, batch: Batch, place: KeyPlace): Int32Array {
  const arena = new KeyArena();
  arena.append(batch, layout.key);
  const keys = orderedKeys(layout, arena);
  const kept = new Int32Array(batch.rows);
  let n = 0;
  for (let row = 0; row < batch.rows; row++) if (Buffer.compare(keys(row), place.bytes) <= 0) kept[n++] = row;
  return kept.subarray(0, n);
}

function orderedKeys(layout: ViewLayout, arena: KeyArena): (row: number) => Buffer {
  const slices =
    layout.keyColumn === null
      ? { bytes: arena.bytes, start: arena.start, end: arena.start.subarray(1) }
      : keyColumnSlices(arena);
  const all = Buffer.from(slices.bytes.buffer, slices.bytes.byteOffset, slices.bytes.byteLength);
  return (row) => all.subarray(slices.start[row]!, slices.end[row]!);
}

/** Conditions and orders that, one after the other, give the rows after the place (null: all) in the order of the index. */
export function rangesAfter(layout: ViewLayout, place: KeyPlace | null): readonly string[] {
  if (layout.keyColumn !== null) {
    const column = quoteIdent(layout.keyColumn);
    const after = place === null ? 'true' : `${column} > '\\x${place.bytes.toString('hex')}'::bytea`;
    return [`WHERE ${after} ORDER BY ${column}`];
  }
  const columns = layout.key.map((c) => quoteIdent(layout.schema[c]!.name));
  if (columns.length === 0) return [''];
  const order = `ORDER BY ${columns.join(', ')}`;
  if (place === null) return [`WHERE true ${order}`];
  // The longest common prefix first: each range is one run of the index, which a condition with OR would not be.
  const ranges: string[] = [];
  for (let k = columns.length - 1; k >= 0; k--) {
    const same = columns.slice(0, k).map((column, i) => equals(column, literalOf(layout, place, i)));
    const literal = literalOf(layout, place, k);
    if (literal === null) continue;
    ranges.push(`WHERE ${[...same, `${columns[k]!} > ${literal}`].join(' AND ')} ${order}`);
    if (layout.schema[layout.key[k]!]!.nullable)
      ranges.push(`WHERE ${[...same, `${columns[k]!} IS NULL`].join(' AND ')} ${order}`);
  }
  return ranges;
}

function equals(column: string, literal: string | null): string {
  return literal === null ? `${column} IS NULL` : `${column} = ${literal}`;
}

function literalOf(layout: ViewLayout, place: KeyPlace, k: number): string | null {
  const text = place.texts[k]!;
  return text === null ? null : `${quoteLiteral(text)}::${castName(layout.schema[layout.key[k]!]!.type)}`;
}
