// to_char of times.

import { formatInterval, formatTimestamp } from '../runtime/format-time.ts';
import type { ScalarFunction } from './function.ts';
import { mayFail } from './function.ts';

export const TIMES_SHOWN: readonly ScalarFunction[] = [
  mayFail('to_char(timestamp,text) text', formatTimestamp(false), { nullResult: true }),
  mayFail('to_char(timestamptz,text) text', formatTimestamp(true), { nullResult: true }),
  mayFail('to_char(interval,text) text', formatInterval, { nullResult: true }),
];
