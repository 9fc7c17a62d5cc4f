// Casts of jsonb scalars to the types of SQL. JSON's null is NULL.

import { fail } from '../../data/failure.ts';
import * as numeric from '../../data/numeric-text.ts';
import { result } from '../../data/registers.ts';
import type { JsonValue } from '../../data/tree/json.ts';
import { isJsonArray, isJsonObject, readJson } from '../../data/tree/json.ts';
import { TreeReader } from '../../data/tree/reader.ts';
import type { TypeKind } from '../../data/types.ts';
import type { NumericValue } from '../../data/value.ts';
import { numericToReal } from '../runtime/reals.ts';
import type { CastFunction } from './cast.ts';
import { by } from './cast.ts';

const reader = new TreeReader();

type ReadScalar<T> = (bytes: Uint8Array, start: number, end: number) => T;

function kindName(json: JsonValue): string {
  if (typeof json === 'string') return 'string';
  if (typeof json === 'boolean') return 'boolean';
  return isJsonArray(json) ? 'array' : isJsonObject(json) ? 'object' : 'numeric';
}

function scalar<T>(type: string, zero: T, take: (json: JsonValue) => T | undefined): ReadScalar<T> {
  return (bytes, start, end) => {
    const json = readJson(reader.open(bytes, start, end));
    result.isNull = json === null;
    if (json === null) return zero;
    const taken = take(json);
    if (taken === undefined) fail('22023', `cannot cast jsonb ${kindName(json)} to type ${type}`);
    return taken;
  };
}

function ofNumber<T>(type: string, zero: T, convert: (u: bigint, s: number) => T): ReadScalar<T> {
  return scalar(type, zero, (json) => {
    if (json === null || typeof json !== 'object' || isJsonArray(json) || isJsonObject(json))
      return undefined;
    const { unscaled, scale }: NumericValue = json;
    return convert(unscaled, scale);
  });
}

function numericOf(unscaled: bigint, scale: number): bigint {
  result.scale = scale;
  return unscaled;
}

function from(to: TypeKind, read: ReadScalar<unknown>): CastFunction {
  return { ...by('jsonb', to, read as (...args: never[]) => unknown), nullResult: true };
}

export const JSON_CASTS: readonly CastFunction[] = [
  from(
    'boolean',
    scalar('boolean', false, (json) => (typeof json === 'boolean' ? json : undefined)),
  ),
  from('smallint', ofNumber('smallint', 0, numeric.numericToInt16)),
  from('integer', ofNumber('integer', 0, numeric.numericToInt32)),
  from('bigint', ofNumber('bigint', 0n, numeric.numericToInt64)),
  from('real', ofNumber('real', 0, numericToReal)),
  from('double', ofNumber('double precision', 0, numeric.numericToDouble)),
  from('numeric', ofNumber('numeric', 0n, numericOf)),
];
