// Trigonometry in degrees, exact at the multiples of 30, 45 and 60: as in src/backend/utils/adt/float.c, quotients of a value and
// what the library gives for a known angle.

import { fail } from '../../data/failure.ts';

const RADIANS = Math.PI / 180;
const SIN_30 = Math.sin(30 * RADIANS);
const ONE_MINUS_COS_60 = 1 - Math.cos(60 * RADIANS);
const ASIN_HALF = Math.asin(0.5);
const ACOS_HALF = Math.acos(0.5);
const ATAN_ONE = Math.atan(1);

const sineTo30 = (x: number): number => Math.sin(x * RADIANS) / SIN_30 / 2;
const cosineTo60 = (x: number): number => 1 - (1 - Math.cos(x * RADIANS)) / ONE_MINUS_COS_60 / 2;
const sineTo90 = (x: number): number => (x <= 30 ? sineTo30(x) : cosineTo60(90 - x));
const cosineTo90 = (x: number): number => (x <= 60 ? cosineTo60(x) : sineTo30(90 - x));

const TAN_45 = sineTo90(45) / cosineTo90(45);
const COT_45 = cosineTo90(45) / sineTo90(45);

interface Folded {
  readonly angle: number;
  /** Of the sine; of the cosine; of tangent and cotangent. */
  readonly sine: number;
  readonly cosine: number;
}

/** An angle from 0 to 90 with the same values but for their signs. */
function folded(x: number): Folded {
  if (!Number.isFinite(x)) fail('22003', 'input is out of range');
  let angle = Math.abs(x % 360);
  let sine = x % 360 < 0 ? -1 : 1;
  let cosine = 1;
  if (angle > 180) {
    angle = 360 - angle;
    sine = -sine;
  }
  if (angle > 90) {
    angle = 180 - angle;
    cosine = -cosine;
  }
  return { angle, sine, cosine };
}

export function sineOfDegrees(x: number): number {
  if (Number.isNaN(x)) return x;
  const { angle, sine } = folded(x);
  return sine * sineTo90(angle);
}

export function cosineOfDegrees(x: number): number {
  if (Number.isNaN(x)) return x;
  const { angle, cosine } = folded(x);
  return cosine * cosineTo90(angle);
}

export function tangentOfDegrees(x: number): number {
  if (Number.isNaN(x)) return x;
  const { angle, sine, cosine } = folded(x);
  // Never −0.
  return sine * cosine * (sineTo90(angle) / cosineTo90(angle) / TAN_45) + 0;
}

export function cotangentOfDegrees(x: number): number {
  if (Number.isNaN(x)) return x;
  const { angle, sine, cosine } = folded(x);
  return sine * cosine * (cosineTo90(angle) / sineTo90(angle) / COT_45) + 0;
}

function checkedUnit(x: number): void {
  if (x < -1 || x > 1) fail('22003', 'input is out of range');
}

const arcSineTo90 = (x: number): number =>
  x <= 0.5 ? (Math.asin(x) / ASIN_HALF) * 30 : 90 - (Math.acos(x) / ACOS_HALF) * 60;
const arcCosineTo90 = (x: number): number =>
  x <= 0.5 ? 90 - (Math.asin(x) / ASIN_HALF) * 30 : (Math.acos(x) / ACOS_HALF) * 60;

export function degreesOfSine(x: number): number {
  checkedUnit(x);
  return x >= 0 || Number.isNaN(x) ? arcSineTo90(x) : -arcSineTo90(-x);
}

export function degreesOfCosine(x: number): number {
  checkedUnit(x);
  return x >= 0 || Number.isNaN(x) ? arcCosineTo90(x) : 90 + arcSineTo90(-x);
}

export function degreesOfTangent(x: number): number {
  return (Math.atan(x) / ATAN_ONE) * 45;
}

export function degreesOfVector(y: number, x: number): number {
  return (Math.atan2(y, x) / ATAN_ONE) * 45;
}
