// SESSION against a plain model: rows that come and go at random, so that sessions grow, meet and part; recovery at any epoch; closing by
// the watermark, once, with state freed.

import { describe, expect, it } from 'vitest';
import type { Batch } from '../../src/data/batch.ts';
import { newBatch } from '../../src/data/batch.ts';
import type { RowSchema } from '../../src/data/types.ts';
import { BIGINT, TEXT, TIMESTAMPTZ } from '../../src/data/types.ts';
import type { Value } from '../../src/data/value.ts';
import { setValue, valueAt } from '../../src/data/value.ts';
import type { RowError } from '../../src/operators/operator.ts';
import { SessionOperator } from '../../src/operators/session/session.ts';
import type { SessionNode } from '../../src/physical/graph.ts';
import { StateKeeper } from '../../src/task/state-keeper.ts';
import { MemoryState } from '../windows/memory-state.ts';
import { seededRandom } from '../windows/seeded-random.ts';

const INPUT: RowSchema = [
  { name: 'id', type: BIGINT, nullable: false },
  { name: 'k', type: TEXT, nullable: true },
  { name: 't', type: TIMESTAMPTZ, nullable: true },
];

const GAP = 10n;
const bound = { type: TIMESTAMPTZ, nullable: true };

function nodeOf(options: Partial<SessionNode>): SessionNode {
  return {
    id: 2,
    kind: 'session',
    input: 1,
    time: 2,
    gap: GAP,
    partition: [1],
    gives: [0, 1, 'start', 'end'],
    schema: [INPUT[0]!, INPUT[1]!, { name: 'window_start', ...bound }, { name: 'window_end', ...bound }],
    frees: true,
    onClose: false,
    fingerprint: 'session-test',
    streamKey: [0],
    appendOnly: false,
    watermarkColumns: [3],
    label: 'session t',
    ...options,
  };
}

interface Row {
  readonly id: bigint;
  readonly k: string | null;
  readonly t: bigint | null;
}

function batchOf(changes: readonly (readonly [Row, number])[]): Batch {
  const batch = newBatch(INPUT, changes.length);
  changes.forEach(([{ id, k, t }, diff], i) => {
    const values: Value[] = [id, k, t];
    values.forEach((value, c) => setValue(batch.columns[c]!, i, value));
    batch.diffs ??= new Int32Array(changes.length);
    batch.diffs[i] = diff;
  });
  batch.rows = changes.length;
  return batch;
}

class Run {
  readonly weights = new Map<string, number>();
  readonly errors: [RowError, number][] = [];
  readonly state = new MemoryState();
  pushed = 0;
  private readonly node: SessionNode;
  private operator: SessionOperator;
  private keeper: StateKeeper;
  private epoch = 0;

  constructor(node: SessionNode) {
    this.node = node;
    this.operator = new SessionOperator(node, INPUT);
    this.keeper = new StateKeeper(0, [this.operator.table]);
  }

  private readonly out = {
    push: (batch: Batch): void => {
      this.pushed += batch.rows;
      for (let i = 0; i < batch.rows; i++) {
        const row = batch.columns
          .map((column, c) => String(valueAt(column, i, batch.schema[c]!.type)))
          .join(' ');
        const weight = (this.weights.get(row) ?? 0) + (batch.diffs?.[i] ?? 1);
        if (weight === 0) this.weights.delete(row);
        else this.weights.set(row, weight);
      }
    },
    error: (error: RowError, diff: number): void => void this.errors.push([error, diff]),
  };

  end(changes: readonly (readonly [Row, number])[], watermark: bigint | null): void {
    const cut = changes.length >> 1;
    for (const part of [changes.slice(0, cut), changes.slice(cut)])
      if (part.length > 0) this.operator.push(batchOf(part), 0, this.out);
    if (watermark !== null) this.operator.watermark(watermark);
    this.operator.endEpoch(this.out);
    this.state.add(++this.epoch, this.keeper.endEpoch(this.epoch));
  }

  async restart(): Promise<void> {
    this.operator = new SessionOperator(this.node, INPUT);
    this.keeper = new StateKeeper(0, [this.operator.table]);
    await this.keeper.recover(this.state.contents());
  }

  keys(): number {
    return this.keeper.keys();
  }

  rows(): string[] {
    return [...this.weights].flatMap(([row, weight]) => {
      expect(weight, row).toBeGreaterThan(0);
      return new Array<string>(weight).fill(row);
    });
  }
}

/** Every row with the bounds of its session; sessions that end by `through` only. */
function model(rows: readonly Row[], through = 2n ** 63n): string[] {
  const partitions = Map.groupBy(
    rows.filter(({ t }) => t !== null),
    ({ k }) => k,
  );
  return [...partitions.values()].flatMap((members) => {
    const sorted = members.sort((a, b) => Number(a.t! - b.t!));
    const sessions: Row[][] = [];
    for (const row of sorted) {
      const last = sessions.at(-1)?.at(-1);
      if (last !== undefined && row.t! < last.t! + GAP) sessions.at(-1)!.push(row);
      else sessions.push([row]);
    }
    return sessions
      .filter((session) => session.at(-1)!.t! + GAP <= through)
      .flatMap((session) =>
        session.map(({ id, k }) => `${id} ${k} ${session[0]!.t} ${session.at(-1)!.t! + GAP}`),
      );
  });
}

function randomRow(next: () => number, id: number): Row {
  const t = next() < 0.05 ? null : BigInt(Math.floor(next() * 400));
  return { id: BigInt(id), k: next() < 0.1 ? null : 'ab'[Math.floor(next() * 2)]!, t };
}

describe('sessions of rows that come and go', () => {
  it.each([1, 2, 3, 4, 5, 6])(
    'are those of a plain model at the end of every epoch (seed %i)',
    async (seed) => {
      const next = seededRandom(seed);
      const run = new Run(nodeOf(seed % 2 === 0 ? { partition: [], frees: false } : { frees: false }));
      const alone = seed % 2 === 0;
      let live: Row[] = [];
      let parted = 0;
      for (let epoch = 0; epoch < 60; epoch++) {
        const changes: [Row, number][] = [];
        for (let i = Math.floor(next() * 12); i > 0; i--) {
          const leaves = live.length > 0 && next() < 0.45;
          const row = leaves ? live[Math.floor(next() * live.length)]! : randomRow(next, epoch * 100 + i);
          const copies = !leaves && next() < 0.1 ? 2 : 1;
          for (let n = 0; n < copies; n++) changes.push([row, leaves ? -1 : 1]);
          if (leaves) {
            const at = live.indexOf(row);
            live = live.filter((_, n) => n !== at);
            parted++;
          } else for (let n = 0; n < copies; n++) live.push(row);
        }
        run.end(changes, null);
        if (next() < 0.2) await run.restart();
        const expected = alone
          ? model(live.map((row) => ({ ...row, k: 'all' }))).map((line) => line.split(' '))
          : model(live).map((line) => line.split(' '));
        const names = new Map(live.map(({ id, k }) => [String(id), String(k)]));
        const lines = expected.map(([id, , start, end]) => [id, names.get(id!), start, end].join(' '));
        expect(run.rows().sort()).toEqual(lines.sort());
      }
      expect(parted).toBeGreaterThan(30);
    },
  );

  it('says nothing about rows whose session has not changed', () => {
    const run = new Run(nodeOf({}));
    const row = (id: number, t: number): [Row, number] => [{ id: BigInt(id), k: 'a', t: BigInt(t) }, 1];
    run.end([row(1, 0), row(2, 9), row(3, 50), row(4, 55)], null);
    const before = run.pushed;
    run.end([row(5, 4)], null);
    expect(run.pushed - before).toBe(1);
    run.end([row(6, 18)], null);
    // Three rows leave and come with another end, and one comes.
    expect(run.pushed - before).toBe(1 + 7);
  });

  it('closes a session when the rows that kept it open have left', () => {
    const run = new Run(nodeOf({ onClose: true }));
    const row = (id: number, t: number): Row => ({ id: BigInt(id), k: 'a', t: BigInt(t) });
    run.end(
      [
        [row(1, 0), 1],
        [row(2, 9), 1],
      ],
      10n,
    );
    expect(run.rows()).toEqual([]);
    run.end([[row(2, 9), -1]], 11n);
    expect(run.rows()).toEqual(['1 a 0 10']);
    expect(run.keys()).toBe(0);
  });

  it('takes a row whose session would end behind the end of time for an error, as long as it is there', () => {
    const run = new Run(nodeOf({}));
    const row: Row = { id: 1n, k: 'a', t: 2n ** 63n - 5n };
    run.end([[row, 1]], null);
    run.end([[row, -1]], null);
    expect(run.rows()).toEqual([]);
    expect(run.errors.map(([{ sqlstate }, diff]) => [sqlstate, diff])).toEqual([
      ['22008', 1],
      ['22008', -1],
    ]);
  });
});

describe('sessions under a watermark', () => {
  it.each([
    [1, false],
    [2, false],
    [3, true],
    [4, true],
  ])('keep only what is open, also after recovery (seed %i, on close: %s)', async (seed, onClose) => {
    const next = seededRandom(seed);
    const run = new Run(nodeOf({ onClose }));
    let all: Row[] = [];
    let now = 0;
    let most = 0;
    let left = 0;
    for (let epoch = 0; epoch < 200; epoch++) {
      const watermark = BigInt(now);
      const changes = Array.from({ length: Math.floor(next() * 6) }, (_, i): [Row, number] => {
        const t = BigInt(now + Math.floor(next() * 25));
        return [{ id: BigInt(epoch * 10 + i), k: 'abc'[Math.floor(next() * 3)]!, t }, 1];
      });
      // A row leaves whose session is open, so that the session may end earlier, or be two.
      const open = all.filter(({ t }) => t! >= watermark);
      if (open.length > 0 && next() < 0.4) {
        const row = open[Math.floor(next() * open.length)]!;
        all = all.filter((one) => one !== row);
        changes.push([row, -1]);
        left++;
      }
      all.push(...changes.flatMap(([row, diff]) => (diff > 0 ? [row] : [])));
      run.end(changes, watermark);
      if (next() < 0.1) await run.restart();
      expect(run.rows().sort()).toEqual(model(all, onClose ? watermark : undefined).sort());
      most = Math.max(most, run.keys());
      now += Math.floor(next() * 12);
    }
    expect(all.length).toBeGreaterThan(300);
    expect(left).toBeGreaterThan(30);
    expect(most).toBeLessThan(80);
    run.end([], 2n ** 63n - 1n);
    expect(run.keys()).toBe(0);
    expect(run.rows().sort()).toEqual(model(all).sort());
  });
});
