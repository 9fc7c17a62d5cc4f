// Finding definitions. A catalog is a value: it is never changed, `apply` (change.ts) gives another one.

import type { Definition, FunctionDef, RelationDef } from './definition.ts';
import { isRelation } from './definition.ts';
import { nearNames } from './near.ts';

export const DEFAULT_SCHEMA = 'public';

/** A relation name as in a text, folded already. */
export interface QualifiedName {
  readonly schema?: string | undefined;
  readonly name: string;
}

/** A definition of which there are two: the one that its name means, and one that is built beside it or kept for an undo. */
export interface Version {
  /** Number of the replacement that it is part of. */
  readonly replacement: number;
  /** The name means the other one. */
  readonly hidden: boolean;
}

/** `get`, `dependents` and `pipeline` know hidden definitions; names and lists are of the others. */
export interface Catalog {
  /** By name; without a schema, in the default one. Sources, views and sinks share one name space, as in Postgres. */
  find(name: QualifiedName): RelationDef | undefined;
  /** Functions have a name space of their own. */
  findFunction(name: QualifiedName): FunctionDef | undefined;
  /** The one of its name and name space that is shown. */
  same(definition: Definition): Definition | undefined;
  get(id: string): Definition | undefined;
  /** In the order in which they were created. */
  list(): readonly Definition[];
  /** The same with hidden ones. */
  all(): readonly Definition[];
  /** Of a definition that is part of a replacement. */
  version(id: string): Version | undefined;
  /** What is part of a replacement, hidden or not. */
  versions(replacement: number): readonly Definition[];
  /** As the replacement sees it once it is swapped: what it hides is shown, what it shows is hidden. */
  flipped(replacement: number): Catalog;
  /** What reads `id` directly. */
  dependents(id: string): readonly Definition[];
  /** Names of relations that `name` may be a slip of, nearest first. */
  near(name: string): readonly string[];
  /** Members of a pipeline (tables, materialized views and sinks) in the order in which they were created. */
  pipeline(pipelineId: string): readonly Definition[];
  /** The number in the next id that is given out. Never falls, so that ids are never used twice. */
  readonly nextId: number;
}

export function catalogOf(
  definitions: readonly Definition[],
  nextId: number,
  versions: ReadonlyMap<string, Version> = new Map(),
): Catalog {
  const shown = definitions.filter(({ id }) => versions.get(id)?.hidden !== true);
  const byId = new Map(definitions.map((d) => [d.id, d]));
  const relations = byName(shown.filter(isRelation));
  const functions = byName(shown.filter((d) => d.kind === 'function'));
  const find = (name: QualifiedName): RelationDef | undefined => relations.get(keyOf(name));
  const findFunction = (name: QualifiedName): FunctionDef | undefined => functions.get(keyOf(name));
  return {
    nextId,
    find,
    findFunction,
    same: (definition) => (isRelation(definition) ? find(definition) : findFunction(definition)),
    get: (id) => byId.get(id),
    list: () => shown,
    all: () => definitions,
    version: (id) => versions.get(id),
    versions: (replacement) => definitions.filter(({ id }) => versions.get(id)?.replacement === replacement),
    flipped: (replacement) => catalogOf(definitions, nextId, flip(versions, replacement)),
    dependents: (id) => definitions.filter((d) => d.dependsOn.includes(id)),
    near: (name) =>
      nearNames(
        name,
        shown.filter(isRelation).map((d) => d.name),
      ),
    pipeline: (pipelineId) => definitions.filter((d) => 'pipelineId' in d && d.pipelineId === pipelineId),
  };
}

function flip(versions: ReadonlyMap<string, Version>, replacement: number): ReadonlyMap<string, Version> {
  return new Map(
    [...versions].map(([id, version]) => [
      id,
      version.replacement === replacement ? { replacement, hidden: !version.hidden } : version,
    ]),
  );
}

export const EMPTY_CATALOG: Catalog = catalogOf([], 1);

function byName<T extends Definition>(definitions: readonly T[]): ReadonlyMap<string, T> {
  return new Map(definitions.map((definition) => [keyOf(definition), definition]));
}

function keyOf({ schema, name }: QualifiedName): string {
  return JSON.stringify([schema ?? DEFAULT_SCHEMA, name]);
}
