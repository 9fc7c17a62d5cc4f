// Producing in transactions. Opening fences whoever had the transactional id before and ends what it left open. There is no healing:
// after any error the producer is closed and another is opened, which puts an end to whatever was under way.
//
// Every record gets its partition here, once: kafkajs asks its partitioner again when it sends again, and for records without a key
// it would get another answer, so that the broker takes a batch for the duplicate of a different one.

import { CompressionTypes, Partitioners, type Producer, type Transaction } from 'kafkajs';
import { MillraceError } from '../../errors.ts';
import { call, kafkaClient, typeOf } from './client.ts';
import type { KafkaClusterOptions } from './cluster.ts';
import { recordTooLarge, topicNotFound, writeDenied } from './errors.ts';

/** The broker refuses larger batches by default (1 MiB). */
const BATCH_BYTES = 900_000;
const RECORD_OVERHEAD_BYTES = 128;

export interface SinkRecord {
  /** null: no key. */
  readonly key: Buffer | null;
  /** null: a tombstone. */
  readonly value: Buffer | null;
  readonly position: string;
}

export const POSITION_HEADER = 'millrace-position';

export interface TransactionalOptions {
  readonly cluster: KafkaClusterOptions;
  readonly topic: string;
  readonly partitions: readonly number[];
  readonly transactionalId: string;
  readonly timeoutMs: number;
}

export class TransactionalProducer {
  private readonly options: TransactionalOptions;
  private readonly producer: Producer;
  private readonly partitionOf: (key: Buffer) => number;
  private turn = 0;

  private constructor(options: TransactionalOptions, producer: Producer) {
    this.options = options;
    this.producer = producer;
    this.partitionOf = partitioner(options.topic, options.partitions);
  }

  static async open(options: TransactionalOptions): Promise<TransactionalProducer> {
    const producer = kafkaClient(options.cluster).producer({
      transactionalId: options.transactionalId,
      transactionTimeout: options.timeoutMs,
      idempotent: true,
      maxInFlightRequests: 1,
      allowAutoTopicCreation: false,
      createPartitioner: Partitioners.DefaultPartitioner,
      // A broker is not ready for the next transaction until it has marked the end of the last everywhere.
      retry: { initialRetryTime: 15, multiplier: 2, factor: 0.2, maxRetryTime: 1000, retries: 8 },
    });
    const opened = new TransactionalProducer(options, producer);
    try {
      await opened.attempt(() => producer.connect());
      // The id is only taken with the first transaction.
      await (await opened.attempt(() => producer.transaction())).abort();
    } catch (error) {
      await opened.close();
      throw error;
    }
    return opened;
  }

  /**
   * Sends what `batches` gives as one transaction. Gives, of each partition that was written to, an offset below which nothing of
   * this transaction lies but its first records. After an error the outcome is unknown: close, open again, and look.
   */
  async send(batches: AsyncIterable<readonly SinkRecord[]>): Promise<ReadonlyMap<number, number>> {
    const transaction = await this.attempt(() => this.producer.transaction());
    const offsets = new Map<number, number>();
    try {
      for await (const records of batches)
        for (const slice of slices(records)) await this.sendSlice(transaction, slice, offsets);
    } catch (error) {
      // What is not tried again would stay open, and hold up consumers, until it times out.
      if (error instanceof MillraceError && !error.retryable)
        await transaction.abort().catch(() => undefined);
      throw error;
    }
    await this.attempt(() => transaction.commit());
    return offsets;
  }

  async close(): Promise<void> {
    await this.producer.disconnect().catch(() => undefined);
  }

  private async sendSlice(
    transaction: Transaction,
    slice: readonly SinkRecord[],
    offsets: Map<number, number>,
  ): Promise<void> {
    const { topic, partitions } = this.options;
    const keyless = partitions[this.turn++ % partitions.length]!;
    const messages = slice.map(({ key, value, position }) => ({
      key,
      value,
      partition: key === null ? keyless : this.partitionOf(key),
      headers: { [POSITION_HEADER]: position },
    }));
    const compression = CompressionTypes.None;
    const sent = await this.attempt(() => transaction.send({ topic, acks: -1, compression, messages }));
    for (const { partition, baseOffset } of sent)
      offsets.set(partition, Math.max(offsets.get(partition) ?? 0, Number(baseOffset)));
  }

  private async attempt<T>(run: () => Promise<T>): Promise<T> {
    const { cluster, topic } = this.options;
    try {
      return await call(cluster, topic, run);
    } catch (error) {
      throw this.translate(error);
    }
  }

  private translate(error: unknown): unknown {
    const type = typeOf(error);
    const { topic, transactionalId } = this.options;
    switch (type) {
      case 'TOPIC_AUTHORIZATION_FAILED':
        return writeDenied(`topic "${topic}"`, 'WRITE and DESCRIBE on the topic');
      case 'TRANSACTIONAL_ID_AUTHORIZATION_FAILED':
        return writeDenied(
          `transactional id "${transactionalId}"`,
          'WRITE on transactional ids that begin with millrace-',
        );
      case 'MESSAGE_TOO_LARGE':
      case 'RECORD_LIST_TOO_LARGE':
        return recordTooLarge(topic);
      case 'UNKNOWN_TOPIC_OR_PARTITION':
        return topicNotFound(topic, []);
      default:
        return interrupted(topic, error);
    }
  }
}

/** What ended a transaction may pass; whether it was committed is found in the topic. */
function interrupted(topic: string, cause: unknown): MillraceError {
  return new MillraceError({
    code: cause instanceof MillraceError ? cause.code : 'BROKER_ERROR',
    domain: 'external',
    retryable: true,
    message: cause instanceof Error ? cause.message : `a transaction on topic "${topic}" was interrupted`,
    hint: 'tried again with backoff; nothing is lost or written twice',
    cause,
  });
}

/** As Java's producer chooses: murmur2 of the key. */
function partitioner(topic: string, partitions: readonly number[]): (key: Buffer) => number {
  const choose = Partitioners.DefaultPartitioner();
  const partitionMetadata = partitions.map((partitionId) => ({
    partitionId,
    partitionErrorCode: 0,
    leader: 0,
    replicas: [],
    isr: [],
  }));
  return (key) => choose({ topic, partitionMetadata, message: { key, value: null } });
}

function* slices(records: readonly SinkRecord[]): Generator<readonly SinkRecord[]> {
  let from = 0;
  let bytes = 0;
  for (let index = 0; index < records.length; index++) {
    const { key, value } = records[index]!;
    const size = RECORD_OVERHEAD_BYTES + (key?.length ?? 0) + (value?.length ?? 0);
    if (index > from && bytes + size > BATCH_BYTES) {
      yield records.slice(from, index);
      from = index;
      bytes = 0;
    }
    bytes += size;
  }
  if (from < records.length) yield records.slice(from);
}
