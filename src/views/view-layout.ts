// How a view lies in Postgres: one physical table per incarnation in the schema millrace_data, and a SQL view over it under
// the name that the user gave, so that replacing a query repoints the name in one commit.
//
// The table's unique key is the natural key of the query where its columns are small. Where they may be too wide for an
// index row (text, unconstrained numeric), it is a column of canonical key bytes (key-bytes.ts) instead.

import type { Field, RowSchema } from '../data/types.ts';
import { layoutOf } from '../data/types.ts';
import { quoteIdent, quoteQualified } from '../postgres/values.ts';

export const DATA_SCHEMA = 'millrace_data';

export interface ViewLayout {
  /** Number of the view in the catalog. Never used twice: a replaced view is another one, so it is the incarnation too. */
  readonly viewId: number;
  readonly pipelineId: number;
  /** The name that readers use. */
  readonly schemaName: string;
  readonly name: string;
  /** Visible columns first, then those that only serve the key. */
  readonly schema: RowSchema;
  readonly visible: number;
  /** Indexes into `schema`. Empty: at most one row. */
  readonly key: readonly number[];
  readonly appendOnly: boolean;
  /** Name of the physical table in DATA_SCHEMA. */
  readonly table: string;
  /** Name of the column of canonical key bytes; null: the key columns themselves are unique. */
  readonly keyColumn: string | null;
}

export type ViewShape = Omit<ViewLayout, 'table' | 'keyColumn'>;

export function layoutView(shape: ViewShape): ViewLayout {
  return {
    ...shape,
    table: physicalName(shape.name, shape.viewId),
    keyColumn: isWide(shape) ? freeName('_key', shape.schema) : null,
  };
}

/** `millrace_data."<view>_<incarnation>"` */
export function tableName(layout: ViewLayout): string {
  return quoteQualified(DATA_SCHEMA, layout.table);
}

export function publicName(layout: { readonly schemaName: string; readonly name: string }): string {
  return quoteQualified(layout.schemaName, layout.name);
}

export function columnNames(fields: RowSchema): string {
  return fields.map((field) => quoteIdent(field.name)).join(', ');
}

const MAX_IDENTIFIER_BYTES = 63;

function physicalName(name: string, viewId: number): string {
  const suffix = `_${viewId}`;
  let head = name;
  while (Buffer.byteLength(head) + suffix.length > MAX_IDENTIFIER_BYTES)
    head = [...head].slice(0, -1).join('');
  return head + suffix;
}

// An index row has at most a third of a page, 2,704 bytes, and an index 32 columns.
const MAX_NATURAL_COLUMNS = 16;
const MAX_NATURAL_PRECISION = 200;

function isWide(shape: ViewShape): boolean {
  return shape.key.length > MAX_NATURAL_COLUMNS || shape.key.some((c) => mayBeWide(shape.schema[c]!));
}

function mayBeWide({ type }: Field): boolean {
  if (type.kind !== 'uuid' && layoutOf(type) === 'text') return true;
  return type.kind === 'numeric' && (type.precision ?? Infinity) > MAX_NATURAL_PRECISION;
}

function freeName(wanted: string, schema: RowSchema): string {
  let name = wanted;
  while (schema.some((field) => field.name === name)) name = `_${name}`;
  return name;
}
