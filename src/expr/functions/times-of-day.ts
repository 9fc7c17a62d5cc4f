// time: arithmetic.

import { addDateAndTime, addToTime, subtractFromTime, subtractTimes } from '../runtime/times-of-day.ts';
import type { ScalarFunction } from './function.ts';
import { calls, mayFail } from './function.ts';

export const TIMES_OF_DAY: readonly ScalarFunction[] = [
  mayFail('+(time,interval) time', addToTime),
  mayFail('-(time,interval) time', subtractFromTime),
  mayFail('+(interval,time) time', (m: number, d: number, u: bigint, time: bigint) =>
    addToTime(time, m, d, u),
  ),
  calls('-(time,time) interval', subtractTimes),
  mayFail('+(date,time) timestamp', addDateAndTime),
  mayFail('+(time,date) timestamp', (time: bigint, days: number) => addDateAndTime(days, time)),
];
