// GROUP BY: a map computes keys and arguments, the aggregate sees columns only. A group of a tumbling window keeps the window's
// end alone, from which its start follows: one key column less in state, and the end says when the group can be freed.

import { hasVariants, layoutOf } from '../data/types.ts';
import type { BoundExpr } from '../expr/bound.ts';
import { canonicalText } from '../expr/columns.ts';
import { printExpr } from '../expr/print.ts';
import type { LogicalAggregate, LogicalColumn } from '../logical/node.ts';
import { fingerprintOf } from './fingerprint.ts';
import type { AggregateCall, AggregateNode } from './graph.ts';
import type { Lowered, Lowering, Origin } from './lowered.ts';
import { watermarkColumns } from './lowered.ts';
import { addMap, columnExpr } from './maps.ts';
import type { NewMultiset } from './multisets.ts';
import { callWithMultiset, needsStreamKey } from './multisets.ts';
import { plusMicros } from './time-exprs.ts';
import { groupKeys } from './window-keys.ts';
import type { GroupKeys } from './window-keys.ts';

export function lowerAggregate(context: Lowering, node: LogicalAggregate): Lowered {
  const input = context.lower(node.input, needsStreamKey(node.calls));
  const keys = groupKeys(node);
  const before = argumentMap(context, input, node, keys);
  const aggregated = addAggregate(context, before, node, keys);
  return restored(context, aggregated, node, keys);
}

interface Arguments {
  readonly input: Lowered;
  readonly calls: readonly AggregateCall[];
  readonly multisets: readonly NewMultiset[];
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
  const multisets: NewMultiset[] = [];
  const streamKey = needsStreamKey(node.calls) ? (input.key ?? []) : [];
  const kept = {
    retracts: !input.node.appendOnly,
    place,
    streamKey: streamKey.map((index) => place(columnExpr(input.columns, index))),
    variants: (argument: BoundExpr) => [argument, ...keys.exprs].some(({ type }) => hasVariants(type)),
  };
  const calls = node.calls.map((call) => callWithMultiset(call, kept, multisets));
  const label = 'keys and arguments';
  const mapped = addMap(context.builder, input, {
    filter: null,
    exprs,
    columns,
    visible: exprs.length,
    key: null,
    label,
  });
  return { input: mapped, calls, multisets };
}

function addAggregate(
  context: Lowering,
  { input, calls, multisets }: Arguments,
  node: LogicalAggregate,
  keys: GroupKeys,
): Lowered {
  const callColumns = node.columns.slice(node.keys.length);
  const columns = [...keys.columns, ...callColumns];
  const key = keys.exprs.map((_, index) => index);
  const window = keys.endKey === null ? null : { endKey: keys.endKey, onClose: node.onClose };
  const retracts = !input.node.appendOnly;
  const origin = aggregateOrigin(input, key, calls, multisets, retracts, window);
  const fingerprint = context.builder.uniqueFingerprint(fingerprintOf('aggregate', origin.text));
  const aggregate = context.builder.add({
    kind: 'aggregate' as const,
    input: input.node.id,
    keys: key,
    calls,
    multisets: multisets.map((multiset, m) => ({ ...multiset, fingerprint: `${fingerprint}-rows-${m}` })),
    retracts,
    window,
    fingerprint,
    schema: columns.map(({ name, type, nullable }) => ({ name, type, nullable })),
    streamKey: key,
    appendOnly: node.onClose,
    watermarkColumns: watermarkColumns(columns),
    label: node.keys.length === 0 ? 'one group' : `GROUP BY ${node.keys.map((k) => printExpr(k)).join(', ')}`,
  });
  return { node: aggregate, columns, visible: columns.length, key, origin };
}

function aggregateOrigin(
  { origin: input, node }: Lowered,
  keys: readonly number[],
  calls: readonly AggregateCall[],
  multisets: readonly NewMultiset[],
  retracts: boolean,
  window: AggregateNode['window'],
): Origin {
  const keyTexts = keys.map((index) => input.columns[index]!);
  const rows = multisets.map(({ columns, order, keepsNulls }) => {
    const all = keepsNulls === true ? ' all' : '';
    return `${columns.map((index) => input.columns[index]!).join(', ')}:${all} ${JSON.stringify(order)}`;
  });
  const callTexts = calls.map((call) => {
    // Their accumulators were others once.
    const sumsDoubles =
      (call.fn === 'sum' || call.fn === 'avg') && layoutOf(node.schema[call.arg!]!.type) === 'f64';
    const version = sumsDoubles ? ' exactly' : '';
    const arg = call.arg === null ? '' : input.columns[call.arg]!;
    const { distinct, multiset, separator, reads, fractions, second } = call;
    const rest = fractions ?? reads;
    const how = rest === undefined ? [distinct, separator] : [distinct, separator, rest];
    const kept = multiset === undefined ? '' : ` of ${JSON.stringify(how)} ${rows[multiset]!}`;
    const beside = second === undefined ? '' : `, ${input.columns[second]!}`;
    return `${call.fn}${version}(${arg}${beside}${kept})`;
  });
  const closes = window === null ? '' : ` until ${window.endKey}${window.onClose ? ' once' : ''}`;
  const changing = retracts ? ' retracting' : '';
  const text = `group (${input.text}) by (${keyTexts.join(', ')}) compute (${callTexts.join(', ')})${closes}${changing}`;
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
