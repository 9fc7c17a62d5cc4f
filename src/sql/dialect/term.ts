// What has been read of an expression: its PostgreSQL text and what the text alone tells about its value.

import type { TextSpan } from '../../errors.ts';

/** What is known of a value without knowing the columns; `decimal` is exact, `time` a date or a moment. */
export type Kind = 'integer' | 'decimal' | 'double' | 'text' | 'boolean' | 'time' | 'interval' | 'unknown';

export interface Term {
  /** PostgreSQL; brackets stand around whatever has operands. */
  readonly sql: string;
  readonly kind: Kind;
  readonly span: TextSpan;
  /** Operands that stand side by side without brackets of their own. */
  readonly open?: 'concatenation' | 'arithmetic' | undefined;
  /** The value of a string or a number. */
  readonly constant?: string | undefined;
  /** A column without qualifier. */
  readonly name?: string | undefined;
  /** A whole row side by side: `(a, b)`. */
  readonly row?: boolean | undefined;
  /** BigQuery's 1.5, which is a double or a decimal as its surroundings need. */
  readonly pliant?: boolean | undefined;
}

export function term(sql: string, kind: Kind, span: TextSpan, rest: Partial<Term> = {}): Term {
  return { sql, kind, span, ...rest };
}

export function isNumber({ kind }: Term): boolean {
  return kind === 'integer' || kind === 'decimal' || kind === 'double';
}

/** The number of arithmetic over both, as every dialect has it. */
export function commonKind(left: Kind, right: Kind): Kind {
  if (left === 'double' || right === 'double') return 'double';
  if (left === 'unknown' || right === 'unknown') return 'unknown';
  if (left === 'interval' || right === 'interval') return left === right ? 'interval' : 'time';
  if (left === 'time' || right === 'time') return 'unknown';
  if (left === 'decimal' || right === 'decimal') return 'decimal';
  return left === 'integer' && right === 'integer' ? 'integer' : 'unknown';
}

/** A whole number from 0 that is written as one. */
export function wholeConstant({ kind, constant }: Term): number | undefined {
  return kind === 'integer' && constant !== undefined ? Number(constant) : undefined;
}

export function sameKind(kinds: readonly Kind[]): Kind {
  return kinds.every((kind) => kind === kinds[0]) ? kinds[0]! : 'unknown';
}
