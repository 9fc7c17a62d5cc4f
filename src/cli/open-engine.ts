// The engine on an installation: schema brought up to date, catalog loaded, pipelines running, psql's door open.

import type { Config } from '../config.ts';
import type { WritePlan } from '../epoch/write-plan.ts';
import { PostgresPort } from '../epoch/postgres-port.ts';
import { MillraceError } from '../errors.ts';
import { CommitBell } from '../pipeline/commit-bell.ts';
import { Engine } from '../pipeline/engine.ts';
import { hostTasks } from '../pipeline/host-tasks.ts';
import { KafkaClusters } from '../pipeline/kafka-clusters.ts';
import { SchemaRegistries } from '../pipeline/schema-registries.ts';
import { readerSchemas } from '../pipeline/reader-schemas.ts';
import { checkInputs } from '../pipeline/check-inputs.ts';
import { readSinkPositions } from '../pipeline/open-end.ts';
import { logsIn } from '../pipeline/open-log.ts';
import type { SourceWorld } from '../pipeline/open-source.ts';
import { readPositions } from '../pipeline/readers.ts';
import { Relays } from '../pipeline/relays.ts';
import { requestedReplays } from '../pipeline/dead-letters.ts';
import { openRequestDoor } from '../pipeline/requests.ts';
import { sourceWorld } from '../pipeline/source-world.ts';
import { DEFAULT_TASK_SETTINGS } from '../pipeline/task-setup.ts';
import { topicStart } from '../pipeline/topic-start.ts';
import { startUpkeep } from '../pipeline/upkeep.ts';
import { recordTaskFigures } from '../pipeline/task-figures.ts';
import { migrate } from '../postgres/migrations.ts';
import { Pool } from '../postgres/pool.ts';
import { ChangeFeed } from '../views/change-feed.ts';
import type { Log } from './log.ts';

export interface OpenEngine {
  readonly engine: Engine;
  readonly pool: Pool;
  readonly feed: ChangeFeed;
  readonly clusters: KafkaClusters;
  readonly world: SourceWorld;
  /** Told of every durable epoch. */
  onCommit(listener: (plan: WritePlan, ms: number) => void): void;
  close(): Promise<void>;
}

export async function openEngine(
  config: Config,
  databaseUrl: string,
  brokers: readonly string[],
  log: Log,
): Promise<OpenEngine> {
  await migrate(databaseUrl);
  const pool = new Pool(databaseUrl, {
    applicationName: 'millrace',
    max: config.postgresConnections,
    patient: true,
  });
  const clusters = new KafkaClusters(brokers, config.tlsRoot);
  const registries = new SchemaRegistries(config.schemaRegistries);
  const world = sourceWorld(clusters, config.fileRoot, registries);
  const feed = new ChangeFeed();
  const bell = new CommitBell();
  const giveUp = new AbortController();
  const listeners: ((plan: WritePlan, ms: number) => void)[] = [];
  const hosting = {
    world: { sources: world, fileRoot: config.fileRoot, logs: logsIn(pool, bell) },
    databaseUrl,
    brokers,
    tlsRoot: config.tlsRoot,
    registries: config.schemaRegistries,
    memoryMb: config.taskMemoryMb,
    onProcess: (pipeline: number, task: number, pid: number) =>
      log('info', 'a task has a process of its own', { pipeline, task, pid }),
  };
  const relays = new Relays({ pool, clusters, registries, log });
  const engine = await Engine.open({
    pool,
    log,
    tasks: {
      parallelism: config.parallelism,
      isolation: config.isolation,
      maxMemory: config.pipelineMemoryMb === null ? null : config.pipelineMemoryMb * 2 ** 20,
    },
    alterRelay: (sinkId, action) => relays.alter(sinkId, action),
    viewEmptied: (viewId) => feed.end(viewId, 'gone'),
    viewReplaced: (viewId) => feed.end(viewId, 'replaced'),
    topicStart: (connector) => topicStart(connector, world),
    readerSchemas: (text) => readerSchemas(text, world),
    checkInputs: (submission) => checkInputs(submission, world, config.fileRoot),
    assembly: (pipelineId) => {
      feed.own(pipelineId);
      return {
        port: new PostgresPort({ url: databaseUrl, pipelineId, signal: giveUp.signal }),
        host: (setups, isolation) => hostTasks(setups, isolation, hosting),
        sinkPositions: (sinkIds) => readSinkPositions(pool, sinkIds),
        readerPositions: () => readPositions(pool, pipelineId),
        replays: (id) => requestedReplays(pool, id),
        observer: {
          epochCommitted(plan, ms) {
            feed.publish({
              pipelineId,
              after: plan.epoch - 1,
              epoch: plan.epoch,
              parts: plan.changelog,
            });
            if (plan.changelog.length > 0) relays.wake(pipelineId);
            bell.ring(pipelineId, plan.epoch);
            for (const listener of listeners) listener(plan, ms);
          },
        },
        settings: { ...DEFAULT_TASK_SETTINGS, checkpointIntervalMs: config.checkpointIntervalMs },
      };
    },
  });
  engine.onCatalog((catalog) => relays.follow(catalog));
  await relays.open(engine.catalog);
  const door = await openRequestDoor(pool, engine);
  const { retention, upkeepIntervalMs: everyMs } = config;
  const upkeep = startUpkeep({ pool, retention, everyMs, log });
  const figures = recordTaskFigures(pool, engine, log);
  return {
    engine,
    pool,
    feed,
    clusters,
    world,
    onCommit: (listener) => void listeners.push(listener),
    async close() {
      await door.close();
      await upkeep.stop();
      // A database that stays away must not keep the service from ending: what was not committed is read again.
      const patience = setTimeout(() => giveUp.abort(stopping()), 20_000);
      await engine.stop();
      await figures.stop();
      await relays.close();
      clearTimeout(patience);
      await clusters.close();
      await pool.close();
    },
  };
}

function stopping(): MillraceError {
  return new MillraceError({
    code: 'STOPPED_WITHOUT_POSTGRES',
    domain: 'external',
    message: 'the service was stopped while Postgres could not be reached',
    hint: 'nothing is lost: the next start goes on from the last committed epoch',
  });
}
