// The commit port of one simulated process: a network that delays, cuts and loses, in front of the simulated Postgres.
// What has been sent goes on happening after its sender has lost the connection, or has died.

import type {
  CommitOutcome,
  CommitPort,
  RetakeOutcome,
  SegmentContent,
  TakenOver,
} from '../../src/epoch/commit-port.ts';
import type { CommitStep } from '../../src/epoch/commit-steps.ts';
import type { StoredSegment } from '../../src/epoch/write-plan.ts';
import type { Random } from './random.ts';
import type { SimulatedPostgres } from './simulated-postgres.ts';
import { SimulatedError } from './simulated-postgres.ts';
import type { VirtualTime } from './virtual-time.ts';

class Away extends Error {}

/** How many faults a run may still have, and where they hit. */
export interface Faults {
  left: number;
  /** `before <step>` and `after <step>`: where a transaction broke off. */
  readonly points: Set<string>;
}

/** Never resolves: its process has died. */
const FOREVER = new Promise<never>(() => {});

export class SimulatedPort implements CommitPort {
  readonly #db: SimulatedPostgres;
  readonly #time: VirtualTime;
  readonly #random: Random;
  readonly #faults: Faults;
  readonly #died: () => void;
  #dead = false;

  constructor(db: SimulatedPostgres, time: VirtualTime, random: Random, faults: Faults, died: () => void) {
    this.#db = db;
    this.#time = time;
    this.#random = random;
    this.#faults = faults;
    this.#died = died;
  }

  async takeOver(writer: string): Promise<TakenOver> {
    const expected = this.#db.generation;
    const taken = await this.#request(() => this.#db.takeOver(writer, expected));
    if (taken === undefined) throw new Away('somebody else was faster');
    return taken;
  }

  async retake(writer: string, target: number): Promise<RetakeOutcome> {
    try {
      const taken = await this.#request(() => this.#db.retake(writer, target));
      return taken === undefined ? { kind: 'taken-by-another' } : { kind: 'taken', ...taken };
    } catch (cause) {
      return { kind: 'away', cause };
    }
  }

  async commit(steps: readonly CommitStep[]): Promise<CommitOutcome> {
    const fault = this.#fault([
      'unreachable',
      'cut',
      'answer-lost',
      'server-error',
      'slow',
      'crash',
    ] as const);
    if (fault === 'unreachable') return { kind: 'broken', cause: new Away('connection refused') };
    const arriving =
      fault === 'cut' || fault === 'crash' ? this.#random.below(steps.length + 1) : steps.length;
    if (fault === 'cut' || fault === 'crash') this.#note(steps, arriving);
    const speed = fault === 'slow' || this.#random.chance(0.1) ? 400 : 2;
    const server = this.#serve(
      steps.slice(0, arriving),
      speed,
      fault === 'server-error' ? this.#random.below(steps.length) : -1,
    );
    if (fault === 'crash') return this.#die();
    if (fault === 'cut' || fault === 'answer-lost') {
      await this.#time.wait(this.#random.below(60));
      return this.#alive({ kind: 'broken', cause: new Away('connection reset') });
    }
    const outcome = await server;
    await this.#time.wait(this.#random.below(3));
    return this.#alive(outcome);
  }

  stillOwns(writer: string): Promise<boolean> {
    return this.#request(async () => this.#db.writer === writer);
  }

  async *readSegments(manifest: readonly StoredSegment[]): AsyncGenerator<SegmentContent, void, undefined> {
    for (const stored of manifest) {
      await this.#time.wait(1);
      if (this.#fault(['cut'] as const) !== undefined) throw new Away('connection reset');
      yield { ...stored, bytes: this.#db.body(stored) };
    }
  }

  writeAhead(stored: StoredSegment, bytes: Buffer): Promise<void> {
    return this.#request(async () => this.#db.writeAhead(stored, bytes));
  }

  async dropFolds(fold: number): Promise<void> {
    await this.#time.wait(this.#random.below(20));
    this.#db.dropFolds(fold);
  }

  isTransient(error: unknown): boolean {
    return error instanceof Away;
  }

  async pause(ms: number): Promise<void> {
    await this.#time.wait(ms);
    return this.#alive(undefined);
  }

  random(): number {
    return this.#random.next();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  /** A process that stops for a while (a paused machine, a long collection) and then goes on as if nothing had been. */
  async maybeStall(): Promise<void> {
    if (this.#fault(['stall', undefined, undefined, undefined] as const) === 'stall')
      await this.#time.wait(200 + this.#random.below(2000));
    if (this.#fault(['die', undefined, undefined, undefined] as const) === 'die') await this.#die();
    return this.#alive(undefined);
  }

  async #serve(steps: readonly CommitStep[], speed: number, failAt: number): Promise<CommitOutcome> {
    // A packet on its way: it may arrive after its sender has lost patience, and long after.
    await this.#time.wait(this.#random.below(this.#random.chance(0.2) ? 500 : 10));
    const timing = {
      perStep: () => this.#random.next() * speed,
      untilEof: this.#random.below(300),
      failAt,
    };
    try {
      await this.#db.transaction(steps, timing);
      return { kind: 'committed' };
    } catch (error) {
      if (!(error instanceof SimulatedError)) throw error;
      if (error.outcome === 'fence-raised') return { kind: 'fence-raised' };
      return { kind: error.outcome === 'transient' ? 'broken' : 'rejected', cause: error };
    }
  }

  /** A statement of its own: the request or its answer may be lost, and a lost request may arrive late. */
  async #request<T>(ask: () => Promise<T>): Promise<T> {
    const fault = this.#fault(['refused', 'late', 'answer-lost', 'crash'] as const);
    await this.#time.wait(this.#random.below(5));
    if (fault === 'refused') throw new Away('connection refused');
    if (fault === 'late') {
      void this.#time.wait(this.#random.below(600)).then(ask);
      await this.#time.wait(this.#random.below(50));
      throw new Away('no answer');
    }
    const answer = ask();
    if (fault === 'crash') return this.#die();
    const value = await answer;
    await this.#time.wait(this.#random.below(5));
    if (fault === 'answer-lost') throw new Away('connection reset');
    return this.#alive(value);
  }

  #note(steps: readonly CommitStep[], arriving: number): void {
    if (arriving > 0) this.#faults.points.add(`after ${steps[arriving - 1]!.kind}`);
    if (arriving < steps.length) this.#faults.points.add(`before ${steps[arriving]!.kind}`);
  }

  #fault<T>(kinds: readonly T[]): T | undefined {
    if (this.#faults.left <= 0 || !this.#random.chance(0.3)) return undefined;
    const kind = this.#random.pick(kinds);
    if (kind !== undefined) this.#faults.left--;
    return kind;
  }

  #alive<T>(value: T): T | Promise<never> {
    return this.#dead ? FOREVER : value;
  }

  #die(): Promise<never> {
    if (!this.#dead) this.#died();
    this.#dead = true;
    return FOREVER;
  }
}
