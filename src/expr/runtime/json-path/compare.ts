// Comparisons of a jsonpath: scalars of one kind; everything else is unknown.

import { compareNumeric } from '../../../data/numeric.ts';
import type { JsonNumber, JsonValue } from '../../../data/tree/json.ts';
import { isJsonArray, isJsonObject } from '../../../data/tree/json.ts';
import type { CompareOp } from './node.ts';

export type Kind = 'null' | 'boolean' | 'string' | 'number' | 'array' | 'object';

export function kindOf(value: JsonValue): Kind {
  if (value === null) return 'null';
  if (typeof value === 'boolean') return 'boolean';
  if (typeof value === 'string') return 'string';
  if (isJsonArray(value)) return 'array';
  return isJsonObject(value) ? 'object' : 'number';
}

/** null is unknown. */
export function compareItems(op: CompareOp, a: JsonValue, b: JsonValue): boolean | null {
  const [x, y] = [kindOf(a), kindOf(b)];
  if (x !== y) return x === 'null' || y === 'null' ? op === '<>' : null;
  if (x === 'array' || x === 'object') return null;
  const order = orderOf(x, a, b);
  switch (op) {
    case '==':
      return order === 0;
    case '<>':
      return order !== 0;
    case '<':
      return order < 0;
    case '<=':
      return order <= 0;
    case '>':
      return order > 0;
    case '>=':
      return order >= 0;
  }
}

function orderOf(kind: Kind, a: JsonValue, b: JsonValue): number {
  if (kind === 'null') return 0;
  if (kind === 'boolean') return Number(a) - Number(b);
  if (kind === 'string') return Buffer.compare(Buffer.from(a as string), Buffer.from(b as string));
  const [x, y] = [a as JsonNumber, b as JsonNumber];
  return compareNumeric(x.unscaled, x.scale, y.unscaled, y.scale);
}
