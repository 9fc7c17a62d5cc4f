// Every kind of frame with every kind of function over it, against the definition: random signed batches over partitions of a few rows
// and of some hundreds, and the same again after a recovery. What a change costs does not grow with the partition.

import { describe, expect, it } from 'vitest';
import type { RowSchema } from '../../src/data/types.ts';
import { BIGINT, INTEGER, TEXT } from '../../src/data/types.ts';
import type { Value } from '../../src/data/value.ts';
import { OverOperator } from '../../src/operators/over/over.ts';
import type { FrameEdge, OverCall, OverFrame, OverNode } from '../../src/physical/graph.ts';
import { testSeed } from '../setup/seed.ts';
import { before, frameRows, overNode } from './frame-model.ts';
import type { Random, Row } from './signed-rows.ts';
import { batchOf, Collected, cutEpoch, print, random, randomChanges, recover, Rows } from './signed-rows.ts';

const INPUT: RowSchema = [
  { name: 'id', type: BIGINT, nullable: false },
  { name: 'n', type: INTEGER, nullable: true },
  { name: 't', type: TEXT, nullable: true },
  { name: 'v', type: INTEGER, nullable: true },
];

const VALUES: readonly (readonly [
  OverCall['fn'],
  RowSchema[number]['type'],
  (frame: readonly Row[]) => Value,
  number?,
])[] = [
  ['sum', BIGINT, (f) => (values(f).length === 0 ? null : BigInt(values(f).reduce((a, b) => a + b, 0)))],
  ['count', BIGINT, (f) => BigInt(values(f).length)],
  ['min', INTEGER, (f) => (values(f).length === 0 ? null : Math.min(...values(f)))],
  ['max', INTEGER, (f) => (values(f).length === 0 ? null : Math.max(...values(f)))],
  ['bit_xor', INTEGER, (f) => (values(f).length === 0 ? null : values(f).reduce((a, b) => a ^ b, 0))],
  ['first_value', INTEGER, (f) => f[0]?.[3] ?? null],
  ['last_value', INTEGER, (f) => f.at(-1)?.[3] ?? null],
  ['nth_value', INTEGER, (f) => f[2]?.[3] ?? null, 3],
];

const values = (rows: readonly Row[]): number[] =>
  rows.flatMap((row) => (row[3] === null ? [] : [row[3] as number]));

const FRAMES: Readonly<Record<string, readonly [FrameEdge, FrameEdge]>> = {
  'rows around': [
    { kind: 'row', offset: -2 },
    { kind: 'row', offset: 1 },
  ],
  'rows before': [
    { kind: 'row', offset: -5 },
    { kind: 'row', offset: -2 },
  ],
  'rows to come': [
    { kind: 'row', offset: 2 },
    { kind: 'row', offset: 4 },
  ],
  'from the row on': [{ kind: 'row', offset: 0 }, { kind: 'unbounded' }],
  'the row and the next': [
    { kind: 'row', offset: 0 },
    { kind: 'row', offset: 1 },
  ],
  'no rows': [
    { kind: 'row', offset: 3 },
    { kind: 'row', offset: 1 },
  ],
  'all rows so far': [{ kind: 'unbounded' }, { kind: 'row', offset: 0 }],
  'all rows but the next': [{ kind: 'row', offset: 2 }, { kind: 'unbounded' }],
  'all rows up to peers': [{ kind: 'unbounded' }, { kind: 'peers' }],
  'from peers on': [{ kind: 'peers' }, { kind: 'unbounded' }],
  peers: [{ kind: 'peers' }, { kind: 'peers' }],
  'a range around': [
    { kind: 'range', offset: '-2' },
    { kind: 'range', offset: '1' },
  ],
  'a range before': [
    { kind: 'range', offset: '-9' },
    { kind: 'range', offset: '-3' },
  ],
  'a range to come': [
    { kind: 'range', offset: '1' },
    { kind: 'range', offset: '7' },
  ],
  'a range that is empty': [
    { kind: 'range', offset: '4' },
    { kind: 'range', offset: '2' },
  ],
  'a range so far': [{ kind: 'unbounded' }, { kind: 'range', offset: '-3' }],
  'a range from peers': [{ kind: 'peers' }, { kind: 'range', offset: '5' }],
  'the rest of a range': [{ kind: 'range', offset: '-4' }, { kind: 'unbounded' }],
  'groups around': [
    { kind: 'group', offset: -1 },
    { kind: 'group', offset: 2 },
  ],
  'groups before': [
    { kind: 'group', offset: -4 },
    { kind: 'group', offset: -2 },
  ],
  'groups to come': [
    { kind: 'group', offset: 2 },
    { kind: 'group', offset: 3 },
  ],
  'groups so far': [{ kind: 'unbounded' }, { kind: 'group', offset: 1 }],
  'the rest of groups': [{ kind: 'group', offset: 0 }, { kind: 'unbounded' }],
  everything: [{ kind: 'unbounded' }, { kind: 'unbounded' }],
};

const EXCLUDES: readonly OverFrame['exclude'][] = [undefined, 'current row', 'group', 'ties'];

const CASES = Object.entries(FRAMES).flatMap(([name, [start, end]]) =>
  EXCLUDES.map((exclude): readonly [string, OverFrame] => [
    `${name}${exclude === undefined ? '' : ` without ${exclude}`}`,
    exclude === undefined ? { start, end } : { start, end, exclude },
  ]),
);

function nodeOf(frame: OverFrame): OverNode {
  return overNode(
    INPUT,
    VALUES.map(([fn, , , count = 0]) => ({ fn, args: [3], count, frame })),
    VALUES.map(([, type], i) => ({ name: `v${i}`, type, nullable: true })),
  );
}

function defined(frame: OverFrame, rows: readonly Row[]): string[] {
  const partitions = Map.groupBy(rows, (row) => String(row[2]));
  return [...partitions.values()]
    .flatMap((unordered) => {
      const partition = [...unordered].sort(before);
      return partition.map((row, i): Row => {
        const frameOfRow = frameRows(frame, partition, i);
        return [...row, ...VALUES.map(([, , model]) => model(frameOfRow))];
      });
    })
    .map(print)
    .sort();
}

/** Runs random epochs over a frame, from so many rows on; gives how many rows there are in the end. */
function play(frame: OverFrame, next: Random, epochs: number, first: number, newRow: () => Row): number {
  let operator = new OverOperator(nodeOf(frame), INPUT);
  const rows = new Rows();
  const out = new Collected();
  const segments: Uint8Array[] = [];
  for (let epoch = 0; epoch < epochs; epoch++) {
    const come = Array.from({ length: epoch === 0 ? first : 0 }, () => ({ row: newRow(), diff: 1 }));
    for (const change of come) rows.take(change);
    operator.push(batchOf(INPUT, [...come, ...randomChanges(next, rows, 8, newRow)]));
    operator.endEpoch(out);
    expect(out.rows(), `epoch ${epoch}`).toEqual(defined(frame, rows.all()));
    segments.push(cutEpoch([operator.table]));
    if (next(8) === 0) {
      operator = new OverOperator(nodeOf(frame), INPUT);
      recover([operator.table], segments);
    }
  }
  return rows.all().length;
}

const seed = testSeed();

describe(`a value over a frame is that of the rows in it, after every epoch (seed ${seed})`, () => {
  it.each(CASES)('%s', (_, frame) => {
    const next = random(seed);
    let id = 0n;
    const newRow = (): Row => [
      id++,
      next(6) === 0 ? null : next(9),
      next(5) === 0 ? null : 'xyz'.slice(next(3)),
      next(5) === 0 ? null : next(4),
    ];
    play(frame, next, 24, 0, newRow);
    expect(id).toBeGreaterThan(20n);
  });

  // Long frames are gathered from nodes of the tree.
  it.each(CASES.filter((_, i) => i % 3 === 0))('%s, in one large partition', (_, frame) => {
    const next = random(seed + 1);
    let id = 0n;
    const newRow = (): Row => [
      id++,
      next(40) === 0 ? null : next(60),
      'x',
      next(5) === 0 ? null : next(1000),
    ];
    expect(play(frame, next, 6, 300, newRow)).toBeGreaterThan(250);
  });
});

describe('a change costs what it reaches', () => {
  it.each([
    ['all rows up to peers', 1],
    ['a range around', 9],
    ['all rows so far', 1],
    ['groups around', 9],
  ] as const)('%s', (name, most) => {
    const [start, end] = FRAMES[name]!;
    const operator = new OverOperator(nodeOf({ start, end }), INPUT);
    const size = 4000;
    const row = (i: number): Row => [BigInt(i), size - i, 'x', i % 7];
    const all = Array.from({ length: size }, (_, i) => ({ row: row(i), diff: 1 }));
    operator.push(batchOf(INPUT, all));
    operator.endEpoch(new Collected());
    let sent = 0;
    const before = operator.computed;
    operator.push(batchOf(INPUT, [{ row: row(size), diff: 1 }]));
    operator.endEpoch({ push: (batch) => (sent += batch.rows), error: () => expect.unreachable() });
    expect(sent).toBeGreaterThan(0);
    expect(sent).toBeLessThanOrEqual(most);
    expect(operator.computed - before).toBeLessThanOrEqual(most);
  });
});
