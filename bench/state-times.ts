// State by size: nanoseconds per row, bytes per key, the longest batch (growing arrays), snapshots as bytes and back.
// A count, a sum and a maximum by a bigint key, over growing and over changing input, and the rows of a join side.
// Processor time throughout: on a shared machine the clock tells who else was running.

import { newBatch } from '../src/data/batch.ts';
import type { Batch } from '../src/data/batch.ts';
import type { RowSchema } from '../src/data/types.ts';
import { BIGINT, NUMERIC } from '../src/data/types.ts';
import { AggregateOperator } from '../src/operators/aggregate/aggregate.ts';
import type { AggregateNode } from '../src/physical/graph.ts';
import { KEY_GROUPS } from '../src/state/key-index.ts';
import { RowTable } from '../src/state/row-table.ts';
import { decodeSegment, encodeSegment } from '../src/state/segment.ts';
import { liveSlots } from '../src/state/slots.ts';
import type { StateTable } from '../src/state/state-table.ts';

const ROWS = 4096;
const ROWS_PER_EPOCH = 65_536;
const INPUT: RowSchema = [
  { name: 'k', type: BIGINT, nullable: false },
  { name: 'v', type: BIGINT, nullable: false },
];

/** What is measured: takes batches, ends epochs, has tables. */
interface Subject {
  push(batch: Batch): void;
  endEpoch(): void;
  readonly tables: readonly StateTable[];
}

function aggregate(retracts: boolean): Subject {
  const order = [{ column: 0, descending: false, nullsFirst: false }];
  const node: AggregateNode = {
    id: 2,
    kind: 'aggregate',
    input: 1,
    keys: [0],
    calls: [
      { fn: 'count_star', arg: null },
      { fn: 'sum', arg: 1 },
      retracts ? { fn: 'max', arg: 1, multiset: 0 } : { fn: 'max', arg: 1 },
    ],
    multisets: retracts ? [{ columns: [1], order, fingerprint: 'rows' }] : [],
    retracts,
    schema: [
      INPUT[0]!,
      { name: 'c', type: BIGINT, nullable: false },
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
  const operator = new AggregateOperator(node, INPUT);
  const out = { push: () => undefined, error: () => undefined };
  return {
    push: (batch) => operator.push(batch),
    endEpoch: () => operator.endEpoch(out),
    tables: operator.tables,
  };
}

function joinSide(): Subject {
  const table = new RowTable({
    fingerprint: 'side',
    schema: INPUT,
    distribution: 1,
    key: 1,
    payload: [],
    orders: [],
    time: null,
  });
  const touched = new Int32Array(ROWS);
  return {
    push: (batch) => table.apply(batch.columns, batch.diffs, 0, batch.rows, touched),
    endEpoch: () => undefined,
    tables: [table],
  };
}

/** Every key once, in an order that no cache likes, then as often again. */
function fill(batch: Batch, from: number, keys: number): void {
  const [k, v] = batch.columns;
  if (k?.layout !== 'i64' || v?.layout !== 'i64') throw new Error('bigints');
  const step = Math.floor(keys * 0.618) | 1;
  for (let i = 0; i < ROWS; i++) {
    const n = from + i;
    k.values[i] = BigInt((n * step) % keys) * 2_654_435_761n;
    v.values[i] = BigInt((n * 7919) % 1_000_003);
  }
  batch.rows = ROWS;
}

interface Filled {
  readonly cpuMs: number;
  readonly longestMs: number;
}

function run(subject: Subject, keys: number, rows: number): Filled {
  const batch = newBatch(INPUT, ROWS);
  let cpuMs = 0;
  let longestMs = 0;
  for (let n = 0; n < rows; n += ROWS) {
    fill(batch, n, keys);
    const cpu = process.cpuUsage();
    subject.push(batch);
    const { user, system } = process.cpuUsage(cpu);
    longestMs = Math.max(longestMs, (user + system) / 1000);
    cpuMs += user / 1000;
    if ((n + ROWS) % ROWS_PER_EPOCH !== 0) continue;
    subject.endEpoch();
    for (const table of subject.tables) table.endEpoch();
  }
  subject.endEpoch();
  for (const table of subject.tables) table.endEpoch();
  return { cpuMs, longestMs };
}

/** In pieces of a sixty-fourth, as it is folded. */
function pieces(tables: readonly StateTable[]): Uint8Array[] {
  const width = KEY_GROUPS / 64;
  return Array.from({ length: 64 }, (_, i) => {
    const groups = { from: i * width, to: (i + 1) * width };
    return encodeSegment(tables.map((table) => table.snapshot(groups)));
  });
}

export const CASES: Readonly<Record<string, () => Subject>> = {
  'count, sum, max over growing input': () => aggregate(false),
  'count, sum, max over changing input': () => aggregate(true),
  'rows of a join side': joinSide,
};

export interface StateTimes {
  readonly name: string;
  readonly keys: number;
  /** Groups, rows that are kept for them, and different rows of a join side. */
  readonly slots: number;
  readonly nanosecondsPerRow: number;
  /** In memory. */
  readonly heldBytes: number;
  readonly longestMs: number;
  /** As segments, and how long it takes to write and to read them. */
  readonly storedBytes: number;
  readonly writeMs: number;
  readonly readMs: number;
}

export function measureState(name: string, keys: number): StateTimes {
  const make = CASES[name]!;
  const rows = Math.max(keys * 2, 2_000_000);
  run(make(), 1000, 400_000);
  const subject = make();
  const { cpuMs, longestMs } = run(subject, keys, rows);
  const heldBytes = subject.tables.reduce((sum, table) => sum + table.bytes(), 0);
  const slots = subject.tables.reduce((sum, table) => sum + liveSlots(table.slots), 0);
  const writing = process.cpuUsage();
  const stored = pieces(subject.tables);
  const writeMs = process.cpuUsage(writing).user / 1000;
  const reader = make();
  const byName = new Map(reader.tables.map((table) => [table.fingerprint, table]));
  const reading = process.cpuUsage();
  for (const bytes of stored)
    for (const part of decodeSegment(bytes, (fingerprint) => byName.get(fingerprint)!.slots))
      byName.get(part.fingerprint)!.load(part);
  const readMs = process.cpuUsage(reading).user / 1000;
  const storedBytes = stored.reduce((sum, bytes) => sum + bytes.length, 0);
  return {
    name,
    keys,
    slots,
    nanosecondsPerRow: (cpuMs * 1e6) / rows,
    heldBytes,
    longestMs,
    storedBytes,
    writeMs,
    readMs,
  };
}
