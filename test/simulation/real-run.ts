// The tiny pipeline on the real Postgres, through a proxy that fails: the same code as in the simulation, and the same
// checks, on what is read back.

import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { CommitPort } from '../../src/epoch/commit-port.ts';
import { createPipeline } from '../../src/epoch/pipeline-row.ts';
import { PostgresPort } from '../../src/epoch/postgres-port.ts';
import { statementsOf } from '../../src/epoch/step-sql.ts';
import { MillraceError } from '../../src/errors.ts';
import type { Pool } from '../../src/postgres/pool.ts';
import type { BurstInfo, Fault } from '../setup/tcp-proxy.ts';
import { startProxy } from '../setup/tcp-proxy.ts';

import { makeInput } from './counting-input.ts';
import { runPipeline } from './counting-pipeline.ts';
import { checkAcknowledged, checkDurable, checkFinished } from './durable-state.ts';
import type { Random } from './random.ts';
import { seeded } from './random.ts';
import { readDurable } from './read-durable.ts';

export type RealSabotage = 'none' | 'no-fence' | 'offsets-outside' | 'skip-segments' | 'reread-for-takeover';

const PARTITIONS = 2;
const RECORDS = 24;
const FAULTS = 7;

export interface RealReport {
  readonly epochs: number;
  readonly processes: number;
  readonly fenced: number;
  readonly faults: readonly string[];
}

export async function realRun(
  seed: number,
  pool: Pool,
  sabotage: RealSabotage = 'none',
): Promise<RealReport> {
  const random = seeded(seed);
  const input = makeInput(random, PARTITIONS, RECORDS);
  const view = `counts_${randomUUID().replaceAll('-', '')}`;
  await pool.query(`CREATE TABLE public.${view} (key text COLLATE "C" PRIMARY KEY, n bigint NOT NULL)`);
  const pipelineId = await pool.use((connection) => createPipeline(connection, view, 1));
  const url = new URL(pool.url);
  const faults: string[] = [];
  const proxy = await startProxy({ host: url.hostname, port: Number(url.port) }, (burst) => {
    const fault = faults.length < FAULTS ? chooseFault(burst, random) : ({ kind: 'none' } as const);
    if (fault.kind !== 'none') faults.push(`${burst.isCommit ? 'commit' : 'other'} ${fault.kind}`);
    return fault;
  });
  url.port = String(proxy.port);
  const stop = new AbortController();
  const makePort = (): CommitPort => {
    const port = new PostgresPort({
      url: url.href,
      pipelineId,
      signal: stop.signal,
      commitTimeoutMs: 300,
      evictAfterMs: 100,
      connectTimeoutMs: 1000,
      random: random.next,
      spell: sabotagedSpelling(sabotage),
    });
    return sabotage === 'reread-for-takeover' ? rereading(port, pool, pipelineId) : port;
  };
  const acknowledged = new Map<number, number>();
  let tokens = 0;
  let processes = 0;
  let fenced = 0;
  /** True when this process ended the input; false when somebody else took over. */
  const process = async (): Promise<boolean> => {
    processes++;
    const writer = random.uuid();
    try {
      await runPipeline({
        ...{
          pipelineId,
          viewId: pipelineId,
          table: `public.${view}`,
          input,
          random,
          port: makePort(),
          writer,
        },
        clock: () => BigInt(Date.now()) * 1000n,
        compute: () => (random.chance(0.05) ? delay(random.below(60)) : Promise.resolve()),
        acknowledged: (epoch, token) => acknowledged.set(epoch, token),
        token: () => ++tokens,
      });
      return true;
    } catch (error) {
      if (!(error instanceof MillraceError) || error.code !== 'FENCED') throw error;
      if ((await ownerOf(pool, pipelineId)) === writer)
        throw new Error('a process was fenced, and nobody else had taken over', { cause: error });
      fenced++;
      return false;
    }
  };
  try {
    // A second process that believes the pipeline to be its own, in half of the runs.
    const usurper = random.chance(0.5) ? delay(random.below(120)).then(process) : Promise.resolve(false);
    const outcomes = await Promise.all([process(), usurper]);
    if (!outcomes.includes(true)) await process();
    // What is still on its way arrives.
    await delay(faults.some((fault) => /late|hang/.test(fault)) ? LATEST_MS + 50 : 0);
    return await checkAtEnd();
  } finally {
    stop.abort();
    await proxy.close();
  }

  async function checkAtEnd(): Promise<RealReport> {
    const state = await readDurable(pool, pipelineId, view, PARTITIONS);
    checkDurable(state, input);
    checkFinished(state, input);
    checkAcknowledged(state, acknowledged);
    return { epochs: state.epoch, processes, fenced, faults };
  }
}

/** Nothing is held back longer. */
const LATEST_MS = 150;

function chooseFault(burst: BurstInfo, random: Random): Fault {
  if (!random.chance(burst.isCommit ? 0.4 : 0.08)) return { kind: 'none' };
  const ms = random.below(LATEST_MS);
  return random.pick<Fault>([
    { kind: 'cut', share: random.next() },
    { kind: 'drop-answer' },
    { kind: 'deliver-late', ms: random.below(60) },
    { kind: 'deliver-late', ms },
    { kind: 'hang', share: random.next(), ms },
    { kind: 'delay', ms: random.below(50) },
    ...(random.chance(0.2) ? [{ kind: 'blackhole' } as const] : []),
  ]);
}

function sabotagedSpelling(sabotage: RealSabotage): typeof statementsOf {
  return (step, pipelineId) => {
    const statements = statementsOf(step, pipelineId);
    switch (sabotage) {
      case 'none':
      case 'reread-for-takeover':
        return statements;
      case 'no-fence':
        return statements.map((statement) =>
          statement.kind === 'sql' && statement.name === 'mr_fence'
            ? {
                ...statement,
                text: statement.text.replace(
                  'AND generation = $2::bigint AND epoch = $3::bigint - 1',
                  'AND $2::bigint IS NOT NULL',
                ),
              }
            : statement,
        );
      case 'offsets-outside':
        return step.kind === 'partitions' ? [plain('COMMIT'), ...statements, plain('BEGIN')] : statements;
      case 'skip-segments':
        return step.kind === 'segment' || step.kind === 'manifest' ? [] : statements;
    }
  };
}

function plain(text: string): ReturnType<typeof statementsOf>[number] {
  return { kind: 'sql', name: '', text, values: [] };
}

/** Looks where the pipeline stands instead of taking it over. */
function rereading(port: PostgresPort, pool: Pool, pipelineId: number): CommitPort {
  return Object.assign(Object.create(port) as PostgresPort, {
    takeOver: (writer: string) => port.takeOver(writer),
    commit: (steps: Parameters<PostgresPort['commit']>[0]) => port.commit(steps),
    readSegments: (manifest: Parameters<PostgresPort['readSegments']>[0]) => port.readSegments(manifest),
    writeAhead: (...given: Parameters<PostgresPort['writeAhead']>) => port.writeAhead(...given),
    stillOwns: (writer: string) => port.stillOwns(writer),
    dropFolds: (fold: number) => port.dropFolds(fold),
    pause: (ms: number) => port.pause(ms),
    random: () => port.random(),
    isTransient: (error: unknown) => port.isTransient(error),
    close: () => port.close(),
    async retake() {
      const { rows } = await pool.query<{ generation: bigint; epoch: bigint }>(
        'SELECT generation, epoch FROM millrace.pipelines WHERE id = $1',
        [pipelineId],
      );
      return { kind: 'taken', generation: Number(rows[0]!.generation), epoch: Number(rows[0]!.epoch) };
    },
  });
}

async function ownerOf(pool: Pool, pipelineId: number): Promise<string | undefined> {
  const { rows } = await pool.query<{ writer: string }>(
    'SELECT writer::text FROM millrace.pipelines WHERE id = $1',
    [pipelineId],
  );
  return rows[0]?.writer;
}
