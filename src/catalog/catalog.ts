// Finding definitions. A catalog is a value: it is never changed, `apply` (change.ts) gives another one.

import type { Definition } from './definition.ts';
import { nearNames } from './near.ts';

export const DEFAULT_SCHEMA = 'public';

/** A relation name as in a text, folded already. */
export interface QualifiedName {
  readonly schema?: string | undefined;
  readonly name: string;
}

export interface Catalog {
  /** By name; without a schema, in the default one. Sources, views and sinks share one name space, as in Postgres. */
  find(name: QualifiedName): Definition | undefined;
  get(id: string): Definition | undefined;
  /** In the order in which they were created. */
  list(): readonly Definition[];
  /** What reads `id` directly. */
  dependents(id: string): readonly Definition[];
  /** Names that `name` may be a slip of, nearest first. */
  near(name: string): readonly string[];
  /** Members of a pipeline (tables, materialized views and sinks) in the order in which they were created. */
  pipeline(pipelineId: string): readonly Definition[];
  /** The number in the next id that is given out. Never falls, so that ids are never used twice. */
  readonly nextId: number;
}

export function catalogOf(definitions: readonly Definition[], nextId: number): Catalog {
  const byId = new Map(definitions.map((d) => [d.id, d]));
  const byName = new Map(definitions.map((d) => [nameKey(d.schema, d.name), d]));
  return {
    nextId,
    find: ({ schema, name }) => byName.get(nameKey(schema ?? DEFAULT_SCHEMA, name)),
    get: (id) => byId.get(id),
    list: () => definitions,
    dependents: (id) => definitions.filter((d) => d.dependsOn.includes(id)),
    near: (name) =>
      nearNames(
        name,
        definitions.map((d) => d.name),
      ),
    pipeline: (pipelineId) => definitions.filter((d) => 'pipelineId' in d && d.pipelineId === pipelineId),
  };
}

export const EMPTY_CATALOG: Catalog = catalogOf([], 1);

function nameKey(schema: string, name: string): string {
  return JSON.stringify([schema, name]);
}
