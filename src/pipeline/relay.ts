// Relays the change log of a view, or of a sink of its own, into a Kafka topic: exactly once for consumers that read committed
// records, whatever is killed, and whenever.
//
//     take     become the one who may note anything in the database
//     fence    with the sink's transactional id: the predecessor can commit nothing more, what it left open is over
//     look     for the last position of this sink in the topic, from where the database says that it stood
//     then, over and over:   intend (in the database) → one transaction of whole epochs → delivered (in the database)
//
// The transaction that the predecessor intended is either in the topic or not, and nothing else of this sink can be there. What is
// there otherwise comes from a history that the database has lost (it was restored), and is refused.

import { randomUUID } from 'node:crypto';
import type { SinkFormat, SinkRegistry } from '../catalog/connector.ts';
import { AvroRows, registerSchemas } from '../connectors/kafka/avro-rows.ts';
import type { KafkaCluster } from '../connectors/kafka/cluster.ts';
import { topicRecreated } from '../connectors/kafka/errors.ts';
import type { TopicMetadata } from '../connectors/kafka/protocol/metadata.ts';
import { findPosition, positionText } from '../connectors/kafka/sink-position.ts';
import type { ChangedRows } from '../connectors/kafka/sink-records.ts';
import { RecordEncoder } from '../connectors/kafka/sink-records.ts';
import type { SinkRecord } from '../connectors/kafka/transactions.ts';
import { TransactionalProducer } from '../connectors/kafka/transactions.ts';
import type { StartPosition } from '../connectors/source.ts';
import type { RowSchema } from '../data/types.ts';
import { MillraceError } from '../errors.ts';
import type { Pool } from '../postgres/pool.ts';
import type { LoggedChange } from '../views/change-log.ts';
import { readLog } from '../views/change-log.ts';
import { decodeChanges } from '../views/change-log-codec.ts';
import { batchOfRows } from '../views/row-batch.ts';
import { withSnapshotPages } from '../views/snapshot-pages.ts';
import type { ViewLayout } from '../views/view-layout.ts';
import { positionLost, sinkAhead, sinkBehindLog, snapshotTooLarge } from './relay-errors.ts';
import { changedRows, insertedRows } from './relay-rows.ts';
import type { SchemaRegistries } from './schema-registries.ts';
import type { RelayRow } from './relay-store.ts';
import { RelayNotes, takeRelay } from './relay-store.ts';

export interface RelaySink {
  readonly sinkId: number;
  readonly name: string;
  readonly schemaName: string;
  readonly topic: string;
  readonly format: SinkFormat;
  readonly registry: SinkRegistry | null;
  readonly whenAhead: 'fail' | 'continue';
  readonly transactionTimeout: number;
  readonly logId: number;
  readonly pipelineId: number;
  readonly schema: RowSchema;
  readonly visible: number;
  readonly key: readonly number[];
  /** The view that it follows, whose rows are written first; null: its log has everything. */
  readonly view: ViewLayout | null;
}

export interface RelayWorld {
  readonly pool: Pool;
  readonly cluster: KafkaCluster;
  readonly registries: SchemaRegistries;
  /** Resolves when the pipeline has committed something, and now and then. */
  readonly news: (signal: AbortSignal) => Promise<void>;
  /** One snapshot at a time, for each holds a connection. */
  readonly inTurn: <T>(run: () => Promise<T>) => Promise<T>;
  readonly onRunning: () => void;
}

/** Transactions are slept between, so that a busy pipeline becomes larger ones rather than more. */
const PAUSE_MS = 20;

/** The rest is for its end. */
const MOST_OF_A_TRANSACTION = 0.8;

/** Runs until `signal` aborts; rejects with what went wrong, after which it can be run again. */
export async function runRelay(sink: RelaySink, world: RelayWorld, signal: AbortSignal): Promise<void> {
  const writer = randomUUID();
  const row = await takeRelay(world.pool, sink.sinkId, writer);
  const topic = await world.cluster.topic(sink.topic);
  if (row.topicId !== null && topic.topicId !== undefined && row.topicId !== topic.topicId)
    throw topicRecreated(sink.topic, `its id was ${row.topicId} and is now ${topic.topicId}`);
  const producer = await TransactionalProducer.open({
    cluster: world.cluster.options,
    topic: sink.topic,
    partitions: topic.partitions.map(({ partition }) => partition).sort((a, b) => a - b),
    transactionalId: row.transactionalId,
    timeoutMs: sink.transactionTimeout,
  });
  try {
    const notes = new RelayNotes(world.pool, sink.sinkId, writer);
    const standing = await settle(sink, world, row, topic, signal);
    const encoder = await encoderOf(sink, world);
    await notes.standing(standing);
    world.onRunning();
    await new Relay(sink, world, notes, producer, encoder, standing).run(signal);
  } finally {
    await producer.close();
  }
}

type Standing = Pick<RelayRow, 'timeline' | 'topicId' | 'epoch'> & {
  readonly offsets: ReadonlyMap<number, number>;
};

/** What of this sink is in the topic, now that nobody else writes there. */
async function settle(
  sink: RelaySink,
  { cluster }: RelayWorld,
  row: RelayRow,
  topic: TopicMetadata,
  signal: AbortSignal,
): Promise<Standing> {
  const { timeline } = row;
  const found = await findPosition({ cluster, topic, timeline, start: startOf(row, topic), signal });
  const topicId = topic.topicId ?? row.topicId;
  const here = { timeline, topicId, offsets: found.ends };
  if (found.epoch !== null && found.epoch === row.intent) return { ...here, epoch: row.intent };
  const isAhead = found.epoch !== null && found.epoch !== row.epoch;
  if (!isAhead && !(found.lost && row.intent !== null)) return { ...here, epoch: row.epoch };
  if (sink.whenAhead === 'continue') return { ...here, timeline: randomUUID(), epoch: row.epoch };
  throw isAhead ? sinkAhead(sink.topic, found.epoch!, row.epoch) : positionLost(sink.topic);
}

/** Clocks of the database and of brokers may differ by this. */
const CLOCKS_MS = 3_600_000;

function startOf({ offsets, createdMs }: RelayRow, topic: TopicMetadata): StartPosition {
  if (offsets === null) return { kind: 'timestamp', ms: Math.max(0, Math.floor(createdMs - CLOCKS_MS)) };
  const existing = topic.partitions.map(({ partition }) => partition);
  return { kind: 'offsets', offsets: new Map([...offsets].filter(([p]) => existing.includes(p))) };
}

async function encoderOf(sink: RelaySink, { registries }: RelayWorld): Promise<RecordEncoder> {
  const { format, schema, visible, key, registry, topic } = sink;
  const source = { name: sink.name, schema: sink.schemaName, table: sink.view?.name ?? sink.name };
  const shape = { format, schema, visible, key, source };
  if (registry === null) return new RecordEncoder(shape);
  const columns = schema.slice(0, visible);
  const ids = await registerSchemas(registries.of(registry).client, registry, {
    topic,
    format,
    columns,
    key,
  });
  return new RecordEncoder(shape, new AvroRows(shape, ids));
}

class Relay {
  private readonly sink: RelaySink;
  private readonly world: RelayWorld;
  private readonly notes: RelayNotes;
  private readonly producer: TransactionalProducer;
  private readonly encoder: RecordEncoder;
  private readonly timeline: string;
  private offsets: ReadonlyMap<number, number>;
  private epoch: number | null;

  constructor(
    sink: RelaySink,
    world: RelayWorld,
    notes: RelayNotes,
    producer: TransactionalProducer,
    encoder: RecordEncoder,
    standing: Standing,
  ) {
    this.sink = sink;
    this.world = world;
    this.notes = notes;
    this.producer = producer;
    this.timeline = standing.timeline;
    this.offsets = standing.offsets;
    this.epoch = standing.epoch;
    this.encoder = encoder;
  }

  async run(signal: AbortSignal): Promise<void> {
    let after = this.epoch ?? (await this.world.inTurn(() => this.writeSnapshot()));
    while (!signal.aborted) {
      const page = await this.read(after);
      if (page.changes.length > 0) await this.relay(page.changes);
      after = page.through;
      if (page.last) await this.world.news(signal);
      if (page.changes.length > 0 && page.last) await pause(PAUSE_MS);
    }
  }

  private async read(after: number): ReturnType<typeof readLog> {
    const { pipelineId, logId: viewId } = this.sink;
    try {
      return await readLog(this.world.pool, { pipelineId, viewId, after });
    } catch (error) {
      if (error instanceof MillraceError && error.code === 'CURSOR_EXPIRED')
        throw sinkBehindLog(this.sink.name, error);
      throw error;
    }
  }

  /** The epoch of the snapshot. */
  private writeSnapshot(): Promise<number> {
    const { view } = this.sink;
    if (view === null) throw new Error('a sink without a view has no snapshot');
    const { encoder, timeline } = this;
    const at = { ms: Date.now(), snapshot: true };
    const { name, transactionTimeout } = this.sink;
    return withSnapshotPages(this.world.pool, view, async (epoch, pages) => {
      async function* batches(): AsyncGenerator<readonly SinkRecord[]> {
        let part = 0;
        let sent = 0;
        const begun = performance.now();
        for await (const rows of pages) {
          // The broker ends it without asking, and then it would be tried again for ever.
          if (performance.now() - begun > transactionTimeout * MOST_OF_A_TRANSACTION)
            throw snapshotTooLarge(name, sent, transactionTimeout);
          sent += rows.length;
          const changed = insertedRows(batchOfRows(view!.schema, rows));
          yield positioned(encoder, changed, { epoch, ...at }, timeline, part++);
        }
      }
      await this.transact(epoch, batches());
      return epoch;
    });
  }

  private async relay(changes: readonly LoggedChange[]): Promise<void> {
    const { encoder, timeline } = this;
    const { schema } = this.sink;
    const at = { ms: Date.now(), snapshot: false };
    async function* batches(): AsyncGenerator<readonly SinkRecord[]> {
      for (const { epoch, parts } of changes)
        for (const [part, bytes] of parts.entries()) {
          const changed = changedRows(schema, decodeChanges(bytes, schema));
          yield positioned(encoder, changed, { epoch, ...at }, timeline, part);
        }
    }
    await this.transact(changes.at(-1)!.epoch, batches());
  }

  private async transact(epoch: number, batches: AsyncIterable<readonly SinkRecord[]>): Promise<void> {
    await this.notes.intend(epoch);
    let records = 0;
    async function* counted(): AsyncGenerator<readonly SinkRecord[]> {
      for await (const batch of batches) {
        records += batch.length;
        yield batch;
      }
    }
    const sent = await this.producer.send(counted());
    this.offsets = new Map([...this.offsets, ...[...sent].map(([p, base]) => [p, base + 1] as const)]);
    this.epoch = epoch;
    await this.notes.delivered(epoch, this.offsets, records);
  }
}

function positioned(
  encoder: RecordEncoder,
  rows: ChangedRows,
  at: { readonly epoch: number; readonly ms: number; readonly snapshot: boolean },
  timeline: string,
  part: number,
): readonly SinkRecord[] {
  return encoder.encode(rows, at).map(({ key, value }, index) => ({
    key,
    value,
    position: positionText(timeline, at.epoch, part, index),
  }));
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
