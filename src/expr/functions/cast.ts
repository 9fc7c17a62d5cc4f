// One entry of the table of casts.

import type { TypeKind } from '../../data/types.ts';
import type { Code, Slot } from '../kernel/code.ts';
import type { CallTypes } from './function.ts';

export interface CastFunction {
  readonly from: TypeKind;
  readonly to: TypeKind;
  readonly fails: boolean;
  /** As in StrictFunction. */
  readonly code: (code: Code, arg: Slot, types: CallTypes) => string;
  /** The display scale of a numeric result, where it is always the same. */
  readonly scale?: number;
  readonly sliceOf?: number;
  readonly nullResult?: boolean;
}

type Runtime = (...args: never[]) => unknown;

/** A cast that a runtime function does, given the parts of its argument. */
export function by(from: TypeKind, to: TypeKind, runtime: Runtime, fails = true): CastFunction {
  return { from, to, fails, code: (code, arg) => `${code.use(runtime)}(${arg.parts.join(', ')})` };
}
