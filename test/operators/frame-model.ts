// Frames by their definition, over partitions that are ordered by column 1, a number, DESC NULLS FIRST: a row is in a frame or not,
// whatever is around it.

import type { RowSchema } from '../../src/data/types.ts';
import type { FrameEdge, OverCall, OverFrame, OverNode } from '../../src/physical/graph.ts';
import type { Row } from './signed-rows.ts';

/** Over partitions by column 2 of `input`; `values` are the columns that its calls make. */
export function overNode(input: RowSchema, calls: readonly OverCall[], values: RowSchema): OverNode {
  return {
    kind: 'over',
    id: 2,
    input: 1,
    partition: [2],
    order: [{ column: 1, descending: true, nullsFirst: true }],
    calls,
    fingerprint: 'over-test',
    schema: [...input, ...values],
    streamKey: [0],
    appendOnly: false,
    watermarkColumns: [],
    label: '',
  };
}

/** The order of a partition: column 1, then the whole row, of which the id, column 0, decides. */
export function before(a: Row, b: Row): number {
  const [x, y] = [a[1] as number | null, b[1] as number | null];
  if (x !== y) return x === null ? -1 : y === null ? 1 : y - x;
  return Number((a[0] as bigint) - (b[0] as bigint));
}

export function frameRows(
  { start, end, exclude }: OverFrame,
  rows: readonly Row[],
  i: number,
): readonly Row[] {
  const group = groupsOf(rows);
  return rows.filter((_, j) => {
    if (distance(start, rows, group, i, j) < 0 || distance(end, rows, group, i, j) > 0) return false;
    if (exclude === undefined || group[j] !== group[i]) return true;
    return exclude === 'ties' ? j === i : exclude === 'current row' && j !== i;
  });
}

function groupsOf(rows: readonly Row[]): readonly number[] {
  const groups: number[] = [];
  rows.forEach((row, i) => groups.push(i === 0 ? 0 : groups[i - 1]! + (row[1] === rows[i - 1]![1] ? 0 : 1)));
  return groups;
}

/** Negative: row j is before the edge of row i; positive: behind it; 0 where there is none. */
function distance(
  edge: FrameEdge,
  rows: readonly Row[],
  group: readonly number[],
  i: number,
  j: number,
): number {
  switch (edge.kind) {
    case 'unbounded':
      return 0;
    case 'peers':
      return group[j]! - group[i]!;
    case 'group':
      return group[j]! - (group[i]! + edge.offset);
    case 'row':
      return j - (i + edge.offset);
    case 'range': {
      const [own, other] = [rows[i]![1] as number | null, rows[j]![1] as number | null];
      if (own === null || other === null) return own === other ? 0 : other === null ? -1 : 1;
      return own - Number(edge.offset) - other;
    }
  }
}
