// Late rows and closed windows are exactly those that a model predicts that was written from the documentation (time-model.ts): partitions
// interleaved at random, rows out of order, idleness, unreachable partitions, ends, restarts and crashes at any epoch.

import { describe, expect, it } from 'vitest';
import { compileJsonDecoder } from '../../src/connectors/formats/json-decoder.ts';
import { BIGINT, NUMERIC } from '../../src/data/types.ts';
import type { NumericValue } from '../../src/data/value.ts';
import { valueAt } from '../../src/data/value.ts';
import type { PartitionProgress, SourceProgress } from '../../src/epoch/write-plan.ts';
import { compileGraph } from '../../src/operators/compile.ts';
import type { Dataflow } from '../../src/operators/dataflow.ts';
import { PassingExchange } from '../../src/operators/exchange.ts';
import type { PhysicalGraph, ScanNode } from '../../src/physical/graph.ts';
import { planSubmission } from '../../src/plan.ts';
import type { Catalog } from '../../src/catalog/catalog.ts';
import { EMPTY_CATALOG } from '../../src/catalog/catalog.ts';
import { SourceClock } from '../../src/task/lateness.ts';
import { SourceStage } from '../../src/task/source-stage.ts';
import { StateKeeper } from '../../src/task/state-keeper.ts';
import { TaskInput } from '../../src/task/task-input.ts';
import type { ScriptedRecord } from './scripted-input.ts';
import { ScriptedReader } from './scripted-input.ts';
import { seededRandom } from './seeded-random.ts';
import { MemoryState } from './memory-state.ts';
import type { ModelOptions, ModelRow } from './time-model.ts';
import { TimeModel } from './time-model.ts';

const SECOND = 1_000_000;

/** A window table, the query over it, and the windows that a model makes of the rows that were on time. */
class Subject {
  readonly catalog: Catalog;
  readonly graph: PhysicalGraph;
  readonly scan: ScanNode;
  readonly windows: () => ModelWindows;

  constructor(table: string, windows: () => ModelWindows) {
    const { pipeline, catalog } = planSubmission(
      `CREATE SOURCE s (id BIGINT, ts TIMESTAMPTZ, WATERMARK FOR ts AS ts - INTERVAL '2 seconds')
       WITH (connector = 'kafka', topic = 's') FORMAT PLAIN ENCODE JSON;
       CREATE MATERIALIZED VIEW v AS SELECT window_end, count(*) AS n, sum(id) AS ids
         FROM ${table} GROUP BY window_start, window_end EMIT ON WINDOW CLOSE;`,
      EMPTY_CATALOG,
    );
    this.catalog = catalog;
    this.graph = pipeline!.graph;
    this.scan = this.graph.nodes.find((node): node is ScanNode => node.kind === 'scan')!;
    this.windows = windows;
  }
}

interface Committed {
  readonly positions: ReadonlyMap<number, PartitionProgress>;
  readonly source: SourceProgress | null;
  readonly epoch: number;
}

const NOTHING: Committed = { positions: new Map(), source: null, epoch: 0 };

/** One incarnation of the task, opened where the last committed epoch left it. */
class Incarnation {
  readonly reader: ScriptedReader;
  readonly closed: string[] = [];
  private readonly input: TaskInput;
  private readonly dataflow: Dataflow;
  private readonly keeper: StateKeeper;
  private readonly scan: ScanNode;

  private constructor(
    { catalog, graph, scan }: Subject,
    logs: readonly ScriptedRecord[][],
    options: ModelOptions,
    bounded: boolean,
    from: Committed,
  ) {
    const source = catalog.list().find((definition) => definition.kind === 'source')!;
    this.scan = scan;
    const start = logs.map((_, p) => from.positions.get(p)?.nextOffset ?? 0);
    this.reader = new ScriptedReader(logs, start, bounded);
    const clock = new SourceClock(
      {
        allowedLateness: BigInt(options.lateness),
        maxFuture: options.maxFuture === null ? null : BigInt(options.maxFuture),
      },
      from.source?.watermark ?? null,
    );
    for (const [p, { maxEventTime, idle }] of from.positions) clock.restore(p, maxEventTime, idle);
    const columns = source.columns.map(({ name, type, nullable }) => ({ name, type, notNull: !nullable }));
    const decoder = compileJsonDecoder({ columns, projected: scan.columns, validate: 'strict' });
    const stage = new SourceStage(scan, 1, decoder, clock);
    const maxDrift = options.maxDrift === null ? null : options.maxDrift / 1000;
    this.input = new TaskInput(1, this.reader, stage, { idleTimeout: 1000, maxDrift });
    const { dataflow, tables } = compileGraph(graph, {
      end: () => ({
        push: (batch) => {
          const [end, n, ids] = batch.columns;
          for (let i = 0; i < batch.rows; i++) {
            const sum = valueAt(ids!, i, NUMERIC) as NumericValue;
            this.closed.push(
              `${String(valueAt(end!, i, BIGINT))} ${String(valueAt(n!, i, BIGINT))} ${sum.unscaled}`,
            );
          }
        },
      }),
      errors: { error: () => undefined },
      exchange: (node) => new PassingExchange(node),
      isFirst: true,
    });
    this.dataflow = dataflow;
    this.keeper = new StateKeeper(0, tables);
  }

  static async open(
    subject: Subject,
    logs: readonly ScriptedRecord[][],
    options: ModelOptions,
    bounded: boolean,
    from: Committed,
    state: MemoryState,
  ): Promise<Incarnation> {
    const task = new Incarnation(subject, logs, options, bounded, from);
    await task.keeper.recover(state.contents());
    return task;
  }

  take(): void {
    while (this.input.take((batch) => this.dataflow.push(this.scan.id, batch)) !== undefined);
  }

  /** What the epoch commits; the state's changes go to `state` when it does. */
  endEpoch(before: Committed, state: MemoryState | null) {
    const { clock } = this.input.stage;
    this.input.observe();
    clock.advance();
    this.input.holdDrift(clock.slowest());
    for (let level = 0; level < this.dataflow.levelCount; level++)
      this.dataflow.endLevel(level, () => clock.closedThrough(), BigInt(before.epoch));
    const { partitions, lateRows } = this.input.progress();
    const progress = { sourceId: 1, watermark: clock.watermark, identity: null };
    const epoch = before.epoch + 1;
    const changes = this.keeper.endEpoch(epoch);
    state?.add(epoch, changes);
    const positions = new Map([...before.positions, ...partitions.map((p) => [p.partition, p] as const)]);
    const late = lateRows.map((row) => `${row.partition}:${row.offset}`);
    return {
      committed: { positions, source: progress, epoch },
      late,
      closed: this.closed.splice(0),
    };
  }
}

interface Scenario {
  readonly options: ModelOptions;
  readonly bounded: boolean;
  readonly logs: ScriptedRecord[][];
  readonly rows: ModelRow[][];
}

function timestamp(micros: number): string {
  return new Date(micros / 1000).toISOString();
}

function scenario(next: () => number): Scenario {
  const pick = <T>(of: readonly T[]): T => of[Math.floor(next() * of.length)]!;
  const options: ModelOptions = {
    partitions: 1 + Math.floor(next() * 4),
    delay: 2 * SECOND,
    lateness: pick([0, 0, 3 * SECOND]),
    maxFuture: pick([null, 20 * SECOND]),
    maxDrift: pick([null, 30 * SECOND]),
  };
  const rows = Array.from({ length: options.partitions }, () => {
    let now = Math.floor(next() * 20_000) * 1000;
    return Array.from({ length: 40 + Math.floor(next() * 80) }, (_, offset): ModelRow => {
      now += Math.floor(next() * 2000) * 1000;
      const jump = next() < 0.03 ? 60_000_000 : 0;
      const time =
        next() < 0.03
          ? null
          : Math.max(0, now + jump - (next() < 0.3 ? Math.floor(next() * 9000) * 1000 : 0));
      return { offset, time, broker: next() < 0.1 ? null : now };
    });
  });
  const logs = rows.map((log, p) =>
    log.map(({ offset, time, broker }) => ({
      value: { id: p * 1000 + offset, ts: time === null ? null : timestamp(time) },
      brokerMs: broker === null ? -1 : broker / 1000,
    })),
  );
  return { options, bounded: next() < 0.5, logs, rows };
}

/** What is known of rows on time, of which closed windows are taken out. */
interface ModelWindows {
  add(time: number, id: number): void;
  /** `end n ids` of the windows that end at or before `through`. */
  close(through: number): string[];
  copy(): ModelWindows;
}

/** Windows of a size that begin every slide. */
class FixedWindows implements ModelWindows {
  private readonly counts = new Map<number, { n: number; ids: number }>();
  private readonly slide: number;
  private readonly size: number;

  constructor(slide: number, size: number) {
    this.slide = slide;
    this.size = size;
  }

  add(time: number, id: number): void {
    const last = Math.floor(time / this.slide) * this.slide;
    for (let start = last; start > time - this.size; start -= this.slide) {
      const { n, ids } = this.counts.get(start + this.size) ?? { n: 0, ids: 0 };
      this.counts.set(start + this.size, { n: n + 1, ids: ids + id });
    }
  }

  close(through: number): string[] {
    const ends = [...this.counts.keys()].filter((end) => end <= through);
    return ends.map((end) => {
      const { n, ids } = this.counts.get(end)!;
      this.counts.delete(end);
      return `${end} ${n} ${ids}`;
    });
  }

  copy(): ModelWindows {
    const copy = new FixedWindows(this.slide, this.size);
    for (const [end, count] of this.counts) copy.counts.set(end, count);
    return copy;
  }
}

/** Rows less than a gap apart are together; what is together ends a gap after its last row. */
class SessionWindows implements ModelWindows {
  private rows: { readonly time: number; readonly id: number }[] = [];
  private readonly gap: number;

  constructor(gap: number) {
    this.gap = gap;
  }

  add(time: number, id: number): void {
    this.rows.push({ time, id });
  }

  close(through: number): string[] {
    const sessions: (typeof this.rows)[] = [];
    for (const row of this.rows.toSorted((a, b) => a.time - b.time)) {
      const last = sessions.at(-1);
      if (last !== undefined && row.time < last.at(-1)!.time + this.gap) last.push(row);
      else sessions.push([row]);
    }
    const endOf = (session: typeof this.rows): number => session.at(-1)!.time + this.gap;
    this.rows = sessions.filter((session) => endOf(session) > through).flat();
    return sessions
      .filter((session) => endOf(session) <= through)
      .map(
        (session) => `${endOf(session)} ${session.length} ${session.reduce((sum, { id }) => sum + id, 0)}`,
      );
  }

  copy(): ModelWindows {
    const copy = new SessionWindows(this.gap);
    copy.rows = [...this.rows];
    return copy;
  }
}

interface Tally {
  late: number;
  closed: number;
  restarts: number;
  crashes: number;
  held: number;
  idle: number;
}

async function play(subject: Subject, seed: number, tally: Tally): Promise<void> {
  const next = seededRandom(seed);
  const { options, bounded, logs, rows } = scenario(next);
  const state = new MemoryState();
  let committed = NOTHING;
  let model = new TimeModel(options);
  let windows = subject.windows();
  let task = await Incarnation.open(subject, logs, options, bounded, committed, state);
  const offsetOf = (p: number): number => committed.positions.get(p)?.nextOffset ?? 0;
  for (let step = 0; step < 400; step++) {
    const saved = { model: model.copy(), windows: windows.copy() };
    const predictedLate: string[] = [];
    const read = new Map<number, number>();
    for (let chunks = Math.floor(next() * 4); chunks > 0; chunks--) {
      const p = Math.floor(next() * options.partitions);
      if (task.reader.left(p) === 0 || task.reader.paused.has(p)) continue;
      const count = Math.min(task.reader.left(p), 1 + Math.floor(next() * 12));
      const from = offsetOf(p) + (read.get(p) ?? 0);
      read.set(p, (read.get(p) ?? 0) + count);
      task.reader.deliver(p, count);
      task.take();
      const part = rows[p]!.slice(from, from + count);
      const late = model.read(p, part);
      predictedLate.push(...late.map((offset) => `${p}:${offset}`));
      for (const { offset, time } of part)
        if (time !== null && !late.includes(offset)) windows.add(time, p * 1000 + offset);
    }
    for (let p = 0; p < options.partitions; p++) {
      // Silent where it was not read in this epoch; found unreachable now and then.
      if (!read.has(p) && next() < 0.15 && !task.reader.paused.has(p)) task.reader.silent.add(p);
      else if (next() < 0.05) task.reader.silent.delete(p);
    }
    const ended = new Set([...rows.keys()].filter((p) => bounded && task.reader.left(p) === 0));
    const idle = new Set([...task.reader.silent].filter((p) => !ended.has(p)));
    model.endEpoch(idle, ended);
    tally.idle += idle.size;
    const crash = next() < 0.04;
    const result = task.endEpoch(committed, crash ? null : state);
    expect(result.late.sort()).toEqual(predictedLate.sort());
    expect(result.closed.sort()).toEqual(windows.close(model.closedThrough()).sort());
    expect([...task.reader.paused].sort()).toEqual(model.held().sort());
    if (crash) {
      ({ model, windows } = saved);
      tally.crashes++;
    } else {
      committed = result.committed;
      tally.late += result.late.length;
      tally.closed += result.closed.length;
      tally.held += task.reader.paused.size;
    }
    if (crash || next() < 0.04) {
      task = await Incarnation.open(subject, logs, options, bounded, committed, state);
      tally.restarts++;
    }
    if (task.reader.finished) {
      expect(model.watermark === Infinity || committed === NOTHING || crash).toBe(true);
      if (model.watermark === Infinity) return;
    }
  }
}

const SUBJECTS: readonly (readonly [table: string, windows: () => ModelWindows, seeds: number])[] = [
  [`TUMBLE(s, ts, INTERVAL '10 seconds')`, () => new FixedWindows(10 * SECOND, 10 * SECOND), 40],
  [
    `HOP(s, ts, INTERVAL '3 seconds', INTERVAL '10 seconds')`,
    () => new FixedWindows(3 * SECOND, 10 * SECOND),
    20,
  ],
  [`SESSION(s, ts, INTERVAL '1.5 seconds')`, () => new SessionWindows(1.5 * SECOND), 20],
];

describe('event time', () => {
  it.each(SUBJECTS)(
    'closes %s and finds rows late exactly as a model of the documentation does',
    async (table, windows, seeds) => {
      const subject = new Subject(table, windows);
      const tally: Tally = { late: 0, closed: 0, restarts: 0, crashes: 0, held: 0, idle: 0 };
      for (let seed = 1; seed <= seeds; seed++) {
        try {
          await play(subject, seed, tally);
        } catch (error) {
          throw new Error(`seed ${seed}`, { cause: error });
        }
      }
      for (const [what, count] of Object.entries(tally)) expect(count, what).toBeGreaterThan(50);
    },
  );
});
