// Opening a topic for reading: does it exist, is it the one that was read before, where do we start and stop.
import { MillraceError } from '../../errors.ts';
import type { EndPosition, SourceReader, StartPosition } from '../source.ts';
import { backoffMs, Signal } from './backoff.ts';
import type { KafkaCluster } from './cluster.ts';
import { topicRecreated } from './errors.ts';
import { TopicFetcher } from './fetch-loop.ts';
import { withDefaults, type ReaderLimits } from './limits.ts';
import { resolveEnd, resolveStart } from './positions.ts';
import type { Isolation } from './protocol/list-offsets.ts';
import { KafkaReader } from './reader.ts';

export interface KafkaReaderOptions {
  readonly cluster: KafkaCluster;
  readonly topic: string;
  readonly start: StartPosition;
  readonly end?: EndPosition;
  /** `identity` of the positions that were committed before; another topic id is refused (TOPIC_RECREATED). */
  readonly identity?: string | undefined;
  /** The partitions that this reader owns; all by default, also those that appear later. */
  readonly owns?: (partition: number) => boolean;
  readonly isolation?: Isolation;
  readonly onDataLoss?: 'fail' | 'continue';
  /** Records per second, over all partitions. */
  readonly maxRate?: number;
  readonly limits?: Partial<ReaderLimits>;
}

/**
 * Opens a topic. Refuses a missing or recreated topic and wrong credentials at once; tries to reach a broker for
 * `openTimeoutMs`, then BROKER_UNREACHABLE. Once open, the reader outlives every outage.
 */
export async function openReader(options: KafkaReaderOptions): Promise<SourceReader> {
  const limits = withDefaults(options.limits);
  const deadline = performance.now() + limits.openTimeoutMs;
  for (let failures = 1; ; failures++) {
    try {
      return await open(options, limits);
    } catch (error) {
      const delay = backoffMs(failures);
      const canWait =
        error instanceof MillraceError && error.retryable && performance.now() + delay < deadline;
      if (!canWait) throw error;
      await new Signal().wait(delay);
    }
  }
}

async function open(options: KafkaReaderOptions, limits: ReaderLimits): Promise<KafkaReader> {
  const { cluster, identity, owns = () => true, isolation = 'read_committed' } = options;
  const topic = await cluster.topic(options.topic);
  if (identity !== undefined && topic.topicId !== undefined && identity !== topic.topicId) {
    throw topicRecreated(topic.topic, `its id was ${identity} and is now ${topic.topicId}`);
  }
  const existing = topic.partitions.map(({ partition }) => partition).sort((a, b) => a - b);
  const wanted = existing.filter(owns);
  const request = { cluster, topic, partitions: wanted, isolation };
  const start = await resolveStart(request, options.start);
  const end = await resolveEnd(request, options.end ?? { kind: 'unbounded' });
  const positions = { identity: topic.topicId ?? identity, start, end };
  const fetcher = new TopicFetcher({
    cluster,
    topic,
    positions,
    owns,
    isolation,
    continueOnLoss: options.onDataLoss === 'continue',
    limits,
  });
  return new KafkaReader(fetcher, { isolation, limits, maxRate: options.maxRate ?? Infinity });
}
