// The relays of this process: one per Kafka sink in the catalog. Each lives by itself; a broker that is away or slow holds up
// neither a commit nor another relay, only the change log grows meanwhile.
//
//   starting ──▶ running ── an error that may pass ──▶ degraded ──▶ starting
//      ▲                └── one that stays ──▶ failed ── resume() ──▶ starting
//      └── resume() ── paused ◀── pause()

import type { Catalog } from '../catalog/catalog.ts';
import type { KafkaSink } from '../catalog/connector.ts';
import type { SinkDef } from '../catalog/definition.ts';
import { sinkRows } from '../catalog/sink-rows.ts';
import { MillraceError, renderError } from '../errors.ts';
import type { Pool } from '../postgres/pool.ts';
import { numberOf } from './catalog-store.ts';
import type { KafkaClusters } from './kafka-clusters.ts';
import type { RelaySink } from './relay.ts';
import { runRelay } from './relay.ts';
import { pausedRelays, recordRelayState, setRelayPaused } from './relay-store.ts';
import type { SchemaRegistries } from './schema-registries.ts';
import { layoutOfView } from './view-layouts.ts';

export interface RelaysWorld {
  readonly pool: Pool;
  readonly clusters: KafkaClusters;
  readonly registries: SchemaRegistries;
  readonly log: (level: 'info' | 'warn' | 'error', message: string, fields: Record<string, unknown>) => void;
}

/** What only the owner of the sink can mend. */
const STAYING: ReadonlySet<string> = new Set([
  'SINK_AHEAD',
  'SINK_POSITION_LOST',
  'SINK_LOST',
  'SINK_SNAPSHOT_TOO_LARGE',
  'TOPIC_RECREATED',
  'RECORD_TOO_LARGE',
  'BAD_FORMAT',
  'SCHEMA_INCOMPATIBLE',
  'SINK_VALUE',
]);

/** Commits of other processes are noticed this late at most. */
const LOOK_EVERY_MS = 1_000;
const CLOSE_WITHIN_MS = 5_000;

export class Relays {
  private readonly world: RelaysWorld;
  private readonly running = new Map<number, RunningRelay>();
  private paused: ReadonlySet<number> = new Set();
  private turn: Promise<unknown> = Promise.resolve();

  constructor(world: RelaysWorld) {
    this.world = world;
  }

  async open(catalog: Catalog): Promise<void> {
    this.paused = await pausedRelays(this.world.pool);
    this.follow(catalog);
  }

  /** Starts and stops relays, so that there is one for each sink. */
  follow(catalog: Catalog): void {
    const wanted = new Map<number, RelaySink & { readonly connector: KafkaSink }>();
    for (const definition of catalog.list())
      if (definition.kind === 'sink' && definition.connector.connector === 'kafka')
        wanted.set(numberOf(definition.id), relaySink(definition, definition.connector, catalog));
    for (const [id, relay] of this.running) {
      if (wanted.has(id)) continue;
      this.running.delete(id);
      void relay.stop();
    }
    for (const [id, sink] of wanted) {
      if (this.running.has(id)) continue;
      const relay = new RunningRelay(sink, this.world, (run) => this.inTurn(run));
      this.running.set(id, relay);
      if (!this.paused.has(id)) relay.start();
    }
  }

  /** The pipeline has committed something that may be in a change log. */
  wake(pipelineId: number): void {
    for (const relay of this.running.values()) if (relay.sink.pipelineId === pipelineId) relay.wake();
  }

  async alter(sinkId: number, action: 'pause' | 'resume'): Promise<void> {
    const relay = this.running.get(sinkId);
    await setRelayPaused(this.world.pool, sinkId, action === 'pause');
    if (action === 'resume') return relay?.start();
    await relay?.stop();
    await recordRelayState(this.world.pool, sinkId, 'paused', null);
  }

  /** A broker that does not answer must not keep the service from ending: what was under way is settled by the next start. */
  async close(): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, CLOSE_WITHIN_MS)));
    await Promise.race([late, Promise.all([...this.running.values()].map((relay) => relay.stop()))]);
    clearTimeout(timer);
  }

  private inTurn<T>(run: () => Promise<T>): Promise<T> {
    const result = this.turn.then(run, run);
    this.turn = result.catch(() => {});
    return result;
  }
}

type InTurn = <T>(run: () => Promise<T>) => Promise<T>;

class RunningRelay {
  readonly sink: RelaySink & { readonly connector: KafkaSink };
  private readonly world: RelaysWorld;
  private readonly inTurn: InTurn;
  private abort: AbortController | null = null;
  private loop: Promise<void> = Promise.resolve();
  private failures = 0;
  private dirty = false;
  /** Ends what is waited for. */
  private ring: () => void = () => {};
  private awaitsNews = false;

  constructor(sink: RelaySink & { readonly connector: KafkaSink }, world: RelaysWorld, inTurn: InTurn) {
    this.sink = sink;
    this.world = world;
    this.inTurn = inTurn;
  }

  start(): void {
    if (this.abort !== null) return;
    const abort = new AbortController();
    this.abort = abort;
    this.failures = 0;
    this.loop = this.loop.then(() => this.live(abort));
  }

  async stop(): Promise<void> {
    this.abort?.abort();
    this.abort = null;
    this.ring();
    await this.loop;
  }

  wake(): void {
    this.dirty = true;
    if (this.awaitsNews) this.ring();
  }

  private async live(abort: AbortController): Promise<void> {
    const { signal } = abort;
    while (!signal.aborted) {
      try {
        await this.note('starting', null);
        await this.runOnce(signal);
      } catch (cause) {
        if (signal.aborted) return;
        this.failures++;
        const stays = cause instanceof MillraceError && STAYING.has(cause.code);
        await this.note(stays ? 'failed' : 'degraded', cause);
        if (stays) {
          if (this.abort === abort) this.abort = null;
          return;
        }
        await this.wait(backoffMs(this.failures), signal);
      }
    }
  }

  private runOnce(signal: AbortSignal): Promise<void> {
    const { pool, clusters, registries } = this.world;
    return runRelay(
      this.sink,
      {
        pool,
        cluster: clusters.of(this.sink.connector),
        registries,
        news: (ended) => this.news(ended),
        inTurn: this.inTurn,
        onRunning: () => (this.failures = 0),
      },
      signal,
    );
  }

  private async news(signal: AbortSignal): Promise<void> {
    this.awaitsNews = true;
    if (!this.dirty) await this.wait(LOOK_EVERY_MS, signal);
    this.awaitsNews = false;
    this.dirty = false;
  }

  private wait(ms: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.ring = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  private async note(state: 'starting' | 'degraded' | 'failed', cause: unknown): Promise<void> {
    const { pool, log } = this.world;
    const { sinkId, name } = this.sink;
    const text = cause === null ? null : renderError(cause);
    log(
      state === 'starting' ? 'info' : 'error',
      `sink ${name} is ${state}`,
      text === null ? {} : { cause: text },
    );
    await recordRelayState(pool, sinkId, state, text).catch((error: unknown) =>
      log('warn', 'the state of a sink could not be recorded', { error: String(error) }),
    );
  }
}

function backoffMs(failures: number): number {
  return Math.min(30_000, 100 * 2 ** Math.min(failures, 9)) * (0.5 + Math.random() / 2);
}

function relaySink(
  sink: SinkDef,
  connector: KafkaSink,
  catalog: Catalog,
): RelaySink & { readonly connector: KafkaSink } {
  const { logId, columns, hidden, key } = sinkRows(sink, catalog);
  const view = sink.follows === null ? undefined : catalog.get(sink.follows);
  return {
    connector,
    sinkId: numberOf(sink.id),
    name: sink.name,
    schemaName: sink.schema,
    topic: connector.topic,
    format: connector.format,
    registry: connector.registry ?? null,
    whenAhead: connector.whenAhead,
    transactionTimeout: connector.transactionTimeout,
    logId: numberOf(logId),
    pipelineId: numberOf(sink.pipelineId),
    schema: [...columns, ...hidden],
    visible: columns.length,
    key,
    view: view?.kind === 'materialized view' ? layoutOfView(view) : null,
  };
}
