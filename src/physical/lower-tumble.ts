// TUMBLE is two expressions: the start (what date_bin gives in Postgres), and the start plus the size. A row whose time is NULL
// is in no window and is left out, as it is of HOP and SESSION, where no NULL could be told.

import { BOOLEAN } from '../data/types.ts';
import type { LogicalTumble } from '../logical/node.ts';
import { printMicros } from '../logical/print.ts';
import type { Lowered, Lowering } from './lowered.ts';
import { addMap, columnExpr } from './maps.ts';
import { plusMicros, windowStart } from './time-exprs.ts';

export function lowerTumble(context: Lowering, node: LogicalTumble, keyed: boolean): Lowered {
  const input = context.lower(node.input, keyed);
  const time = columnExpr(input.columns, node.timeColumn);
  const start = windowStart(time, node.size, node.offset);
  const end = plusMicros(start, node.size);
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
    key: input.key === null ? null : input.key.map((index) => (index < width ? index : index + 2)),
    label: `TUMBLE ${time.name} ${printMicros(node.size)}`,
  });
}
