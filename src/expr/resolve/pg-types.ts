// PostgreSQL's types by their catalog names: which of them are ours, and what its resolution rules ask of them
// (category, preferred, casts). The catalog text is parsed once.

import type { SqlType, TypeKind } from '../../data/types.ts';
import { CASTS, TYPES } from '../catalog/types.ts';

/** A type of an operand: 'unknown' is an untyped string literal or NULL. */
export type ArgType = SqlType | 'unknown';

/** pg_type.typname */
export type PgType = string;

export type CastContext = 'implicit' | 'assignment' | 'explicit';

const KIND_TO_PG: Readonly<Record<TypeKind, PgType>> = {
  boolean: 'bool',
  smallint: 'int2',
  integer: 'int4',
  bigint: 'int8',
  double: 'float8',
  numeric: 'numeric',
  text: 'text',
  date: 'date',
  timestamp: 'timestamp',
  timestamptz: 'timestamptz',
  interval: 'interval',
};

const PG_TO_KIND: ReadonlyMap<PgType, TypeKind> = new Map(
  (Object.entries(KIND_TO_PG) as [TypeKind, PgType][]).map(([kind, pg]) => [pg, kind]),
);

export function pgTypeOf(type: ArgType): PgType {
  return type === 'unknown' ? 'unknown' : KIND_TO_PG[type.kind];
}

/** Undefined for the types of PostgreSQL that Millrace lacks. */
export function kindOf(pg: PgType): TypeKind | undefined {
  return PG_TO_KIND.get(pg);
}

interface Category {
  readonly category: string;
  readonly preferred: boolean;
}

const CATEGORIES: ReadonlyMap<PgType, Category> = new Map(
  TYPES.trim()
    .split(/,\s*/)
    .map((entry) => {
      const [name, category] = entry.split(' ');
      return [name!, { category: category![0]!, preferred: category!.endsWith('!') }];
    }),
);

export function categoryOf(pg: PgType): Category {
  return CATEGORIES.get(pg) ?? { category: 'U', preferred: false };
}

const CONTEXTS = { i: 'implicit', a: 'assignment', e: 'explicit' } as const;

/** `source target` → the least context in which the cast applies. */
const CAST_CONTEXTS: ReadonlyMap<string, CastContext> = new Map(
  CASTS.trim()
    .replaceAll(/,\n {2}/g, ', ')
    .split('\n')
    .flatMap((line) => {
      const [source, ...words] = line.split(/,? /);
      const casts: [string, CastContext][] = [];
      for (let i = 0; i < words.length; i += 2)
        casts.push([`${source!} ${words[i]!}`, CONTEXTS[words[i + 1] as keyof typeof CONTEXTS]]);
      return casts;
    }),
);

const RANK: Readonly<Record<CastContext, number>> = { implicit: 0, assignment: 1, explicit: 2 };

/** find_coercion_pathway of PostgreSQL, for types that differ: pg_cast, then conversion through text. */
export function castExists(from: PgType, to: PgType, context: CastContext): boolean {
  const declared = CAST_CONTEXTS.get(`${from} ${to}`);
  if (declared !== undefined) return RANK[declared] <= RANK[context];
  if (categoryOf(to).category === 'S') return context !== 'implicit';
  if (categoryOf(from).category === 'S') return context === 'explicit';
  return false;
}

const ANY_SCALAR: ReadonlySet<PgType> = new Set(['any', 'anyelement', 'anynonarray', 'anycompatible']);

/** can_coerce_type in the implicit context. Our types are neither arrays nor ranges, so those pseudo-types take none. */
export function coercesImplicitly(from: PgType, to: PgType): boolean {
  return from === to || from === 'unknown' || ANY_SCALAR.has(to) || castExists(from, to, 'implicit');
}
