// As much of Postgres as a commit rests on: transactions that show nothing until COMMIT, a row lock on the fence that is
// held to the end of the transaction, statements that arrive late or not at all, and constraints that are checked.

import type { CommitStep } from '../../src/epoch/commit-steps.ts';
import type { TakenOver } from '../../src/epoch/commit-port.ts';
import type { PartitionProgress, SourceProgress, StoredSegment } from '../../src/epoch/write-plan.ts';
import { meaningOf } from './counting-pipeline.ts';
import type { DurableState } from './durable-state.ts';
import type { VirtualTime } from './virtual-time.ts';

/** A mistake to build in, which the checks must notice. */
export type Sabotage =
  'none' | 'no-fence' | 'offsets-outside' | 'skip-segments' | 'reread-for-takeover' | 'takeover-of-anybodys';

interface Tables {
  generation: number;
  writer: string;
  epoch: number;
  ts: bigint;
  fold: number;
  status: string;
  partitions: Map<number, PartitionProgress>;
  sources: Map<number, SourceProgress>;
  manifest: StoredSegment[];
  view: Map<string, number>;
  changelog: { epoch: number; part: number; bytes: Buffer }[];
  late: Set<string>;
  dead: Set<string>;
  tokens: Map<number, number>;
}

/** A statement failed; the transaction is gone. */
export class SimulatedError extends Error {
  readonly outcome: 'fence-raised' | 'rejected' | 'transient';

  constructor(outcome: SimulatedError['outcome'], message: string) {
    super(message);
    this.outcome = outcome;
  }
}

export class SimulatedPostgres {
  readonly #time: VirtualTime;
  readonly #sabotage: Sabotage;
  readonly #partitionCount: number;
  readonly #afterCommit: (state: DurableState) => void;
  readonly #bodies = new Map<string, Buffer>();
  readonly #waiting: (() => void)[] = [];
  #locked = false;
  #tables: Tables = {
    generation: 0,
    writer: '',
    epoch: 0,
    ts: 0n,
    fold: 0,
    status: 'created',
    partitions: new Map(),
    sources: new Map(),
    manifest: [],
    view: new Map(),
    changelog: [],
    late: new Set(),
    dead: new Set(),
    tokens: new Map(),
  };

  constructor(
    time: VirtualTime,
    sabotage: Sabotage,
    partitionCount: number,
    afterCommit: (state: DurableState) => void,
  ) {
    this.#time = time;
    this.#sabotage = sabotage;
    this.#partitionCount = partitionCount;
    this.#afterCommit = afterCommit;
  }

  get status(): string {
    return this.#tables.status;
  }

  /**
   * What arrives of a transaction, one step after the other. `failAt`: the server itself gives up at this step. When the
   * last step that arrives is not COMMIT, the connection ends `untilEof` later, and with it the transaction.
   */
  async transaction(
    steps: readonly CommitStep[],
    timing: { readonly perStep: () => number; readonly untilEof: number; readonly failAt: number },
  ): Promise<void> {
    let open: Tables | undefined;
    try {
      for (const [index, step] of steps.entries()) {
        await this.#time.wait(timing.perStep());
        if (index === timing.failAt) throw new SimulatedError('transient', 'deadlock detected');
        if (step.kind === 'fence') {
          await this.#lock();
          open = copyOf(this.#tables);
        }
        if (step.kind === 'commit') {
          this.#tables = open!;
          this.#afterCommit(this.durable());
          return;
        }
        if (step.kind !== 'begin') this.#apply(step, open!);
      }
      await this.#time.wait(timing.untilEof);
    } finally {
      if (open !== undefined) this.#unlock();
    }
  }

  async takeOver(writer: string, expected: number): Promise<TakenOver | undefined> {
    await this.#lock();
    try {
      if (this.#tables.generation !== expected) return undefined;
      this.#tables = { ...this.#tables, generation: expected + 1, writer };
      const { generation, epoch, ts, fold, status, partitions, sources, manifest } = this.#tables;
      return {
        ...{ generation, epoch, ts, fold, status, incarnation: 1, stateVersion: 1, tasks: 2 },
        partitions: [...partitions.values()],
        sources: [...sources.values()],
        manifest: manifest.toSorted(inOrder),
      };
    } finally {
      this.#unlock();
    }
  }

  get writer(): string {
    return this.#tables.writer;
  }

  get generation(): number {
    return this.#tables.generation;
  }

  async retake(writer: string, target: number): Promise<{ generation: number; epoch: number } | undefined> {
    if (this.#sabotage === 'reread-for-takeover')
      return { generation: this.#tables.generation, epoch: this.#tables.epoch };
    await this.#lock();
    try {
      const isOurs = this.#sabotage === 'takeover-of-anybodys' || this.#tables.writer === writer;
      if (this.#sabotage === 'takeover-of-anybodys') target = this.#tables.generation + 1;
      if (!isOurs || this.#tables.generation >= target) return undefined;
      this.#tables = { ...this.#tables, generation: target };
      return { generation: target, epoch: this.#tables.epoch };
    } finally {
      this.#unlock();
    }
  }

  writeAhead(stored: StoredSegment, bytes: Buffer): void {
    if (!this.#bodies.has(bodyKey(stored))) this.#bodies.set(bodyKey(stored), bytes);
  }

  dropFolds(below: number): void {
    const named = new Set(this.#tables.manifest.map(({ fold }) => fold));
    for (const key of this.#bodies.keys()) {
      const fold = Number(key.split('/')[0]);
      if (fold < below && !named.has(fold)) this.#bodies.delete(key);
    }
  }

  body(stored: StoredSegment): Buffer {
    const bytes = this.#bodies.get(bodyKey(stored));
    if (bytes === undefined) throw new Error(`segment ${bodyKey(stored)} is in the manifest only`);
    return bytes;
  }

  durable(): DurableState {
    const { epoch, partitions, manifest, view, changelog, late, dead, tokens } = this.#tables;
    return {
      epoch,
      offsets: Array.from({ length: this.#partitionCount }, (_, p) => partitions.get(p)?.nextOffset ?? 0),
      segments: manifest.toSorted(inOrder).map((stored) => this.body(stored)),
      view,
      changelog,
      late: [...late].sort(),
      dead: [...dead].sort(),
      tokens,
    };
  }

  #apply(step: CommitStep, open: Tables): void {
    switch (step.kind) {
      case 'fence': {
        const { generation, epoch, ts, status, fold } = step.fence;
        const holds = open.generation === generation && open.epoch === epoch - 1;
        if (!holds && this.#sabotage !== 'no-fence') throw new SimulatedError('fence-raised', 'fenced');
        Object.assign(open, { epoch, ts, status, fold });
        return;
      }
      case 'partitions':
        for (const row of step.rows) {
          open.partitions.set(row.partition, row);
          if (this.#sabotage === 'offsets-outside') this.#tables.partitions.set(row.partition, row);
        }
        return;
      case 'sources':
        for (const row of step.rows) open.sources.set(row.sourceId, row);
        return;
      case 'supersede':
        open.manifest = open.manifest.filter(
          (stored) =>
            !step.folds.some(({ task, through }) => stored.task === task && stored.epoch <= through),
        );
        return;
      case 'segment':
        this.#bodies.set(bodyKey(step.stored), step.bytes);
        return;
      case 'manifest':
        this.#addToManifest(step.added, open);
        return;
      case 'view':
        applyToView(meaningOf(step.step), open.view);
        return;
      case 'changelog':
        open.changelog.push({ epoch: step.epoch, part: step.part.part, bytes: step.part.bytes });
        return;
      case 'late-rows':
        for (const { partition, offset } of step.rows) insertOnce(open.late, `${partition}:${offset}`);
        return;
      case 'dead-letters':
        for (const { partition, offset } of step.rows) open.dead.add(`${partition}:${offset}`);
        return;
      case 'statistics':
        open.tokens.set(step.of.epoch, step.of.bytesIn);
        return;
      case 'begin':
      case 'open-fold':
      case 'replayed':
      case 'view-errors':
      case 'notify':
      case 'commit':
        return;
    }
  }

  #addToManifest(added: readonly StoredSegment[], open: Tables): void {
    if (this.#sabotage === 'skip-segments') return;
    for (const stored of added) {
      const taken = open.manifest.some((other) => inOrder(stored, other) === 0);
      if (taken) throw new SimulatedError('rejected', 'duplicate key in the manifest');
      this.body(stored);
      open.manifest.push(stored);
    }
  }

  async #lock(): Promise<void> {
    if (this.#locked) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#locked = true;
  }

  #unlock(): void {
    const first = this.#waiting.shift();
    if (first === undefined) this.#locked = false;
    else first();
  }
}

function copyOf(tables: Tables): Tables {
  return {
    ...tables,
    partitions: new Map(tables.partitions),
    sources: new Map(tables.sources),
    manifest: [...tables.manifest],
    view: new Map(tables.view),
    changelog: [...tables.changelog],
    late: new Set(tables.late),
    dead: new Set(tables.dead),
    tokens: new Map(tables.tokens),
  };
}

function applyToView({ op, rows }: ReturnType<typeof meaningOf>, view: Map<string, number>): void {
  for (const [key, n] of rows) {
    if (view.has(key) === (op === 'insert'))
      throw new SimulatedError(
        'rejected',
        `${op} of ${key}, which is ${op === 'insert' ? 'there' : 'not there'}`,
      );
    if (op === 'delete') view.delete(key);
    else view.set(key, n);
  }
}

function insertOnce(into: Set<string>, key: string): void {
  if (into.has(key)) throw new SimulatedError('rejected', `duplicate key ${key}`);
  into.add(key);
}

function bodyKey({ fold, generation, epoch, task, kind, part }: StoredSegment): string {
  return [fold, generation, epoch, task, kind, part].join('/');
}

function inOrder(a: StoredSegment, b: StoredSegment): number {
  return a.task - b.task || a.epoch - b.epoch || rank(a) - rank(b) || a.part - b.part;
}

function rank({ kind }: StoredSegment): number {
  return kind === 'snapshot' ? 0 : 1;
}
