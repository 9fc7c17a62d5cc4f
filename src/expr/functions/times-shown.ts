// to_char of times, and times read by a template.

import { formatInterval, formatTimestamp } from '../runtime/format-time.ts';
import { readString } from '../runtime/arena.ts';
import { dateOfFields, timestampOfFields } from '../runtime/time-of-fields.ts';
import { readTime } from '../runtime/time-read.ts';
import type { ScalarFunction } from './function.ts';
import { mayFail } from './function.ts';

type Bytes = Uint8Array;

export const TIMES_SHOWN: readonly ScalarFunction[] = [
  mayFail('to_char(timestamp,text) text', formatTimestamp(false), { nullResult: true }),
  mayFail('to_char(timestamptz,text) text', formatTimestamp(true), { nullResult: true }),
  mayFail('to_char(interval,text) text', formatInterval, { nullResult: true }),
  mayFail('to_date(text,text) date', (b: Bytes, s: number, e: number, tb: Bytes, ts: number, te: number) =>
    dateOfFields(readTime(readString(b, s, e), readString(tb, ts, te))),
  ),
  mayFail(
    'to_timestamp(text,text) timestamptz',
    (b: Bytes, s: number, e: number, tb: Bytes, ts: number, te: number) =>
      timestampOfFields(readTime(readString(b, s, e), readString(tb, ts, te))),
  ),
];
