// The SQL types of Millrace. Names, text forms and semantics are Postgres'.

export type SqlType =
  | { readonly kind: 'boolean' }
  | { readonly kind: 'smallint' }
  | { readonly kind: 'integer' }
  | { readonly kind: 'bigint' }
  | { readonly kind: 'double' }
  /** `precision` and `scale` are both given or both absent (unconstrained: the display scale travels with each value). */
  | { readonly kind: 'numeric'; readonly precision?: number; readonly scale?: number }
  | { readonly kind: 'text' }
  | { readonly kind: 'date' }
  | { readonly kind: 'timestamp' }
  | { readonly kind: 'timestamptz' }
  | { readonly kind: 'interval' };

export type TypeKind = SqlType['kind'];

export const BOOLEAN: SqlType = { kind: 'boolean' };
export const SMALLINT: SqlType = { kind: 'smallint' };
export const INTEGER: SqlType = { kind: 'integer' };
export const BIGINT: SqlType = { kind: 'bigint' };
export const DOUBLE: SqlType = { kind: 'double' };
export const NUMERIC: SqlType = { kind: 'numeric' };
export const TEXT: SqlType = { kind: 'text' };
export const DATE: SqlType = { kind: 'date' };
export const TIMESTAMP: SqlType = { kind: 'timestamp' };
export const TIMESTAMPTZ: SqlType = { kind: 'timestamptz' };
export const INTERVAL: SqlType = { kind: 'interval' };

/** The typed-array shape a type has in a column; see column.ts. */
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
    case 'timestamp':
    case 'timestamptz':
      return 'i64';
    case 'double':
      return 'f64';
    case 'numeric':
      return 'numeric';
    case 'text':
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
  return true;
}

/** One column of a row shape. */
export interface Field {
  readonly name: string;
  readonly type: SqlType;
  readonly nullable: boolean;
}

export type RowSchema = readonly Field[];
