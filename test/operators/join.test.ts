// Joins against nested loops: random signed batches on both sides, every kind of join, with and without a residual condition, NULL
// keys, rows that are there several times; and the same again from what the epochs stored.

import { describe, expect, it } from 'vitest';
import type { RowSchema } from '../../src/data/types.ts';
import { BIGINT, INTEGER, TEXT } from '../../src/data/types.ts';
import { bindOperator } from '../../src/expr/bind.ts';
import type { BoundExpr } from '../../src/expr/bound.ts';
import { JoinOperator } from '../../src/operators/join/join.ts';
import type { JoinNode } from '../../src/physical/graph.ts';
import type { Change, Random, Row } from './signed-rows.ts';
import { batchOf, Collected, cutEpoch, print, random, randomChanges, recover, Rows } from './signed-rows.ts';

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
    frees: { left: null, right: null },
    onClose: false,
    rightWidth: semi ? 0 : RIGHT.length,
    fingerprint: 'join-test',
    schema,
    streamKey: [],
    appendOnly: false,
    watermarkColumns: [],
    label: '',
  };
}

/** Few different rows, so that they meet, repeat and leave. */
function randomRow(next: Random, left: boolean): Row {
  const key = next(6) === 0 ? null : BigInt(next(4));
  const number = next(7) === 0 ? null : next(4);
  const text = next(7) === 0 ? null : 'ab'.repeat(next(3));
  return left ? [text, key, number] : [key, number, text];
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

/** A join that goes on from the segments of another one. */
function recovered(form: Form, segments: readonly Uint8Array[]): JoinOperator {
  const operator = new JoinOperator(nodeOf(form), LEFT, RIGHT);
  recover(operator.tables, segments);
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
      const [left, right] = [new Rows(), new Rows()];
      const out = new Collected();
      const segments: Uint8Array[] = [];
      for (let epoch = 0; epoch < 30; epoch++) {
        for (let pushed = next(3); pushed >= 0; pushed--) {
          const toLeft = next(2) === 0;
          const changes = randomChanges(next, toLeft ? left : right, 20, () => randomRow(next, toLeft));
          operator.push(batchOf(toLeft ? LEFT : RIGHT, changes), toLeft ? 0 : 1, out);
        }
        expect(out.rows()).toEqual(nestedLoops(form, left.all(), right.all()));
        segments.push(cutEpoch(operator.tables));
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
