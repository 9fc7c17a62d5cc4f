// The swap: in one transaction of Postgres the names come to mean the other version, after it was seen, with the commits of both
// versions held back, that nothing goes back by it.

import { setTimeout as sleep } from 'node:timers/promises';
import type { Catalog } from '../../catalog/catalog.ts';
import type { KeptDef } from '../../catalog/definition.ts';
import { isKept } from '../../catalog/definition.ts';
import type { Connection } from '../../postgres/connection.ts';
import { shownNames } from '../../views/shown-names.ts';
import { LOCK_TIMEOUT_MS, publishView, unpublishView } from '../../views/view-tables.ts';
import { numberOf } from '../catalog-store.ts';
import { layoutOfView } from '../view-layouts.ts';
import type { Marks } from './behind.ts';
import { behind, inputsOf } from './behind.ts';
import type { Pair } from './pairs.ts';
import { otherVersion, pairsOf } from './pairs.ts';
import { moveDeployments } from './deployed-objects.ts';
import { flipVersions } from './replacement-store.ts';
import { standingsOf } from './standing.ts';

/** null: what is hidden has caught up; otherwise what it waits for. */
export async function whatItWaitsFor(
  connection: Connection,
  replacement: number,
  catalog: Catalog,
  marks: Marks,
): Promise<string | null> {
  for (const pair of pairsOf(replacement, catalog)) {
    const waiting = await pairWaits(connection, pair, catalog, marks);
    if (waiting !== null) return waiting;
  }
  return null;
}

async function pairWaits(
  connection: Connection,
  { pipelineId, shown }: Pair,
  catalog: Catalog,
  marks: Marks,
): Promise<string | null> {
  const id = numberOf(pipelineId);
  const standings = await standingsOf(connection, [id, ...shown.map(numberOf)]);
  const others = shown
    .filter((other) => other !== pipelineId)
    .flatMap((other) => standings.get(numberOf(other)) ?? []);
  return behind(id, standings.get(id), others, inputsOf(catalog), marks);
}

/** Inside the caller's transaction, which is to be rolled back unless null is given: it is swapped then. */
export async function swap(
  connection: Connection,
  replacement: number,
  catalog: Catalog,
  marks: Marks,
): Promise<string | null> {
  for (const pair of pairsOf(replacement, catalog)) {
    const waiting =
      (await untilItFollows(connection, pair, replacement, catalog)) ??
      (await lockCommits(connection, pair)) ??
      (await pairWaits(connection, pair, catalog, marks));
    if (waiting !== null) return waiting;
  }
  await lockNames(connection, replacement, catalog);
  await publish(connection, replacement, catalog);
  await restShown(connection, replacement, catalog);
  await flipVersions(connection, replacement);
  await moveDeployments(connection, replacement, catalog, 'to hidden');
  return null;
}

/**
 * After commits are held back, as an epoch locks too: first its pipeline, then what it writes. The other way round each would wait
 * for the other, and a pipeline that commits all the time would never let it through. A reader that has a view open makes pipelines
 * wait, for no longer than LOCK_TIMEOUT_MS.
 */
async function lockNames(connection: Connection, replacement: number, catalog: Catalog): Promise<void> {
  const names = await shownNames(
    connection,
    keptOf(replacement, catalog).map(({ id }) => numberOf(id)),
  );
  await connection.query(`SET LOCAL lock_timeout = ${LOCK_TIMEOUT_MS}`);
  for (const name of names) await connection.query(`LOCK TABLE ${name} IN ACCESS EXCLUSIVE MODE`);
}

/** An epoch that is being committed ends soon, on a slow machine too. */
const COMMITTED_WITHIN_MS = 5000;

async function lockCommits(connection: Connection, { pipelineId, shown }: Pair): Promise<null> {
  await connection.query(`SET LOCAL lock_timeout = ${COMMITTED_WITHIN_MS}`);
  await connection.query(
    'SELECT FROM millrace.pipelines WHERE id = ANY ($1::bigint[]) ORDER BY id FOR UPDATE',
    [[pipelineId, ...shown].map(numberOf)],
  );
  return null;
}

const FOLLOWS_WITHIN_MS = 2000;

/** What it reads of the hidden version commits no more for now: it follows that to its last epoch in a moment. */
async function untilItFollows(
  connection: Connection,
  { pipelineId }: Pair,
  replacement: number,
  catalog: Catalog,
): Promise<string | null> {
  const id = numberOf(pipelineId);
  const hidden = keptOf(replacement, catalog).filter((view) => catalog.version(view.id)!.hidden);
  const views = new Set(hidden.map((view) => numberOf(view.id)));
  for (const deadline = Date.now() + FOLLOWS_WITHIN_MS; ;) {
    const standing = (await standingsOf(connection, [id])).get(id);
    const late = standing?.readers.find(
      ({ viewId, epoch, upstream, loading }) => views.has(viewId) && (loading || epoch < upstream),
    );
    if (late === undefined) return null;
    if (Date.now() > deadline) return `pipeline ${standing!.name} to follow view ${late.viewId}`;
    await sleep(5);
  }
}

function keptOf(replacement: number, catalog: Catalog): readonly KeptDef[] {
  return catalog.versions(replacement).filter(isKept);
}

async function publish(connection: Connection, replacement: number, catalog: Catalog): Promise<void> {
  for (const view of keptOf(replacement, catalog)) {
    const other = otherVersion(view, catalog);
    if (!catalog.version(view.id)!.hidden) {
      if (other === undefined) await unpublishView(connection, numberOf(view.id));
      continue;
    }
    const replaces = other === undefined ? null : numberOf(other.id);
    await publishView(connection, layoutOfView(view), { comment: view.text, replaces });
  }
}

/** Pipelines of which nothing is shown any more rest, for an undo; the others are no longer to rest. */
async function restShown(connection: Connection, replacement: number, catalog: Catalog): Promise<void> {
  await connection.query(
    `UPDATE millrace.pipelines SET paused = true, status = 'paused' WHERE id = ANY ($1::bigint[])`,
    [restingAfter(replacement, catalog).map(numberOf)],
  );
}

/** Ids of the pipelines that have no member left that is shown once it is swapped. */
export function restingAfter(replacement: number, catalog: Catalog): readonly string[] {
  const after = catalog.flipped(replacement);
  const ids = new Set(keptOf(replacement, catalog).map(({ pipelineId }) => pipelineId));
  return [...ids].filter((id) =>
    after.pipeline(id).every((member) => after.version(member.id)?.hidden === true),
  );
}
