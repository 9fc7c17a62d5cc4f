// Exchanges between tasks: every row arrives once at the owner of its key group, as it was, and what is under way is bounded.

import { describe, expect, it } from 'vitest';
import type { Batch } from '../../src/data/batch.ts';
import { newBatch } from '../../src/data/batch.ts';
import type { RowSchema } from '../../src/data/types.ts';
import {
  BIGINT,
  BOOLEAN,
  DATE,
  DOUBLE,
  INTEGER,
  INTERVAL,
  NUMERIC,
  TEXT,
  TIMESTAMPTZ,
} from '../../src/data/types.ts';
import type { Value } from '../../src/data/value.ts';
import { setValue, valueAt } from '../../src/data/value.ts';
import { compileHashRows } from '../../src/operators/hash-rows.ts';
import type { ExchangeNode, PhysicalGraph } from '../../src/physical/graph.ts';
import { ownersOf, rangeOf } from '../../src/state/key-groups.ts';
import { Exchanges } from '../../src/task/exchanges.ts';
import type { PeerMessage, Peers } from '../../src/task/messages.ts';
import { seededRandom } from '../windows/seeded-random.ts';

const field = (name: string, type: RowSchema[number]['type'], nullable = true) => ({ name, type, nullable });

const SCHEMA: RowSchema = [
  field('id', BIGINT, false),
  field('k', INTEGER),
  field('word', TEXT),
  field('price', NUMERIC),
  field('x', DOUBLE),
  field('yes', BOOLEAN),
  field('day', DATE),
  field('at', TIMESTAMPTZ),
  field('span', INTERVAL),
];

const EXCHANGE: ExchangeNode = {
  kind: 'exchange',
  id: 1,
  input: 0,
  columns: [...SCHEMA.keys()],
  by: [1, 2, 3, 4],
  schema: SCHEMA,
  streamKey: [],
  appendOnly: true,
  watermarkColumns: [],
  label: '',
};

const GRAPH: PhysicalGraph = {
  nodes: [EXCHANGE],
  distributions: [{ kind: 'hash', told: [[1], [2], [3], [4]] }],
  fragments: [{ nodes: [1], level: 0 }],
};

function randomBatch(random: () => number, firstId: number, rows: number): Batch {
  const pick = (below: number): number => Math.floor(random() * below);
  const maybe = (value: Value): Value => (random() < 0.1 ? null : value);
  const batch = newBatch(SCHEMA, rows);
  for (let i = 0; i < rows; i++) {
    const wide = random() < 0.1 ? 10n ** 25n : 1n;
    const values: Value[] = [
      BigInt(firstId + i),
      maybe(pick(50) - 25),
      maybe(`${'ü'.repeat(pick(4))}${pick(20)}`),
      maybe({ unscaled: BigInt(pick(300)) * wide, scale: pick(3) }),
      maybe([0, -0, NaN, 1.25][pick(4)]!),
      maybe(random() < 0.5),
      maybe(pick(20_000)),
      maybe(BigInt(pick(1_000_000)) * 1_000_000n),
      maybe({ months: pick(3), days: pick(40), micros: BigInt(pick(1000)) }),
    ];
    values.forEach((value, c) => setValue(batch.columns[c]!, i, value));
  }
  batch.rows = rows;
  batch.diffs = random() < 0.5 ? null : Int32Array.from({ length: rows }, () => (random() < 0.5 ? 1 : -1));
  return batch;
}

function rowText(batch: Batch, i: number): string {
  const cells = batch.columns.map((column, c) => {
    const value = valueAt(column, i, SCHEMA[c]!.type);
    return Object.is(value, -0)
      ? '-0'
      : JSON.stringify(value, (_k, v: unknown) => (typeof v === 'bigint' ? `${v}n` : v));
  });
  return `${cells.join('|')} ${batch.diffs === null ? 1 : batch.diffs[i]!}`;
}

/** Messages between tasks in this process, delivered when the test wants. */
class Wires {
  readonly queue: { to: number; message: PeerMessage }[] = [];
  private readonly listeners: ((message: PeerMessage) => void)[] = [];

  peers(task: number): Peers {
    return {
      post: (to, message) => this.queue.push({ to, message: structuredClone(message) }),
      listen: (listener) => (this.listeners[task] = listener),
    };
  }

  deliver(): void {
    for (const { to, message } of this.queue.splice(0)) this.listeners[to]!(message);
  }
}

describe('exchanges', () => {
  it.each([2, 3, 5])('bring every row to the owner of its key group, among %i tasks', (tasks) => {
    const random = seededRandom(tasks);
    const wires = new Wires();
    const arrived: string[][] = Array.from({ length: tasks }, () => []);
    const sent = new Map<string, number>();
    const hash = compileHashRows(EXCHANGE.by!.map((column) => SCHEMA[column]!));
    const owners = ownersOf(tasks);
    const all = Array.from({ length: tasks }, (_, task) => {
      const options = {
        task,
        tasks,
        peers: wires.peers(task),
        maxQueuedBytes: 1e9,
        epoch: 1,
        arrived: () => undefined,
      };
      return new Exchanges(GRAPH, options);
    });
    const take = (task: number) => (batch: Batch) => {
      for (let i = 0; i < batch.rows; i++) arrived[task]!.push(rowText(batch, i));
    };
    for (let step = 0; step < 40; step++) {
      const from = Math.floor(random() * tasks);
      const batch = randomBatch(random, step * 1000, 1 + Math.floor(random() * 300));
      const groups = new Uint8Array(batch.rows);
      hash(
        EXCHANGE.by!.map((column) => batch.columns[column]!),
        batch.rows,
        groups,
      );
      for (let i = 0; i < batch.rows; i++) sent.set(rowText(batch, i), owners[groups[i]!]!);
      all[from]!.exchange(EXCHANGE).push(batch, take(from));
      if (random() < 0.3) all[from]!.flush();
      if (random() < 0.3) wires.deliver();
    }
    for (const exchanges of all) exchanges.endLevel(0);
    wires.deliver();
    all.forEach((exchanges, task) =>
      expect(exchanges.takeLevel(0, (_node, batch) => take(task)(batch))).toBe(true),
    );
    expect(arrived.flat().sort()).toEqual([...sent.keys()].sort());
    arrived.forEach((rows, task) => {
      expect(rows.length).toBeGreaterThan(100);
      for (const row of rows) expect(sent.get(row)).toBe(task);
    });
  });

  it('take no more when too much is under way, and again when it was taken', () => {
    const wires = new Wires();
    const options = (task: number) => ({
      task,
      tasks: 2,
      peers: wires.peers(task),
      maxQueuedBytes: 50_000,
      epoch: 1,
      arrived: () => undefined,
    });
    const [sender, receiver] = [new Exchanges(GRAPH, options(0)), new Exchanges(GRAPH, options(1))];
    const random = seededRandom(1);
    let pushed = 0;
    for (; sender.hasRoom(0); pushed++) {
      sender.exchange(EXCHANGE).push(randomBatch(random, pushed * 100, 100), () => undefined);
      sender.flush();
      expect(pushed).toBeLessThan(100);
    }
    const underWay = wires.queue.reduce(
      (sum, { message }) => sum + (message.kind === 'rows' ? message.bytes.length : 0),
      0,
    );
    expect(underWay).toBeGreaterThan(50_000);
    expect(underWay).toBeLessThan(80_000);
    // A level that is not behind the exchange is not held by it.
    expect(sender.hasRoom(1)).toBe(true);
    wires.deliver();
    expect(sender.hasRoom(0)).toBe(false);
    while (receiver.takeOne(() => undefined));
    wires.deliver();
    expect(sender.hasRoom(0)).toBe(true);
  });

  it('keep rows of the next epoch until it begins', () => {
    const wires = new Wires();
    const options = (task: number) => ({
      task,
      tasks: 2,
      peers: wires.peers(task),
      maxQueuedBytes: 1e9,
      epoch: 1,
      arrived: () => undefined,
    });
    const [fast, slow] = [new Exchanges(GRAPH, options(0)), new Exchanges(GRAPH, options(1))];
    const random = seededRandom(2);
    let taken = 0;
    const count = (_node: number, batch: Batch): void => void (taken += batch.rows);
    fast.exchange(EXCHANGE).push(randomBatch(random, 0, 100), () => undefined);
    fast.endLevel(0);
    fast.beginEpoch(2);
    fast.exchange(EXCHANGE).push(randomBatch(random, 100, 100), () => undefined);
    fast.flush();
    wires.deliver();
    expect(slow.takeLevel(0, count)).toBe(true);
    const ofFirst = taken;
    expect(ofFirst).toBeGreaterThan(0);
    expect(slow.takeOne(count)).toBe(false);
    slow.beginEpoch(2);
    expect(slow.takeOne(count)).toBe(true);
    expect(taken).toBeGreaterThan(ofFirst);
    expect(slow.takeLevel(0, count)).toBe(false);
  });
});

describe('key groups', () => {
  it.each([1, 2, 3, 7, 64])('are owned by exactly one of %i tasks, in ranges', (tasks) => {
    const owners = ownersOf(tasks);
    expect([...owners]).toEqual([...owners].sort((a, b) => a - b));
    expect(new Set(owners).size).toBe(tasks);
    for (let task = 0; task < tasks; task++) {
      const { from, to } = rangeOf(task, tasks);
      expect(owners.slice(from, to).every((owner) => owner === task)).toBe(true);
      expect(Math.abs(to - from - 256 / tasks)).toBeLessThan(1);
    }
  });
});
