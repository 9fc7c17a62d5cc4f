// Which pipeline of the hidden version takes the place of which of the shown one, and where both read the same input.

import type { Catalog } from '../../catalog/catalog.ts';
import type { Definition } from '../../catalog/definition.ts';
import { isInput, isNamesake } from '../../catalog/definition.ts';

export interface Pair {
  /** Of the hidden version. */
  readonly pipelineId: string;
  /** Those of the shown one that have what it makes; none when all of it is new. */
  readonly shown: readonly string[];
}

/** In the order of creation: what is read comes before what reads it. */
export function pairsOf(replacement: number, catalog: Catalog): readonly Pair[] {
  const all = catalog.versions(replacement);
  const hidden = all.filter(({ id }) => catalog.version(id)!.hidden);
  const pairs = new Map<string, Set<string>>();
  for (const definition of hidden) {
    if (!('pipelineId' in definition)) continue;
    const shown = pairs.get(definition.pipelineId) ?? new Set();
    pairs.set(definition.pipelineId, shown);
    const other = otherVersion(definition, catalog);
    if (other !== undefined && 'pipelineId' in other) shown.add(other.pipelineId);
  }
  return [...pairs].map(([pipelineId, shown]) => ({ pipelineId, shown: [...shown] }));
}

/** Of the same name, in the same replacement. */
export function otherVersion(definition: Definition, catalog: Catalog): Definition | undefined {
  const version = catalog.version(definition.id);
  if (version === undefined) return undefined;
  return catalog
    .versions(version.replacement)
    .find((other) => isNamesake(other, definition) && catalog.version(other.id)!.hidden !== version.hidden);
}

/** Ids under which the shown version may know the same records by the same offsets. */
export function sameInput(id: string, catalog: Catalog): readonly string[] {
  const definition = catalog.get(id);
  if (definition === undefined || !isInput(definition)) return [id];
  const other = otherVersion(definition, catalog);
  if (other === undefined || !isInput(other)) return [id];
  const same = JSON.stringify(other.connector) === JSON.stringify(definition.connector);
  return same ? [id, other.id] : [id];
}
