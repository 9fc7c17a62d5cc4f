// Asks now and then, and whenever something failed, what the topic looks like: new leaders, new partitions, deleted, made again.
import { MillraceError } from '../../errors.ts';
import { backoffMs, Signal } from './backoff.ts';
import type { KafkaCluster } from './cluster.ts';
import { accessDenied, BrokerCode, brokerError, topicNotFound } from './errors.ts';
import type { ReaderLimits } from './limits.ts';
import type { TopicMetadata } from './protocol/metadata.ts';

export interface TopicWatchOwner {
  /** What the topic looks like now. Throws a retryable error when it should be asked again soon. */
  applyTopic(topic: TopicMetadata): Promise<void>;
  /** Undefined: all is well again. */
  watchFailed(error: MillraceError | undefined): void;
  fail(error: unknown): void;
}

export class TopicWatch {
  private readonly cluster: KafkaCluster;
  private readonly topic: string;
  private readonly limits: ReaderLimits;
  private readonly owner: TopicWatchOwner;
  private readonly signal = new Signal();
  private readonly ending = new Signal();
  private readonly running: Promise<void>;
  private goneSince: number | undefined;
  private closed = false;

  constructor(cluster: KafkaCluster, topic: string, limits: ReaderLimits, owner: TopicWatchOwner) {
    this.cluster = cluster;
    this.topic = topic;
    this.limits = limits;
    this.owner = owner;
    this.running = Promise.resolve().then(() => this.run());
  }

  /** Something failed that a new leader would explain. */
  refresh(): void {
    this.signal.notify();
  }

  async close(): Promise<void> {
    this.closed = true;
    this.signal.notify();
    this.ending.notify();
    await this.running;
  }

  private async run(): Promise<void> {
    for (let failures = 0; !this.closed;) {
      await this.signal.wait(failures === 0 ? this.limits.metadataRefreshMs : backoffMs(failures));
      if (this.closed) return;
      const error = await this.ask();
      if (this.closed) return;
      if (error !== undefined && !(error instanceof MillraceError && error.retryable))
        return this.owner.fail(error);
      failures = error === undefined ? 0 : failures + 1;
      this.owner.watchFailed(error);
      // Every failing partition wants a refresh; one in a while answers them all.
      await this.ending.wait(this.limits.metadataPauseMs);
    }
  }

  /** Undefined when it went well. */
  private async ask(): Promise<MillraceError | undefined> {
    try {
      const { topics } = await this.cluster.metadata([this.topic]);
      const topic = topics.find((candidate) => candidate.topic === this.topic);
      if (!this.closed && topic !== undefined) await this.judge(topic);
      return undefined;
    } catch (error) {
      if (error instanceof MillraceError) return error;
      throw error;
    }
  }

  private async judge(topic: TopicMetadata): Promise<void> {
    switch (topic.errorCode) {
      case BrokerCode.none:
        this.goneSince = undefined;
        return await this.owner.applyTopic(topic);
      case BrokerCode.topicAuthorizationFailed:
        throw accessDenied(this.topic);
      case BrokerCode.unknownTopicOrPartition:
        this.missing();
        throw brokerError(this.topic, topic.errorCode);
      default:
        throw brokerError(this.topic, topic.errorCode);
    }
  }

  /** A broker that has just started may not know its topics yet, so only a lasting absence counts. */
  private missing(): void {
    const now = performance.now();
    this.goneSince ??= now;
    if (now - this.goneSince >= this.limits.topicGoneMs) throw topicNotFound(this.topic, []);
  }
}
