// One query file in one cell: an engine on a database of its own, logs in memory as input, deaths as planned; then the verdict of
// Postgres on every view, and what each holds as text, to be compared with the other cells.

import type { InputDef, KeptDef } from '../../src/catalog/definition.ts';
import { isKept } from '../../src/catalog/definition.ts';
import { openSession } from '../../src/oracle/check-view.ts';
import { numberOf } from '../../src/pipeline/catalog-store.ts';
import { CommitBell } from '../../src/pipeline/commit-bell.ts';
import { requestedReplays } from '../../src/pipeline/dead-letters.ts';
import type { EngineWorld } from '../../src/pipeline/engine.ts';
import { Engine } from '../../src/pipeline/engine.ts';
import { hostTasks } from '../../src/pipeline/host-tasks.ts';
import { logsIn } from '../../src/pipeline/open-log.ts';
import type { SourceWorld } from '../../src/pipeline/open-source.ts';
import { readPositions } from '../../src/pipeline/readers.ts';
import { DEFAULT_TASK_SETTINGS } from '../../src/pipeline/task-setup.ts';
import { migrate } from '../../src/postgres/migrations.ts';
import { Pool } from '../../src/postgres/pool.ts';
import { until } from '../integration/eventually.ts';
import { freshDatabase } from '../setup/parts.ts';
import type { Logs } from '../task/memory-input.ts';
import { MemoryReader } from '../task/memory-input.ts';
import { seededRandom } from '../windows/seeded-random.ts';
import type { Cell } from './cells.ts';
import { bytesOf } from './inputs.ts';
import { historyOf } from './history.ts';
import { FIVE_KILLS, Kills, mortalPort, mortalReader } from './kills.ts';
import { verdictOn } from './verdict.ts';
import { watchVersions } from './versions.ts';

/** Epochs that the input is enough for, so that every death finds one to meet. */
const EPOCHS = 24;
const LARGEST_CHUNK = 2048;

export interface CellResult {
  /** Rows of each view as text, in order. */
  readonly views: Readonly<Record<string, readonly string[]>>;
  readonly lateRows: number;
  readonly epochs: number;
  /** Looked at while it ran. */
  readonly versions: number;
  readonly kills: readonly string[];
}

/** `judge`: whether Postgres is asked; what equals the rows of a cell that was judged needs no verdict of its own. */
export async function runCell(
  sql: string,
  logs: readonly Logs[],
  cell: Cell,
  seed: number,
  judge: boolean,
): Promise<CellResult> {
  const database = await freshDatabase();
  await migrate(database.url);
  const pool = new Pool(database.url, { applicationName: 'metamorphic', max: 6 });
  const kills = new Kills(cell.kills === 0 ? [] : FIVE_KILLS);
  const giveUp = new AbortController();
  const engine = await Engine.open(worldOf(pool, logs, cell, seed, kills, giveUp.signal));
  try {
    await engine.submit(sql, { requester: 'test' });
    let over = false;
    const watching = watchVersions(engine, pool.url, logs, () => over);
    // Should it fail before the pipelines have come to their end, that is told after it.
    watching.catch(() => undefined);
    await finished(engine).finally(() => (over = true));
    const versions = await watching;
    const views: Record<string, readonly string[]> = {};
    for (const definition of engine.catalog.list())
      if (isKept(definition)) {
        if (judge) await expectVerdict(engine, pool, logs, definition);
        views[definition.name] = await rowsOf(pool, definition);
      }
    const { rows } = await pool.query<{ late: string; epochs: string }>(
      `SELECT (SELECT count(*) FROM millrace.late_rows)::text AS late, max(epoch)::text AS epochs FROM millrace.pipelines`,
    );
    const { late, epochs } = rows[0]!;
    return { views, lateRows: Number(late), epochs: Number(epochs), versions, kills: kills.done };
  } finally {
    giveUp.abort(new Error('the test is over'));
    await engine.stop();
    await pool.close();
    await database.drop();
  }
}

function worldOf(
  pool: Pool,
  logs: readonly Logs[],
  cell: Cell,
  seed: number,
  kills: Kills,
  signal: AbortSignal,
): EngineWorld {
  const bell = new CommitBell();
  const random = seededRandom(seed);
  const records = logs.flat(2).length;
  // An epoch is several chunks, here as with many rows.
  const maxChunk = cell.batch === 'default' ? Math.min(LARGEST_CHUNK, Math.ceil(records / EPOCHS / 2)) : 1;
  const reader = (
    number: number,
    owns: (partition: number) => boolean,
    start: ReadonlyMap<number, number> | null,
  ) => mortalReader(new MemoryReader({ logs: logs[number]!, owns, start, random, maxChunk }), kills);
  const sources: SourceWorld = {
    cluster: elsewhere,
    openFile: elsewhere,
    schemas: elsewhere,
    openNexmark: (source, { offsets }, { owns }) => reader(source.seed, owns, offsets),
    openKafka: ({ topic }, { start, owns }) =>
      Promise.resolve(reader(Number(topic), owns!, start.kind === 'offsets' ? start.offsets : null)),
  };
  const hosting = {
    world: { sources, fileRoot: null, logs: logsIn(pool, bell) },
    databaseUrl: pool.url,
    brokers: [],
    registries: [],
    tlsRoot: null,
  };
  const maxEpochBytes = Math.ceil(bytesOf(logs) / EPOCHS / cell.tasks);
  return {
    pool,
    tasks: { parallelism: cell.tasks, isolation: 'inline', maxMemory: null },
    checkInputs: () => Promise.resolve(),
    viewEmptied: () => undefined,
    viewReplaced: () => undefined,
    topicStart: () => Promise.reject(new Error('inputs are in memory')),
    log: () => undefined,
    assembly: (pipelineId) => ({
      port: mortalPort(pool.url, pipelineId, signal, kills),
      host: (setups, isolation) => hostTasks(setups, isolation, { ...hosting, memoryMb: null }),
      sinkPositions: () => Promise.resolve(new Map()),
      readerPositions: () => readPositions(pool, pipelineId),
      replays: (id) => requestedReplays(pool, id),
      observer: { epochCommitted: ({ epoch }) => bell.ring(pipelineId, epoch) },
      settings: { ...DEFAULT_TASK_SETTINGS, maxEpochBytes, tickMs: 20 },
    }),
  };
}

function elsewhere(): never {
  throw new Error('inputs are in memory');
}

async function finished(engine: Engine): Promise<void> {
  await until(
    'all pipelines have finished',
    () => engine.pipelines().every(({ state }) => state === 'finished' || state === 'failed'),
    () => JSON.stringify(engine.pipelines().map(({ name, state, cause }) => [name, state, String(cause)])),
    120_000,
  );
  const failed = engine.pipelines().find(({ state }) => state === 'failed');
  if (failed !== undefined) throw new Error(`pipeline ${failed.name} failed`, { cause: failed.cause });
}

async function expectVerdict(
  engine: Engine,
  pool: Pool,
  logs: readonly Logs[],
  view: KeptDef,
): Promise<void> {
  const session = await openSession(pool.url);
  try {
    const { differences, rows, expectedRows } = await verdictOn(session, engine, view, {
      historyOf: (input: InputDef) => historyOf(input, logs, numberOf(view.pipelineId), null),
      closedThrough: INFINITE,
    });
    if (differences.length > 0 || rows !== expectedRows)
      throw new Error(`${view.name} has ${rows} rows, not ${expectedRows}:\n${differences.join('\n')}`);
  } finally {
    await session.connection.close();
  }
}

async function rowsOf(pool: Pool, view: KeptDef): Promise<readonly string[]> {
  const found = await pool.query<{ row: string }>(
    `SELECT r::text AS row FROM "${view.name}" AS r ORDER BY 1`,
  );
  return found.rows.map(({ row }) => row);
}

const INFINITE = 9_223_372_036_854_775_807n;
