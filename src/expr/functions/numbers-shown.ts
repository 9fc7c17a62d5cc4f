// to_char and to_number of numbers.

import {
  bigintToChar,
  doubleToChar,
  integerToChar,
  numericToChar,
  realToChar,
} from '../runtime/number-to-char.ts';
import { toNumber } from '../runtime/number-read.ts';
import type { ScalarFunction } from './function.ts';
import { mayFail } from './function.ts';

export const NUMBERS_SHOWN: readonly ScalarFunction[] = [
  mayFail('to_char(integer,text) text', integerToChar),
  mayFail('to_char(bigint,text) text', bigintToChar),
  mayFail('to_char(real,text) text', realToChar),
  mayFail('to_char(double,text) text', doubleToChar),
  mayFail('to_char(numeric,text) text', numericToChar),
  mayFail('to_number(text,text) numeric', toNumber, { nullResult: true }),
];
