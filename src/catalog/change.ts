// How a catalog changes: a list of small steps, applied purely. What planning a submission decided, and what the persistent
// catalog writes in one transaction.

import type { Catalog, Version } from './catalog.ts';
import { catalogOf } from './catalog.ts';
import type { Definition } from './definition.ts';
import { isNamesake } from './definition.ts';

export type CatalogChange =
  | { readonly kind: 'add'; readonly definition: Definition; readonly version?: Version }
  | { readonly kind: 'drop'; readonly id: string }
  /** It becomes part of a replacement, or is no longer part of one. */
  | { readonly kind: 'version'; readonly id: string; readonly version: Version | null };

/** The catalog after `changes`. A step that contradicts the catalog is a defect of the caller, who has checked before. */
export function apply(catalog: Catalog, changes: readonly CatalogChange[]): Catalog {
  let definitions = [...catalog.all()];
  const versions = new Map(definitions.flatMap(({ id }) => versionEntry(catalog, id)));
  let nextId = catalog.nextId;
  for (const change of changes) {
    if (change.kind === 'add') {
      const { definition, version } = change;
      if (version !== undefined) versions.set(definition.id, version);
      checkNoClash(definitions, versions, definition);
      definitions.push(definition);
      nextId = Math.max(nextId, idNumber(definition.id) + 1);
      if ('pipelineId' in definition) nextId = Math.max(nextId, idNumber(definition.pipelineId) + 1);
      continue;
    }
    if (!definitions.some((d) => d.id === change.id)) throw new Error(`catalog: ${change.id} is not there`);
    if (change.kind === 'drop') definitions = definitions.filter((d) => d.id !== change.id);
    if (change.kind === 'version' && change.version !== null) versions.set(change.id, change.version);
    else versions.delete(change.id);
  }
  return catalogOf(definitions, nextId, versions);
}

function versionEntry(catalog: Catalog, id: string): (readonly [string, Version])[] {
  const version = catalog.version(id);
  return version === undefined ? [] : [[id, version]];
}

function checkNoClash(
  definitions: readonly Definition[],
  versions: ReadonlyMap<string, Version>,
  added: Definition,
): void {
  const isShown = (id: string): boolean => versions.get(id)?.hidden !== true;
  const clash = definitions.some(
    (other) => other.id === added.id || (isShown(other.id) && isShown(added.id) && isNamesake(other, added)),
  );
  if (clash) throw new Error(`catalog: ${added.schema}.${added.name} (${added.id}) is there`);
}

/** Ids are a letter for the kind and a number: s1, t2, v3, m4, k5, p6, f7. */
export type IdLetter = 's' | 't' | 'v' | 'm' | 'k' | 'p' | 'f';

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
