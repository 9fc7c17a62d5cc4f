// Generated comparisons of rows in state: two slots by an order (columns, ASC or DESC, NULLS FIRST or LAST), or a slot with a row
// of a batch. The order is Postgres': NaN is the greatest number, text goes by bytes, NULL is last unless said otherwise.
// Two different rows never compare equal: what the order leaves open is decided by the whole row as it prints, so that an order
// is the same on every machine and after every recovery.

import { compareBytes } from '../data/bytes.ts';
import type { Column, IntervalColumn, NumericColumn } from '../data/column.ts';
import { NUMERIC_WIDE } from '../data/column.ts';
import { intervalSpan } from '../data/interval.ts';
import { compareNumeric } from '../data/numeric.ts';
import type { Layout, RowSchema } from '../data/types.ts';
import type { SqlType } from '../data/types.ts';
import { isTree, layoutOf } from '../data/types.ts';
import { bodyEnd } from '../data/tree/writer.ts';
import { words } from './key-functions.ts';
import type { Slots } from './slots.ts';

export interface OrderColumn {
  readonly column: number;
  readonly descending: boolean;
  readonly nullsFirst: boolean;
}

/** ASC NULLS LAST, what an order is when nothing is said. */
export function ascending(column: number): OrderColumn {
  return { column, descending: false, nullsFirst: false };
}

/** Negative: slot `a` is before slot `b`. 0 only for a slot and itself. */
export type CompareSlots = (a: number, b: number) => number;

/** A place between the rows of a key: `compare` tells where a slot lies, negative before it, 0 at it. */
export interface Probe {
  compare(slot: number): number;
}

/** A probe at the values of a batch's row. */
export interface RowProbe extends Probe {
  /** `columns`: those of the order, or the first of them, in its order. Lent until the next call. */
  set(columns: readonly Column[], row: number): void;
}

/** Of trees (data/tree) the body is ordered; their details tell equal ones apart. */
type OrderLayout = Layout | 'tree';

function orderLayout(type: SqlType): OrderLayout {
  return isTree(type) ? 'tree' : layoutOf(type);
}

const FUNCTIONS = {
  words,
  bodyEnd,
  compareBytes,
  compareDoubles,
  compareNumerics,
  compareIntervals,
  digits,
  NUMERIC_WIDE,
};

export function slotComparison(slots: Slots, schema: RowSchema, order: readonly OrderColumn[]): CompareSlots {
  return comparisonOf(slots, schema, order, true);
}

/** By the order alone: 0 for slots that are equal in it. */
export function orderComparison(
  slots: Slots,
  schema: RowSchema,
  order: readonly OrderColumn[],
): CompareSlots {
  return comparisonOf(slots, schema, order, false);
}

function comparisonOf(
  slots: Slots,
  schema: RowSchema,
  order: readonly OrderColumn[],
  total: boolean,
): CompareSlots {
  const left = (c: number): Side => stateSide(c, 'a');
  const right = (c: number): Side => stateSide(c, 'b');
  const parts = order.map((by) => {
    return comparison(orderLayout(schema[by.column]!.type), left(by.column), right(by.column), by);
  });
  const rest = (total ? schema : []).map((field, column) => {
    const layout = orderLayout(field.type);
    const [a, b] = [left(column), right(column)];
    return comparison(layout, a, b, ascending(column)) + printedComparison(layout, a, b);
  });
  const source = `'use strict'; ${wordNames(schema.keys(), 'S')} return function compare(a, b) {
  if (a === b) return 0;
  let d = 0;
  ${[...parts, ...rest].join('\n  ')}
  return 0;
};`;
  return bind(source, { S: slots }) as CompareSlots;
}

/** Compares by the first `width` columns of the order. */
export function rowProbe(
  slots: Slots,
  schema: RowSchema,
  order: readonly OrderColumn[],
  width = order.length,
): RowProbe {
  const parts = order.slice(0, width).map((by, k) => {
    const state = stateSide(by.column, 'a');
    const batch: Side = { column: `C[${k}]`, row: 'i', mayLackNulls: true, words: `C${k}` };
    return comparison(orderLayout(schema[by.column]!.type), state, batch, by);
  });
  const names = wordNames(schema.keys(), 'S') + wordNames(parts.keys(), 'C');
  const source = `'use strict'; let C = [], i = 0; ${names} return {
  set(columns, row) { C = columns; i = row; },
  compare(a) {
    let d = 0;
    ${parts.join('\n    ')}
    return 0;
  },
};`;
  return bind(source, { S: slots }) as RowProbe;
}

function bind(source: string, constants: Readonly<Record<string, unknown>>): unknown {
  const bound = { ...FUNCTIONS, ...constants };
  const make = new Function(...Object.keys(bound), source) as (...values: unknown[]) => unknown;
  return make(...Object.values(bound));
}

/** Where a compared value is: the column object and the row, as JavaScript text. */
interface Side {
  readonly column: string;
  readonly row: string;
  readonly mayLackNulls: boolean;
  /** What the names of the variables end in that hold its values and their 32-bit words, where they are 64 bits wide. */
  readonly words: string;
}

function stateSide(column: number, row: string): Side {
  return { column: `S.keys[${column}]`, row, mayLackNulls: false, words: `S${column}` };
}

function wordNames(columns: Iterable<number>, side: 'S' | 'C'): string {
  return [...columns].map((c) => `let V${side}${c} = null, W${side}${c} = null;`).join(' ');
}

/** The words of a side that lies elsewhere than at the last call. */
function fresh({ column, words }: Side): string {
  return `if (V${words} !== ${column}.values) { V${words} = ${column}.values; W${words} = words(V${words}); }`;
}

/** Without a BigInt: the high words decide, then the low ones, which have no sign. */
function longComparison(a: Side, b: Side): string {
  const order = (x: string, y: string): string => `d = ${x} < ${y} ? -1 : ${x} > ${y} ? 1 : 0;`;
  return `${fresh(a)} ${a.words === b.words ? '' : fresh(b)}
    const p = 2 * ${a.row}, q = 2 * ${b.row}, x = W${a.words}[p + 1], y = W${b.words}[q + 1]; ${order('x', 'y')}
    if (d === 0) { const u = W${a.words}[p] >>> 0, v = W${b.words}[q] >>> 0; ${order('u', 'v')} }`;
}

function isNull({ column, row, mayLackNulls }: Side): string {
  return mayLackNulls
    ? `(${column}.nulls === null ? 0 : ${column}.nulls[${row}])`
    : `${column}.nulls[${row}]`;
}

function comparison(layout: OrderLayout, a: Side, b: Side, by: OrderColumn): string {
  const [aNull, bNull] = by.nullsFirst ? [-1, 1] : [1, -1];
  return `{
    const m = ${isNull(a)}, n = ${isNull(b)};
    if (m !== n) return m === 1 ? ${aNull} : ${bNull};
    if (m === 0) { ${valueComparison(layout, a, b)} if (d !== 0) return ${by.descending ? '-d' : 'd'}; }
  }`;
}

/** Sets `d`. */
function valueComparison(layout: OrderLayout, a: Side, b: Side): string {
  const values = `const K = ${a.column}, L = ${b.column};`;
  switch (layout) {
    case 'bool':
    case 'i32':
      return `const x = ${a.column}.values[${a.row}], y = ${b.column}.values[${b.row}]; d = x < y ? -1 : x > y ? 1 : 0;`;
    case 'i64':
      return longComparison(a, b);
    case 'f64':
      return `d = compareDoubles(${a.column}.values[${a.row}], ${b.column}.values[${b.row}]);`;
    case 'text':
      return `${values} d = ${wholeBytes(a, b)};`;
    case 'tree': {
      const body = (k: string, row: string): string =>
        `${k}.bytes, ${k}.start[${row}], bodyEnd(${k}.bytes, ${k}.start[${row}], ${k}.end[${row}])`;
      return `${values} d = compareBytes(${body('K', a.row)}, ${body('L', b.row)});`;
    }
    case 'numeric':
      return `d = compareNumerics(${a.column}, ${a.row}, ${b.column}, ${b.row});`;
    case 'interval':
      return `d = compareIntervals(${a.column}, ${a.row}, ${b.column}, ${b.row});`;
  }
}

function wholeBytes(a: Side, b: Side): string {
  return (
    `compareBytes(K.bytes, K.start[${a.row}], K.end[${a.row}], ` +
    `L.bytes, L.start[${b.row}], L.end[${b.row}])`
  );
}

/** Equal values that print differently, apart. NULLs hold zeros or leftovers, so they are left out. */
function printedComparison(layout: OrderLayout, a: Side, b: Side): string {
  const guarded = (code: string): string => `if (${isNull(a)} === 0) { ${code} if (d !== 0) return d; }`;
  switch (layout) {
    case 'f64': {
      const sign = (side: Side): string => `(Object.is(${side.column}.values[${side.row}], -0) ? 0 : 1)`;
      return guarded(`d = ${sign(a)} - ${sign(b)};`);
    }
    case 'tree':
      return guarded(`const K = ${a.column}, L = ${b.column}; d = ${wholeBytes(a, b)};`);
    case 'numeric':
      return guarded(`d = digits(${a.column}, ${a.row}) - digits(${b.column}, ${b.row});`);
    case 'interval':
      return guarded(
        `const K = ${a.column}, L = ${b.column}; ` +
          `d = K.months[${a.row}] - L.months[${b.row}] || K.days[${a.row}] - L.days[${b.row}];`,
      );
    default:
      return '';
  }
}

/** NaN equals NaN and is greater than every other number; −0 equals 0. */
function compareDoubles(x: number, y: number): number {
  if (x < y) return -1;
  if (x > y) return 1;
  if (x === y) return 0;
  return (Number.isNaN(x) ? 1 : 0) - (Number.isNaN(y) ? 1 : 0);
}

/** Digits behind the point. */
function digits(column: NumericColumn, row: number): number {
  const stored = column.scale[row]!;
  return stored < 0 ? stored : stored & ~NUMERIC_WIDE;
}

function unscaled(column: NumericColumn, row: number): bigint {
  const stored = column.scale[row]!;
  return stored >= 0 && (stored & NUMERIC_WIDE) !== 0 ? column.wide![row]! : column.unscaled[row]!;
}

function compareNumerics(a: NumericColumn, i: number, b: NumericColumn, j: number): number {
  return compareNumeric(unscaled(a, i), digits(a, i), unscaled(b, j), digits(b, j));
}

function compareIntervals(a: IntervalColumn, i: number, b: IntervalColumn, j: number): number {
  const x = intervalSpan(a.months[i]!, a.days[i]!, a.micros[i]!);
  const y = intervalSpan(b.months[j]!, b.days[j]!, b.micros[j]!);
  return x < y ? -1 : x > y ? 1 : 0;
}
