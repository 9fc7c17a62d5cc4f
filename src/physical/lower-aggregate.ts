// GROUP BY: a map computes keys and arguments, the aggregate sees columns only. A group of a tumbling window keeps the window's
// end alone, from which its start follows: one key column less in state, and the end says when the group can be freed.

import type { BoundExpr } from '../expr/bound.ts';
import { canonicalText } from '../expr/columns.ts';
import { printExpr } from '../expr/print.ts';
import type { LogicalAggregate, LogicalColumn } from '../logical/node.ts';
import { fingerprintOf } from './fingerprint.ts';
import type { AggregateCall, AggregateNode } from './graph.ts';
import type { Lowered, Lowering, Origin } from './lowered.ts';
import { watermarkColumns } from './lowered.ts';
import { addMap, columnExpr } from './maps.ts';
import { plusMicros } from './time-exprs.ts';
import { groupKeys } from './window-keys.ts';
import type { GroupKeys } from './window-keys.ts';

export function lowerAggregate(context: Lowering, node: LogicalAggregate): Lowered {
  const input = context.lower(node.input, false);
  const keys = groupKeys(node);
  const before = argumentMap(context, input, node, keys);
  const aggregated = addAggregate(context, before, node, keys);
  return restored(context, aggregated, node, keys);
}

interface Arguments {
  readonly input: Lowered;
  readonly calls: readonly AggregateCall[];
}

/** Keys, then the arguments of the calls, each of them once. */
function argumentMap(context: Lowering, input: Lowered, node: LogicalAggregate, keys: GroupKeys): Arguments {
  const exprs: BoundExpr[] = [...keys.exprs];
  const columns: LogicalColumn[] = [...keys.columns];
  const at = new Map(exprs.map((expr, i) => [canonicalText(expr), i]));
  const place = (expr: BoundExpr): number => {
    const text = canonicalText(expr);
    const there = at.get(text);
    if (there !== undefined) return there;
    at.set(text, exprs.length);
    exprs.push(expr);
    const name = expr.kind === 'column' ? expr.name : `_arg_${exprs.length - keys.exprs.length}`;
    columns.push({ name, type: expr.type, nullable: expr.nullable, time: null });
    return exprs.length - 1;
  };
  const calls = node.calls.map((call): AggregateCall => {
    // Of a column that is never NULL, count counts rows.
    if (call.arg === null || (call.fn === 'count' && !call.arg.nullable))
      return { fn: 'count_star', arg: null };
    return { fn: call.fn, arg: place(call.arg) };
  });
  const label = 'keys and arguments';
  const mapped = addMap(context.builder, input, {
    filter: null,
    exprs,
    columns,
    visible: exprs.length,
    key: null,
    label,
  });
  return { input: mapped, calls };
}

function addAggregate(
  context: Lowering,
  { input, calls }: Arguments,
  node: LogicalAggregate,
  keys: GroupKeys,
): Lowered {
  const callColumns = node.columns.slice(node.keys.length);
  const columns = [...keys.columns, ...callColumns];
  const key = keys.exprs.map((_, index) => index);
  const window = keys.endKey === null ? null : { endKey: keys.endKey, onClose: node.onClose };
  const origin = aggregateOrigin(input.origin, key, calls, window);
  const aggregate = context.builder.add({
    kind: 'aggregate' as const,
    input: input.node.id,
    keys: key,
    calls,
    window,
    fingerprint: context.builder.uniqueFingerprint(fingerprintOf('aggregate', origin.text)),
    schema: columns.map(({ name, type, nullable }) => ({ name, type, nullable })),
    streamKey: key,
    appendOnly: node.onClose,
    watermarkColumns: watermarkColumns(columns),
    label: node.keys.length === 0 ? 'one group' : `GROUP BY ${node.keys.map((k) => printExpr(k)).join(', ')}`,
  });
  return { node: aggregate, columns, visible: columns.length, key, origin };
}

function aggregateOrigin(
  input: Origin,
  keys: readonly number[],
  calls: readonly AggregateCall[],
  window: AggregateNode['window'],
): Origin {
  const keyTexts = keys.map((index) => input.columns[index]!);
  const callTexts = calls.map((call) => `${call.fn}(${call.arg === null ? '' : input.columns[call.arg]!})`);
  const closes = window === null ? '' : ` until ${window.endKey}${window.onClose ? ' once' : ''}`;
  const text = `group (${input.text}) by (${keyTexts.join(', ')}) compute (${callTexts.join(', ')})${closes}`;
  return { text, columns: [...keyTexts, ...callTexts] };
}

/** The columns of the logical aggregate, where the keys of state are others. */
function restored(context: Lowering, input: Lowered, node: LogicalAggregate, keys: GroupKeys): Lowered {
  if (!keys.changed) return input;
  const restoredKeys = keys.restore.map((from): BoundExpr => {
    const column = columnExpr(input.columns, from.index);
    return from.minus === null ? column : plusMicros(column, -from.minus);
  });
  const calls = node.calls.map((_, i) => columnExpr(input.columns, keys.exprs.length + i));
  const exprs = [...restoredKeys, ...calls];
  return addMap(context.builder, input, {
    filter: null,
    exprs,
    columns: node.columns,
    visible: exprs.length,
    // Every key of state is a column, or determined by one, of its window.
    key: keys.exprs.map((_, index) => keys.restore.findIndex((from) => from.index === index)),
    label: 'window start from its end',
  });
}
