// The first rows of each partition against sorting: random signed batches, every form, and the same again from what was stored.

import { describe, expect, it } from 'vitest';
import type { RowSchema } from '../../src/data/types.ts';
import { BIGINT, INTEGER, TEXT } from '../../src/data/types.ts';
import { TopNOperator } from '../../src/operators/top-n/top-n.ts';
import type { TopNNode } from '../../src/physical/graph.ts';
import { liveSlots } from '../../src/state/slots.ts';
import type { Change, Random, Row } from './signed-rows.ts';
import { batchOf, Collected, cutEpoch, print, random, randomChanges, recover, Rows } from './signed-rows.ts';

const INPUT: RowSchema = [
  { name: 'id', type: BIGINT, nullable: false },
  { name: 'price', type: INTEGER, nullable: true },
  { name: 'channel', type: TEXT, nullable: true },
];

interface Form {
  readonly partition: readonly number[];
  readonly limit: number | null;
  readonly offset: number;
  readonly numbered: boolean;
  readonly grows: boolean;
  /** The order is by price alone; the whole row decides between equal ones. */
  readonly ties?: boolean;
  readonly counts?: TopNNode['counts'];
}

function nodeOf(form: Form): TopNNode {
  const { grows, ties, counts, ...rest } = form;
  return {
    ...rest,
    ...(counts === undefined ? {} : { counts }),
    kind: 'top n',
    id: 2,
    input: 1,
    // Rows tie where it is not one by one that they count.
    order: [
      { column: 1, descending: true, nullsFirst: false },
      ...(ties === true || counts !== undefined ? [] : [{ column: 0, descending: false, nullsFirst: false }]),
    ],
    forgets: grows && form.limit !== null,
    fingerprint: 'top-n-test',
    schema: form.numbered ? [...INPUT, { name: 'place', type: BIGINT, nullable: false }] : INPUT,
    streamKey: [0],
    appendOnly: false,
    watermarkColumns: [],
    label: '',
  };
}

/** price DESC NULLS LAST, id. */
function before(a: Row, b: Row): number {
  const [x, y] = [a[1] as number | null, b[1] as number | null];
  if (x !== y) return x === null ? 1 : y === null ? -1 : y - x;
  return Number((a[0] as bigint) - (b[0] as bigint));
}

function sorted(form: Form, rows: readonly Row[]): string[] {
  const partitions = new Map<string, Row[]>();
  for (const row of rows) {
    const key = print(form.partition.map((column) => row[column]!));
    partitions.set(key, [...(partitions.get(key) ?? []), row]);
  }
  const end = form.limit === null ? undefined : form.offset + form.limit;
  return [...partitions.values()]
    .flatMap((unordered) => {
      const partition = unordered.sort(before);
      if (form.counts !== undefined) return tied(form, partition);
      return partition
        .map((row, i): Row => (form.numbered ? [...row, BigInt(i + 1)] : row))
        .slice(form.offset, end);
    })
    .map(print)
    .sort();
}

/** By their definitions: how many rows are before a row, how many different values are. */
function tied({ counts, limit, offset, numbered }: Form, partition: readonly Row[]): Row[] {
  const end = offset + limit!;
  return partition.flatMap((row, i): Row[] => {
    const first = partition.findIndex((other) => other[1] === row[1]);
    const values = new Set(partition.slice(0, i + 1).map((other) => other[1])).size;
    if (counts === 'ties') return limit! > 0 && i >= offset && (i < end || first < end) ? [row] : [];
    const rank = counts === 'ranks' ? first + 1 : values;
    if (rank > limit!) return [];
    return [numbered ? [...row, BigInt(rank)] : row];
  });
}

const FORMS: readonly Form[] = [
  { partition: [2], limit: 1, offset: 0, numbered: false, grows: false },
  { partition: [2], limit: 3, offset: 0, numbered: true, grows: false },
  { partition: [2], limit: 3, offset: 2, numbered: false, grows: false },
  { partition: [], limit: 5, offset: 0, numbered: false, grows: false },
  { partition: [], limit: 4, offset: 3, numbered: true, grows: false },
  { partition: [], limit: null, offset: 4, numbered: false, grows: false },
  { partition: [2], limit: 2, offset: 0, numbered: true, grows: true },
  { partition: [2], limit: 2, offset: 1, numbered: false, grows: true },
  { partition: [2], limit: 2, offset: 0, numbered: false, grows: false, counts: 'ties' },
  { partition: [], limit: 3, offset: 4, numbered: false, grows: false, counts: 'ties' },
  { partition: [], limit: 1, offset: 2, numbered: false, grows: true, counts: 'ties' },
  { partition: [2], limit: 3, offset: 0, numbered: true, grows: false, counts: 'ranks' },
  { partition: [], limit: 4, offset: 0, numbered: false, grows: false, counts: 'ranks' },
  { partition: [2], limit: 2, offset: 0, numbered: true, grows: true, counts: 'ranks' },
  { partition: [2], limit: 2, offset: 0, numbered: true, grows: false, counts: 'dense ranks' },
  { partition: [], limit: 3, offset: 0, numbered: true, grows: true, counts: 'dense ranks' },
  { partition: [2], limit: 2, offset: 0, numbered: false, grows: true, ties: true },
];

function title({ partition, limit, offset, numbered, grows, ties, counts }: Form): string {
  const where = partition.length === 0 ? 'of all rows' : 'of each partition';
  const input = grows ? 'growing' : 'changing';
  return `${limit ?? 'all'}${counts === undefined ? '' : ` ${counts}`} behind ${offset} ${where}${numbered ? ', numbered' : ''}${ties === true ? ', with ties' : ''}, ${input} input`;
}

describe('the first rows of a partition', () => {
  const seed = Number(process.env['SEED'] ?? 20261125);
  describe(`are those that sorting gives, after every epoch (seed ${seed})`, () => {
    it.each(FORMS.map((form) => [title(form), form] as const))('%s', (_, form) => {
      const next: Random = random(seed);
      let operator = new TopNOperator(nodeOf(form), INPUT);
      const rows = new Rows();
      const out = new Collected();
      const segments: Uint8Array[] = [];
      let id = 0n;
      const newRow = (): Row => [
        BigInt(next(1000)) * 100_000n + id++,
        next(6) === 0 ? null : next(9),
        next(5) === 0 ? null : 'xyz'.slice(next(3)),
      ];
      for (let epoch = 0; epoch < 60; epoch++) {
        const changes = form.grows ? growth(next, rows, newRow) : randomChanges(next, rows, 12, newRow);
        operator.push(batchOf(INPUT, changes));
        operator.endEpoch(out);
        expect(out.rows(), `epoch ${epoch}`).toEqual(sorted(form, rows.all()));
        segments.push(cutEpoch([operator.table]));
        if (next(8) === 0) {
          operator = new TopNOperator(nodeOf(form), INPUT);
          recover([operator.table], segments);
        }
      }
      expect(out.weights.size).toBeGreaterThan(0);
      if (form.grows && form.counts !== undefined) {
        expect(liveSlots(operator.table.slots)).toBeLessThan(rows.all().length);
      } else if (form.grows) {
        // Four partitions, and no row behind the last place.
        expect(liveSlots(operator.table.slots)).toBeLessThanOrEqual(4 * (form.offset + form.limit!));
        expect(rows.all().length).toBeGreaterThan(100);
      }
    });
  });
});

function growth(next: Random, rows: Rows, newRow: () => Row): Change[] {
  return Array.from({ length: next(12) }, () => {
    const change = { row: newRow(), diff: 1 };
    rows.take(change);
    return change;
  });
}
