// real: arithmetic. Its other functions are those of double precision, as in Postgres.

import { addReal, divideReal, multiplyReal, subtractReal } from '../runtime/reals.ts';
import type { ScalarFunction } from './function.ts';
import { inline, mayFail } from './function.ts';

export const REALS: readonly ScalarFunction[] = [
  mayFail('+(real,real) real', addReal),
  mayFail('-(real,real) real', subtractReal),
  mayFail('*(real,real) real', multiplyReal),
  mayFail('/(real,real) real', divideReal),
  inline('-(real) real', (a) => `-${a}`),
  inline('+(real) real', (a) => a),
  inline('abs(real) real', (a) => `Math.abs(${a})`),
];
