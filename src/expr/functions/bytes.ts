// bytea: functions over bytes.

import * as text from '../runtime/text.ts';
import type { ScalarFunction } from './function.ts';
import { calls, inline } from './function.ts';

export const BYTES: readonly ScalarFunction[] = [
  calls('||(bytea,bytea) bytea', text.concatenate),
  inline('length(bytea) integer', (_bytes, start, end) => `${end!} - ${start!}`),
  inline('octet_length(bytea) integer', (_bytes, start, end) => `${end!} - ${start!}`),
];
