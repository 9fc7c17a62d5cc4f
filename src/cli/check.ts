// The check at the end of `start --seconds`: does every view equal the same SQL run by Postgres over the rows that were produced?
// Pipelines are at rest by then, so that view, offsets and watermark belong to one committed epoch.

import type { InputDef, MaterializedViewDef, TableDef } from '../catalog/definition.ts';
import type { Comparison } from '../oracle/compare.ts';
import { checkTable, checkView } from '../oracle/check-view.ts';
import type { SourceHistory } from '../oracle/source-rows.ts';
import { numberOf } from '../pipeline/catalog-store.ts';
import { openNexmarkReader } from '../connectors/nexmark/reader.ts';
import type { Resume, SourceWorld } from '../pipeline/open-source.ts';
import { openSource, WHOLE_SOURCE } from '../pipeline/open-source.ts';
import { connect } from '../postgres/connection.ts';
import { displayName } from '../catalog/definition.ts';
import type { OpenEngine } from './open-engine.ts';

export interface Verdict {
  readonly view: string;
  readonly comparison: Comparison;
  /** Why a difference would prove nothing; null: it would. */
  readonly unknowable: string | null;
}

export async function checkViews(open: OpenEngine): Promise<readonly Verdict[]> {
  const verdicts: Verdict[] = [];
  for (const view of open.engine.catalog.list()) {
    if (view.kind === 'table')
      verdicts.push({ view: displayName(view), comparison: await checkKept(open, view), unknowable: null });
    if (view.kind === 'materialized view' && isReadAsJson(open, view.dependsOn))
      verdicts.push({
        view: displayName(view),
        comparison: await checkOne(open, view),
        unknowable: await unknowable(open, view),
      });
  }
  return verdicts;
}

/** The judge reads the records of sources with Postgres' own JSON functions: other formats are not its business. */
function isReadAsJson(open: OpenEngine, ids: readonly string[]): boolean {
  return ids.every((id) => {
    const definition = open.engine.catalog.get(id);
    if (definition?.kind === 'source') return definition.format.encode === 'JSON';
    return isReadAsJson(open, definition?.dependsOn ?? []);
  });
}

async function checkKept(open: OpenEngine, table: TableDef): Promise<Comparison> {
  const connection = await connect(open.pool.url, { applicationName: 'millrace check' });
  try {
    return await checkTable(connection, table, await openHistory(open, numberOf(table.pipelineId), table));
  } finally {
    await connection.close();
  }
}

async function checkOne(open: OpenEngine, view: MaterializedViewDef): Promise<Comparison> {
  const connection = await connect(open.pool.url, { applicationName: 'millrace check' });
  const pipelineId = numberOf(view.pipelineId);
  try {
    return await checkView(connection, {
      catalog: open.engine.catalog,
      view,
      closedThrough: await closedThrough(open, pipelineId, view),
      now: await committedTs(open, pipelineId),
      history: (source) => openHistory(open, pipelineId, source),
    });
  } finally {
    await connection.close();
  }
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

/** From where the pipeline began to where it stands. */
async function openHistory(open: OpenEngine, pipelineId: number, source: InputDef): Promise<SourceHistory> {
  const sourceId = numberOf(source.id);
  const { rows } = await open.pool.query<{ partition: number; next_offset: string }>(
    `SELECT partition, next_offset::text FROM millrace.partition_progress
      WHERE pipeline_id = $1 AND source_id = $2`,
    [pipelineId, sourceId],
  );
  const ends = new Map(rows.map((row) => [row.partition, Number(row.next_offset)]));
  const resume: Resume = { offsets: null, ends, identity: undefined };
  const bounded = {
    ...source,
    connector: boundedConnector(source),
    reading: { ...source.reading, maxRate: null },
  };
  const world: SourceWorld = {
    ...open.world,
    openNexmark: (generator, { ends: until }) =>
      openNexmarkReader({
        source: generator,
        start: { kind: 'earliest' },
        end: { kind: 'offsets', offsets: until ?? new Map() },
        unpaced: true,
      }),
  };
  return { sourceId, pipelineId, reader: await openSource(bounded, resume, WHOLE_SOURCE, world) };
}

function boundedConnector({ connector }: InputDef): InputDef['connector'] {
  if (connector.connector === 'datagen') return { ...connector, rate: null };
  return connector.connector === 'kafka' ? { ...connector, bounded: { mode: 'latest' } } : connector;
}

/** The time of the pipeline's last epoch. */
async function committedTs(open: OpenEngine, pipelineId: number): Promise<bigint> {
  const { rows } = await open.pool.query<{ micros: string }>(
    `SELECT (extract(epoch FROM ts) * 1000000)::bigint::text AS micros FROM millrace.pipelines WHERE id = $1`,
    [pipelineId],
  );
  return BigInt(rows[0]!.micros);
}

/** The lowest time up to which all of the view's inputs have closed their windows. */
async function closedThrough(
  open: OpenEngine,
  pipelineId: number,
  view: MaterializedViewDef,
): Promise<bigint | null> {
  let lowest: bigint | null | undefined;
  for (const { id, lateness } of inputsOf(open, view)) {
    const { rows } = await open.pool.query<{ micros: string | null }>(
      `SELECT CASE WHEN isfinite(watermark) THEN (extract(epoch FROM watermark) * 1000000)::bigint::text
                   WHEN watermark = 'infinity' THEN '9223372036854775807' END AS micros
         FROM millrace.source_progress WHERE pipeline_id = $1 AND source_id = $2`,
      [pipelineId, numberOf(id)],
    );
    const micros = rows[0]?.micros;
    if (micros === null || micros === undefined) return null;
    const infinite = micros === '9223372036854775807';
    const closed = BigInt(micros) - (infinite ? 0n : BigInt(lateness) * 1000n);
    if (lowest === undefined || lowest === null || closed < lowest) lowest = closed;
  }
  return lowest ?? null;
}

interface Input {
  readonly id: string;
  /** Milliseconds. */
  readonly lateness: number;
}

/** Sources, and views of other pipelines: what the view's own pipeline reads. */
function inputsOf(
  open: OpenEngine,
  view: MaterializedViewDef,
  reader: { readonly dependsOn: readonly string[] } = view,
): Input[] {
  return reader.dependsOn.flatMap((id): Input[] => {
    const definition = open.engine.catalog.get(id);
    if (definition === undefined) return [];
    if (definition.kind === 'source') return [{ id, lateness: definition.reading.allowedLateness }];
    if ('pipelineId' in definition && definition.pipelineId !== view.pipelineId) return [{ id, lateness: 0 }];
    return inputsOf(open, view, definition);
  });
}
