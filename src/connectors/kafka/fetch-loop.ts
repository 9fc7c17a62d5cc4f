// The fetching side of reading a topic, without a consumer group: the partitions are given, the offsets of record live
// elsewhere. One loop per leader keeps the partitions' queues of raw record sets filled up to their bounds.
import { MillraceError } from '../../errors.ts';
import type { ResolvedPositions, SourceStatus } from '../source.ts';
import { backoffMs } from './backoff.ts';
import type { KafkaCluster } from './cluster.ts';
import type { BrokerConnection } from './connection.ts';
import { accessDenied, BrokerCode, brokerError, corruptBatch, dataLost, topicRecreated } from './errors.ts';
import { LeaderLoop, type FetchPlan, type LeaderLoopOwner } from './leader-loop.ts';
import type { ReaderLimits } from './limits.ts';
import { judgeRange, outcomeOf } from './outcome.ts';
import { PartitionReadState, type FetchedSet } from './partition.ts';
import { fetchRequest, type FetchedPartition, type FetchResponse } from './protocol/fetch.ts';
import { EARLIEST, LATEST } from './protocol/list-offsets.ts';
import type { TopicMetadata } from './protocol/metadata.ts';
import { API_FETCH } from './protocol/request.ts';
import { Lease } from './response-buffers.ts';
import { endOfRecordSet, isDamaged } from './record-set.ts';
import type { Isolation } from './protocol/list-offsets.ts';
import { TopicWatch, type TopicWatchOwner } from './topic-watch.ts';

export interface FetcherOptions {
  readonly cluster: KafkaCluster;
  readonly topic: TopicMetadata;
  readonly positions: ResolvedPositions;
  readonly owns: (partition: number) => boolean;
  readonly isolation: Isolation;
  readonly continueOnLoss: boolean;
  readonly limits: ReaderLimits;
}

/** Room in an answer for what is not records. */
const ANSWER_OVERHEAD_BYTES = 1 << 20;
/** How long to wait for records while a partition that is left out may have room again any moment. */
const SHORT_WAIT_MS = 20;

export class TopicFetcher implements LeaderLoopOwner, TopicWatchOwner {
  readonly topic: string;
  readonly positions: ResolvedPositions;
  /** In the order of their appearance. */
  readonly partitions: PartitionReadState[] = [];
  /** What ended the reader; told to the task once the queues are empty. */
  private failure: Error | undefined;
  private readonly options: FetcherOptions;
  private readonly byId = new Map<number, PartitionReadState>();
  private readonly loops = new Map<number, LeaderLoop>();
  private watch: TopicWatch | undefined;
  private changed: () => void = () => undefined;
  private readonly underWay = new Set<FetchPlan>();
  /** Bytes that fetches under way may bring. */
  private reserved = 0;
  private turn = 0;
  private lastError: MillraceError | undefined;
  private watchFailedSince: number | undefined;
  private closed = false;

  constructor(options: FetcherOptions) {
    this.options = options;
    this.topic = options.topic.topic;
    this.positions = options.positions;
    for (const [partition, offset] of options.positions.start) this.add(partition, offset);
  }

  /** `changed` is called whenever something was queued, or all is over. */
  start(changed: () => void): void {
    const { cluster, topic, limits } = this.options;
    this.changed = changed;
    this.watch = new TopicWatch(cluster, this.topic, limits, this);
    this.applyLeaders(topic);
  }

  partition(id: number): PartitionReadState | undefined {
    return this.byId.get(id);
  }

  get finished(): boolean {
    return this.positions.end !== undefined && this.partitions.every((state) => state.finished);
  }

  /** The first set of the partition's queue is used up: the lease of its bytes, for the caller to release. */
  used(state: PartitionReadState): Lease | undefined {
    const set = state.shift(this.highWater() / 2);
    this.loops.get(state.leader)?.wake();
    return set?.lease;
  }

  wake(): void {
    for (const loop of this.loops.values()) loop.wake();
  }

  status(): SourceStatus {
    const states = [...this.partitions].sort((a, b) => a.partition - b.partition);
    const partitions = states.map((state) => state.status());
    const since = [...states.map((state) => state.unreachableSince), this.watchFailedSince];
    const outages = since.filter((ms) => ms !== undefined);
    return {
      partitions,
      lag: partitions.reduce((sum, { lag }) => sum + (lag ?? 0), 0),
      queuedBytes: this.queuedBytes(),
      unreachableSince: outages.length === 0 ? undefined : Math.min(...outages),
      lastError: this.lastError,
      finished: this.finished,
    };
  }

  async close(): Promise<void> {
    this.closed = true;
    await Promise.all([this.watch?.close(), ...[...this.loops.values()].map((loop) => loop.close())]);
    for (const state of this.partitions) state.drop();
  }

  // ── for the leader loops ───────────────────────────────────────────────────────────────────────────────────────────

  connect(nodeId: number): Promise<BrokerConnection> {
    const { cluster, limits } = this.options;
    return cluster.connect(nodeId, Math.max(limits.maxBatchBytes, limits.fetchBytes) + ANSWER_OVERHEAD_BYTES);
  }

  plan(nodeId: number): FetchPlan {
    const { limits } = this.options;
    const now = performance.now();
    const mine = this.partitions.filter((state) => state.leader === nodeId && state.wanted);
    const room = limits.queueBytes - this.queuedBytes() - this.reserved;
    const may = room > 0 && this.failure === undefined;
    const fetchable = may ? mine.filter((state) => state.fetchable(now)) : [];
    const maxBytes = Math.min(limits.fetchBytes, Math.max(room, limits.partitionFetchBytes));
    // The broker fills its answer in the order asked: another partition goes first each time.
    const first = this.turn++ % Math.max(1, fetchable.length);
    const partitions = [...fetchable.slice(first), ...fetchable.slice(0, first)];
    for (const state of partitions) state.inFlight = true;
    const reservedBytes = partitions.length === 0 ? 0 : maxBytes;
    this.reserved += reservedBytes;
    const retries = mine.map((state) => state.retryAt - now).filter((ms) => ms > 0);
    const maxWaitMs =
      partitions.length === mine.length ? limits.maxWaitMs : Math.min(SHORT_WAIT_MS, limits.maxWaitMs);
    const plan: FetchPlan = {
      partitions,
      reservedBytes,
      retryInMs: Math.min(Infinity, ...retries),
      request: (connection) => this.request(connection, partitions, maxBytes, maxWaitMs),
    };
    if (partitions.length > 0) this.underWay.add(plan);
    return plan;
  }

  accept(plan: FetchPlan, response: FetchResponse): void {
    if (this.closed) return;
    // Unknown topic ids come in place of all partitions.
    if (response.errorCode !== BrokerCode.none) throw brokerError(this.topic, response.errorCode);
    this.release(plan);
    const lease = new Lease(this.options.cluster.buffers, response.bytes);
    for (const fetched of response.partitions) {
      const state = this.byId.get(fetched.partition);
      if (state !== undefined && plan.partitions.includes(state)) this.acceptPartition(state, fetched, lease);
    }
    lease.release();
    this.forgetErrors();
  }

  unreachable(plan: FetchPlan, error: MillraceError): void {
    this.release(plan);
    this.lastError = error;
    for (const state of plan.partitions) state.failed(Date.now());
    this.watch?.refresh();
  }

  /** Ends the reader: what is queued is still delivered, then the task is told. */
  fail(error: unknown): void {
    if (this.failure !== undefined || this.closed) return;
    this.failure = error instanceof Error ? error : new Error(String(error));
    if (error instanceof MillraceError) this.lastError = error;
    this.changed();
  }

  throwFailure(): void {
    if (this.failure !== undefined) throw this.failure;
  }

  private request(
    connection: BrokerConnection,
    partitions: readonly PartitionReadState[],
    maxBytes: number,
    maxWaitMs: number,
  ) {
    const { isolation, limits } = this.options;
    const positions = partitions.map(({ partition, fetchOffset: offset, leaderEpoch }) => ({
      partition,
      offset,
      leaderEpoch,
    }));
    const { topic } = this;
    const topicId = this.positions.identity;
    const partitionMaxBytes = limits.partitionFetchBytes;
    return fetchRequest(
      { topic, topicId, positions, isolation, maxWaitMs, minBytes: 1, maxBytes, partitionMaxBytes },
      connection.maxVersion(API_FETCH),
    );
  }

  private release(plan: FetchPlan): void {
    if (!this.underWay.delete(plan)) return;
    this.reserved -= plan.reservedBytes;
    for (const state of plan.partitions) state.inFlight = false;
  }

  private acceptPartition(state: PartitionReadState, fetched: FetchedPartition, lease: Lease): void {
    const outcome = outcomeOf(fetched.errorCode);
    switch (outcome.kind) {
      case 'records':
        return this.enqueue(state, fetched, lease);
      case 'out-of-range':
        this.retryLater(state, fetched.errorCode);
        void this.checkRange(state);
        return;
      case 'refresh':
        this.retryLater(state, fetched.errorCode);
        this.watch?.refresh();
        return;
      case 'denied':
        return this.fail(accessDenied(this.topic));
      case 'corrupt':
        return this.fail(corruptBatch(this.place(state), 'the broker says so'));
    }
  }

  private enqueue(state: PartitionReadState, fetched: FetchedPartition, lease: Lease): void {
    const { partition, records, aborted, logStartOffset, highWatermark, lastStableOffset } = fetched;
    const endOffset = this.options.isolation === 'read_committed' ? lastStableOffset : highWatermark;
    state.succeeded(endOffset, logStartOffset);
    if (records.length === 0) {
      if (state.fetchOffset >= highWatermark) state.foundEnd(Date.now());
      return;
    }
    const nextOffset = endOfRecordSet(records, state.fetchOffset);
    // Only a cut-off batch: nothing yet. Damage, however, goes on to the record reader, which says what is wrong.
    if (nextOffset === state.fetchOffset && !isDamaged(records)) return;
    this.push(state, {
      partition,
      records,
      aborted,
      nextOffset,
      endOffset,
      logStartOffset,
      lost: undefined,
      lease: lease.share(),
    });
  }

  private push(state: PartitionReadState, set: FetchedSet): void {
    state.push(set, this.highWater());
    this.changed();
  }

  private retryLater(state: PartitionReadState, errorCode: number): void {
    state.failed(Date.now());
    state.retryAt = performance.now() + backoffMs(state.failures);
    this.lastError = brokerError(this.topic, errorCode);
  }

  // ── an offset that the log does not have ───────────────────────────────────────────────────────────────────────────

  private async checkRange(state: PartitionReadState): Promise<void> {
    state.inFlight = true;
    try {
      const [earliest, end] = await this.logRange(state.partition);
      if (!this.closed) this.judge(state, earliest, end);
    } catch (error) {
      if (error instanceof MillraceError && error.retryable) this.lastError = error;
      else this.fail(error);
    } finally {
      state.inFlight = false;
      this.loops.get(state.leader)?.wake();
    }
  }

  private async logRange(partition: number): Promise<[earliest: number, end: number]> {
    const { cluster } = this.options;
    const topic = (await cluster.metadata([this.topic])).topics[0]!;
    this.checkIdentity(topic);
    const earliest = await cluster.offsets(topic, [partition], EARLIEST, 'read_uncommitted');
    const end = await cluster.offsets(topic, [partition], LATEST, 'read_uncommitted');
    return [earliest.get(partition) ?? 0, end.get(partition) ?? 0];
  }

  private judge(state: PartitionReadState, earliest: number, end: number): void {
    const { fetchOffset, partition } = state;
    const verdict = judgeRange(fetchOffset, earliest, end, ++state.outOfRange);
    switch (verdict.kind) {
      case 'retry':
        return;
      case 'beyond-end':
        return this.fail(
          topicRecreated(
            this.topic,
            `offset ${fetchOffset} of partition ${partition} is beyond its end ${end}`,
          ),
        );
      case 'lost':
        return this.lost(state, earliest, end);
    }
  }

  private lost(state: PartitionReadState, logStartOffset: number, endOffset: number): void {
    const error = dataLost(this.place(state), logStartOffset);
    if (!this.options.continueOnLoss) return this.fail(error);
    this.lastError = error;
    state.retryAt = 0;
    this.push(state, {
      partition: state.partition,
      records: new Uint8Array(0),
      aborted: [],
      nextOffset: logStartOffset,
      endOffset,
      logStartOffset,
      lost: { from: state.fetchOffset, to: logStartOffset },
      lease: undefined,
    });
  }

  // ── for the watch ──────────────────────────────────────────────────────────────────────────────────────────────────

  async applyTopic(topic: TopicMetadata): Promise<void> {
    this.checkIdentity(topic);
    // Bounded input is what was there when it was opened.
    if (this.positions.end === undefined) await this.addNewPartitions(topic);
    if (!this.closed) this.applyLeaders(topic);
    if (this.partitions.some((state) => state.leader < 0))
      throw brokerError(this.topic, BrokerCode.leaderNotAvailable);
  }

  watchFailed(error: MillraceError | undefined): void {
    if (error === undefined) {
      this.watchFailedSince = undefined;
      return this.forgetErrors();
    }
    this.lastError = error;
    this.watchFailedSince ??= Date.now();
  }

  private checkIdentity(topic: TopicMetadata): void {
    const { identity } = this.positions;
    if (identity !== undefined && topic.topicId !== undefined && topic.topicId !== identity) {
      throw topicRecreated(this.topic, `its id was ${identity} and is now ${topic.topicId}`);
    }
  }

  private async addNewPartitions(topic: TopicMetadata): Promise<void> {
    const { cluster, owns, isolation } = this.options;
    const fresh = topic.partitions
      .map(({ partition }) => partition)
      .filter((id) => owns(id) && !this.byId.has(id));
    if (fresh.length === 0) return;
    const earliest = await cluster.offsets(topic, fresh, EARLIEST, isolation);
    for (const [partition, offset] of earliest) this.add(partition, offset);
  }

  private add(partition: number, offset: number): void {
    const { end } = this.positions;
    const state = new PartitionReadState(
      partition,
      offset,
      end === undefined ? Infinity : (end.get(partition) ?? offset),
    );
    this.byId.set(partition, state);
    this.partitions.push(state);
  }

  private applyLeaders(topic: TopicMetadata): void {
    for (const { partition, leader, leaderEpoch } of topic.partitions) {
      const state = this.byId.get(partition);
      if (state === undefined) continue;
      state.leader = leader;
      state.leaderEpoch = leaderEpoch;
      if (leader < 0) state.failed(Date.now());
      else if (!this.loops.has(leader)) this.loops.set(leader, new LeaderLoop(leader, this));
    }
    if (this.partitions.some((state) => state.leader < 0)) this.watch?.refresh();
    this.wake();
  }

  // ── small things ───────────────────────────────────────────────────────────────────────────────────────────────────

  private queuedBytes(): number {
    let bytes = 0;
    for (const state of this.partitions) bytes += state.queuedBytes;
    return bytes;
  }

  /** A partition's fair share of the queue, and room for at least one fetch. */
  private highWater(): number {
    const { partitionFetchBytes, queueBytes } = this.options.limits;
    return Math.max(partitionFetchBytes, queueBytes / 2 / Math.max(1, this.partitions.length));
  }

  private place({ partition, fetchOffset }: PartitionReadState) {
    return { topic: this.topic, partition, offset: fetchOffset };
  }

  private forgetErrors(): void {
    if (this.failure !== undefined || this.watchFailedSince !== undefined) return;
    if (this.partitions.every((state) => state.unreachableSince === undefined)) this.lastError = undefined;
  }
}
