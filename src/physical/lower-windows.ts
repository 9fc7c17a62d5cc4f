// Windows over time. TUMBLE is two expressions in a map: the start (what date_bin gives in Postgres), and the start plus the size.
// HOP and CUMULATE repeat a row, SESSION keeps rows: these are operators. A row whose time is NULL is in no window and is left out.

import { BOOLEAN } from '../data/types.ts';
import type { ExpandingShape, WindowShape } from '../data/window-shape.ts';
import { printMicros, printShape } from '../data/window-shape.ts';
import type { LogicalWindows } from '../logical/node.ts';
import { fingerprintOf } from './fingerprint.ts';
import type { Lowered, Lowering } from './lowered.ts';
import { watermarkColumns } from './lowered.ts';
import { addMap, columnExpr } from './maps.ts';
import { plusMicros, windowStart } from './time-exprs.ts';

export function lowerWindows(context: Lowering, node: LogicalWindows, keyed: boolean): Lowered {
  const input = context.lower(node.input, keyed);
  const { shape } = node;
  switch (shape.kind) {
    case 'tumble':
      return addTumble(context, node, input, shape.size, shape.offset);
    case 'session':
      return addSession(context, node, input, shape);
    default:
      return addExpand(context, node, input, shape);
  }
}

/** Where a row is in several windows, or in one that changes: its columns with the window's bounds among them. */
function withBounds(node: LogicalWindows, input: Lowered) {
  const width = node.input.columns.length;
  const before = [...input.columns.keys()];
  const columns = [...node.columns, ...input.columns.slice(width)];
  return {
    gives: [...before.slice(0, width), 'start' as const, 'end' as const, ...before.slice(width)],
    columns,
    schema: columns.map(({ name, type, nullable }) => ({ name, type, nullable })),
    watermarkColumns: watermarkColumns(columns),
    key: input.key === null ? null : moved(input.key, width),
  };
}

function boundsOrigin(input: Lowered, width: number, text: string): readonly string[] {
  const own = input.origin.columns;
  return [...own.slice(0, width), `start of ${text}`, `end of ${text}`, ...own.slice(width)];
}

function addSession(
  context: Lowering,
  node: LogicalWindows,
  input: Lowered,
  shape: Extract<WindowShape, { kind: 'session' }>,
): Lowered {
  const width = node.input.columns.length;
  const { gives, columns, schema, key, watermarkColumns: held } = withBounds(node, input);
  const own = input.origin.columns;
  const by = shape.partition.map((column) => own[column]!).join(', ');
  const once = node.onClose ? ' once' : '';
  const text = `(${input.origin.text}) ${printShape(shape, own[node.timeColumn]!)} by (${by}) of (${own.join(', ')})${once}`;
  const time = node.columns[width + 1]!.time;
  const session = context.builder.add({
    kind: 'session' as const,
    input: input.node.id,
    time: node.timeColumn,
    gap: shape.gap,
    partition: shape.partition,
    gives,
    frees: time?.kind === 'window end' && time.watermarked,
    onClose: node.onClose,
    fingerprint: context.builder.uniqueFingerprint(fingerprintOf('session', text)),
    schema,
    streamKey: key ?? [],
    appendOnly: node.onClose,
    watermarkColumns: held,
    label: printShape(shape, node.input.columns[node.timeColumn]!.name),
  });
  const origin = { text, columns: boundsOrigin(input, width, text) };
  return { node: session, columns, visible: node.columns.length, key, origin };
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
  const { gives, columns, schema, key: rowKey, watermarkColumns: held } = withBounds(node, input);
  // The copies of a row differ in the end of their window.
  const key = rowKey === null ? null : [...rowKey, width + 1];
  const text = printShape(shape, input.origin.columns[node.timeColumn]!);
  const expand = context.builder.add({
    kind: 'expand' as const,
    input: input.node.id,
    time: node.timeColumn,
    shape,
    gives,
    schema,
    streamKey: key ?? [],
    appendOnly: input.node.appendOnly,
    watermarkColumns: held,
    label: printShape(shape, node.input.columns[node.timeColumn]!.name),
  });
  const origin = { text: `${input.origin.text} ${text}`, columns: boundsOrigin(input, width, text) };
  return { node: expand, columns, visible: node.columns.length, key, origin };
}

/** Columns behind the first `width` stand two further right. */
function moved(key: readonly number[], width: number): readonly number[] {
  return key.map((index) => (index < width ? index : index + 2));
}
