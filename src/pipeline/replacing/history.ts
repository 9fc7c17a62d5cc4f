// Where a new version begins to read: where the old one began, so that both are of the same records. What a topic no longer has of
// that is told, and refused unless it is asked for.

import type { Catalog } from '../../catalog/catalog.ts';
import type { KafkaSource } from '../../catalog/connector.ts';
import type { InputDef } from '../../catalog/definition.ts';
import { isInput } from '../../catalog/definition.ts';
import type { PhysicalGraph } from '../../physical/graph.ts';
import type { Connection } from '../../postgres/connection.ts';
import type { Pool } from '../../postgres/pool.ts';
import { numberOf } from '../catalog-store.ts';
import type { TopicStart } from '../topic-start.ts';
import type { Pair } from './pairs.ts';
import { sameInput } from './pairs.ts';
import { noHistory } from './refusals.ts';

export interface Beginning {
  readonly pipelineId: number;
  readonly sourceId: number;
  readonly offsets: ReadonlyMap<number, number>;
}

export interface History {
  readonly beginnings: readonly Beginning[];
  /** What is missing, in words. */
  readonly lost: readonly string[];
}

export interface HistoryWorld {
  readonly pool: Pool;
  readonly topicStart: (connector: KafkaSource) => Promise<TopicStart>;
}

interface NewInput {
  readonly pair: Pair;
  readonly input: InputDef & { readonly connector: KafkaSource };
}

/** Throws HISTORY_LOST unless it is forced. */
export async function historyOf(
  graphs: ReadonlyMap<string, PhysicalGraph>,
  pairs: readonly Pair[],
  catalog: Catalog,
  force: boolean,
  world: HistoryWorld,
): Promise<History> {
  const beginnings: Beginning[] = [];
  const lost: string[] = [];
  for (const pair of pairs) {
    for (const input of topicsOf(graphs.get(pair.pipelineId)!, catalog)) {
      const found = await beginningOf({ pair, input }, catalog, world);
      lost.push(...found.lost);
      if (found.offsets.size > 0)
        beginnings.push({
          pipelineId: numberOf(pair.pipelineId),
          sourceId: numberOf(input.id),
          offsets: found.offsets,
        });
    }
  }
  if (lost.length > 0 && !force) throw noHistory(lost.join('; '));
  return { beginnings, lost };
}

function topicsOf({ nodes }: PhysicalGraph, catalog: Catalog): readonly NewInput['input'][] {
  const ids = new Set(nodes.flatMap((node) => (node.kind === 'scan' ? [node.sourceId] : [])));
  return [...ids]
    .flatMap((id) => catalog.get(id) ?? [])
    .filter(isInput)
    .filter((input): input is NewInput['input'] => input.connector.connector === 'kafka');
}

interface OldStart {
  readonly partition: number;
  readonly begin: string | null;
  readonly identity: string | null;
}

async function beginningOf(
  { pair, input }: NewInput,
  catalog: Catalog,
  { pool, topicStart }: HistoryWorld,
): Promise<{ readonly offsets: ReadonlyMap<number, number>; readonly lost: readonly string[] }> {
  const old = await readStarts(pool, pair, sameInput(input.id, catalog));
  const offsets = new Map<number, number>();
  if (old.length === 0) return { offsets, lost: [] };
  const { connector } = input;
  const { topicId, earliest } = await topicStart(connector);
  const lost: string[] = [];
  const recreated = old.some(({ identity }) => identity !== null && topicId !== null && identity !== topicId);
  if (recreated)
    lost.push(`topic "${connector.topic}" was deleted and made again since the old version began`);
  for (const { partition, begin } of old) {
    const kept = earliest.get(partition);
    if (kept === undefined) continue;
    const wanted = begin === null || recreated ? null : Number(begin);
    offsets.set(partition, Math.max(wanted ?? 0, kept));
    if (recreated) continue;
    if (wanted === null && !(connector.startup.mode === 'earliest' && kept === 0))
      lost.push(
        `it is not recorded where the old version began in topic "${connector.topic}", partition ${partition}, which now begins at offset ${kept}`,
      );
    if (wanted !== null && kept > wanted)
      lost.push(
        `the old version began at offset ${wanted} of topic "${connector.topic}", partition ${partition}, and what is left of it begins at ${kept}`,
      );
  }
  return { offsets, lost };
}

async function readStarts(
  pool: Pool,
  { shown }: Pair,
  inputs: readonly string[],
): Promise<readonly OldStart[]> {
  const { rows } = await pool.query<OldStart>(
    `SELECT q.partition, CASE WHEN bool_and(q.begin_offset IS NOT NULL) THEN min(q.begin_offset)::text END AS begin,
            min(s.identity) AS identity
       FROM millrace.partition_progress q LEFT JOIN millrace.source_progress s USING (pipeline_id, source_id)
      WHERE q.pipeline_id = ANY ($1::bigint[]) AND q.source_id = ANY ($2::bigint[])
      GROUP BY q.partition ORDER BY q.partition`,
    [shown.map(numberOf), inputs.map(numberOf)],
  );
  return rows;
}

/** Before the first commit of the new pipelines, in the transaction that makes them. */
export async function beginThere(connection: Connection, beginnings: readonly Beginning[]): Promise<void> {
  for (const { pipelineId, sourceId, offsets } of beginnings)
    for (const [partition, offset] of offsets)
      await connection.query(
        `INSERT INTO millrace.partition_progress (pipeline_id, source_id, partition, next_offset, begin_offset, idle)
         VALUES ($1, $2, $3, $4, $4, false)`,
        [pipelineId, sourceId, partition, offset],
      );
}

/** Throws HISTORY_LOST when a pipeline that was paused can no longer go on from where it stands. */
export async function checkGoesOn(
  pipelineIds: readonly string[],
  graphOf: (pipelineId: string) => PhysicalGraph,
  catalog: Catalog,
  { pool, topicStart }: HistoryWorld,
): Promise<void> {
  for (const pipelineId of pipelineIds)
    for (const { id, connector } of topicsOf(graphOf(pipelineId), catalog)) {
      const { earliest } = await topicStart(connector);
      const { rows } = await pool.query<{ partition: number; next: string }>(
        'SELECT partition, next_offset::text AS next FROM millrace.partition_progress WHERE pipeline_id = $1 AND source_id = $2',
        [numberOf(pipelineId), numberOf(id)],
      );
      const lost = rows.find(({ partition, next }) => (earliest.get(partition) ?? 0) > Number(next));
      if (lost !== undefined)
        throw noHistory(
          `the version before stands at offset ${lost.next} of topic "${connector.topic}", partition ${lost.partition}, and what is left of it begins at ${earliest.get(lost.partition)}`,
        );
    }
}
