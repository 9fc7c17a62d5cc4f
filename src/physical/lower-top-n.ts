// The first rows of each partition: every row must be told apart, so that its place is its own.

import type { LogicalColumn, LogicalTopN } from '../logical/node.ts';
import { fingerprintOf } from './fingerprint.ts';
import type { Lowered, Lowering, Origin } from './lowered.ts';
import { addMap, columnExpr } from './maps.ts';

export function lowerTopN(context: Lowering, node: LogicalTopN): Lowered {
  const input = context.lower(node.input, true);
  if (input.key === null) throw new Error('rows to be ordered have no key');
  const { partition, order, limit, offset, numbered } = node;
  const number: LogicalColumn[] = numbered ? [node.columns.at(-1)!] : [];
  const columns = [...input.columns.map((column) => ({ ...column, time: null })), ...number];
  const origin = topNOrigin(node, input.origin);
  // Of a partition with one row, the partition is the key.
  const key = limit === 1 && offset === 0 ? partition : input.key;
  const top = context.builder.add({
    kind: 'top n' as const,
    input: input.node.id,
    partition,
    order,
    limit,
    offset,
    numbered,
    forgets: input.node.appendOnly && limit !== null,
    fingerprint: context.builder.uniqueFingerprint(fingerprintOf('top-n', origin.text)),
    schema: columns.map(({ name, type, nullable }) => ({ name, type, nullable })),
    streamKey: key,
    appendOnly: false,
    watermarkColumns: [],
    label: limit === null ? 'ROW_NUMBER' : `FIRST ${limit}`,
  });
  return visibleFirst(context, { node: top, columns, visible: columns.length, key, origin }, node, input);
}

function topNOrigin({ partition, order, limit, offset, numbered }: LogicalTopN, input: Origin): Origin {
  const by = order.map(({ column, descending, nullsFirst }) => {
    return `${input.columns[column]!}${descending ? ' desc' : ''}${nullsFirst ? ' nulls first' : ''}`;
  });
  const of = partition.map((column) => input.columns[column]!).join(', ');
  const rows = `${limit ?? 'all'} behind ${offset}${numbered ? ' numbered' : ''}`;
  const text = `first ${rows} of each (${of}) by (${by.join(', ')}) keeping (${input.columns.join(', ')}) of (${input.text})`;
  return { text, columns: [...input.columns, ...(numbered ? [`place in ${text}`] : [])] };
}

/** The columns of the logical node, then what only identifies rows: the number stands behind both. */
function visibleFirst(context: Lowering, top: Lowered, node: LogicalTopN, input: Lowered): Lowered {
  const last = top.columns.length - 1;
  const shown = [...Array(input.visible).keys(), ...(node.numbered ? [last] : [])];
  const hidden = top.key!.filter((index) => !shown.includes(index));
  const order = [...shown, ...hidden];
  if (order.length === top.columns.length && order.every((index, i) => index === i))
    return { ...top, visible: shown.length };
  return addMap(context.builder, top, {
    filter: null,
    exprs: order.map((index) => columnExpr(top.columns, index)),
    columns: order.map((index) => top.columns[index]!),
    visible: shown.length,
    key: top.key!.map((index) => order.indexOf(index)),
    label: 'columns of the first rows',
  });
}
