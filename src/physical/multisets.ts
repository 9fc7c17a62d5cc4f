// Which calls of an aggregate need the rows of a group kept, by what, and in what order: DISTINCT; least and greatest where rows may
// leave; values that are put together. Calls that read the same share them. Where the order of values is left open, it is that of
// the stream key.

import { BOOLEAN } from '../data/types.ts';
import type { BoundExpr } from '../expr/bound.ts';
import { canFail } from '../expr/properties.ts';
import { isCollecting, isOrderedSet, isRegression, keepsNulls } from '../expr/resolve/aggregate-names.ts';
import { literal } from '../expr/resolve/operand.ts';
import type { LogicalCall } from '../logical/node.ts';
import type { AggregateCall, AggregateMultiset, MultisetOrder } from './graph.ts';

export type NewMultiset = Omit<AggregateMultiset, 'fingerprint'>;

/** Values that are put together without DISTINCT fall back on the stream key of the input. */
export function needsStreamKey(calls: readonly LogicalCall[]): boolean {
  return calls.some((call) => isCollecting(call.fn) && !call.distinct);
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
  // Of what is never NULL, and is there for every row, count counts rows.
  if (arg === null || (fn === 'count' && !arg.nullable && !call.distinct && !canFail(arg)))
    return { fn: 'count_star', arg: null };
  const column = context.place(arg);
  if (isCollecting(fn)) return collectingCall(call, arg, context, multisets);
  if (isOrderedSet(fn)) return orderedSetCall(call, column, multisets);
  if (isRegression(fn)) return { fn, arg: column, second: context.place(call.second!) };
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

/** The values in their order. NULLs are not among them. */
function orderedSetCall(call: LogicalCall, arg: number, multisets: NewMultiset[]): AggregateCall {
  const { descending } = call.order[0]!;
  const multiset = descending
    ? exactMultiset(multisets, { columns: [arg], order: [{ ...ascending(0), descending }] })
    : sharedMultiset(multisets, [arg], [ascending(0)]);
  const { fn, fractions } = call;
  return { fn, arg, multiset, ...(fractions === undefined ? {} : { fractions }) };
}

/** The multiset has a mark of the rows that FILTER lets in, the arguments, what they are ordered by, and the stream key. */
function collectingCall(
  call: LogicalCall,
  arg: BoundExpr,
  context: MultisetContext,
  multisets: NewMultiset[],
): AggregateCall {
  const columns: number[] = [];
  const at = (expr: BoundExpr): number => columnAt(columns, context.place(expr));
  if (call.filter !== null) at(mark(call.filter));
  const value = at(arg);
  const separator = call.fn === 'string_agg' ? separatorOf(call.second!, at) : undefined;
  const reads = call.second === null || separator !== undefined ? [value] : [value, at(call.second)];
  const own = call.order.map(({ expr, descending, nullsFirst }): MultisetOrder => {
    return { column: at(expr), descending, nullsFirst };
  });
  const rest = call.distinct
    ? [...columns.keys()]
    : context.streamKey.map((column) => columnAt(columns, column));
  const order = [...own, ...rest.filter((c) => own.every((by) => by.column !== c)).map(ascending)];
  const all = keepsNulls(call.fn) && call.filter === null;
  const multiset = exactMultiset(multisets, { columns, order, ...(all ? { keepsNulls: true } : {}) });
  return {
    fn: call.fn,
    arg: context.place(arg),
    multiset,
    ...(separator === undefined ? {} : { separator }),
    ...(keepsNulls(call.fn) ? { reads } : {}),
    ...(call.distinct ? { distinct: true } : {}),
  };
}

/** The place of an input column among those of a multiset. */
function columnAt(columns: number[], input: number): number {
  const there = columns.indexOf(input);
  return there < 0 ? columns.push(input) - 1 : there;
}

/** True for the rows that are let in, NULL for others. */
function mark(filter: BoundExpr): BoundExpr {
  const arms = [{ when: filter, then: literal(true, BOOLEAN) }];
  return { kind: 'case', arms, otherwise: null, type: BOOLEAN, nullable: true };
}

function separatorOf(expr: BoundExpr, at: (expr: BoundExpr) => number): AggregateCall['separator'] {
  if (expr.kind !== 'literal') return { column: at(expr) };
  const { value } = expr;
  if (!(value instanceof Uint8Array)) return typeof value === 'string' ? value : '';
  return { hex: Buffer.from(value).toString('hex') };
}

/** The same columns, whatever the order: who asks for none takes any. */
function sharedMultiset(
  multisets: NewMultiset[],
  columns: readonly number[],
  order: readonly MultisetOrder[] | null,
): number {
  const at = multisets.findIndex(
    (one) => sameList(one.columns, columns) && isPlain(one.order) && one.keepsNulls === undefined,
  );
  if (at < 0) return multisets.push({ columns, order }) - 1;
  if (order !== null) multisets[at] = { columns, order };
  return at;
}

/** No order, or ascending by the one column: what `sharedMultiset` is asked for. */
function isPlain(order: NewMultiset['order']): boolean {
  return order === null || sameList(order, [ascending(0)]);
}

function exactMultiset(multisets: NewMultiset[], wanted: NewMultiset): number {
  const list = ({ columns, order, keepsNulls: all }: NewMultiset): readonly unknown[] => [
    columns,
    order,
    all === true,
  ];
  const at = multisets.findIndex((one) => sameList(list(one), list(wanted)));
  return at < 0 ? multisets.push(wanted) - 1 : at;
}

function sameList(a: readonly unknown[], b: readonly unknown[]): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
