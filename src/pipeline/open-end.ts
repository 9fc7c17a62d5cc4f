// Opens the ends of a pipeline: writers of views, and sinks brought to the last committed epoch.

import type { SinkDef } from '../catalog/definition.ts';
import { isKept } from '../catalog/definition.ts';
import { BlackholeSink } from '../connectors/blackhole/sink.ts';
import { openFileSink } from '../connectors/file/sink.ts';
import type { SinkPosition, SinkWriter } from '../connectors/sink.ts';
import { MillraceError } from '../errors.ts';
import type { PhysicalNode } from '../physical/graph.ts';
import type { Pool } from '../postgres/pool.ts';
import { LogEnd } from '../task/log-end.ts';
import { SinkEnd } from '../task/sink-end.ts';
import type { TaskEnd } from '../task/task-end.ts';
import { ViewEnd } from '../task/view-end.ts';
import type { KeyedRows } from '../views/net-changes.ts';
import { newViewWriter } from '../views/view-writer.ts';
import { numberOf } from './catalog-store.ts';
import type { TaskSetup } from './task-setup.ts';
import { layoutOfView } from './view-layouts.ts';

export type EndNode = Extract<PhysicalNode, { kind: 'materialize' | 'sink' }>;

/** A view or sink at the last committed epoch. */
export async function openEnd(node: EndNode, setup: TaskSetup, fileRoot: string | null): Promise<TaskEnd> {
  const id = node.kind === 'sink' ? node.sinkId : node.viewId;
  const definition = setup.definitions.find((known) => known.id === id);
  if (definition !== undefined && isKept(definition)) {
    const timed = node.watermarkColumns.length > 0 && setup.task === 0;
    return new ViewEnd(numberOf(definition.id), newViewWriter(layoutOfView(definition)), timed);
  }
  if (definition?.kind !== 'sink') throw new Error(`no definition for node ${node.id}`);
  const sinkId = numberOf(definition.id);
  if (definition.connector.connector === 'kafka') return new LogEnd(sinkId, keyedRows(definition));
  const writer = await openSink(definition, fileRoot);
  await writer.recover(setup.sinkPositions.get(sinkId) ?? null);
  return new SinkEnd(sinkId, writer);
}

/** As of the last committed epoch. */
export async function readSinkPositions(
  pool: Pool,
  sinkIds: readonly number[],
): Promise<ReadonlyMap<number, SinkPosition>> {
  if (sinkIds.length === 0) return new Map();
  const { rows } = await pool.query<{ id: string; position: SinkPosition }>(
    'SELECT sink_id::text AS id, position FROM millrace.sink_positions WHERE sink_id = ANY ($1::bigint[])',
    [sinkIds],
  );
  return new Map(rows.map(({ id, position }) => [Number(id), position]));
}

async function openSink(sink: SinkDef, fileRoot: string | null): Promise<SinkWriter> {
  const { connector, columns, appendOnly } = sink;
  switch (connector.connector) {
    case 'blackhole':
      return new BlackholeSink(columns);
    case 'file':
      return openFileSink({
        root: requireFileRoot(fileRoot),
        path: connector.path,
        columns,
        appendOnly,
        csv: connector.csv,
      });
    case 'kafka':
      throw new Error('a Kafka sink is fed from its change log');
  }
}

function keyedRows({ name, columns, hidden, key, appendOnly }: SinkDef): KeyedRows {
  return { name, schema: [...columns, ...hidden], key, appendOnly };
}

export function requireFileRoot(fileRoot: string | null): string {
  if (fileRoot !== null) return fileRoot;
  throw new MillraceError({
    code: 'FILES_NOT_ALLOWED',
    message: "connector = 'file' is not allowed on this installation",
    hint: 'start the service with MILLRACE_FILE_ROOT=<folder>; files below it can then be read and written',
  });
}
