// The bounds of a reader, in one place.

export interface ReaderLimits {
  /** Raw record sets waiting for the task, over all partitions. What is in memory is about this plus one answer. */
  readonly queueBytes: number;
  /** One fetch, and one partition's part of it. Soft in Kafka: a larger batch comes whole. */
  readonly fetchBytes: number;
  readonly partitionFetchBytes: number;
  /** One batch, as stored and decompressed: so also the largest record. */
  readonly maxBatchBytes: number;
  readonly chunkRecords: number;
  /** How long a broker waits for records before it answers empty; also how often the end is proven. */
  readonly maxWaitMs: number;
  readonly metadataRefreshMs: number;
  /** Least time between two refreshes. */
  readonly metadataPauseMs: number;
  /** How long a topic may be unknown to the brokers before it counts as deleted. */
  readonly topicGoneMs: number;
  readonly openTimeoutMs: number;
}

const DEFAULTS: ReaderLimits = {
  queueBytes: 32 << 20,
  fetchBytes: 8 << 20,
  partitionFetchBytes: 1 << 20,
  maxBatchBytes: 64 << 20,
  chunkRecords: 8192,
  maxWaitMs: 500,
  metadataRefreshMs: 10_000,
  metadataPauseMs: 100,
  topicGoneMs: 10_000,
  openTimeoutMs: 10_000,
};

export function withDefaults(limits: Partial<ReaderLimits> | undefined): ReaderLimits {
  return { ...DEFAULTS, ...limits };
}
