// Mathematical functions, bits of integers, and what numeric has beside arithmetic.

import * as powers from '../runtime/numeric-powers.ts';
import * as turned from '../runtime/degrees.ts';
import * as special from '../runtime/error-and-gamma.ts';
import { squareRoot } from '../runtime/doubles.ts';
import * as math from '../runtime/math.ts';
import * as extra from '../runtime/numeric-extra.ts';
import type { ScalarFunction } from './function.ts';
import { calls, inline, mayFail } from './function.ts';

function doubles(): ScalarFunction[] {
  return [
    ...['power', 'pow', '^'].map((name) => mayFail(`${name}(double,double) double`, math.power)),
    mayFail('exp(double) double', math.exponential),
    mayFail('ln(double) double', math.naturalLog),
    mayFail('log(double) double', math.commonLog),
    mayFail('log10(double) double', math.commonLog),
    inline('cbrt(double) double', (x) => `Math.cbrt(${x})`),
    inline('||/(double) double', (x) => `Math.cbrt(${x})`),
    mayFail('|/(double) double', squareRoot),
    inline('@(double) double', (x) => `Math.abs(${x})`),
    inline('@(real) real', (x) => `Math.abs(${x})`),
    mayFail('sin(double) double', math.sine),
    mayFail('cos(double) double', math.cosine),
    mayFail('tan(double) double', math.tangent),
    mayFail('cot(double) double', math.cotangent),
    mayFail('asin(double) double', math.arcSine),
    mayFail('acos(double) double', math.arcCosine),
    inline('atan(double) double', (x) => `Math.atan(${x})`),
    inline('atan2(double,double) double', (y, x) => `Math.atan2(${y}, ${x})`),
    inline('sinh(double) double', (x) => `Math.sinh(${x})`),
    inline('cosh(double) double', (x) => `Math.cosh(${x})`),
    inline('tanh(double) double', (x) => `Math.tanh(${x})`),
    inline('asinh(double) double', (x) => `Math.asinh(${x})`),
    mayFail('acosh(double) double', math.areaCosine),
    mayFail('atanh(double) double', math.areaTangent),
    mayFail('degrees(double) double', math.degrees),
    mayFail('radians(double) double', math.radians),
    mayFail('sind(double) double', turned.sineOfDegrees),
    mayFail('cosd(double) double', turned.cosineOfDegrees),
    mayFail('tand(double) double', turned.tangentOfDegrees),
    mayFail('cotd(double) double', turned.cotangentOfDegrees),
    mayFail('asind(double) double', turned.degreesOfSine),
    mayFail('acosd(double) double', turned.degreesOfCosine),
    calls('atand(double) double', turned.degreesOfTangent),
    calls('atan2d(double,double) double', turned.degreesOfVector),
    inline('pi() double', () => 'Math.PI'),
    mayFail('width_bucket(double,double,double,integer) integer', math.widthBucket),
  ];
}

function narrowBits(type: 'smallint' | 'integer'): ScalarFunction[] {
  const cut = (value: string): string => (type === 'smallint' ? `((${value}) << 16 >> 16)` : `(${value})`);
  return [
    inline(`&(${type},${type}) ${type}`, (a, b) => `(${a} & ${b})`),
    inline(`|(${type},${type}) ${type}`, (a, b) => `(${a} | ${b})`),
    inline(`#(${type},${type}) ${type}`, (a, b) => `(${a} ^ ${b})`),
    inline(`~(${type}) ${type}`, (a) => `(~${a})`),
    inline(`<<(${type},integer) ${type}`, (a, n) => cut(`${a} << ${n}`)),
    inline(`>>(${type},integer) ${type}`, (a, n) => `(${a} >> ${n})`),
  ];
}

const BITS: readonly ScalarFunction[] = [
  ...narrowBits('smallint'),
  ...narrowBits('integer'),
  inline('&(bigint,bigint) bigint', (a, b) => `(${a} & ${b})`),
  inline('|(bigint,bigint) bigint', (a, b) => `(${a} | ${b})`),
  inline('#(bigint,bigint) bigint', (a, b) => `(${a} ^ ${b})`),
  inline('~(bigint) bigint', (a) => `(~${a})`),
  inline('<<(bigint,integer) bigint', (a, n) => `BigInt.asIntN(64, ${a} << BigInt(${n} & 63))`),
  inline('>>(bigint,integer) bigint', (a, n) => `(${a} >> BigInt(${n} & 63))`),
];

const NUMERIC: readonly ScalarFunction[] = [
  calls('scale(numeric) integer', extra.scaleOf, { nullResult: true }),
  calls('min_scale(numeric) integer', extra.minScale, { nullResult: true }),
  calls('trim_scale(numeric) numeric', extra.trimScale),
  mayFail('factorial(bigint) numeric', extra.factorial),
  calls('gcd(numeric,numeric) numeric', extra.gcdNumeric),
  mayFail('lcm(numeric,numeric) numeric', extra.lcmNumeric),
  mayFail('sqrt(numeric) numeric', extra.squareRootNumeric),
  mayFail('exp(numeric) numeric', powers.exponentialNumeric),
  mayFail('ln(numeric) numeric', powers.naturalLog),
  mayFail('log(numeric) numeric', powers.log10),
  mayFail('log10(numeric) numeric', powers.log10),
  mayFail('log(numeric,numeric) numeric', powers.logOfBase),
  ...['power', 'pow', '^'].map((name) => mayFail(`${name}(numeric,numeric) numeric`, powers.powerNumeric)),
  mayFail('width_bucket(numeric,numeric,numeric,integer) integer', extra.widthBucketNumeric),
];

const ERRORS_AND_GAMMA: readonly ScalarFunction[] = [
  calls('erf(double) double', special.erf),
  calls('erfc(double) double', special.erfc),
  mayFail('gamma(double) double', special.gamma),
  mayFail('lgamma(double) double', special.lnOfGamma),
];

export const MATHS: readonly ScalarFunction[] = [...doubles(), ...ERRORS_AND_GAMMA, ...BITS, ...NUMERIC];
