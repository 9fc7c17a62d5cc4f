// Bound expressions: names are column indexes, types are known, coercions are explicit. What the binder makes,
// the rewrites rearrange and the kernel generator compiles. A value that prints (print.ts).

import type { TextSpan } from '../errors.ts';
import type { SqlType } from '../data/types.ts';
import type { Value } from '../data/value.ts';

interface Typed {
  readonly type: SqlType;
  /** Can the value be NULL? `false` is a promise that kernels rely on. */
  readonly nullable: boolean;
  /** Where it stands in the submitted text, for errors; absent for what the planner made. */
  readonly span?: TextSpan | undefined;
}

export interface ColumnExpr extends Typed {
  readonly kind: 'column';
  /** Index into the row shape that the expression is bound to. */
  readonly index: number;
  /** For printing only. */
  readonly name: string;
  /** Of the row of a query around this one: so many subqueries out, from 1. Only until subqueries have become joins. */
  readonly outer?: number;
}

export interface LiteralExpr extends Typed {
  readonly kind: 'literal';
  /** Encoded as data/value.ts says for `type`; null is NULL. */
  readonly value: Value;
}

/** A function or operator of the function table (functions/…), its arguments already coerced to its parameter types. */
export interface CallExpr extends Typed {
  readonly kind: 'call';
  /** Key in the function table: name and parameter type kinds, such as `+(bigint,bigint)` or `mod(bigint,bigint)`. */
  readonly fn: string;
  readonly args: readonly BoundExpr[];
}

/** Explicit, assignment and implicit casts alike; which of them it was matters to the binder only. */
export interface CastExpr extends Typed {
  readonly kind: 'cast';
  readonly arg: BoundExpr;
}

/** Three-valued AND/OR over two or more arguments, evaluated left to right and only as far as needed. */
export interface LogicExpr extends Typed {
  readonly kind: 'and' | 'or';
  readonly args: readonly BoundExpr[];
}

export interface NotExpr extends Typed {
  readonly kind: 'not';
  readonly arg: BoundExpr;
}

/** IS [NOT] NULL. (IS TRUE and its like are calls.) */
export interface IsNullExpr extends Typed {
  readonly kind: 'isNull';
  readonly arg: BoundExpr;
  readonly negated: boolean;
}

/** Searched CASE; the simple form is bound to it. Arms are evaluated only when reached. `otherwise` null: NULL. */
export interface CaseExpr extends Typed {
  readonly kind: 'case';
  readonly arms: readonly { readonly when: BoundExpr; readonly then: BoundExpr }[];
  readonly otherwise: BoundExpr | null;
}

export interface CoalesceExpr extends Typed {
  readonly kind: 'coalesce';
  readonly args: readonly BoundExpr[];
}

export type BoundExpr =
  ColumnExpr | LiteralExpr | CallExpr | CastExpr | LogicExpr | NotExpr | IsNullExpr | CaseExpr | CoalesceExpr;
