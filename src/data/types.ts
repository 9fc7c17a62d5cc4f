// The SQL types of Millrace. Names, text forms and semantics are Postgres'.

export type SqlType =
  | { readonly kind: 'boolean' }
  | { readonly kind: 'smallint' }
  | { readonly kind: 'integer' }
  | { readonly kind: 'bigint' }
  | { readonly kind: 'real' }
  | { readonly kind: 'double' }
  /** `precision` and `scale` are both given or both absent (unconstrained: the display scale travels with each value). */
  | { readonly kind: 'numeric'; readonly precision?: number; readonly scale?: number }
  | { readonly kind: 'text' }
  /** `length`: the most characters that it holds. */
  | { readonly kind: 'varchar'; readonly length?: number }
  | { readonly kind: 'bytea' }
  | { readonly kind: 'uuid' }
  | { readonly kind: 'date' }
  | { readonly kind: 'time' }
  | { readonly kind: 'timestamp' }
  | { readonly kind: 'timestamptz' }
  | { readonly kind: 'interval' }
  | { readonly kind: 'jsonb' }
  /** One dimension, counted from 1. */
  | { readonly kind: 'array'; readonly element: SqlType }
  | { readonly kind: 'row'; readonly fields: readonly RowField[] };

/** A field of a row type; every field can be NULL. */
export interface RowField {
  readonly name: string;
  readonly type: SqlType;
}

export type ArrayType = Extract<SqlType, { kind: 'array' }>;
export type RowType = Extract<SqlType, { kind: 'row' }>;

export type TypeKind = SqlType['kind'];

/** The kinds that say all about a type; `varchar` is without a length then, `numeric` without a precision. */
export type ScalarKind = Exclude<TypeKind, 'array' | 'row'>;

export const BOOLEAN: SqlType = { kind: 'boolean' };
export const SMALLINT: SqlType = { kind: 'smallint' };
export const INTEGER: SqlType = { kind: 'integer' };
export const BIGINT: SqlType = { kind: 'bigint' };
export const REAL: SqlType = { kind: 'real' };
export const DOUBLE: SqlType = { kind: 'double' };
export const NUMERIC: SqlType = { kind: 'numeric' };
export const TEXT: SqlType = { kind: 'text' };
export const BYTEA: SqlType = { kind: 'bytea' };
export const UUID: SqlType = { kind: 'uuid' };
export const DATE: SqlType = { kind: 'date' };
export const TIME: SqlType = { kind: 'time' };
export const TIMESTAMP: SqlType = { kind: 'timestamp' };
export const TIMESTAMPTZ: SqlType = { kind: 'timestamptz' };
export const INTERVAL: SqlType = { kind: 'interval' };
export const JSONB: SqlType = { kind: 'jsonb' };

export function arrayOf(element: SqlType): ArrayType {
  return { kind: 'array', element };
}

/** The typed-array shape a type has in a column; see column.ts. `text`: slices of bytes, whatever they mean. */
export type Layout = 'bool' | 'i32' | 'i64' | 'f64' | 'numeric' | 'text' | 'interval';

export function layoutOf(type: SqlType): Layout {
  switch (type.kind) {
    case 'boolean':
      return 'bool';
    case 'smallint':
    case 'integer':
    case 'date':
      return 'i32';
    case 'bigint':
    case 'time':
    case 'timestamp':
    case 'timestamptz':
      return 'i64';
    case 'real':
    case 'double':
      return 'f64';
    case 'numeric':
      return 'numeric';
    case 'text':
    case 'varchar':
    case 'bytea':
    case 'uuid':
    case 'jsonb':
    case 'array':
    case 'row':
      return 'text';
    case 'interval':
      return 'interval';
  }
}

/** As Postgres' format_type spells it. */
export function typeName(type: SqlType): string {
  switch (type.kind) {
    case 'double':
      return 'double precision';
    case 'numeric':
      return type.precision === undefined ? 'numeric' : `numeric(${type.precision},${type.scale ?? 0})`;
    case 'varchar':
      return type.length === undefined ? 'character varying' : `character varying(${type.length})`;
    case 'time':
      return 'time without time zone';
    case 'array':
      return `${typeName(type.element)}[]`;
    case 'row':
      return `struct<${type.fields.map((field) => `${field.name} ${typeName(field.type)}`).join(', ')}>`;
    case 'timestamp':
      return 'timestamp without time zone';
    case 'timestamptz':
      return 'timestamp with time zone';
    default:
      return type.kind;
  }
}

export function sameType(a: SqlType, b: SqlType): boolean {
  if (a.kind !== b.kind) return false;
  if (a.kind === 'numeric' && b.kind === 'numeric') return a.precision === b.precision && a.scale === b.scale;
  if (a.kind === 'varchar' && b.kind === 'varchar') return a.length === b.length;
  if (a.kind === 'array' && b.kind === 'array') return sameType(a.element, b.element);
  if (a.kind === 'row' && b.kind === 'row') return sameFields(a.fields, b.fields);
  return true;
}

function sameFields(a: readonly RowField[], b: readonly RowField[]): boolean {
  return (
    a.length === b.length &&
    a.every((field, i) => field.name === b[i]!.name && sameType(field.type, b[i]!.type))
  );
}

/** The type without precision, scale and length. */
export function unconstrained(type: SqlType): SqlType {
  if (type.kind === 'array') return arrayOf(unconstrained(type.element));
  return type.kind === 'row' ? type : { kind: type.kind };
}

/** Types whose values are encoded as data/tree/ says: equal values may differ in the details behind their key bytes. */
export function isTree(type: SqlType): boolean {
  return type.kind === 'jsonb' || type.kind === 'array' || type.kind === 'row';
}

/** Equal values of the type may print differently: 1.0 and 1.00, 0 and −0, '1 mon' and '30 days', and documents of such. */
export function hasVariants(type: SqlType): boolean {
  const layout = layoutOf(type);
  return layout === 'numeric' || layout === 'f64' || layout === 'interval' || isTree(type);
}

/** One column of a row shape. */
export interface Field {
  readonly name: string;
  readonly type: SqlType;
  readonly nullable: boolean;
}

export type RowSchema = readonly Field[];

/** The same but for precision, scale and length. */
export function sameUnconstrained(a: SqlType, b: SqlType): boolean {
  return sameType(unconstrained(a), unconstrained(b));
}
