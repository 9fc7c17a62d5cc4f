// Literals as slots. Numbers are written by our own formatting; text enters as a bound constant.

import type { SqlType } from '../../data/types.ts';
import { layoutOf } from '../../data/types.ts';
import type { IntervalValue, NumericValue, Value } from '../../data/value.ts';
import { valueBytes } from '../../data/value.ts';
import type { Slot } from './code.ts';
import { NEVER_NULL } from './code.ts';
import type { CodeWriter } from './writer.ts';

function numberText(value: number): string {
  return value < 0 || Object.is(value, -0) ? `(-${-value})` : String(value);
}

function bigintText(value: bigint): string {
  return value < 0n ? `(${value}n)` : `${value}n`;
}

export function literalSlot(writer: CodeWriter, value: Value, type: SqlType): Slot {
  const layout = layoutOf(type);
  if (value === null)
    return { layout, parts: writer.zeros(layout), isNull: 'true', literal: null, stable: true };
  const slot = { layout, isNull: NEVER_NULL, literal: value };
  switch (layout) {
    case 'bool':
      return { ...slot, parts: [value === true ? 'true' : 'false'] };
    case 'i32':
    case 'f64':
      return { ...slot, parts: [numberText(value as number)] };
    case 'i64':
      return { ...slot, parts: [bigintText(value as bigint)] };
    case 'numeric': {
      const { unscaled, scale } = value as NumericValue;
      const parts = [bigintText(unscaled), numberText(scale)];
      return scale < 0 ? { ...slot, parts } : { ...slot, parts, scale };
    }
    case 'text': {
      const bytes = valueBytes(value);
      return { ...slot, parts: [writer.use(bytes), '0', String(bytes.length)], stable: true };
    }
    case 'interval': {
      const { months, days, micros } = value as IntervalValue;
      return { ...slot, parts: [numberText(months), numberText(days), bigintText(micros)] };
    }
  }
}
