// The condition that finds one row by its key through the key's index, whichever form the key has in the table.

import { newBatch } from '../data/batch.ts';
import { valueToText } from '../data/text-forms.ts';
import type { Value } from '../data/value.ts';
import { setValue } from '../data/value.ts';
import { castName } from '../postgres/type-oids.ts';
import { quoteIdent } from '../postgres/values.ts';
import { KeyArena } from './key-bytes.ts';
import { keyColumnSlices } from './key-column.ts';
import type { SqlCondition } from './snapshot.ts';
import type { ViewLayout } from './view-layout.ts';

/** `key`: values of the key columns, in the order of `layout.key`. NULL finds NULL. */
export function keyCondition(layout: ViewLayout, key: readonly Value[]): SqlCondition {
  if (layout.key.length === 0) return { text: 'true', values: [] };
  if (layout.keyColumn !== null)
    return { text: `${quoteIdent(layout.keyColumn)} = $1`, values: [keyBytes(layout, key)] };
  const values: string[] = [];
  const terms = layout.key.map((c, k) => {
    const { name, type } = layout.schema[c]!;
    const value = key[k]!;
    if (value === null) return `${quoteIdent(name)} IS NULL`;
    values.push(valueToText(value, type));
    return `${quoteIdent(name)} = $${values.length}::${castName(type)}`;
  });
  return { text: terms.join(' AND '), values };
}

function keyBytes(layout: ViewLayout, key: readonly Value[]): Buffer {
  const row = newBatch(
    layout.key.map((c) => ({ ...layout.schema[c]!, nullable: true })),
    1,
  );
  key.forEach((value, k) => setValue(row.columns[k]!, 0, value));
  row.rows = 1;
  const arena = new KeyArena();
  arena.append(
    row,
    key.map((_, k) => k),
  );
  const { bytes, start, end } = keyColumnSlices(arena);
  return Buffer.from(bytes.subarray(start[0]!, end[0]!));
}
