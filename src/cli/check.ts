// The check at the end of `start --seconds`: does every view equal the same SQL run by Postgres over the rows that were produced?
// Pipelines are at rest by then, so that view, offsets and watermark belong to one committed epoch.

import type { Definition, FunctionDef, MaterializedViewDef, TableDef } from '../catalog/definition.ts';
import { displayName, isKept } from '../catalog/definition.ts';
import type { Comparison } from '../oracle/compare.ts';
import type { OracleSession } from '../oracle/check-view.ts';
import { checkTable, checkView, openSession } from '../oracle/check-view.ts';
import { numberOf } from '../pipeline/catalog-store.ts';
import { endsConnection, sqlState } from '../postgres/sql-errors.ts';
import { closedThrough, committedTs, inputsOf, openHistory } from './check-inputs.ts';
import type { OpenEngine } from './open-engine.ts';

export type Verdict =
  | { readonly view: string; readonly kind: 'equal' | 'different'; readonly comparison: Comparison }
  /** `why` a comparison is impossible, or would prove nothing. */
  | { readonly view: string; readonly kind: 'unchecked'; readonly why: string };

export interface CheckProgress {
  /** Told of each view before it is compared, and of its verdict. */
  readonly checking: (view: string) => void;
  readonly checked: (verdict: Verdict) => void;
  /** Ends the check at once: the promise rejects. */
  readonly signal: AbortSignal;
}

type Kept = MaterializedViewDef | TableDef;

/** Pipeline by pipeline: the sources of each are loaded once. */
export async function checkViews(open: OpenEngine, progress: CheckProgress): Promise<void> {
  const kept = open.engine.catalog.list().filter((definition) => isKept(definition));
  for (const [, views] of Map.groupBy(kept, ({ pipelineId }) => pipelineId)) {
    progress.signal.throwIfAborted();
    const session = await openSession(open.pool.url);
    const cut = (): void => session.connection.destroy();
    progress.signal.addEventListener('abort', cut);
    try {
      for (const view of views) {
        progress.checking(displayName(view));
        progress.checked(await verdictOn(open, session, view));
      }
    } finally {
      progress.signal.removeEventListener('abort', cut);
      await session.connection.close();
    }
  }
}

async function verdictOn(open: OpenEngine, session: OracleSession, kept: Kept): Promise<Verdict> {
  const view = displayName(kept);
  const impossible = await incomparable(open, kept);
  if (impossible !== null) return { view, kind: 'unchecked', why: impossible };
  let comparison: Comparison;
  try {
    comparison = await compared(open, session, kept);
  } catch (error) {
    if (sqlState(error) === undefined || endsConnection(error)) throw error;
    return { view, kind: 'unchecked', why: `Postgres does not compute it: ${(error as Error).message}` };
  }
  if (comparison.equal) return { view, kind: 'equal', comparison };
  const why = kept.kind === 'table' ? null : await unknowable(open, kept);
  return why === null ? { view, kind: 'different', comparison } : { view, kind: 'unchecked', why };
}

async function compared(open: OpenEngine, session: OracleSession, kept: Kept): Promise<Comparison> {
  const pipelineId = numberOf(kept.pipelineId);
  if (kept.kind === 'table') return checkTable(session, kept, await openHistory(open, pipelineId, kept));
  return checkView(session, {
    catalog: open.engine.catalog,
    view: kept,
    closedThrough: await closedThrough(open, pipelineId, kept),
    now: await committedTs(open, pipelineId),
    history: (source) => openHistory(open, pipelineId, source),
  });
}

/** Why a view cannot be compared; null: it can. */
async function incomparable(open: OpenEngine, kept: Kept): Promise<string | null> {
  if (kept.kind === 'materialized view' && !isReadAsJson(open, kept.dependsOn))
    return 'the check reads JSON alone, and a source of it has another format';
  const script = scriptIn(open, kept);
  if (script !== null)
    return `it calls ${displayName(script)}, a function in JavaScript, which Postgres cannot compute`;
  const { rows } = await open.pool.query<{ failing: string | null }>(
    `SELECT sum(weight)::text AS failing FROM millrace.view_errors WHERE pipeline_id = $1 AND view_id = $2`,
    [numberOf(kept.pipelineId), numberOf(kept.id)],
  );
  const failing = rows[0]!.failing;
  if (failing === null) return null;
  return `not compared: ${failing === '1' ? '1 row of it fails' : `${failing} rows of it fail`} at present, see millrace.view_errors`;
}

/** A function in JavaScript that the view's own text, or a plain view in it, comes to; what others keep is compared as it is kept. */
function scriptIn(open: OpenEngine, reader: Definition): FunctionDef | null {
  for (const id of reader.dependsOn) {
    const definition = open.engine.catalog.get(id);
    if (definition === undefined || isForeign(definition, reader)) continue;
    if (definition.kind === 'function' && definition.language === 'javascript') return definition;
    const found = scriptIn(open, definition);
    if (found !== null) return found;
  }
  return null;
}

function isForeign(definition: Definition, reader: Definition): boolean {
  return isKept(definition) && (!isKept(reader) || definition.pipelineId !== reader.pipelineId);
}

/** The judge reads the records of sources with Postgres' own JSON functions: other formats are not its business. */
function isReadAsJson(open: OpenEngine, ids: readonly string[]): boolean {
  return ids.every((id) => {
    const definition = open.engine.catalog.get(id);
    if (definition?.kind === 'source' || definition?.kind === 'table')
      return definition.format.encode === 'JSON';
    return isReadAsJson(open, definition?.dependsOn ?? []);
  });
}

/** Late rows and dead letters that retention has removed can no longer be left out of the input. */
async function unknowable(open: OpenEngine, view: MaterializedViewDef): Promise<string | null> {
  const { rows } = await open.pool.query<{ rows: string | null }>(
    `SELECT sum(rows)::text AS rows FROM millrace.trimmed_rows
      WHERE source_id = ANY ($1::bigint[]) AND (what = 'dead letters' OR pipeline_id = $2)`,
    [inputsOf(open, view).map(({ id }) => numberOf(id)), numberOf(view.pipelineId)],
  );
  const gone = rows[0]!.rows;
  return gone === null ? null : `${gone} late rows and dead letters of its sources were removed by retention`;
}
