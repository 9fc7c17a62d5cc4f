// While the pipelines of a cell run: what Postgres shows in one snapshot, as any reader sees it, is at every moment the answer over
// exactly the records that the committed offsets of that snapshot count. A verdict within a REPEATABLE READ transaction.

import type { Definition, InputDef, KeptDef } from '../../src/catalog/definition.ts';
import { isKept } from '../../src/catalog/definition.ts';
import type { Connection } from '../../src/postgres/connection.ts';
import { openSession } from '../../src/oracle/check-view.ts';
import { numberOf } from '../../src/pipeline/catalog-store.ts';
import type { Engine } from '../../src/pipeline/engine.ts';
import type { Logs } from '../task/memory-input.ts';
import { historyOf } from './history.ts';
import { spelledOut, verdictOn } from './verdict.ts';

/** In one cell. */
const ENOUGH = 6;
const PAUSE_MS = 15;

/** Looks at one view after the other until `over`; gives how many versions were looked at before the last. */
export async function watchVersions(
  engine: Engine,
  url: string,
  logs: readonly Logs[],
  over: () => boolean,
): Promise<number> {
  const kept = engine.catalog.list().filter(isKept);
  // What follows other pipelines is consistent with each of them alone: with what they held some commits ago.
  const views = kept.filter((view) => inputsOf(engine, view) !== null && canBeTold(engine, view));
  let seen = 0;
  for (let at = 0; !over() && seen < ENOUGH && views.length > 0; at++) {
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    if (await look(engine, url, logs, views[at % views.length]!)) seen++;
  }
  return seen;
}

/** What a join gives on close is told of its end alone: Postgres has no word for "not yet" but windows. */
function canBeTold(engine: Engine, view: KeptDef): boolean {
  const other = spelledOut(engine, view);
  // Amid the run two inputs with the same records have not been read equally far.
  if (other !== undefined && view.kind !== 'table')
    return view.emit === 'on change' && namesOf(engine, view) === namesOf(engine, other);
  if (view.kind === 'table' || view.emit === 'on change') return true;
  return /(TUMBLE|HOP|CUMULATE|SESSION) *\(/i.test(view.text) && !/JOIN/i.test(view.text);
}

/** Says whether there was something to see, and something still to come. */
async function look(engine: Engine, url: string, logs: readonly Logs[], view: KeptDef): Promise<boolean> {
  const session = await openSession(url);
  const { connection } = session;
  try {
    await connection.query('SET client_min_messages = error');
    await connection.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
    const pipelineId = numberOf(view.pipelineId);
    const { rows: standing } = await connection.query<{ epoch: string; status: string }>(
      'SELECT epoch::text, status FROM millrace.pipelines WHERE id = $1',
      [pipelineId],
    );
    const { epoch, status } = standing[0]!;
    if (epoch === '0' || status === 'finished') return false;
    const read = await offsetsOf(connection, pipelineId);
    const of = (input: InputDef) =>
      historyOf(input, logs, pipelineId, read.get(numberOf(input.id)) ?? new Map());
    const { differences, rows, expectedRows } = await verdictOn(session, engine, view, {
      historyOf: of,
      closedThrough: await closedThrough(connection, pipelineId, inputsOf(engine, view) ?? []),
    });
    if (differences.length > 0 || rows !== expectedRows)
      throw new Error(
        `${view.name} has ${rows} rows in epoch ${epoch}, not ${expectedRows}:\n${differences.join('\n')}`,
      );
    return true;
  } finally {
    await connection.close();
  }
}

/** By source, by partition. */
async function offsetsOf(
  connection: Connection,
  pipelineId: number,
): Promise<ReadonlyMap<number, ReadonlyMap<number, number>>> {
  const { rows } = await connection.query<{ source: string; partition: number; next: string }>(
    `SELECT source_id::text AS source, partition, next_offset::text AS next
       FROM millrace.partition_progress WHERE pipeline_id = $1`,
    [pipelineId],
  );
  const offsets = new Map<number, Map<number, number>>();
  for (const { source, partition, next } of rows) {
    const partitions = offsets.get(Number(source)) ?? new Map<number, number>();
    offsets.set(Number(source), partitions.set(partition, Number(next)));
  }
  return offsets;
}

/** Microseconds; the sources have no allowed lateness. Null: nothing is closed. */
async function closedThrough(
  connection: Connection,
  pipelineId: number,
  sources: readonly string[],
): Promise<bigint | null> {
  const { rows } = await connection.query<{ known: string; least: string | null }>(
    `SELECT count(watermark)::text AS known,
            CASE WHEN min(watermark) = 'infinity' THEN '9223372036854775807'
                 ELSE (extract(epoch FROM min(watermark)) * 1000000)::bigint::text END AS least
       FROM millrace.source_progress WHERE pipeline_id = $1 AND source_id = ANY ($2::bigint[])`,
    [pipelineId, sources.map(numberOf)],
  );
  const { known, least } = rows[0]!;
  return Number(known) < sources.length || least === null ? null : BigInt(least);
}

function namesOf(engine: Engine, view: KeptDef): string {
  return [...new Set(inputsOf(engine, view))].sort().join();
}

/** Ids of the sources that a view is made of; null where it follows another pipeline. */
function inputsOf({ catalog }: Engine, view: KeptDef): readonly string[] | null {
  const visit = (definition: Definition): readonly string[] | null => {
    if (definition.kind === 'source') return [definition.id];
    if (isKept(definition) && definition.pipelineId !== view.pipelineId) return null;
    const below = definition.dependsOn.map((id) => visit(catalog.get(id)!));
    return below.some((ids) => ids === null) ? null : below.flatMap((ids) => ids!);
  };
  return visit(view);
}
