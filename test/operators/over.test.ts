// Window functions against their definition: random signed batches, several functions at once, and the same again after a recovery,
// which computes what was out from the rows.

import { describe, expect, it } from 'vitest';
import type { RowSchema } from '../../src/data/types.ts';
import { BIGINT, DOUBLE, INTEGER, TEXT } from '../../src/data/types.ts';
import type { Value } from '../../src/data/value.ts';
import type { Batch } from '../../src/data/batch.ts';
import type { RowError } from '../../src/operators/operator.ts';
import { OverOperator } from '../../src/operators/over/over.ts';
import type { OverCall, OverFrame, OverNode } from '../../src/physical/graph.ts';
import { before, frameRows, overNode } from './frame-model.ts';
import type { Row } from './signed-rows.ts';
import { batchOf, Collected, cutEpoch, print, random, randomChanges, recover, Rows } from './signed-rows.ts';

const INPUT: RowSchema = [
  { name: 'id', type: BIGINT, nullable: false },
  { name: 'n', type: INTEGER, nullable: true },
  { name: 't', type: TEXT, nullable: true },
];

const WHOLE: OverFrame = { start: { kind: 'unbounded' }, end: { kind: 'unbounded' } };
const TO_PEERS: OverFrame = { start: { kind: 'unbounded' }, end: { kind: 'peers' } };
const AROUND: OverFrame = { start: { kind: 'row', offset: -2 }, end: { kind: 'row', offset: 1 } };
const REST: OverFrame = { start: { kind: 'row', offset: 0 }, end: { kind: 'unbounded' } };
const SO_FAR: OverFrame = { start: { kind: 'unbounded' }, end: { kind: 'row', offset: 0 } };

interface Tested {
  readonly call: OverCall;
  readonly type: RowSchema[number]['type'];
  /** `rows` is the partition in order, `i` the row's place, `frame` its frame, `peers` the places of its first and behind its last peer. */
  readonly model: (
    rows: readonly Row[],
    i: number,
    frame: readonly Row[],
    peers: readonly [number, number],
  ) => Value;
}

function call(fn: OverCall['fn'], args: readonly number[], frame: OverFrame, count = 0): OverCall {
  return { fn, args, count, frame };
}

const numbers = (rows: readonly Row[]): number[] =>
  rows.flatMap((row) => (row[1] === null ? [] : [row[1] as number]));
const sum = (rows: readonly Row[]): Value =>
  numbers(rows).length === 0 ? null : BigInt(numbers(rows).reduce((a, b) => a + b, 0));

const SETS: Readonly<Record<string, readonly Tested[]>> = {
  'ranks that count what is before': [
    { call: call('rank', [], WHOLE), type: BIGINT, model: (_r, _i, _f, [first]) => BigInt(first + 1) },
    {
      call: call('dense_rank', [], WHOLE),
      type: BIGINT,
      model: (r, i) => BigInt(new Set(r.slice(0, i + 1).map((row) => row[1])).size),
    },
  ],
  'ranks, which look at peers': [
    { call: call('rank', [], WHOLE), type: BIGINT, model: (_r, _i, _f, [first]) => BigInt(first + 1) },
    {
      call: call('percent_rank', [], WHOLE),
      type: DOUBLE,
      model: (r, _i, _f, [first]) => (r.length === 1 ? 0 : first / (r.length - 1)),
    },
    { call: call('cume_dist', [], WHOLE), type: DOUBLE, model: (r, _i, _f, [, behind]) => behind / r.length },
  ],
  'neighbours and short frames, which reach a little': [
    { call: call('lag', [2], WHOLE, 1), type: TEXT, model: (r, i) => r[i - 1]?.[2] ?? null },
    {
      call: call('lead', [1, 1], WHOLE, 2),
      type: INTEGER,
      model: (r, i) => (i + 2 < r.length ? r[i + 2]![1]! : r[i]![1]!),
    },
    { call: call('sum', [1], AROUND), type: BIGINT, model: (_r, _i, f) => sum(f) },
    {
      call: call('min', [1], AROUND),
      type: INTEGER,
      model: (_r, _i, f) => (numbers(f).length === 0 ? null : Math.min(...numbers(f))),
    },
    { call: call('nth_value', [2], AROUND, 2), type: TEXT, model: (_r, _i, f) => f[1]?.[2] ?? null },
  ],
  'running values': [
    { call: call('sum', [1], TO_PEERS), type: BIGINT, model: (_r, _i, f) => sum(f) },
    { call: call('count_star', [], SO_FAR), type: BIGINT, model: (_r, _i, f) => BigInt(f.length) },
    {
      call: call('max', [1], SO_FAR),
      type: INTEGER,
      model: (_r, _i, f) => (numbers(f).length === 0 ? null : Math.max(...numbers(f))),
    },
    { call: call('first_value', [2], TO_PEERS), type: TEXT, model: (_r, _i, f) => f[0]![2]! },
    { call: call('count', [1], REST), type: BIGINT, model: (_r, _i, f) => BigInt(numbers(f).length) },
  ],
  'one value of the whole partition': [
    { call: call('last_value', [2], WHOLE), type: TEXT, model: (r) => r.at(-1)![2]! },
    { call: call('count', [1], WHOLE), type: BIGINT, model: (r) => BigInt(numbers(r).length) },
  ],
};

function nodeOf(tested: readonly Tested[]): OverNode {
  return overNode(
    INPUT,
    tested.map((one) => one.call),
    tested.map(({ type }, i) => ({ name: `v${i}`, type, nullable: true })),
  );
}

function defined(tested: readonly Tested[], rows: readonly Row[]): string[] {
  const partitions = new Map<string, Row[]>();
  for (const row of rows)
    partitions.set(print([row[2]!]), [...(partitions.get(print([row[2]!])) ?? []), row]);
  return [...partitions.values()]
    .flatMap((unordered) => {
      const partition = [...unordered].sort(before);
      return partition.map((row, i): Row => {
        const same = (other: Row): boolean => other[1] === row[1];
        const first = partition.findIndex(same);
        const peers = [first, first + partition.filter(same).length] as const;
        return [
          ...row,
          ...tested.map((t) => t.model(partition, i, frameRows(t.call.frame, partition, i), peers)),
        ];
      });
    })
    .map(print)
    .sort();
}

describe('window functions', () => {
  const seed = Number(process.env['SEED'] ?? 20261125);
  describe(`give each row what its partition says, after every epoch (seed ${seed})`, () => {
    it.each(Object.entries(SETS))('%s', (_, tested) => {
      const next = random(seed);
      let operator = new OverOperator(nodeOf(tested), INPUT);
      const rows = new Rows();
      const out = new Collected();
      const segments: Uint8Array[] = [];
      let id = 0n;
      const newRow = (): Row => [
        id++,
        next(6) === 0 ? null : next(6),
        next(5) === 0 ? null : 'xyz'.slice(next(3)),
      ];
      for (let epoch = 0; epoch < 60; epoch++) {
        operator.push(batchOf(INPUT, randomChanges(next, rows, 10, newRow)));
        operator.endEpoch(out);
        expect(out.rows(), `epoch ${epoch}`).toEqual(defined(tested, rows.all()));
        segments.push(cutEpoch([operator.table]));
        if (next(8) === 0) {
          operator = new OverOperator(nodeOf(tested), INPUT);
          recover([operator.table], segments);
        }
      }
      expect(rows.all().length).toBeGreaterThan(20);
    });
  });

  it('fail for rows whose count is not greater than zero, until these are gone', () => {
    const nth = { ...call('nth_value', [2, 1], WHOLE), counted: true as const };
    const operator = new OverOperator(nodeOf([{ call: nth, type: TEXT, model: () => null }]), INPUT);
    const rows: Row[] = [
      [1n, 1, 'x'],
      [2n, 0, 'x'],
    ];
    const shown: string[] = [];
    const out = {
      push: (batch: Batch) => void shown.push(`${batch.rows} rows`),
      error: ({ sqlstate, message }: RowError, diff: number) =>
        void shown.push(`${sqlstate} ${message} ${diff}`),
    };
    const epoch = (row: Row, diff: number): void => {
      operator.push(batchOf(INPUT, [{ row, diff }]));
      operator.endEpoch(out);
      operator.table.endEpoch();
    };
    epoch(rows[0]!, 1);
    epoch(rows[1]!, 1);
    epoch(rows[1]!, -1);
    const failure = '22016 argument of nth_value must be greater than zero';
    expect(shown).toEqual(['1 rows', `${failure} 1`, `${failure} -1`]);
  });

  it('send nothing for rows whose values stay', () => {
    const tested = SETS['neighbours and short frames, which reach a little']!;
    const operator = new OverOperator(nodeOf(tested), INPUT);
    const rows = Array.from({ length: 500 }, (_, i): Row => [BigInt(i), i, 'x']);
    operator.push(
      batchOf(
        INPUT,
        rows.map((row) => ({ row, diff: 1 })),
      ),
    );
    operator.endEpoch(new Collected());
    let sent = 0;
    operator.push(batchOf(INPUT, [{ row: rows[250]!, diff: -1 }]));
    operator.endEpoch({
      push: (batch) => (sent += batch.rows),
      error: () => expect.unreachable(),
    });
    // The row itself, and two rows with old and new values on either side at most.
    expect(sent).toBeLessThanOrEqual(1 + 2 * 4);
    expect(sent).toBeGreaterThan(4);
  });
});
