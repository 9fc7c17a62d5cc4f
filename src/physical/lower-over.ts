// Window functions: every row must be told apart, so that the values are its own.

import type { LogicalColumn, LogicalOver, LogicalOverCall } from '../logical/node.ts';
import { fingerprintOf } from './fingerprint.ts';
import type { OverCall } from './graph.ts';
import type { Lowered, Lowering, Origin } from './lowered.ts';
import { visibleFirst } from './maps.ts';

export function lowerOver(context: Lowering, node: LogicalOver): Lowered {
  const input = context.lower(node.input, true);
  if (input.key === null) throw new Error('rows of a window have no key');
  const { partition, order } = node;
  const values: readonly LogicalColumn[] = node.columns.slice(node.input.columns.length);
  const columns = [...input.columns.map((column) => ({ ...column, time: null })), ...values];
  const origin = overOrigin(node, input.origin);
  const over = context.builder.add({
    kind: 'over' as const,
    input: input.node.id,
    partition,
    order,
    calls: node.calls.map(callOf),
    fingerprint: context.builder.uniqueFingerprint(fingerprintOf('over', origin.text)),
    schema: columns.map(({ name, type, nullable }) => ({ name, type, nullable })),
    streamKey: input.key,
    appendOnly: false,
    watermarkColumns: [],
    label: 'OVER',
  });
  const lowered = { node: over, columns, visible: columns.length, key: input.key, origin };
  return visibleFirst(context.builder, lowered, input, values.length);
}

function callOf({ fn, args, count, frame, filtered, counted }: LogicalOverCall): OverCall {
  return {
    fn,
    args,
    count,
    frame,
    ...(filtered === true ? { filtered } : {}),
    ...(counted === true ? { counted } : {}),
  };
}

/** Values are not stored: what is kept are the rows, by partition and order. */
function overOrigin({ partition, order, calls }: LogicalOver, input: Origin): Origin {
  const by = order.map(({ column, descending, nullsFirst }) => {
    return `${input.columns[column]!}${descending ? ' desc' : ''}${nullsFirst ? ' nulls first' : ''}`;
  });
  const of = partition.map((column) => input.columns[column]!).join(', ');
  const text = `rows of each (${of}) by (${by.join(', ')}) keeping (${input.columns.join(', ')}) of (${input.text})`;
  const values = calls.map(({ fn, args, count, frame, filtered, counted }) => {
    const all = [...args.map((arg) => input.columns[arg]!), String(count)].join(', ');
    const where = filtered === true ? ' filtered' : counted === true ? ' counted' : '';
    return `${fn}(${all})${where} over ${JSON.stringify(frame)} in ${text}`;
  });
  return { text: `${text} with (${values.join(', ')})`, columns: [...input.columns, ...values] };
}
