// Names of things and of types, as written: the leaves that statements, queries and expressions share.

import type { TextSpan } from '../errors.ts';

export interface Identifier {
  readonly name: string;
  readonly span: TextSpan;
}

/** A relation, function or collation name: `name` or `schema.name`. `pg_catalog.` is dropped: it is the default. */
export interface ObjectName {
  readonly span: TextSpan;
  readonly schema: Identifier | undefined;
  readonly name: Identifier;
}

/**
 * A type as written, under PostgreSQL's internal name: BIGINT is `int8`, INT `int4`, DOUBLE PRECISION `float8`,
 * VARCHAR `varchar`, CHAR(n) `bpchar`, TIMESTAMP WITH TIME ZONE `timestamptz`, BOOLEAN `bool`, DECIMAL `numeric`.
 */
export interface TypeName {
  readonly kind: 'TypeName';
  readonly span: TextSpan;
  readonly schema: string | undefined;
  readonly name: string;
  /** `numeric(10, 2)` has [10, 2]; an interval's precision is in `interval`. */
  readonly modifiers: readonly number[];
  readonly interval: IntervalRange | undefined;
  /** One per pair of brackets: the written bound, or undefined for `[]`. Empty when this is no array. */
  readonly arrayBounds: readonly (number | undefined)[];
  /** Of STRUCT<…>, which has the name `struct`. */
  readonly fields?: readonly { readonly name: Identifier; readonly type: TypeName }[] | undefined;
}

/** `INTERVAL '1-2' YEAR TO MONTH`, `INTERVAL '1.5' SECOND(3)`. */
export interface IntervalRange {
  readonly fields: IntervalFields | undefined;
  readonly precision: number | undefined;
}

export type IntervalFields =
  | 'year'
  | 'month'
  | 'day'
  | 'hour'
  | 'minute'
  | 'second'
  | 'year to month'
  | 'day to hour'
  | 'day to minute'
  | 'day to second'
  | 'hour to minute'
  | 'hour to second'
  | 'minute to second';
