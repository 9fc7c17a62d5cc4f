// Random calls over windows. Where the order of rows that tie matters, the order is by every column; and there is one such call alone:
// which of two equal rows comes first, several would have to agree upon, and nobody promises it.

import type { Dice } from './dice.ts';
import type { ColumnType } from './tables.ts';
import type { Tree } from './tree.ts';
import { optional, tree } from './tree.ts';

export interface OverCall {
  readonly tree: Tree;
  readonly type: ColumnType;
}

export interface Ordered {
  readonly columns: readonly string[];
  readonly types: readonly ColumnType[];
  /** By every column. */
  readonly order: readonly string[];
}

export function overCalls(dice: Dice, rows: Ordered): readonly OverCall[] {
  const first = dice.chance(0.6) ? byPlace(dice, rows) : byPeers(dice, rows);
  return dice.chance(0.4) ? [first, byPeers(dice, rows)] : [first];
}

function over(dice: Dice, { columns }: Ordered, by: readonly string[], frame = ''): Tree {
  const partition = dice.chance(0.6) ? optional(`PARTITION BY ${dice.one(columns)} `) : tree('');
  return tree('', ' OVER (', partition, `ORDER BY ${by.join(', ')}${frame})`);
}

function byPlace(dice: Dice, rows: Ordered): OverCall {
  const { columns, types, order } = rows;
  const column = dice.below(columns.length);
  const [name, type] = [columns[column]!, types[column]!];
  const call = (text: string, of: ColumnType, frame = ''): OverCall => ({
    tree: tree('', text, over(dice, rows, order, frame)),
    type: of,
  });
  return dice.weighted<() => OverCall>([
    [1, () => call('row_number()', 'big')],
    [0.7, () => call(`ntile(${1 + dice.below(4)})`, 'int')],
    [2, () => call(`${dice.one(['lag', 'lead'])}(${name}, ${dice.below(4) - 1})`, type)],
    [0.7, () => call(`${dice.one(['lag', 'lead'])}(${name}, ${distance(dice, rows)})`, type)],
    [0.3, () => call(`nth_value(${name}, 1 + abs(${distance(dice, rows)}))`, type, frameOfValue(dice))],
    [1, () => call(`${dice.one(['first_value', 'last_value'])}(${name})`, type, frameOfValue(dice))],
    [0.5, () => call(`nth_value(${name}, 2)`, type, frameOfValue(dice))],
    [2.5, () => call(...aggregateOf(dice, name, type), frame(dice))],
    [type === 'num' || type === 'dbl' ? 0 : 0.7, () => collected(dice, rows, column)],
  ])();
}

/** A small number of each row, where it has one. */
function distance(dice: Dice, { columns, types }: Ordered): string {
  const column = types.indexOf('int');
  return column < 0 ? `${dice.below(3)}` : `(${columns[column]!} % 3)`;
}

/** Values put together; of numbers that are equal and print differently any may come first. */
function collected(dice: Dice, rows: Ordered, column: number): OverCall {
  const [name, type] = [rows.columns[column]!, rows.types[column]!];
  const filter = dice.chance(0.3) ? ` FILTER (WHERE ${name} IS NOT NULL)` : '';
  const call = type === 'text' && dice.chance(0.6) ? `string_agg(${name}, ',')` : `array_agg(${name})`;
  return {
    tree: tree('', '(', call, filter, over(dice, rows, rows.order, frame(dice)), ')::text'),
    type: 'text',
  };
}

/** The same for all rows that tie. */
function byPeers(dice: Dice, rows: Ordered): OverCall {
  const { columns, types, order } = rows;
  const column = dice.below(columns.length);
  const some = order.slice(0, 1 + dice.below(order.length));
  const [text, type] = dice.weighted<readonly [string, ColumnType]>([
    [2, [dice.one(['rank()', 'dense_rank()']), 'big']],
    [0.5, [dice.one(['percent_rank()', 'cume_dist()']), 'dbl']],
    [2, aggregateOf(dice, columns[column]!, types[column]!)],
  ]);
  const framed = /^(count|sum|min|max)/.test(text) ? peerFrame(dice, types[0]!, some.length) : '';
  return { tree: tree('', text, over(dice, rows, some, framed)), type };
}

/**
 * Where a frame without the row itself leaves out its ties, Postgres looks for a value at the row and finds none there, though its
 * aggregates see the rows behind them: `first_value` is NULL beside an `array_agg` of one row.
 */
function frameOfValue(dice: Dice): string {
  const text = frame(dice);
  const elsewhere = /BETWEEN \d+ FOLLOWING|AND \d+ PRECEDING/.test(text);
  return elsewhere ? text.replace(' EXCLUDE TIES', '') : text;
}

function frame(dice: Dice): string {
  return dice.chance(0.2)
    ? ''
    : ` ${dice.weighted([
        [3, 'ROWS'],
        [1, 'GROUPS'],
      ])} ${bounds(dice, () => `${dice.below(3)}`)}`;
}

/** Offsets are those that `offset` gives. */
function bounds(dice: Dice, offset: () => string): string {
  const places = ['UNBOUNDED PRECEDING', 'PRECEDING', 'CURRENT ROW', 'FOLLOWING', 'UNBOUNDED FOLLOWING'];
  const start = dice.below(4);
  const end = Math.max(1, start) + dice.below(5 - Math.max(1, start));
  const bound = (at: number): string => (at % 2 === 1 ? `${offset()} ${places[at]!}` : places[at]!);
  const exclude = dice.chance(0.35)
    ? ` EXCLUDE ${dice.one(['CURRENT ROW', 'GROUP', 'TIES', 'NO OTHERS'])}`
    : '';
  return `BETWEEN ${bound(start)} AND ${bound(end)}${exclude}`;
}

/** What an offset of a range over a column of each type can be. */
const OFFSETS: Readonly<Partial<Record<ColumnType, readonly string[]>>> = {
  int: ['0', '1', '2', '4'],
  big: ['0', '1', '3'],
  num: ['0.5', '1.25', '2'],
  dbl: ['0.5', '2', "'Infinity'::double precision"],
  time: ["INTERVAL '1 second'", "INTERVAL '2500 ms'", "INTERVAL '0'"],
};

/** A frame over an order by peers: which of them are in it depends on none of them alone. */
function peerFrame(dice: Dice, type: ColumnType, keys: number): string {
  const offsets = keys === 1 ? OFFSETS[type] : undefined;
  if (dice.chance(0.3)) return '';
  if (offsets !== undefined && dice.chance(0.6)) return ` RANGE ${bounds(dice, () => dice.one(offsets))}`;
  return ` GROUPS ${bounds(dice, () => `${dice.below(3)}`)}`;
}

function aggregateOf(dice: Dice, name: string, type: ColumnType): readonly [string, ColumnType] {
  const summed = type === 'int' || type === 'num';
  // Numerics that are equal may print differently, and which of them is the greatest is left open.
  const ordered = type !== 'bool' && type !== 'num';
  return dice.one<readonly [string, ColumnType]>([
    ['count(*)', 'big'],
    [`count(${name})`, 'big'],
    ...(ordered ? [[`max(${name})`, type] as const, [`min(${name})`, type] as const] : []),
    ...(summed ? [[`sum(${name})`, type === 'int' ? 'big' : 'num'] as const] : []),
  ]);
}
