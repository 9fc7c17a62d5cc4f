// Methods of a jsonpath that make one scalar of another. What they refuse is said by throwing RowFailure.

import { fail, RowFailure } from '../../../data/failure.ts';
import { absoluteNumeric, ceilingNumeric, constrainNumeric, floorNumeric } from '../../../data/numeric.ts';
import { doubleToNumeric, numericToText, parseNumeric } from '../../../data/numeric-text.ts';
import { parseDouble } from '../../../data/double-text.ts';
import { result } from '../../../data/registers.ts';
import { parseValue } from '../../../data/text-forms.ts';
import type { JsonNumber, JsonValue } from '../../../data/tree/json.ts';
import { BIGINT, INTEGER } from '../../../data/types.ts';
import { divideRounding, powerOfTen } from '../../../data/numeric.ts';
import { kindOf } from './compare.ts';
import type { Method } from './node.ts';

function refused(method: string, what: string): never {
  fail('22036', `jsonpath item method .${method}() ${what}`);
}

function number(unscaled: bigint): JsonNumber {
  return { unscaled, scale: result.scale };
}

function whole(value: bigint): JsonNumber {
  return { unscaled: value, scale: 0 };
}

export function applyMethod(method: Exclude<Method, 'type' | 'size'>, value: JsonValue): JsonValue {
  switch (method) {
    case 'abs':
    case 'floor':
    case 'ceiling':
      return rounding(method, value);
    case 'double':
      return toDouble(value);
    case 'bigint':
      return toInteger(method, value, 64);
    case 'integer':
      return toInteger(method, value, 32);
    case 'number':
      return toNumber(method, value);
    case 'boolean':
      return toBoolean(value);
    case 'string':
      return toText(value);
  }
}

const ROUNDING = { abs: absoluteNumeric, floor: floorNumeric, ceiling: ceilingNumeric } as const;

function rounding(method: keyof typeof ROUNDING, value: JsonValue): JsonNumber {
  if (kindOf(value) !== 'number') refused(method, 'can only be applied to a numeric value');
  const { unscaled, scale } = value as JsonNumber;
  return number(ROUNDING[method](unscaled, scale));
}

/** What reads a text fails with errors of its own; here all of them are one. */
function reading<T>(method: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof RowFailure)) throw error;
    return refused(method, 'is given an argument that is invalid for its type');
  }
}

const NEITHER = 'can only be applied to a string or numeric value';

function toDouble(value: JsonValue): JsonValue {
  const kind = kindOf(value);
  if (kind !== 'number' && kind !== 'string') refused('double', NEITHER);
  const text = kind === 'string' ? (value as string) : textOf(value as JsonNumber);
  const read = reading('double', () => parseDouble(text));
  if (!Number.isFinite(read)) refused('double', 'does not allow NaN or infinity');
  return kind === 'number' ? value : number(doubleToNumeric(read));
}

function textOf({ unscaled, scale }: JsonNumber): string {
  return numericToText(unscaled, scale);
}

function toInteger(method: string, value: JsonValue, bits: 32 | 64): JsonNumber {
  const kind = kindOf(value);
  if (kind === 'string') {
    const type = bits === 64 ? BIGINT : INTEGER;
    return whole(BigInt(reading(method, () => parseValue(value as string, type)) as number | bigint));
  }
  if (kind !== 'number') refused(method, NEITHER);
  const { unscaled, scale } = value as JsonNumber;
  const rounded = divideRounding(unscaled, powerOfTen(scale));
  if (BigInt.asIntN(bits, rounded) !== rounded) refused(method, 'is given a number out of range');
  return whole(rounded);
}

function toNumber(method: string, value: JsonValue): JsonNumber {
  const kind = kindOf(value);
  if (kind === 'number') return value as JsonNumber;
  if (kind !== 'string') refused(method, NEITHER);
  const read = reading(method, () => parseNumeric(value as string));
  if (read.scale < 0) refused(method, 'does not allow NaN or infinity');
  return read;
}

export function toDecimal(
  value: JsonValue,
  precision: bigint | undefined,
  scale: bigint | undefined,
): JsonNumber {
  const read = toNumber('decimal', value);
  if (precision === undefined) return read;
  const given = [precision, scale ?? 0n];
  if (given.some((argument) => BigInt.asIntN(32, argument) !== argument))
    refused('decimal', 'is given a precision or scale out of range');
  if (precision < 1n || precision > 1000n)
    fail('22023', `NUMERIC precision ${precision} must be between 1 and 1000`);
  if (given[1]! < -1000n || given[1]! > 1000n)
    fail('22023', `NUMERIC scale ${given[1]!} must be between -1000 and 1000`);
  return number(
    reading('decimal', () =>
      constrainNumeric(read.unscaled, read.scale, Number(precision), Number(given[1])),
    ),
  );
}

const TRUE = /^(?:t|tr|tru|true|y|ye|yes|on|1)$/i;
const FALSE = /^(?:f|fa|fal|fals|false|n|no|of|off|0)$/i;

function toBoolean(value: JsonValue): boolean {
  switch (kindOf(value)) {
    case 'boolean':
      return value as boolean;
    case 'number':
      return reading('boolean', () => parseValue(textOf(value as JsonNumber), INTEGER)) !== 0;
    case 'string': {
      const text = value as string;
      if (!TRUE.test(text) && !FALSE.test(text)) refused('boolean', 'is given a text that is no boolean');
      return TRUE.test(text);
    }
    default:
      return refused('boolean', 'can only be applied to a boolean, string, or numeric value');
  }
}

function toText(value: JsonValue): string {
  switch (kindOf(value)) {
    case 'string':
      return value as string;
    case 'number':
      return textOf(value as JsonNumber);
    case 'boolean':
      return String(value);
    default:
      return refused('string', 'can only be applied to a boolean, string, numeric, or datetime value');
  }
}
