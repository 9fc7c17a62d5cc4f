// Pseudo-types of PostgreSQL's functions (anyelement, anyarray, anycompatible …): do arguments fit them, and which types do
// they stand for (check_generic_type_consistency and enforce_generic_type_consistency, src/backend/parser/parse_coerce.c).

import type { PgType } from './pg-types.ts';
import { castExists, categoryOf, elementOf } from './pg-types.ts';

/** What the two families of pseudo-types stand for; undefined where nothing tells. */
export interface Generics {
  readonly element: PgType | undefined;
  readonly compatible: PgType | undefined;
}

const SIMPLE: ReadonlySet<PgType> = new Set(['anyelement', 'anynonarray', 'anyarray']);
const COMPATIBLE: ReadonlySet<PgType> = new Set([
  'anycompatible',
  'anycompatiblenonarray',
  'anycompatiblearray',
]);
/** Pseudo-types that none of our types fits. */
const FOREIGN = /^any(compatible)?(enum|range|multirange)$/;

export function isGeneric(pg: PgType): boolean {
  return SIMPLE.has(pg) || COMPATIBLE.has(pg);
}

/** Undefined when the arguments do not fit. */
export function solveGenerics(args: readonly PgType[], params: readonly PgType[]): Generics | undefined {
  if (params.some((param, i) => FOREIGN.test(param) && args[i] !== 'unknown')) return undefined;
  const element = itemTypes(args, params, SIMPLE);
  const compatible = itemTypes(args, params, COMPATIBLE);
  if (element === undefined || compatible === undefined) return undefined;
  if (new Set(element).size > 1) return undefined;
  const common = compatible.length === 0 ? undefined : commonPgType(compatible);
  if (common === null) return undefined;
  const found = { element: element[0], compatible: common };
  const nonArray = (param: PgType, type: PgType | undefined): boolean =>
    param.endsWith('nonarray') && type !== undefined && elementOf(type) !== undefined;
  const misfit = params.some((param) =>
    nonArray(param, COMPATIBLE.has(param) ? found.compatible : found.element),
  );
  return misfit ? undefined : found;
}

/** The types of elements that the arguments tell; undefined when one that must be an array is none. */
function itemTypes(
  args: readonly PgType[],
  params: readonly PgType[],
  family: ReadonlySet<PgType>,
): readonly PgType[] | undefined {
  const items: PgType[] = [];
  for (const [i, param] of params.entries()) {
    const arg = args[i]!;
    if (!family.has(param) || arg === 'unknown') continue;
    if (!param.endsWith('array') || param.endsWith('nonarray')) items.push(arg);
    else {
      const item = elementOf(arg);
      if (item === undefined) return undefined;
      items.push(item);
    }
  }
  return items;
}

/** select_common_type; null when there is none. */
export function commonPgType(types: readonly PgType[]): PgType | null {
  let chosen = types[0]!;
  for (const next of types.slice(1)) {
    if (next === chosen) continue;
    const now = categoryOf(chosen);
    if (categoryOf(next).category !== now.category) return null;
    if (!now.preferred && castExists(chosen, next, 'implicit') && !castExists(next, chosen, 'implicit'))
      chosen = next;
  }
  return types.every((type) => type === chosen || castExists(type, chosen, 'implicit')) ? chosen : null;
}

/** The type that a parameter or result stands for; untyped literals alone are text among compatible ones. */
export function concrete(pg: PgType, generics: Generics): PgType | undefined {
  if (!isGeneric(pg)) return pg;
  const item = COMPATIBLE.has(pg) ? (generics.compatible ?? 'text') : generics.element;
  if (item === undefined) return undefined;
  return pg.endsWith('array') && !pg.endsWith('nonarray') ? `_${item}` : item;
}
