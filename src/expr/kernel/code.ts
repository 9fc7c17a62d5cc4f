// What the code generator and the function table share: slots (values in generated code) and the code writer.
// Generated text consists of our own identifiers only; every literal, name and runtime function enters as a bound constant.

import type { Layout } from '../../data/types.ts';
import type { Value } from '../../data/value.ts';

/**
 * A value in generated code. `parts` are atoms (identifiers or number literals), free to repeat:
 *
 *     bool     [boolean]                 i32, f64 [number]          i64 [bigint]
 *     numeric  [unscaled bigint, scale]  text [bytes, start, end]   interval [months, days, micros]
 */
export interface Slot {
  readonly layout: Layout;
  readonly parts: readonly string[];
  /** A JavaScript condition that is true for NULL; 'false' when the value is never NULL. */
  readonly isNull: string;
  /** The display scale, where it is the same for every row; then there are no specials (NaN, infinities) either. */
  readonly scale?: number;
  /** The bytes of a text are those of a column or constant: one buffer for all rows. */
  readonly stable?: boolean;
  /** The value, where it is the same for every row. */
  readonly literal?: Value;
}

export interface Code {
  /** Binds a constant (function, array, literal) and answers its identifier. */
  use(value: unknown): string;
  line(text: string): void;
  /** A fresh identifier. */
  name(): string;
  /** Runs `body` inside braces after `head`, such as `if (x)`; values computed there are not reused outside. */
  block(head: string, body: () => void): void;
  /** Declares a variable slot that can be assigned in several places. */
  variable(layout: Layout, nullable: boolean): Slot;
  assign(target: Slot, source: Slot): void;
  /** The present content of a register (data/registers.ts), in a variable. */
  register(field: 'scale' | 'months' | 'days' | 'bytes' | 'end' | 'isNull'): string;
  /** A slot of `layout` from the value of `call`, which leaves its other parts in the registers. */
  result(layout: Layout, call: string): Slot;
}

export const NEVER_NULL = 'false';

/** The condition that any of the slots is NULL. */
export function anyNull(slots: readonly Slot[]): string {
  const nulls = [...new Set(slots.map((s) => s.isNull).filter((n) => n !== NEVER_NULL))];
  return nulls.length === 0 ? NEVER_NULL : nulls.length === 1 ? nulls[0]! : `(${nulls.join(' || ')})`;
}

export function bool(condition: string): Slot {
  return { layout: 'bool', parts: [condition], isNull: NEVER_NULL };
}
