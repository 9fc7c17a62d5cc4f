// A value amid a record that its column cannot take, told through code that makes values: carries the reject code.

import { RowFailure } from '../../data/failure.ts';
import type { SqlType } from '../../data/types.ts';
import {
  BAD_INTERVAL,
  BAD_TIMESTAMP,
  LONE_SURROGATE,
  NUL_CHARACTER,
  OUT_OF_RANGE,
  WRONG_TYPE,
} from './rejection.ts';

export class ValueFailure extends Error {
  readonly code: number;

  constructor(code: number) {
    super('a value that its column cannot take');
    this.code = code;
  }
}

/** The reject code of what making a value of `type` threw; anything else is thrown on. */
export function failureCode(error: unknown, type: SqlType): number {
  if (error instanceof ValueFailure) return error.code;
  if (!(error instanceof RowFailure)) throw error;
  if (error.sqlstate === '22P05') return NUL_CHARACTER;
  if (error.sqlstate === '22P02' && type.kind === 'jsonb') return LONE_SURROGATE;
  if (error.sqlstate === '22007') return type.kind === 'interval' ? BAD_INTERVAL : BAD_TIMESTAMP;
  return error.sqlstate === '22P02' ? WRONG_TYPE : OUT_OF_RANGE;
}
