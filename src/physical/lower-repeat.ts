// A row that is repeated: its copies differ in their number.

import type { LogicalRepeat } from '../logical/node.ts';
import type { Lowered, Lowering } from './lowered.ts';
import { watermarkColumns } from './lowered.ts';

export function lowerRepeat(context: Lowering, node: LogicalRepeat, keyed: boolean): Lowered {
  const input = context.lower(node.input, keyed);
  const width = node.input.columns.length;
  const before = [...input.columns.keys()];
  const columns = [...node.columns, ...input.columns.slice(width)];
  const key =
    input.key === null ? null : [...input.key.map((index) => (index < width ? index : index + 1)), width];
  const own = input.origin.columns;
  const text = `repeat by ${own[node.count]!}`;
  const repeat = context.builder.add({
    kind: 'repeat' as const,
    input: input.node.id,
    count: node.count,
    gives: [...before.slice(0, width), 'ordinal' as const, ...before.slice(width)],
    schema: columns.map(({ name, type, nullable }) => ({ name, type, nullable })),
    streamKey: key ?? [],
    appendOnly: input.node.appendOnly,
    watermarkColumns: watermarkColumns(columns),
    label: `REPEAT ${node.input.columns[node.count]!.name}`,
  });
  const origin = {
    text: `${input.origin.text} ${text}`,
    columns: [...own.slice(0, width), `ordinal of ${text}`, ...own.slice(width)],
  };
  return { node: repeat, columns, visible: node.columns.length, key, origin };
}
