// A tiny pipeline with everything that an epoch can write: two tasks with state, snapshots written in the commit or ahead
// of it, a view with deletes, updates and inserts, a change log, late rows and dead letters. It runs on any commit port.

import type { CommitPort } from '../../src/epoch/commit-port.ts';
import { PipelineLog } from '../../src/epoch/pipeline-log.ts';
import type { Fold, Segment, StoredSegment, WritePlan } from '../../src/epoch/write-plan.ts';
import { nextEpochTs } from '../../src/epoch/write-plan.ts';
import { int8Array, textArray } from '../../src/postgres/value-arrays.ts';
import type { WriteStep } from '../../src/postgres/write-step.ts';
import type { Input } from './counting-input.ts';
import { add } from './counting-input.ts';
import type { Random } from './random.ts';

const TASKS = [0, 1];

export interface PipelineRun {
  readonly pipelineId: number;
  readonly viewId: number;
  /** Table of the view: (key text, n bigint). */
  readonly table: string;
  readonly input: Input;
  readonly random: Random;
  readonly port: CommitPort;
  /** Who this process is to the fence. */
  readonly writer: string;
  clock(): bigint;
  /** Time that computing takes. */
  compute(): Promise<void>;
  /** The log said that the epoch with this token is durable. */
  acknowledged(epoch: number, token: number): void;
  /** A number for each plan ever made, over all processes. */
  token(): number;
}

/** What a statement of the view means, for a database that does not read SQL. */
export interface Meaning {
  readonly op: 'delete' | 'update' | 'insert';
  readonly rows: readonly (readonly [string, number])[];
}

const meanings = new WeakMap<WriteStep, Meaning>();

export function meaningOf(step: WriteStep): Meaning {
  return meanings.get(step)!;
}

/** One process: takes over, recovers, runs to the end of the input. Rejects with what the log rejects with. */
export async function runPipeline(run: PipelineRun): Promise<void> {
  const log = await PipelineLog.takeOver(run.port, run.writer);
  const task = await recover(run, log);
  let committing: Promise<void> = Promise.resolve();
  try {
    while (!task.finished) {
      // Computed while the epoch before is being committed.
      const plan = await task.computeEpoch(log);
      await committing;
      committing = log.commit(plan).then(() => run.acknowledged(plan.epoch, plan.statistics.bytesIn));
      committing.catch(() => {});
      if (run.random.chance(0.1)) {
        await committing;
        await log.dropOldFolds();
      }
    }
    await committing;
  } finally {
    await log.close();
  }
}

async function recover(run: PipelineRun, log: PipelineLog): Promise<CountingTask> {
  const counts = new Map<string, number>();
  for await (const segment of log.segments())
    for (const [key, count] of decodeState(segment.bytes)) {
      if (count === 0) counts.delete(key);
      else counts.set(key, count);
    }
  const offsets = run.input.map(
    (_, partition) => log.start.partitions.find((row) => row.partition === partition)?.nextOffset ?? 0,
  );
  return new CountingTask(
    run,
    counts,
    offsets,
    log.start.epoch,
    log.start.ts,
    log.start.status === 'finished',
  );
}

export function decodeState(bytes: Buffer): readonly (readonly [string, number])[] {
  return JSON.parse(bytes.toString()) as [string, number][];
}

function encodeState(entries: Iterable<readonly [string, number]>): Buffer {
  return Buffer.from(JSON.stringify([...entries]));
}

function taskOf(key: string): number {
  return key.charCodeAt(0) % TASKS.length;
}

class CountingTask {
  finished: boolean;
  readonly #run: PipelineRun;
  readonly #counts: Map<string, number>;
  readonly #offsets: number[];
  #epoch: number;
  #ts: bigint;

  constructor(
    run: PipelineRun,
    counts: Map<string, number>,
    offsets: number[],
    epoch: number,
    ts: bigint,
    finished: boolean,
  ) {
    this.#run = run;
    this.#counts = counts;
    this.#offsets = offsets;
    this.#epoch = epoch;
    this.#ts = ts;
    this.finished = finished;
  }

  async computeEpoch(log: PipelineLog): Promise<WritePlan> {
    await this.#run.compute();
    const before = new Map(this.#counts);
    const lateRows: WritePlan['lateRows'][number][] = [];
    const deadLetters: WritePlan['deadLetters'][number][] = [];
    const moved = new Set<number>();
    for (const [partition, offset, record] of this.#fetch()) {
      moved.add(partition);
      const at = { sourceId: this.#run.pipelineId, partition, offset, raw: Buffer.from(record.key) };
      if (record.flavour === 'late') lateRows.push({ ...at, eventTime: 1n, watermark: 2n });
      else if (record.flavour === 'dead')
        deadLetters.push({ ...at, code: 'INVALID_JSON', message: 'bad', timestamp: null });
      else add(this.#counts, record.key, record.diff);
    }
    this.#epoch++;
    this.#ts = nextEpochTs(this.#ts, this.#run.clock());
    this.finished = this.#offsets.every((offset, partition) => offset === this.#run.input[partition]!.length);
    const changes = difference(before, this.#counts);
    return {
      pipelineId: this.#run.pipelineId,
      epoch: this.#epoch,
      ts: this.#ts,
      partitions: [...moved].map((partition) => ({
        sourceId: this.#run.pipelineId,
        partition,
        nextOffset: this.#offsets[partition]!,
        logEndOffset: this.#run.input[partition]!.length,
        endOffset: this.#run.input[partition]!.length,
        maxEventTime: BigInt(this.#offsets[partition]!),
        idle: false,
      })),
      sources: moved.size > 0 ? [{ sourceId: this.#run.pipelineId, watermark: 1n, identity: 'topic' }] : [],
      tasks: TASKS.length,
      state: await this.#stateChanges(log, before, changes),
      views:
        changes.size === 0 ? [] : [{ viewId: this.#run.viewId, steps: this.#viewSteps(before, changes) }],
      changelog: changes.size === 0 ? [] : this.#changelog(changes),
      lateRows,
      deadLetters,
      viewErrors: [],
      statistics: {
        startedAt: this.#ts,
        rowsIn: 0,
        bytesIn: this.#run.token(),
        rowsOut: 0,
        stateBytes: 0,
        nextClose: null,
      },
      status: this.finished ? 'finished' : 'running',
    };
  }

  /** Fetches may bring records again, or nothing; what is below the expected offset is dropped. */
  *#fetch(): Generator<readonly [number, number, Input[number][number]]> {
    const { input, random } = this.#run;
    for (const [partition, records] of input.entries()) {
      if (random.chance(0.15)) continue;
      const expected = this.#offsets[partition]!;
      const from = random.chance(0.2) ? Math.max(0, expected - random.below(4)) : expected;
      const to = Math.min(records.length, from + 1 + random.below(12));
      for (let offset = from; offset < to; offset++) {
        if (offset < this.#offsets[partition]!) continue;
        this.#offsets[partition] = offset + 1;
        yield [partition, offset, records[offset]!];
      }
    }
  }

  async #stateChanges(
    log: PipelineLog,
    before: ReadonlyMap<string, number>,
    changes: ReadonlyMap<string, number>,
  ): Promise<WritePlan['state']> {
    const segments: Segment[] = [];
    const ahead: StoredSegment[] = [];
    const folds: Fold[] = [];
    for (const task of TASKS) {
      const own = ([key]: readonly [string, number]): boolean => taskOf(key) === task;
      const snapshot = this.#run.random.next();
      if (snapshot < 0.1) {
        folds.push({ task, through: this.#epoch });
        segments.push(...split(task, 'snapshot', [...this.#counts].filter(own)));
        continue;
      }
      if (snapshot < 0.2) {
        folds.push({ task, through: this.#epoch - 1 });
        for (const segment of split(task, 'snapshot', [...before].filter(own)))
          ahead.push(await log.writeAhead(segment, this.#epoch - 1));
      }
      const delta = [...changes].filter(own);
      if (delta.length > 0) segments.push(...split(task, 'delta', delta));
    }
    return { segments, ahead, folds };
  }

  #viewSteps(
    before: ReadonlyMap<string, number>,
    changes: ReadonlyMap<string, number>,
  ): readonly WriteStep[] {
    const rows = [...changes].sort();
    const deletes = rows.filter(([, count]) => count === 0);
    const updates = rows.filter(([key, count]) => count !== 0 && before.has(key));
    const inserts = rows.filter(([key, count]) => count !== 0 && !before.has(key));
    const { table } = this.#run;
    const steps: WriteStep[] = [];
    if (deletes.length > 0)
      steps.push(
        statement(
          'delete',
          table,
          `DELETE FROM ${table} v USING unnest($1::text[], $2::int8[]) u(key, n) WHERE v.key = u.key`,
          deletes,
        ),
      );
    if (updates.length > 0)
      steps.push(
        statement(
          'update',
          table,
          `UPDATE ${table} v SET n = u.n FROM unnest($1::text[], $2::int8[]) u(key, n) WHERE v.key = u.key`,
          updates,
        ),
      );
    if (inserts.length > 0)
      steps.push(
        this.#run.random.chance(0.5)
          ? copy(table, inserts)
          : statement(
              'insert',
              table,
              `INSERT INTO ${table} (key, n) SELECT * FROM unnest($1::text[], $2::int8[])`,
              inserts,
            ),
      );
    return steps;
  }

  #changelog(changes: ReadonlyMap<string, number>): WritePlan['changelog'] {
    const entries = [...changes];
    const parts = entries.length > 2 ? [entries.slice(0, 2), entries.slice(2)] : [entries];
    return parts.map((rows, part) => ({
      viewId: this.#run.viewId,
      part,
      rows: rows.length,
      bytes: encodeState(rows),
    }));
  }
}

/** Keys whose count changed, with the new one; 0 = gone. */
function difference(
  before: ReadonlyMap<string, number>,
  after: ReadonlyMap<string, number>,
): ReadonlyMap<string, number> {
  const changes = new Map<string, number>();
  for (const [key, count] of after) if (before.get(key) !== count) changes.set(key, count);
  for (const key of before.keys()) if (!after.has(key)) changes.set(key, 0);
  return changes;
}

function split(
  task: number,
  kind: Segment['kind'],
  entries: readonly (readonly [string, number])[],
): Segment[] {
  const parts = entries.length > 2 ? [entries.slice(0, 2), entries.slice(2)] : [entries];
  return parts.map((rows, part) => ({ task, part, kind, bytes: encodeState(rows) }));
}

function statement(
  op: Meaning['op'],
  table: string,
  text: string,
  rows: readonly (readonly [string, number])[],
): WriteStep {
  const values = [textArray(rows.map(([key]) => key)), int8Array(rows.map(([, n]) => n))];
  const step: WriteStep = { kind: 'sql', name: `${table}_${op}`, text, values, expectRows: rows.length };
  meanings.set(step, { op, rows });
  return step;
}

function copy(table: string, rows: readonly (readonly [string, number])[]): WriteStep {
  const payload = [Buffer.concat([Buffer.from('PGCOPY\n\xff\r\n\0', 'latin1'), Buffer.alloc(8)])];
  for (const [key, n] of rows) {
    const row = Buffer.alloc(2 + 4 + key.length + 4 + 8);
    row.writeInt16BE(2, 0);
    row.writeInt32BE(key.length, 2);
    row.write(key, 6, 'latin1');
    row.writeInt32BE(8, 6 + key.length);
    row.writeBigInt64BE(BigInt(n), 10 + key.length);
    payload.push(row);
  }
  payload.push(Buffer.from([0xff, 0xff]));
  const step: WriteStep = {
    kind: 'copy',
    text: `COPY ${table} (key, n) FROM STDIN (FORMAT binary)`,
    payload,
    rows: rows.length,
  };
  meanings.set(step, { op: 'insert', rows });
  return step;
}
