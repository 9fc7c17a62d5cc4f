// The first rows of each partition: every row must be told apart, so that its place is its own.

import type { LogicalColumn, LogicalTopN } from '../logical/node.ts';
import { fingerprintOf } from './fingerprint.ts';
import type { Lowered, Lowering, Origin } from './lowered.ts';
import { visibleFirst } from './maps.ts';

export function lowerTopN(context: Lowering, node: LogicalTopN): Lowered {
  const input = context.lower(node.input, true);
  if (input.key === null) throw new Error('rows to be ordered have no key');
  const { partition, order, limit, offset, counts, numbered } = node;
  const number: LogicalColumn[] = numbered ? [node.columns.at(-1)!] : [];
  const columns = [...input.columns.map((column) => ({ ...column, time: null })), ...number];
  const origin = topNOrigin(node, input.origin);
  // Of a partition with one row, the partition is the key.
  const key = limit === 1 && offset === 0 && counts === undefined ? partition : input.key;
  const top = context.builder.add({
    kind: 'top n' as const,
    input: input.node.id,
    partition,
    order,
    limit,
    offset,
    ...(counts === undefined ? {} : { counts }),
    numbered,
    forgets: input.node.appendOnly && limit !== null,
    fingerprint: context.builder.uniqueFingerprint(fingerprintOf('top-n', origin.text)),
    schema: columns.map(({ name, type, nullable }) => ({ name, type, nullable })),
    streamKey: key,
    appendOnly: false,
    watermarkColumns: [],
    label:
      limit === null ? 'ROW_NUMBER' : `FIRST ${limit}${counts === undefined ? '' : ` ${LABELS[counts]}`}`,
  });
  const lowered = { node: top, columns, visible: columns.length, key, origin };
  return visibleFirst(context.builder, lowered, input, number.length);
}

const LABELS = { ties: 'WITH TIES', ranks: 'RANKS', 'dense ranks': 'DENSE RANKS' } as const;

function topNOrigin(
  { partition, order, limit, offset, counts, numbered }: LogicalTopN,
  input: Origin,
): Origin {
  const by = order.map(({ column, descending, nullsFirst }) => {
    return `${input.columns[column]!}${descending ? ' desc' : ''}${nullsFirst ? ' nulls first' : ''}`;
  });
  const of = partition.map((column) => input.columns[column]!).join(', ');
  const rows = `${limit ?? 'all'}${counts === undefined ? '' : ` ${counts}`} behind ${offset}${numbered ? ' numbered' : ''}`;
  const text = `first ${rows} of each (${of}) by (${by.join(', ')}) keeping (${input.columns.join(', ')}) of (${input.text})`;
  return { text, columns: [...input.columns, ...(numbered ? [`place in ${text}`] : [])] };
}
