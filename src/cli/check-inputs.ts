// What the check has to know of a pipeline at rest: the records that it has read, its time, and how far its windows are closed.

import type { InputDef, MaterializedViewDef } from '../catalog/definition.ts';
import { openNexmarkReader } from '../connectors/nexmark/reader.ts';
import type { SourceHistory } from '../oracle/source-rows.ts';
import { numberOf } from '../pipeline/catalog-store.ts';
import type { Resume, SourceWorld } from '../pipeline/open-source.ts';
import { openSource, WHOLE_SOURCE } from '../pipeline/open-source.ts';
import type { OpenEngine } from './open-engine.ts';

/** From where the pipeline began to where it stands. */
export async function openHistory(
  open: OpenEngine,
  pipelineId: number,
  source: InputDef,
): Promise<SourceHistory> {
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
export async function committedTs(open: OpenEngine, pipelineId: number): Promise<bigint> {
  const { rows } = await open.pool.query<{ micros: string }>(
    `SELECT (extract(epoch FROM ts) * 1000000)::bigint::text AS micros FROM millrace.pipelines WHERE id = $1`,
    [pipelineId],
  );
  return BigInt(rows[0]!.micros);
}

/** The lowest time up to which all of the view's inputs have closed their windows. */
export async function closedThrough(
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

export interface Input {
  readonly id: string;
  /** Milliseconds. */
  readonly lateness: number;
}

/** Sources, and views of other pipelines: what the view's own pipeline reads. */
export function inputsOf(
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
