// What a submission changes in the database, in one transaction: what goes, the catalog, and the pipelines, readers and tables of what
// is new. What is hidden has its table, and no name yet.

import { isCreating } from '../binder/statement.ts';
import type { Catalog } from '../catalog/catalog.ts';
import type { KeptDef } from '../catalog/definition.ts';
import { isKept } from '../catalog/definition.ts';
import type { PhysicalGraph } from '../physical/graph.ts';
import { tablesOf } from '../physical/state-tables.ts';
import type { Submission } from '../plan.ts';
import { planPipeline } from '../plan.ts';
import type { Connection } from '../postgres/connection.ts';
import { copyIndexes } from '../views/view-indexes.ts';
import { checkNameIsFree, checkReplaceable } from '../views/view-names.ts';
import { createViewTable, dropView, publishView } from '../views/view-tables.ts';
import { createPipeline, dropPipeline, numberOf, retireTables, storeChanges } from './catalog-store.ts';
import { followsOf, registerReaders } from './readers.ts';
import { forgetRelay, registerRelay } from './relay-store.ts';
import type { DeployedFile } from './replacing/deployed-objects.ts';
import { moveDeployments, recordDeployment } from './replacing/deployed-objects.ts';
import type { Beginning } from './replacing/history.ts';
import { beginThere } from './replacing/history.ts';
import { otherVersion } from './replacing/pairs.ts';
import type { Prepared } from './replacing/prepare.ts';
import { createReplacement, deleteReplacements } from './replacing/replacement-store.ts';
import { layoutOfView } from './view-layouts.ts';

export interface Writing {
  readonly prepared: Prepared;
  /** As it was. */
  readonly before: Catalog;
  readonly requester: string;
  readonly beginnings: readonly Beginning[];
  /** The file that says it. */
  readonly file?: DeployedFile | undefined;
}

/** Fingerprints of the state tables that pipelines have lost with it, by pipeline. */
export type Retired = ReadonlyMap<string, readonly string[]>;

export async function writeSubmission(connection: Connection, writing: Writing): Promise<Retired> {
  const { prepared, before, requester } = writing;
  const { submission, pipelines, replacement, ended } = prepared;
  for (const change of submission.changes) {
    const gone = change.kind === 'drop' ? before.get(change.id) : undefined;
    if (gone !== undefined && isKept(gone)) await dropView(connection, numberOf(gone.id));
    if (gone?.kind === 'sink') await forgetSink(connection, numberOf(gone.id));
  }
  for (const over of ended) await moveDeployments(connection, over, before, 'to shown');
  if (replacement !== null)
    await createReplacement(connection, { id: replacement, what: whatIsReplaced(submission) }, requester);
  await storeChanges(connection, submission.changes, submission.catalog.nextId, requester);
  await deleteReplacements(connection, ended);
  const retired = await writeRemains(connection, submission, before);
  // Tables first: what is read must be there to be read.
  for (const { plan, name, tasks } of pipelines) {
    await createPipeline(connection, numberOf(plan.id), name, tasks);
    await registerReaders(connection, numberOf(plan.id), followsOf(plan.graph));
    for (const member of submission.catalog.pipeline(plan.id))
      if (isKept(member)) await createView(connection, member, submission.catalog);
  }
  await beginThere(connection, writing.beginnings);
  for (const change of submission.changes) {
    if (change.kind !== 'add' || change.definition.kind !== 'sink') continue;
    if (change.definition.connector.connector === 'kafka') await registerRelay(connection, change.definition);
  }
  if (writing.file !== undefined) await recordDeployment(connection, writing.file, objectsOf(submission));
  return retired;
}

/** Ids of what its statements name. */
function objectsOf({ statements }: Submission): readonly string[] {
  return statements.flatMap(({ bound }) =>
    isCreating(bound) || bound.kind === 'unchanged' ? [bound.definition.id] : [],
  );
}

function whatIsReplaced({ changes, catalog }: Submission): string {
  return changes
    .flatMap((change) => (change.kind === 'version' ? catalog.get(change.id)! : []))
    .map(({ kind, schema, name }) => `${kind} ${schema}.${name}`)
    .join(', ');
}

/** Pipelines that lose members. */
export function losingMembers({ changes }: Submission, before: Catalog): readonly string[] {
  const ids = new Set<string>();
  for (const change of changes) {
    if (change.kind !== 'drop') continue;
    const gone = before.get(change.id);
    // A sink that follows a view is no part of what the pipeline runs.
    if (gone?.kind === 'sink' && typeof gone.follows === 'string') continue;
    if (gone !== undefined && 'pipelineId' in gone) ids.add(gone.pipelineId);
  }
  return [...ids];
}

/** Numbers of the views and tables that go. */
export function goneViews({ changes }: Submission): readonly number[] {
  const kept = changes.filter((change) => change.kind === 'drop' && /^[mt]/.test(change.id));
  return kept.flatMap((change) => (change.kind === 'drop' ? [numberOf(change.id)] : []));
}

/** What is left in the database of pipelines that lose members. */
async function writeRemains(
  connection: Connection,
  submission: Submission,
  before: Catalog,
): Promise<Map<string, readonly string[]>> {
  const retired = new Map<string, readonly string[]>();
  for (const id of losingMembers(submission, before)) {
    if (submission.catalog.pipeline(id).length === 0) {
      await dropPipeline(connection, numberOf(id));
      continue;
    }
    const tables = ({ nodes }: PhysicalGraph): readonly string[] => nodes.flatMap(tablesOf);
    const { graph } = planPipeline(submission.catalog, id);
    const left = new Set(tables(graph));
    const gone = tables(planPipeline(before, id).graph).filter((fingerprint) => !left.has(fingerprint));
    await registerReaders(connection, numberOf(id), followsOf(graph));
    await retireTables(connection, numberOf(id), gone);
    retired.set(id, gone);
  }
  return retired;
}

async function createView(connection: Connection, view: KeptDef, catalog: Catalog): Promise<void> {
  const layout = layoutOfView(view);
  await createViewTable(connection, layout);
  if (catalog.version(view.id)?.hidden !== true)
    return publishView(connection, layout, { comment: view.text, replaces: null });
  const other = otherVersion(view, catalog);
  if (other === undefined) return checkNameIsFree(connection, layout);
  await checkReplaceable(connection, layout, numberOf(other.id));
  await copyIndexes(connection, numberOf(other.id), layout);
}

async function forgetSink(connection: Connection, sinkId: number): Promise<void> {
  await connection.query('DELETE FROM millrace.sink_positions WHERE sink_id = $1', [sinkId]);
  await forgetRelay(connection, sinkId);
}
