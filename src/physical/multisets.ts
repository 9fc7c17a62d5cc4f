// Which calls of an aggregate need the rows of a group kept, by what, and in what order: DISTINCT; least and greatest where rows may
// leave; texts in order. Calls that read the same share them. Where a text's order is left open, it is that of the stream key.

import { TEXT } from '../data/types.ts';
import type { BoundExpr } from '../expr/bound.ts';
import type { LogicalCall } from '../logical/node.ts';
import type { AggregateCall, AggregateMultiset, MultisetOrder } from './graph.ts';

export type NewMultiset = Omit<AggregateMultiset, 'fingerprint'>;

/** Texts without DISTINCT fall back on the stream key of the input. */
export function needsStreamKey(calls: readonly LogicalCall[]): boolean {
  return calls.some((call) => call.fn === 'string_agg' && !call.distinct);
}

export interface MultisetContext {
  /** Rows of the input may leave. */
  readonly retracts: boolean;
  /** The input column that holds an expression. */
  readonly place: (expr: BoundExpr) => number;
  /** Those of the input's stream key. */
  readonly streamKey: readonly number[];
  /** Values of a group that are equal may print differently: then they are kept in order, so that one of them stands for all. */
  readonly variants: (argument: BoundExpr) => boolean;
}

/** Gives calls that read kept rows their multiset; adds to `multisets`, where equal ones are found again. */
export function callWithMultiset(
  call: LogicalCall,
  context: MultisetContext,
  multisets: NewMultiset[],
): AggregateCall {
  const { fn, arg } = call;
  // Of a column that is never NULL, count counts rows.
  if (arg === null || (fn === 'count' && !arg.nullable && !call.distinct))
    return { fn: 'count_star', arg: null };
  const column = context.place(arg);
  if (fn === 'string_agg') return textCall(call, column, context, multisets);
  const extreme = fn === 'min' || fn === 'max';
  if (call.distinct || (extreme && context.retracts)) {
    const ordered = extreme || context.variants(arg);
    const multiset = sharedMultiset(multisets, [column], ordered ? [ascending(0)] : null);
    return call.distinct ? { fn, arg: column, distinct: true, multiset } : { fn, arg: column, multiset };
  }
  return { fn, arg: column };
}

function ascending(column: number): MultisetOrder {
  return { column, descending: false, nullsFirst: false };
}

function textCall(
  call: LogicalCall,
  column: number,
  context: MultisetContext,
  multisets: NewMultiset[],
): AggregateCall {
  const columns = [column];
  const at = (input: number): number => {
    const there = columns.indexOf(input);
    return there < 0 ? columns.push(input) - 1 : there;
  };
  const { separator: text } = call;
  const constant = text?.kind === 'literal' && text.type.kind === TEXT.kind;
  const separator = constant ? String(text.value ?? '') : { column: at(context.place(text!)) };
  const own = call.order.map(({ expr, descending, nullsFirst }): MultisetOrder => {
    return { column: at(context.place(expr)), descending, nullsFirst };
  });
  const rest = call.distinct ? [...columns.keys()] : context.streamKey.map(at);
  const order = [...own, ...rest.filter((c) => own.every((by) => by.column !== c)).map(ascending)];
  const multiset = exactMultiset(multisets, columns, order);
  const base = { fn: 'string_agg' as const, arg: column, multiset, separator };
  return call.distinct ? { ...base, distinct: true } : base;
}

/** The same columns, whatever the order: who asks for none takes any. */
function sharedMultiset(
  multisets: NewMultiset[],
  columns: readonly number[],
  order: readonly MultisetOrder[] | null,
): number {
  const at = multisets.findIndex((one) => sameList(one.columns, columns) && isPlain(one.order));
  if (at < 0) return multisets.push({ columns, order }) - 1;
  if (order !== null) multisets[at] = { columns, order };
  return at;
}

/** No order, or ascending by the one column: what `sharedMultiset` is asked for. */
function isPlain(order: NewMultiset['order']): boolean {
  return order === null || sameList(order, [ascending(0)]);
}

function exactMultiset(
  multisets: NewMultiset[],
  columns: readonly number[],
  order: readonly MultisetOrder[],
): number {
  const at = multisets.findIndex((one) => sameList([one.columns, one.order], [columns, order]));
  return at < 0 ? multisets.push({ columns, order }) - 1 : at;
}

function sameList(a: readonly unknown[], b: readonly unknown[]): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
