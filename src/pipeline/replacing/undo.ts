// The way back: the version before goes on from where it was paused, and is swapped when it has caught up.

import type { Catalog } from '../../catalog/catalog.ts';
import { planPipeline } from '../../plan.ts';
import { numberOf } from '../catalog-store.ts';
import type { HistoryWorld } from './history.ts';
import { checkGoesOn } from './history.ts';
import { pairsOf } from './pairs.ts';
import { readsBoth } from './refusals.ts';
import { setReplacementState } from './replacement-store.ts';

/** Ids of the pipelines that are to be started. */
export async function startUndo(
  replacement: number,
  catalog: Catalog,
  world: HistoryWorld,
): Promise<readonly string[]> {
  refuseReaders(replacement, catalog);
  const ids = pairsOf(replacement, catalog).map(({ pipelineId }) => pipelineId);
  await checkGoesOn(ids, (id) => planPipeline(catalog, id).graph, catalog, world);
  await world.pool.transaction(async (connection) => {
    await connection.query('UPDATE millrace.pipelines SET paused = false WHERE id = ANY ($1::bigint[])', [
      ids.map(numberOf),
    ]);
    await setReplacementState(connection, replacement, 'undoing');
  });
  return ids;
}

/** What has been made over the new version since would be left with it. */
function refuseReaders(replacement: number, catalog: Catalog): void {
  for (const shown of catalog.versions(replacement)) {
    if (catalog.version(shown.id)!.hidden) continue;
    for (const reader of catalog.dependents(shown.id))
      if (catalog.version(reader.id)?.replacement !== replacement) throw readsBoth(reader, shown);
  }
}
