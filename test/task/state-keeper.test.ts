// Folding: snapshots in pieces over many epochs, published through the manifest of a real Postgres; recovery at any epoch from
// snapshots, pieces and deltas; damage told; another number of tasks reading what was written in pieces.

import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RowSchema } from '../../src/data/types.ts';
import { BIGINT, NUMERIC, TEXT } from '../../src/data/types.ts';
import { PipelineLog } from '../../src/epoch/pipeline-log.ts';
import { createPipeline } from '../../src/epoch/pipeline-row.ts';
import type { SegmentContent } from '../../src/epoch/commit-port.ts';
import { PostgresPort } from '../../src/epoch/postgres-port.ts';
import { AggregateOperator } from '../../src/operators/aggregate/aggregate.ts';
import type { AggregateNode } from '../../src/physical/graph.ts';
import { migrate } from '../../src/postgres/migrations.ts';
import { Pool } from '../../src/postgres/pool.ts';
import { rangeOf } from '../../src/state/key-groups.ts';
import { LIVE } from '../../src/state/slots.ts';
import type { StateTable } from '../../src/state/state-table.ts';
import type { KeeperOptions } from '../../src/task/state-keeper.ts';
import { StateKeeper } from '../../src/task/state-keeper.ts';
import { emptyPlan } from '../epoch/plans.ts';
import { freshDatabase } from '../setup/parts.ts';
import type { Random } from '../simulation/random.ts';
import { seeded } from '../simulation/random.ts';
import type { Row } from '../state/plain-rows.ts';
import { batchOf, printed, rowAt } from '../state/plain-rows.ts';
import { MemoryState } from '../windows/memory-state.ts';

const INPUT: RowSchema = [
  { name: 'k', type: TEXT, nullable: false },
  { name: 'v', type: BIGINT, nullable: false },
];

const NODE: AggregateNode = {
  id: 2,
  kind: 'aggregate',
  input: 1,
  keys: [0],
  calls: [
    { fn: 'sum', arg: 1 },
    { fn: 'max', arg: 1, multiset: 0 },
  ],
  multisets: [
    { columns: [1], order: [{ column: 0, descending: false, nullsFirst: false }], fingerprint: 'rows' },
  ],
  retracts: true,
  schema: [
    INPUT[0]!,
    { name: 's', type: NUMERIC, nullable: true },
    { name: 'm', type: BIGINT, nullable: true },
  ],
  streamKey: [0],
  appendOnly: false,
  watermarkColumns: [],
  label: '',
  window: null,
  fingerprint: 'groups',
};

/** Passes of many pieces, often. */
const LIMITS = { minBytes: 30_000, maxDeltas: 2000, pieceBytes: 12_000 };

const NOWHERE = { push: () => undefined, error: () => undefined };

function contents(tables: readonly StateTable[]): string[] {
  return tables.flatMap(({ fingerprint, slots }) => {
    const rows: string[] = [];
    for (let s = 0; s < slots.used; s++) {
      if ((slots.flags[s]! & LIVE) === 0) continue;
      const accumulators = slots.accumulators.map(({ values }) => String(values[s] ?? 0));
      rows.push(`${fingerprint} ${printed(rowAt(slots.keys, s))}: ${accumulators.join()}`);
    }
    return rows.sort();
  });
}

/** Rows come, and leave again. */
class Flow {
  private readonly present: Row[] = [];
  private readonly random: Random;

  constructor(random: Random) {
    this.random = random;
  }

  next(n: number) {
    const { random, present } = this;
    const changes = Array.from({ length: n }, (): [Row, number] => {
      if (present.length > 900 && random.chance(0.5))
        return [present.splice(random.below(present.length), 1)[0]!, -1];
      const row: Row = [`key ${random.below(400)}`, BigInt(random.below(1e6))];
      present.push(row);
      return [row, 1];
    });
    return batchOf(
      INPUT,
      changes.map(([row]) => row),
      changes.map(([, diff]) => diff),
    );
  }
}

function newTask(options: KeeperOptions = {}, number = 0) {
  const operator = new AggregateOperator(NODE, INPUT);
  const keeper = new StateKeeper(number, operator.tables, { limits: LIMITS, ...options });
  return { operator, keeper };
}

let url: string;
let pool: Pool;

beforeAll(async () => {
  ({ url } = await freshDatabase());
  await migrate(url);
  pool = new Pool(url, { applicationName: 'test', max: 3 });
});

afterAll(() => pool.close());

describe('state in pieces', () => {
  it.each([1, 2])(
    'is folded and recovered in a real Postgres, whatever epoch it ends at (seed %i)',
    async (seed) => {
      const random = seeded(seed);
      const flow = new Flow(random);
      const pipelineId = await pool.use((connection) => createPipeline(connection, randomUUID(), 1));
      const takeOver = () => {
        const port = new PostgresPort({ url, pipelineId, signal: new AbortController().signal });
        return PipelineLog.takeOver(port, randomUUID());
      };
      let log = await takeOver();
      let { operator, keeper } = newTask();
      let published = 0;
      let largest = 0;
      for (let epoch = 1; epoch <= 110; epoch++) {
        operator.push(flow.next(60));
        operator.endEpoch(NOWHERE);
        const state = keeper.endEpoch(epoch);
        published += state.folds.filter(({ through }) => through > 0).length;
        for (const { kind, bytes } of state.segments)
          if (kind === 'snapshot') largest = Math.max(largest, bytes.length);
        await log.commit({ ...emptyPlan(pipelineId, epoch), state });
        if (!random.chance(0.1)) continue;
        const before = contents(operator.tables);
        await log.close();
        log = await takeOver();
        ({ operator, keeper } = newTask());
        await keeper.recover(log.segments());
        expect(contents(operator.tables)).toEqual(before);
        // Old snapshot, deltas since, new pieces: never more than a few times the state.
        const stored = log.start.manifest.reduce((sum, { size }) => sum + size, 0);
        expect(stored).toBeLessThan(6 * Math.max(LIMITS.minBytes, keeper.bytes()));
      }
      expect(published).toBeGreaterThanOrEqual(3);
      expect(largest).toBeLessThan(3 * LIMITS.pieceBytes);
      await log.close();
      const kinds = new Set(log.start.manifest.map(({ kind }) => kind));
      expect([...kinds].sort()).toEqual(['delta', 'snapshot']);
    },
  );

  it('is refused when any bit of what is stored was flipped', async () => {
    const flow = new Flow(seeded(3));
    const state = new MemoryState();
    const { operator, keeper } = newTask();
    for (let epoch = 1; epoch <= 30; epoch++) {
      operator.push(flow.next(60));
      operator.endEpoch(NOWHERE);
      state.add(epoch, keeper.endEpoch(epoch));
    }
    const stored: SegmentContent[] = [];
    for await (const content of state.contents()) stored.push(content);
    expect(new Set(stored.map(({ kind }) => kind)).size).toBe(2);
    const random = seeded(4);
    for (let n = 0; n < 40; n++) {
      const damaged = random.below(stored.length);
      const bytes = Buffer.from(stored[damaged]!.bytes);
      const bit = random.below(bytes.length * 8);
      bytes[bit >> 3]! ^= 1 << (bit & 7);
      const read = async function* (): AsyncGenerator<SegmentContent> {
        await Promise.resolve();
        for (const [i, content] of stored.entries()) yield i === damaged ? { ...content, bytes } : content;
      };
      await expect(newTask().keeper.recover(read())).rejects.toMatchObject({ code: 'BAD_FORMAT' });
    }
  });

  it.each([
    [2, 1],
    [1, 2],
    [3, 2],
  ])('written by %i tasks is read by %i, each of its own key groups', async (before, now) => {
    const flow = new Flow(seeded(5));
    const spread = new Set(['groups', 'rows']);
    const whole = newTask();
    const writers = Array.from({ length: before }, (_, task) => ({
      ...newTask({ owns: () => rangeOf(task, before) }, task),
      state: new MemoryState(),
    }));
    for (let epoch = 1; epoch <= 60; epoch++) {
      const batch = flow.next(80);
      whole.operator.push(batch);
      whole.operator.endEpoch(NOWHERE);
      whole.keeper.endEpoch(epoch);
      writers.forEach((writer, task) => {
        const { from, to } = rangeOf(task, before);
        const own: [Row, number][] = [];
        for (let i = 0; i < batch.rows; i++) {
          const slot = whole.operator.table.locate(batch.columns.slice(0, 1), i, false);
          const group =
            slot < 0 ? groupOf(batch.columns, i) : whole.operator.table.slots.hashes[slot]! >>> 24;
          if (group >= from && group < to) own.push([rowAt(batch.columns, i), batch.diffs![i]!]);
        }
        writer.operator.push(
          batchOf(
            INPUT,
            own.map(([row]) => row),
            own.map(([, diff]) => diff),
          ),
        );
        writer.operator.endEpoch(NOWHERE);
        writer.state.add(epoch, writer.keeper.endEpoch(epoch));
      });
    }
    const stored: SegmentContent[] = [];
    for (const { state } of writers) for await (const content of state.contents()) stored.push(content);
    expect(stored.some(({ kind }) => kind === 'snapshot')).toBe(true);
    const found: string[] = [];
    const foundAgain: string[] = [];
    for (let task = 0; task < now; task++) {
      const owns = () => rangeOf(task, now);
      const reader = newTask({ rescaled: { groups: owns(), spread }, owns }, task);
      const read = async function* (): AsyncGenerator<SegmentContent> {
        await Promise.resolve();
        yield* stored;
      };
      await reader.keeper.recover(read());
      found.push(...contents(reader.operator.tables));
      // The first epoch replaces all that others wrote, a piece in each turn.
      let turns = 0;
      const changes = await reader.keeper.endEpochInTurns(61, () => Promise.resolve(turns++));
      expect(turns).toBeGreaterThan(4);
      for (const { bytes } of changes.segments) expect(bytes.length).toBeLessThan(3 * LIMITS.pieceBytes);
      expect(new Set(changes.segments.map(({ part }) => part)).size).toBe(changes.segments.length);
      expect(changes.folds).toEqual([{ task, through: 61 }]);
      const state = new MemoryState();
      state.add(61, changes);
      const before = contents(reader.operator.tables);
      state.add(
        62,
        await reader.keeper.endEpochInTurns(62, () => Promise.reject(new Error('nothing is due'))),
      );
      const again = newTask({ owns }, task);
      await again.keeper.recover(state.contents());
      expect(contents(again.operator.tables)).toEqual(before);
      foundAgain.push(...before);
    }
    expect(foundAgain.sort()).toEqual(found.sort());
    expect(found).toEqual(contents(whole.operator.tables).sort());
  });
});

/** The key group of a key that its group has left already. */
function groupOf(columns: Parameters<StateTable['load']>[0]['keys'], row: number): number {
  const { table } = new AggregateOperator(NODE, INPUT);
  return table.slots.hashes[table.locate(columns.slice(0, 1), row, true)]! >>> 24;
}
