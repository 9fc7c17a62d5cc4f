// double precision: arithmetic and rounding. Functions whose last digit depends on the C library (power, exp, ln, sin …) are
// not here: their results would differ from Postgres'.

import {
  addDouble,
  divideDouble,
  multiplyDouble,
  roundHalfEven,
  signDouble,
  squareRoot,
  subtractDouble,
} from '../runtime/doubles.ts';
import type { ScalarFunction } from './function.ts';
import { calls, inline, mayFail } from './function.ts';

export const DOUBLES: readonly ScalarFunction[] = [
  mayFail('+(double,double) double', addDouble),
  mayFail('-(double,double) double', subtractDouble),
  mayFail('*(double,double) double', multiplyDouble),
  mayFail('/(double,double) double', divideDouble),
  inline('-(double) double', (a) => `-${a}`),
  inline('+(double) double', (a) => a),
  inline('abs(double) double', (a) => `Math.abs(${a})`),
  calls('round(double) double', roundHalfEven),
  inline('trunc(double) double', (a) => `Math.trunc(${a})`),
  inline('floor(double) double', (a) => `Math.floor(${a})`),
  inline('ceil(double) double', (a) => `Math.ceil(${a})`),
  inline('ceiling(double) double', (a) => `Math.ceil(${a})`),
  calls('sign(double) double', signDouble),
  mayFail('sqrt(double) double', squareRoot),
];
