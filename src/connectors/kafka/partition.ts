// What the reader knows of one partition: where fetching is, where the task is, and the raw record sets between the two.
// No I/O here: the leader loops put sets in, `take` gets them out.
//
//   fetched ──────────────► fetchOffset      queue: [takenOffset … fetchOffset)
//   taken by the task ──► takenOffset        both only grow; fetchOffset ≥ takenOffset
import type { PartitionState, PartitionStatus } from '../source.ts';
import type { RecordSet } from './record-batch.ts';
import type { Lease } from './response-buffers.ts';

export interface FetchedSet extends RecordSet {
  /** One past the last whole batch. */
  readonly nextOffset: number;
  readonly endOffset: number;
  readonly logStartOffset: number;
  readonly lost: { readonly from: number; readonly to: number } | undefined;
  /** Of the response that `records` is a slice of; released when the set is used up. Undefined: it has bytes of its own. */
  readonly lease: Lease | undefined;
}

export class PartitionReadState {
  readonly partition: number;
  /** Exclusive end of bounded reading, Infinity if unbounded. */
  readonly limit: number;
  leader = -1;
  leaderEpoch = -1;
  fetchOffset: number;
  takenOffset: number;
  endOffset: number | undefined;
  logStartOffset: number | undefined;
  queue: FetchedSet[] = [];
  queuedBytes = 0;
  /** Above its share of the queue; cleared at half of it. */
  full = false;
  paused = false;
  inFlight = false;
  failures = 0;
  outOfRange = 0;
  /** performance.now() before which it is not fetched again. */
  retryAt = 0;
  unreachableSince: number | undefined;
  atEndSince: number | undefined;
  atEndUntil: number | undefined;

  constructor(partition: number, start: number, limit: number) {
    this.partition = partition;
    this.fetchOffset = start;
    this.takenOffset = start;
    this.limit = limit;
  }

  get finished(): boolean {
    return this.takenOffset >= this.limit;
  }

  /** Will there be something to ask the broker for, once there is room? */
  get wanted(): boolean {
    return !this.paused && this.fetchOffset < this.limit;
  }

  /** Now? */
  fetchable(now: number): boolean {
    return this.wanted && !this.inFlight && !this.full && this.retryAt <= now;
  }

  push(set: FetchedSet, highWater: number): void {
    this.queue.push(set);
    this.queuedBytes += set.records.length;
    this.fetchOffset = set.nextOffset;
    this.full = this.queuedBytes >= highWater;
    this.atEndSince = undefined;
    this.atEndUntil = undefined;
    if (this.paused) this.detachQueue();
  }

  /** Nothing of the partition may be lent at this moment. */
  pause(): void {
    this.paused = true;
    this.detachQueue();
  }

  /** The first set is used up; the caller releases it when nobody looks at its bytes any more. */
  shift(lowWater: number): FetchedSet | undefined {
    const set = this.queue.shift();
    this.queuedBytes -= set?.records.length ?? 0;
    if (this.queuedBytes <= lowWater) this.full = false;
    return set;
  }

  drop(): void {
    this.queue = [];
    this.queuedBytes = 0;
  }

  succeeded(endOffset: number, logStartOffset: number): void {
    this.endOffset = endOffset;
    this.logStartOffset = logStartOffset;
    this.failures = 0;
    this.outOfRange = 0;
    this.unreachableSince = undefined;
  }

  failed(wallClock: number): void {
    this.failures++;
    this.unreachableSince ??= wallClock;
    this.atEndSince = undefined;
    this.atEndUntil = undefined;
  }

  /** A fetch at `fetchOffset` came back empty, and nothing was there to come (not even an open transaction). */
  foundEnd(wallClock: number): void {
    if (this.queue.length > 0) return;
    this.atEndSince ??= wallClock;
    this.atEndUntil = wallClock;
  }

  /** While paused, a queued set must not keep the whole response that it is a slice of. */
  private detachQueue(): void {
    this.queue = this.queue.map(detached);
  }

  status(): PartitionStatus {
    const { partition, takenOffset: offset, endOffset, logStartOffset, atEndSince, atEndUntil } = this;
    const lag = endOffset === undefined ? undefined : Math.max(0, Math.min(endOffset, this.limit) - offset);
    return { partition, state: this.state(), offset, endOffset, logStartOffset, lag, atEndSince, atEndUntil };
  }

  private state(): PartitionState {
    if (this.finished) return 'finished';
    if (this.paused) return 'paused';
    if (this.unreachableSince !== undefined) return 'unreachable';
    if (this.full) return 'backpressure';
    return this.atEndSince === undefined ? 'reading' : 'at-end';
  }
}

function detached(set: FetchedSet): FetchedSet {
  const { lease, records } = set;
  if (lease === undefined || lease.bytes <= 2 * records.length) return set;
  const own = { ...set, records: new Uint8Array(records), lease: undefined };
  lease.release();
  return own;
}
