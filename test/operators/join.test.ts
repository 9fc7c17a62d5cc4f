// Joins against nested loops: random signed batches on both sides, every kind of join, with and without a residual condition, NULL
// keys, rows that are there several times; and the same again from what the epochs stored.

import { describe, expect, it } from 'vitest';
import type { Batch } from '../../src/data/batch.ts';
import { newBatch } from '../../src/data/batch.ts';
import type { RowSchema } from '../../src/data/types.ts';
import { BIGINT, INTEGER, TEXT } from '../../src/data/types.ts';
import type { Value } from '../../src/data/value.ts';
import { setValue, valueAt } from '../../src/data/value.ts';
import { bindOperator } from '../../src/expr/bind.ts';
import type { BoundExpr } from '../../src/expr/bound.ts';
import { JoinOperator } from '../../src/operators/join/join.ts';
import type { Output } from '../../src/operators/operator.ts';
import type { JoinNode } from '../../src/physical/graph.ts';
import { decodeSegment, encodeSegment } from '../../src/state/segment.ts';

type Row = readonly Value[];

const LEFT: RowSchema = [
  { name: 'v', type: TEXT, nullable: true },
  { name: 'k', type: BIGINT, nullable: true },
  { name: 'x', type: INTEGER, nullable: true },
];
const RIGHT: RowSchema = [
  { name: 'k', type: BIGINT, nullable: true },
  { name: 'y', type: INTEGER, nullable: true },
  { name: 'w', type: TEXT, nullable: true },
];

const TYPES = ['inner', 'left', 'right', 'full', 'semi', 'anti'] as const;

interface Form {
  readonly type: JoinNode['type'];
  readonly keyed: boolean;
  readonly nullSafe: boolean;
  readonly residual: boolean;
}

/** x < y, over the two rows side by side. */
function residual(): BoundExpr {
  const column = (index: number, name: string): BoundExpr => ({
    kind: 'column',
    index,
    name,
    type: INTEGER,
    nullable: true,
  });
  return bindOperator('<', column(2, 'x'), column(4, 'y'));
}

function nodeOf(form: Form): JoinNode {
  const semi = form.type === 'semi' || form.type === 'anti';
  const schema = [...LEFT, ...(semi ? [] : RIGHT)];
  return {
    id: 3,
    kind: 'join',
    type: form.type,
    left: 1,
    right: 2,
    leftKeys: form.keyed ? [1] : [],
    rightKeys: form.keyed ? [0] : [],
    nullSafe: form.keyed ? [form.nullSafe] : [],
    residual: form.residual ? residual() : null,
    rightWidth: semi ? 0 : RIGHT.length,
    fingerprint: 'join-test',
    schema,
    streamKey: [],
    appendOnly: false,
    watermarkColumns: [],
    label: '',
  };
}

function random(seed: number): (below: number) => number {
  let state = seed | 0;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return Math.floor(((state >>> 8) / 0x1000000) * below);
  };
}

type Random = ReturnType<typeof random>;

/** Few different rows, so that they meet, repeat and leave. */
function randomRow(next: Random, left: boolean): Row {
  const key = next(6) === 0 ? null : BigInt(next(4));
  const number = next(7) === 0 ? null : next(4);
  const text = next(7) === 0 ? null : 'ab'.repeat(next(3));
  return left ? [text, key, number] : [key, number, text];
}

interface Change {
  readonly row: Row;
  readonly diff: number;
}

function print(row: Row): string {
  return row.map((value) => (value === null ? '∅' : String(value))).join('|');
}

/** A side as the model has it: rows with their counts. */
class Side {
  readonly rows = new Map<string, { readonly row: Row; count: number }>();

  take({ row, diff }: Change): void {
    const text = print(row);
    const found = this.rows.get(text) ?? { row, count: 0 };
    found.count += diff;
    if (found.count === 0) this.rows.delete(text);
    else this.rows.set(text, found);
  }

  all(): Row[] {
    return [...this.rows.values()].flatMap(({ row, count }) => Array.from({ length: count }, () => row));
  }
}

/** Some rows come, some that are there leave. */
function randomChanges(next: Random, side: Side, left: boolean): Change[] {
  return Array.from({ length: next(30) }, (): Change => {
    const there = side.all();
    const leaves = there.length > 0 && next(5) < 2;
    const change = leaves
      ? { row: there[next(there.length)]!, diff: -1 }
      : { row: randomRow(next, left), diff: 1 };
    side.take(change);
    return change;
  });
}

function meets(form: Form, left: Row, right: Row): boolean {
  const [a, b] = [left[1]!, right[0]!];
  if (form.keyed && (a === null || b === null) && !(form.nullSafe && a === b)) return false;
  if (form.keyed && a !== b) return false;
  return !form.residual || (left[2] !== null && right[1] !== null && left[2]! < right[1]!);
}

/** What the join gives, by definition. */
function nestedLoops(form: Form, left: readonly Row[], right: readonly Row[]): string[] {
  const none = (schema: RowSchema): Row => schema.map(() => null);
  const { type } = form;
  const rows: Row[] = [];
  for (const l of left) {
    const partners = right.filter((r) => meets(form, l, r));
    if (type === 'semi' || type === 'anti') {
      if (partners.length > 0 === (type === 'semi')) rows.push(l);
      continue;
    }
    for (const r of partners) rows.push([...l, ...r]);
    if (partners.length === 0 && (type === 'left' || type === 'full')) rows.push([...l, ...none(RIGHT)]);
  }
  if (type === 'right' || type === 'full') {
    for (const r of right) if (!left.some((l) => meets(form, l, r))) rows.push([...none(LEFT), ...r]);
  }
  return rows.map(print).sort();
}

class Collected implements Output {
  readonly weights = new Map<string, number>();

  push(batch: Batch): void {
    for (let i = 0; i < batch.rows; i++) {
      const row = print(batch.columns.map((column, c) => valueAt(column, i, batch.schema[c]!.type)));
      const diff = batch.diffs === null ? 1 : batch.diffs[i]!;
      expect(Math.abs(diff)).toBe(1);
      const weight = (this.weights.get(row) ?? 0) + diff;
      if (weight === 0) this.weights.delete(row);
      else this.weights.set(row, weight);
    }
  }

  error(): void {
    throw new Error('no expression here can fail');
  }

  rows(): string[] {
    return [...this.weights].flatMap(([row, weight]) => Array.from({ length: weight }, () => row)).sort();
  }
}

function batchOf(schema: RowSchema, changes: readonly Change[]): Batch {
  const batch = newBatch(schema, changes.length);
  changes.forEach(({ row }, i) => row.forEach((value, c) => setValue(batch.columns[c]!, i, value)));
  batch.rows = changes.length;
  batch.diffs = Int32Array.from(changes, (change) => change.diff);
  return batch;
}

/** A join that goes on from the segments of another one. */
function recovered(form: Form, segments: readonly Uint8Array[]): JoinOperator {
  const operator = new JoinOperator(nodeOf(form), LEFT, RIGHT);
  for (const segment of segments) {
    const byFingerprint = new Map(operator.tables.map((table) => [table.fingerprint, table]));
    for (const rows of decodeSegment(segment, (fingerprint) => byFingerprint.get(fingerprint)!.slots))
      byFingerprint.get(rows.fingerprint)!.load(rows);
  }
  return operator;
}

function forms(): Form[] {
  return TYPES.flatMap((type) =>
    [false, true].flatMap((withResidual) => [
      { type, keyed: true, nullSafe: false, residual: withResidual },
      { type, keyed: true, nullSafe: true, residual: withResidual },
      { type, keyed: false, nullSafe: false, residual: withResidual },
    ]),
  );
}

function title(form: Form): string {
  const on = form.keyed ? (form.nullSafe ? 'k IS NOT DISTINCT FROM k' : 'k = k') : 'every pair';
  return `${form.type} join on ${on}${form.residual ? ' and x < y' : ''}`;
}

describe('joins', () => {
  const seed = Number(process.env['SEED'] ?? 20261125);
  describe(`give what nested loops give after every epoch (seed ${seed})`, () => {
    it.each(forms().map((form) => [title(form), form] as const))('%s', (_, form) => {
      const next = random(seed);
      let operator = new JoinOperator(nodeOf(form), LEFT, RIGHT);
      const [left, right] = [new Side(), new Side()];
      const out = new Collected();
      const segments: Uint8Array[] = [];
      for (let epoch = 0; epoch < 40; epoch++) {
        for (let pushed = next(3); pushed >= 0; pushed--) {
          const toLeft = next(2) === 0;
          const changes = randomChanges(next, toLeft ? left : right, toLeft);
          operator.push(batchOf(toLeft ? LEFT : RIGHT, changes), toLeft ? 0 : 1, out);
        }
        expect(out.rows()).toEqual(nestedLoops(form, left.all(), right.all()));
        segments.push(encodeSegment(operator.tables.map((table) => table.delta())));
        for (const table of operator.tables) table.endEpoch();
        if (next(8) === 0) operator = recovered(form, segments);
      }
      expect(left.all().length + right.all().length).toBeGreaterThan(0);
    });
  });

  it('takes a batch larger than a chunk, and a key with more rows than fit the buffer', () => {
    const form: Form = { type: 'left', keyed: true, nullSafe: false, residual: false };
    const operator = new JoinOperator(nodeOf(form), LEFT, RIGHT);
    const out = new Collected();
    const many = Array.from({ length: 2500 }, (_, i): Change => ({
      row: [`l${i}`, BigInt(i % 2), 1],
      diff: 1,
    }));
    operator.push(batchOf(LEFT, many), 0, out);
    expect(out.weights.size).toBe(2500);
    operator.push(
      batchOf(RIGHT, [
        { row: [1n, 1, 'one'], diff: 1 },
        { row: [1n, 2, 'two'], diff: 1 },
      ]),
      1,
      out,
    );
    expect(out.weights.size).toBe(1250 + 2 * 1250);
    operator.push(
      batchOf(RIGHT, [
        { row: [1n, 1, 'one'], diff: -1 },
        { row: [1n, 2, 'two'], diff: -1 },
      ]),
      1,
      out,
    );
    expect(out.rows()).toEqual(many.map(({ row }) => print([...row, null, null, null])).sort());
  });
});
