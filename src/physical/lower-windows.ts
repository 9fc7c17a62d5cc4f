// Windows over time. TUMBLE is two expressions in a map: the start (what date_bin gives in Postgres), and the start plus the size.
// HOP and CUMULATE repeat a row, which is an operator. A row whose time is NULL is in no window and is left out.

import { BOOLEAN } from '../data/types.ts';
import type { ExpandingShape } from '../data/window-shape.ts';
import { printMicros, printShape } from '../data/window-shape.ts';
import type { LogicalWindows } from '../logical/node.ts';
import type { Lowered, Lowering } from './lowered.ts';
import { watermarkColumns } from './lowered.ts';
import { addMap, columnExpr } from './maps.ts';
import { plusMicros, windowStart } from './time-exprs.ts';

export function lowerWindows(context: Lowering, node: LogicalWindows, keyed: boolean): Lowered {
  const input = context.lower(node.input, keyed);
  const { shape } = node;
  return shape.kind === 'tumble'
    ? addTumble(context, node, input, shape.size, shape.offset)
    : addExpand(context, node, input, shape);
}

function addTumble(
  context: Lowering,
  node: LogicalWindows,
  input: Lowered,
  size: bigint,
  offset: bigint,
): Lowered {
  const time = columnExpr(input.columns, node.timeColumn);
  const start = windowStart(time, size, offset);
  const end = plusMicros(start, size);
  const width = node.input.columns.length;
  const before = [...input.columns.keys()];
  const hidden = before.slice(width).map((index) => columnExpr(input.columns, index));
  return addMap(context.builder, input, {
    filter: time.nullable
      ? { kind: 'isNull', arg: time, negated: true, type: BOOLEAN, nullable: false }
      : null,
    exprs: [...before.slice(0, width).map((i) => columnExpr(input.columns, i)), start, end, ...hidden],
    columns: [...node.columns, ...input.columns.slice(width)],
    visible: node.columns.length,
    key: input.key === null ? null : moved(input.key, width),
    label: `TUMBLE ${time.name} ${printMicros(size)}`,
  });
}

function addExpand(context: Lowering, node: LogicalWindows, input: Lowered, shape: ExpandingShape): Lowered {
  const width = node.input.columns.length;
  const before = [...input.columns.keys()];
  const columns = [...node.columns, ...input.columns.slice(width)];
  // The copies of a row differ in the end of their window.
  const key = input.key === null ? null : [...moved(input.key, width), width + 1];
  const text = printShape(shape, input.origin.columns[node.timeColumn]!);
  const expand = context.builder.add({
    kind: 'expand' as const,
    input: input.node.id,
    time: node.timeColumn,
    shape,
    gives: [...before.slice(0, width), 'start' as const, 'end' as const, ...before.slice(width)],
    schema: columns.map(({ name, type, nullable }) => ({ name, type, nullable })),
    streamKey: key ?? [],
    appendOnly: input.node.appendOnly,
    watermarkColumns: watermarkColumns(columns),
    label: printShape(shape, node.input.columns[node.timeColumn]!.name),
  });
  const own = input.origin.columns;
  const origin = {
    text: `${input.origin.text} ${text}`,
    columns: [...own.slice(0, width), `start of ${text}`, `end of ${text}`, ...own.slice(width)],
  };
  return { node: expand, columns, visible: node.columns.length, key, origin };
}

/** Columns behind the first `width` stand two further right. */
function moved(key: readonly number[], width: number): readonly number[] {
  return key.map((index) => (index < width ? index : index + 2));
}
