// PostgreSQL's types by their catalog names: which of them are ours, and what its resolution rules ask of them
// (category, preferred, casts). The catalog text is parsed once. An array is named after its items, `_int4`.

import type { ScalarKind, SqlType } from '../../data/types.ts';
import { arrayOf } from '../../data/types.ts';
import { CASTS, TYPES } from '../catalog/types.ts';

/** A type of an operand: 'unknown' is an untyped string literal or NULL. */
export type ArgType = SqlType | 'unknown';

/** pg_type.typname */
export type PgType = string;

export type CastContext = 'implicit' | 'assignment' | 'explicit';

const KIND_TO_PG: Readonly<Record<ScalarKind, PgType>> = {
  boolean: 'bool',
  smallint: 'int2',
  integer: 'int4',
  bigint: 'int8',
  real: 'float4',
  double: 'float8',
  numeric: 'numeric',
  text: 'text',
  varchar: 'varchar',
  bytea: 'bytea',
  uuid: 'uuid',
  date: 'date',
  time: 'time',
  timestamp: 'timestamp',
  timestamptz: 'timestamptz',
  interval: 'interval',
  jsonb: 'jsonb',
};

const PG_TO_KIND: ReadonlyMap<PgType, ScalarKind> = new Map(
  (Object.entries(KIND_TO_PG) as [ScalarKind, PgType][]).map(([kind, pg]) => [pg, kind]),
);

export function pgTypeOf(type: ArgType): PgType {
  if (type === 'unknown') return 'unknown';
  if (type.kind === 'array') return `_${pgTypeOf(type.element)}`;
  return type.kind === 'row' ? 'record' : KIND_TO_PG[type.kind];
}

/** Undefined for the types of PostgreSQL that Millrace lacks, and for rows, whose fields a name does not tell. */
export function typeOfPg(pg: PgType): SqlType | undefined {
  const element = elementOf(pg);
  if (element !== undefined) {
    const type = typeOfPg(element);
    return type === undefined ? undefined : arrayOf(type);
  }
  const kind = PG_TO_KIND.get(pg);
  return kind === undefined ? undefined : { kind };
}

/** The type of the items of an array; undefined for other types. */
export function elementOf(pg: PgType): PgType | undefined {
  return pg.startsWith('_') ? pg.slice(1) : undefined;
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
  return CATEGORIES.get(pg) ?? { category: elementOf(pg) === undefined ? 'U' : 'A', preferred: false };
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

/** find_coercion_pathway of PostgreSQL, for types that differ: pg_cast, item by item for arrays, then through text. */
export function castExists(from: PgType, to: PgType, context: CastContext): boolean {
  const declared = CAST_CONTEXTS.get(`${from} ${to}`);
  if (declared !== undefined) return RANK[declared] <= RANK[context];
  const [source, target] = [elementOf(from), elementOf(to)];
  if (source !== undefined && target !== undefined)
    return source === target || castExists(source, target, context);
  if (categoryOf(to).category === 'S') return context !== 'implicit';
  if (categoryOf(from).category === 'S') return context === 'explicit';
  return false;
}

/** can_coerce_type in the implicit context. Whether pseudo-types fit together is for generics.ts to say. */
export function coercesImplicitly(from: PgType, to: PgType): boolean {
  return from === to || from === 'unknown' || to.startsWith('any') || castExists(from, to, 'implicit');
}
