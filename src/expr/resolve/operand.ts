// What expressions are bound from: bound expressions, and literals whose type their surroundings decide.

import type { TextSpan } from '../../errors.ts';
import type { SqlType } from '../../data/types.ts';
import type { Value } from '../../data/value.ts';
import type { BoundExpr, LiteralExpr } from '../bound.ts';
import type { ArgType } from './pg-types.ts';

/** 'abc' or NULL before something gives it a type. */
export interface UntypedLiteral {
  readonly kind: 'untyped';
  /** null is NULL. */
  readonly text: string | null;
  readonly span?: TextSpan | undefined;
}

export type Operand = BoundExpr | UntypedLiteral;

export function untyped(text: string | null, span?: TextSpan): UntypedLiteral {
  return { kind: 'untyped', text, span };
}

export function argTypeOf(operand: Operand): ArgType {
  return operand.kind === 'untyped' ? 'unknown' : operand.type;
}

export function literal(value: Value, type: SqlType, span?: TextSpan): LiteralExpr {
  return { kind: 'literal', value, type, nullable: value === null, span };
}
