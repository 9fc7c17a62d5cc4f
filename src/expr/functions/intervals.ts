// interval: arithmetic and the justify family. Its fields are in times.ts.

import {
  addIntervals,
  divideInterval,
  isInfiniteInterval,
  justifyDays,
  justifyHours,
  justifyInterval,
  multiplyInterval,
  negateInterval,
  subtractIntervals,
} from '../../data/interval.ts';
import type { ScalarFunction } from './function.ts';
import { mayFail, strict } from './function.ts';

export const INTERVALS: readonly ScalarFunction[] = [
  mayFail('+(interval,interval) interval', addIntervals),
  mayFail('-(interval,interval) interval', subtractIntervals),
  mayFail('-(interval) interval', negateInterval),
  mayFail('*(interval,double) interval', multiplyInterval),
  mayFail('*(double,interval) interval', (factor: number, m: number, d: number, u: bigint) =>
    multiplyInterval(m, d, u, factor),
  ),
  mayFail('/(interval,double) interval', divideInterval),
  mayFail('justify_hours(interval) interval', justifyHours),
  mayFail('justify_days(interval) interval', justifyDays),
  mayFail('justify_interval(interval) interval', justifyInterval),
  strict(
    'isfinite(interval) boolean',
    false,
    (c, [a]) => `!${c.use(isInfiniteInterval)}(${a!.parts.join(', ')})`,
  ),
];
