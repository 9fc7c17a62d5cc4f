// One loop per leader: ask for everything of its partitions that there is room for, wait for the answer, hand it over, ask
// again. The answer is awaited while the task works, so fetching overlaps processing; a failure closes the connection and
// backs off, for as long as it takes.
import { MillraceError } from '../../errors.ts';
import { backoffMs, Signal } from './backoff.ts';
import type { BrokerConnection } from './connection.ts';
import type { PartitionReadState } from './partition.ts';
import type { FetchResponse } from './protocol/fetch.ts';
import type { ProtocolRequest } from './protocol/request.ts';

/**
 * A broker answers as soon as there is one record. In a steady trickle that would be an answer for every record, and a fetch costs as
 * much as decoding thousands of records: small answers are asked for at most once in so many milliseconds. A record that comes
 * out of the blue finds a fetch waiting, and is not delayed.
 */
const LEAST_INTERVAL_MS = 4;
const SMALL_ANSWER_BYTES = 1 << 16;

export interface FetchPlan {
  readonly partitions: readonly PartitionReadState[];
  readonly reservedBytes: number;
  /** Milliseconds after which asking again makes sense; only looked at when `partitions` is empty. */
  readonly retryInMs: number;
  readonly request: (connection: BrokerConnection) => ProtocolRequest<FetchResponse>;
}

/** What the loop needs of the reader. */
export interface LeaderLoopOwner {
  connect(nodeId: number): Promise<BrokerConnection>;
  /** Partitions of this leader to fetch now, reserved until `accept` or `unreachable`. */
  plan(nodeId: number): FetchPlan;
  accept(plan: FetchPlan, response: FetchResponse): void;
  unreachable(plan: FetchPlan, error: MillraceError): void;
  fail(error: unknown): void;
}

export class LeaderLoop {
  readonly nodeId: number;
  private readonly owner: LeaderLoopOwner;
  private readonly signal = new Signal();
  private connection: BrokerConnection | undefined;
  private closed = false;
  private answerBytes = 0;
  private readonly running: Promise<void>;

  constructor(nodeId: number, owner: LeaderLoopOwner) {
    this.nodeId = nodeId;
    this.owner = owner;
    // A task of its own, so that nothing happens inside the constructor.
    this.running = Promise.resolve().then(() => this.run());
  }

  /** There may be something to fetch. */
  wake(): void {
    this.signal.notify();
  }

  async close(): Promise<void> {
    this.closed = true;
    this.signal.notify();
    await this.connection?.close();
    await this.running;
    await this.connection?.close();
  }

  private async run(): Promise<void> {
    let failures = 0;
    while (!this.closed) {
      const plan = this.owner.plan(this.nodeId);
      if (plan.partitions.length === 0) {
        await this.signal.wait(plan.retryInMs);
        continue;
      }
      const begun = performance.now();
      const error = await this.fetch(plan);
      if (this.closed) return;
      if (error === undefined) {
        failures = 0;
        if (this.answerBytes < SMALL_ANSWER_BYTES) await this.pauseUntil(begun + LEAST_INTERVAL_MS);
        continue;
      }
      if (!(error instanceof MillraceError) || !error.retryable) return this.owner.fail(error);
      this.owner.unreachable(plan, error);
      await this.pauseUntil(performance.now() + backoffMs(++failures));
    }
  }

  /** Undefined when it went well. */
  private async fetch(plan: FetchPlan): Promise<unknown> {
    try {
      const connection = await this.connected();
      if (this.closed) return undefined;
      const response = await connection.send(plan.request(connection));
      this.answerBytes = response.bytes.length;
      this.owner.accept(plan, response);
      return undefined;
    } catch (error) {
      await this.connection?.close().catch(() => undefined);
      this.connection = undefined;
      return error;
    }
  }

  private async connected(): Promise<BrokerConnection> {
    if (this.connection?.isOpen !== true) this.connection = await this.owner.connect(this.nodeId);
    return this.connection;
  }

  /** Waits in full: being woken means that there is room, not that the broker is back. */
  private async pauseUntil(until: number): Promise<void> {
    while (!this.closed && performance.now() < until) await this.signal.wait(until - performance.now());
  }
}
