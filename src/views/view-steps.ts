// The statements of one view in one epoch: deletes, updates, inserts over `unnest` of binary arrays, or one binary COPY for an
// append-only view. Every statement says how many rows it must touch.
//
// A key column that can be NULL needs a text of its own where it is NULL (`=` is never true there, and IS NOT DISTINCT FROM
// uses no index), so rows are grouped by which of their key columns are NULL; nearly always there is one group.

import { encodeArray, encodeByteaArray } from '../postgres/binary-array.ts';
import { COPY_HEADER, COPY_TRAILER, encodeCopyRows } from '../postgres/copy-binary.ts';
import type { CopyColumn } from '../postgres/copy-binary.ts';
import type { SqlType } from '../data/types.ts';
import { BYTEA, isTree } from '../data/types.ts';
import { castName } from '../postgres/type-oids.ts';
import { quoteIdent } from '../postgres/values.ts';
import type { SqlStep, WriteStep } from '../postgres/write-step.ts';
import type { KeySlices } from './key-column.ts';
import { keyColumnSlices } from './key-column.ts';
import type { NetChanges } from './net-changes.ts';
import type { ViewLayout } from './view-layout.ts';
import { columnNames, tableName } from './view-layout.ts';

/** Beyond this many bytes a COPY is cut into several chunks of the stream, so that no single buffer gets huge. */
const COPY_CHUNK_ROWS = 16_384;

export function encodeSteps(layout: ViewLayout, changes: NetChanges): WriteStep[] {
  const wide = layout.keyColumn === null ? null : keyColumnSlices(changes.keys);
  const steps: WriteStep[] = [];
  for (const [mask, rows] of byNullKeys(layout, changes, changes.deletes))
    steps.push(deleteStep(layout, changes, wide, mask, rows));
  for (const [mask, rows] of byNullKeys(layout, changes, changes.updatesTo))
    steps.push(updateStep(layout, changes, wide, mask, rows));
  if (changes.inserts.length === 0) return steps;
  steps.push(layout.appendOnly ? copyStep(layout, changes, wide) : insertStep(layout, changes, wide));
  return steps;
}

/** Bit i of the mask: key column i is NULL. */
function byNullKeys(
  layout: ViewLayout,
  { rows: { columns } }: NetChanges,
  rows: Int32Array,
): Iterable<readonly [mask: number, rows: Int32Array]> {
  if (rows.length === 0) return [];
  const nullable = layout.key.filter((c) => columns[c]!.nulls !== null);
  if (layout.keyColumn !== null || nullable.length === 0) return [[0, rows]];
  const groups = new Map<number, number[]>();
  for (const row of rows) {
    let mask = 0;
    for (let k = 0; k < layout.key.length; k++) {
      const nulls = columns[layout.key[k]!]!.nulls;
      if (nulls !== null && nulls[row] === 1) mask |= 1 << k;
    }
    const group = groups.get(mask);
    if (group === undefined) groups.set(mask, [row]);
    else group.push(row);
  }
  return [...groups].map(([mask, group]) => [mask, Int32Array.from(group)] as const);
}

interface Source {
  /** `unnest($1::int8[], …) AS u(c0, …)` */
  readonly text: string;
  readonly values: Buffer[];
}

/** The given columns of the given rows, and the key bytes as `k` when asked for. */
function source(
  layout: ViewLayout,
  { rows: { columns } }: NetChanges,
  indexes: readonly number[],
  wide: KeySlices | null,
  rows: Int32Array,
): Source {
  const types = indexes.map((c) => sentAs(layout.schema[c]!.type));
  const names = indexes.map((c) => `c${c}`);
  const values = indexes.map((c) => encodeArray(columns[c]!, layout.schema[c]!.type, rows));
  if (wide !== null) {
    types.push('bytea');
    names.push('k');
    values.push(encodeByteaArray(wide.bytes, wide.start, wide.end, rows));
  }
  const parameters = types.map((type, i) => `$${i + 1}::${type}[]`);
  return { text: `unnest(${parameters.join(', ')}) AS u(${names.join(', ')})`, values };
}

/** The type of a parameter's items; what is sent as text is cast where it is used. */
function sentAs(type: SqlType): string {
  return isTree(type) ? 'text' : castName(type);
}

function received(layout: ViewLayout, c: number): string {
  const { type } = layout.schema[c]!;
  return isTree(type) ? `u.c${c}::${castName(type)}` : `u.c${c}`;
}

function condition(layout: ViewLayout, mask: number): string {
  if (layout.keyColumn !== null) return `t.${quoteIdent(layout.keyColumn)} = u.k`;
  if (layout.key.length === 0) return 'true';
  return layout.key
    .map((c, k) => {
      const name = `t.${quoteIdent(layout.schema[c]!.name)}`;
      return mask & (1 << k) ? `${name} IS NULL` : `${name} = u.c${c}`;
    })
    .join(' AND ');
}

function step(layout: ViewLayout, op: string, text: string, values: Buffer[], rows: Int32Array): SqlStep {
  return { kind: 'sql', name: `view_${layout.viewId}_${op}`, text, values, expectRows: rows.length };
}

function deleteStep(
  layout: ViewLayout,
  changes: NetChanges,
  wide: KeySlices | null,
  mask: number,
  rows: Int32Array,
): SqlStep {
  if (layout.key.length === 0) return step(layout, 'd', `DELETE FROM ${tableName(layout)}`, [], rows);
  const wanted = wide === null ? layout.key : [];
  const from = source(layout, changes, wanted, wide, rows);
  const text = `DELETE FROM ${tableName(layout)} AS t USING ${from.text} WHERE ${condition(layout, mask)}`;
  return step(layout, `d${mask}`, text, from.values, rows);
}

function updateStep(
  layout: ViewLayout,
  changes: NetChanges,
  wide: KeySlices | null,
  mask: number,
  rows: Int32Array,
): SqlStep {
  const set = layout.schema.flatMap((_, c) => (changesWithinKey(layout, c) ? [c] : []));
  const wanted = layout.schema.flatMap((_, c) =>
    set.includes(c) || (wide === null && layout.key.includes(c)) ? [c] : [],
  );
  const from = source(layout, changes, wanted, wide, rows);
  const assignments = set
    .map((c) => `${quoteIdent(layout.schema[c]!.name)} = ${received(layout, c)}`)
    .join(', ');
  const text =
    `UPDATE ${tableName(layout)} AS t SET ${assignments} FROM ${from.text} ` +
    `WHERE ${condition(layout, mask)}`;
  return step(layout, `u${mask}`, text, from.values, rows);
}

/** Equal keys can still look different (1.0 and 1.00, −0 and 0, '1 mon' and '30 days'): such columns are written too. */
function changesWithinKey(layout: ViewLayout, column: number): boolean {
  if (!layout.key.includes(column)) return true;
  const { type } = layout.schema[column]!;
  return VARIANTS.has(type.kind) || isTree(type);
}

const VARIANTS: ReadonlySet<string> = new Set(['numeric', 'real', 'double', 'interval']);

function insertColumns(layout: ViewLayout): string {
  const names = columnNames(layout.schema);
  return layout.keyColumn === null ? names : `${names}, ${quoteIdent(layout.keyColumn)}`;
}

function insertStep(layout: ViewLayout, changes: NetChanges, wide: KeySlices | null): SqlStep {
  const from = source(
    layout,
    changes,
    layout.schema.map((_, c) => c),
    wide,
    changes.inserts,
  );
  const cells = layout.schema.map((_, c) => received(layout, c));
  if (wide !== null) cells.push('u.k');
  const text = `INSERT INTO ${tableName(layout)} (${insertColumns(layout)}) SELECT ${cells.join(', ')} FROM ${from.text}`;
  return step(layout, 'i', text, from.values, changes.inserts);
}

function copyStep(layout: ViewLayout, changes: NetChanges, wide: KeySlices | null): WriteStep {
  const columns: CopyColumn[] = changes.rows.columns.map((column, c) => ({
    column,
    type: layout.schema[c]!.type,
  }));
  if (wide !== null) columns.push({ column: { layout: 'text', ...wide, nulls: null }, type: BYTEA });
  const payload = [COPY_HEADER];
  for (let at = 0; at < changes.inserts.length; at += COPY_CHUNK_ROWS)
    payload.push(encodeCopyRows(columns, changes.inserts.subarray(at, at + COPY_CHUNK_ROWS)));
  payload.push(COPY_TRAILER);
  return {
    kind: 'copy',
    text: `COPY ${tableName(layout)} (${insertColumns(layout)}) FROM STDIN (FORMAT binary)`,
    payload,
    rows: changes.inserts.length,
  };
}
