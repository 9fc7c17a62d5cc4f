// Map nodes: filter, projection and window assignment are all one kind of node.

import { isWindowTime } from '../data/time-attribute.ts';
import type { LogicalColumn } from '../logical/node.ts';
import type { BoundExpr, ColumnExpr } from '../expr/bound.ts';
import { canonicalText } from '../expr/columns.ts';
import type { GraphBuilder } from './builder.ts';
import type { Lowered, Origin } from './lowered.ts';
import { watermarkColumns } from './lowered.ts';

export interface MapSpec {
  readonly filter: BoundExpr | null;
  readonly exprs: readonly BoundExpr[];
  readonly columns: readonly LogicalColumn[];
  readonly visible: number;
  readonly key: readonly number[] | null;
  readonly label: string;
}

export function addMap(builder: GraphBuilder, input: Lowered, spec: MapSpec): Lowered {
  const { filter, exprs, columns, visible, key, label } = spec;
  const node = builder.add({
    kind: 'map' as const,
    input: input.node.id,
    filter,
    exprs,
    schema: columns.map(({ name, type, nullable }) => ({ name, type, nullable })),
    streamKey: key ?? [],
    appendOnly: input.node.appendOnly,
    watermarkColumns: watermarkColumns(columns),
    label,
  });
  return { node, columns, visible, key, origin: mapOrigin(input.origin, filter, exprs) };
}

function mapOrigin(input: Origin, filter: BoundExpr | null, exprs: readonly BoundExpr[]): Origin {
  const spell = (expr: BoundExpr): string => canonicalText(expr, (index) => input.columns[index]!);
  const text = filter === null ? input.text : `${input.text} where ${spell(filter)}`;
  return { text, columns: exprs.map(spell) };
}

export function columnExpr(columns: readonly LogicalColumn[], index: number): ColumnExpr {
  const { name, type, nullable } = columns[index]!;
  return { kind: 'column', index, name, type, nullable };
}

/** All columns as they are. */
export function identity(columns: readonly LogicalColumn[]): readonly BoundExpr[] {
  return columns.map((_, index) => columnExpr(columns, index));
}

/**
 * Where the stream key of `input` is among `columns`, the outputs `exprs` over it; key columns that are not there are
 * added after them. A window's start stands for its end where either determines the other.
 */
export function carryKey(
  input: Lowered,
  exprs: readonly BoundExpr[],
  columns: readonly LogicalColumn[],
): Pick<MapSpec, 'exprs' | 'columns' | 'key' | 'visible'> {
  if (input.key === null) return { exprs, columns, key: null, visible: exprs.length };
  const allExprs = [...exprs];
  const allColumns = [...columns];
  const key = input.key.map((index) => {
    const found = exprs.findIndex((expr, i) => isKeyColumn(expr, columns[i]!, index, input.columns[index]!));
    if (found >= 0) return found;
    allExprs.push(columnExpr(input.columns, index));
    allColumns.push(input.columns[index]!);
    return allExprs.length - 1;
  });
  return { exprs: allExprs, columns: allColumns, key, visible: exprs.length };
}

function isKeyColumn(
  expr: BoundExpr,
  column: LogicalColumn,
  index: number,
  keyColumn: LogicalColumn,
): boolean {
  if (expr.kind === 'column' && expr.index === index) return true;
  const a = column.time;
  const b = keyColumn.time;
  if (!isWindowTime(a) || !isWindowTime(b)) return false;
  return a.window === b.window && (a.size !== null || a.kind === b.kind);
}

/**
 * `lowered` is the columns of `input` and `added` ones behind them, where the key's own columns are in between: the visible ones come
 * first, then what only identifies rows.
 */
export function visibleFirst(
  builder: GraphBuilder,
  lowered: Lowered,
  input: Lowered,
  added: number,
): Lowered {
  const width = input.columns.length;
  const shown = [...Array(input.visible).keys(), ...Array.from({ length: added }, (_, i) => width + i)];
  const hidden = lowered.key!.filter((index) => !shown.includes(index));
  const order = [...shown, ...hidden];
  if (order.length === lowered.columns.length && order.every((index, i) => index === i))
    return { ...lowered, visible: shown.length };
  return addMap(builder, lowered, {
    filter: null,
    exprs: order.map((index) => columnExpr(lowered.columns, index)),
    columns: order.map((index) => lowered.columns[index]!),
    visible: shown.length,
    key: lowered.key!.map((index) => order.indexOf(index)),
    label: 'columns, then the key',
  });
}
