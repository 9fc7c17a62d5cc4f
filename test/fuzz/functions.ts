// Functions of users that random expressions call: bodies that can fail, that call others, with defaults and names, STRICT or not.

import type { Catalog } from '../../src/catalog/catalog.ts';
import { EMPTY_CATALOG } from '../../src/catalog/catalog.ts';
import { planSubmission } from '../../src/plan.ts';
import type { Dice } from './dice.ts';
import type { ColumnType } from './tables.ts';
import type { Tree } from './tree.ts';
import { tree } from './tree.ts';

export const FUNCTIONS = `CREATE FUNCTION f_twice(n integer) RETURNS integer LANGUAGE sql IMMUTABLE RETURN n + n;
CREATE FUNCTION f_share(n integer, of integer DEFAULT 2) RETURNS integer LANGUAGE sql IMMUTABLE STRICT RETURN of / n;
CREATE FUNCTION f_either(a text, b text DEFAULT 'b') RETURNS text LANGUAGE sql IMMUTABLE STRICT RETURN coalesce(nullif(a, b), b || 'a');
CREATE FUNCTION f_size(n integer) RETURNS text LANGUAGE sql IMMUTABLE RETURN CASE WHEN n > 1 THEN 'b' WHEN n IS NULL THEN f_either('a') ELSE f_either(n::text, b => 'ab') END;
CREATE FUNCTION f_like(a text, n integer) RETURNS boolean LANGUAGE sql IMMUTABLE RETURN length(a) >= n OR f_twice(n) = 2;`;

/** After FUNCTIONS. */
export const FUNCTION_CATALOG: Catalog = planSubmission(FUNCTIONS, EMPTY_CATALOG).catalog;

export function callsFunction(text: string): boolean {
  return /\bf_[a-z]+\(/.test(text);
}

/** Null: there is none that gives this type. */
export function called(dice: Dice, type: ColumnType, of: (type: ColumnType) => Tree): Tree | null {
  switch (type) {
    case 'int':
      return dice.weighted<() => Tree>([
        [3, () => tree(type, 'f_twice(', of('int'), ')')],
        [0.5, () => tree(type, 'f_share(', of('int'), ')')],
        [0.5, () => tree(type, 'f_share(of => ', of('int'), ', n => ', of('int'), ')')],
      ])();
    case 'text':
      return dice.weighted<() => Tree>([
        [1, () => tree(type, 'f_either(', of('text'), ')')],
        [1, () => tree(type, 'f_either(', of('text'), ', b => ', of('text'), ')')],
        [1, () => tree(type, 'f_size(', of('int'), ')')],
      ])();
    case 'bool':
      return tree(type, 'f_like(', of('text'), ', ', of('int'), ')');
    default:
      return null;
  }
}
