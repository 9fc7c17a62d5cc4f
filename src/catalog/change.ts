// How a catalog changes: a list of small steps, applied purely. What planning a submission decided, and what the persistent
// catalog writes in one transaction.

import type { Catalog } from './catalog.ts';
import { catalogOf } from './catalog.ts';
import type { Definition } from './definition.ts';

export type CatalogChange =
  { readonly kind: 'add'; readonly definition: Definition } | { readonly kind: 'drop'; readonly id: string };

/** The catalog after `changes`. A step that contradicts the catalog is a defect of the caller, who has checked before. */
export function apply(catalog: Catalog, changes: readonly CatalogChange[]): Catalog {
  let definitions = [...catalog.list()];
  let nextId = catalog.nextId;
  for (const change of changes) {
    if (change.kind === 'add') {
      const { definition } = change;
      const clash = definitions.some(
        (d) => d.id === definition.id || (d.schema === definition.schema && d.name === definition.name),
      );
      if (clash)
        throw new Error(`catalog: ${definition.schema}.${definition.name} (${definition.id}) is there`);
      definitions.push(definition);
      nextId = Math.max(nextId, idNumber(definition.id) + 1);
      if ('pipelineId' in definition) nextId = Math.max(nextId, idNumber(definition.pipelineId) + 1);
    } else {
      if (!definitions.some((d) => d.id === change.id)) throw new Error(`catalog: ${change.id} is not there`);
      definitions = definitions.filter((d) => d.id !== change.id);
    }
  }
  return catalogOf(definitions, nextId);
}

/** Ids are a letter for the kind and a number: s1, t2, v3, m4, k5, p6. */
export type IdLetter = 's' | 't' | 'v' | 'm' | 'k' | 'p';

function idNumber(id: string): number {
  return Number(id.slice(1)) || 0;
}

/** `roots` and all that reads them, directly or not, readers first: the order in which DROP … CASCADE removes them. */
export function withDependents(catalog: Catalog, roots: readonly string[]): readonly Definition[] {
  const order: Definition[] = [];
  const seen = new Set<string>();
  const visit = (id: string): void => {
    if (seen.has(id)) return;
    seen.add(id);
    for (const reader of catalog.dependents(id)) visit(reader.id);
    const definition = catalog.get(id);
    if (definition !== undefined) order.push(definition);
  };
  roots.forEach(visit);
  return order;
}
