// The expressions without operands: column references, constants, parameters.

import type { TextSpan } from '../errors.ts';
import type { Identifier, TypeName } from './names.ts';

interface Node {
  readonly span: TextSpan;
}

/** `c`, `t.c`, `s.t.c`: the parts from left to right. */
export interface ColumnReference extends Node {
  readonly kind: 'ColumnReference';
  readonly parts: readonly Identifier[];
}

/** `*` or `t.*`. */
export interface Star extends Node {
  readonly kind: 'Star';
  readonly qualifier: readonly Identifier[];
}

/** Every digit as written, 0x/0o/0b in decimal, no underscores: `12`, `1.50`, `2e10`. A minus sign is a Unary. */
export interface NumberLiteral extends Node {
  readonly kind: 'NumberLiteral';
  readonly text: string;
}

export interface StringLiteral extends Node {
  readonly kind: 'StringLiteral';
  readonly value: string;
}

/** B'101' or X'1F', the digits as written. */
export interface BitStringLiteral extends Node {
  readonly kind: 'BitStringLiteral';
  readonly base: 'binary' | 'hexadecimal';
  readonly digits: string;
}

export interface BooleanLiteral extends Node {
  readonly kind: 'BooleanLiteral';
  readonly value: boolean;
}

export interface NullLiteral extends Node {
  readonly kind: 'NullLiteral';
}

/** DATE '2026-01-31', INTERVAL '10' SECOND, jsonb '{}', and equally '…'::date on a string literal. */
export interface TypedLiteral extends Node {
  readonly kind: 'TypedLiteral';
  readonly type: TypeName;
  readonly value: string;
}

/** $1 */
export interface Parameter extends Node {
  readonly kind: 'Parameter';
  readonly index: number;
}

/** CURRENT_TIMESTAMP and its like, written without parentheses (but for a precision). */
export interface SqlValue extends Node {
  readonly kind: 'SqlValue';
  readonly name:
    | 'current_date'
    | 'current_time'
    | 'current_timestamp'
    | 'localtime'
    | 'localtimestamp'
    | 'current_role'
    | 'current_user'
    | 'user'
    | 'session_user'
    | 'current_catalog'
    | 'current_schema';
  readonly precision: number | undefined;
}
