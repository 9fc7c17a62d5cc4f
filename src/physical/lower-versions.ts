// The versions of a table, where its history is asked for: its records are read once more, as operations that stay, each at the time of
// its record.

import { BIGINT, INTEGER } from '../data/types.ts';
import { displayName } from '../catalog/definition.ts';
import { printExpr } from '../expr/print.ts';
import type { LogicalColumn, LogicalVersions } from '../logical/node.ts';
import type { Lowered, Lowering } from './lowered.ts';
import { watermarkColumns } from './lowered.ts';

const PARTITION: LogicalColumn = { name: '_partition', type: INTEGER, nullable: false, time: null };
const OFFSET: LogicalColumn = { name: '_offset', type: BIGINT, nullable: false, time: null };

export function lowerVersions(context: Lowering, node: LogicalVersions): Lowered {
  const { table, watermark } = node;
  const name = displayName(table);
  const columns = [...node.columns, PARTITION, OFFSET];
  const key = [columns.length - 2, columns.length - 1];
  const scan = context.builder.add({
    kind: 'scan' as const,
    sourceId: table.id,
    sourceName: name,
    columns: Array.from({ length: table.declared }, (_, c) => c),
    system: [
      ...table.includes.map(({ field }) => field),
      'operation' as const,
      'partition' as const,
      'offset' as const,
    ],
    watermark: { timeColumn: watermark.column, expr: watermark.expr },
    schema: columns.map(({ name: column, type, nullable }) => ({ name: column, type, nullable })),
    streamKey: key,
    appendOnly: true,
    watermarkColumns: watermarkColumns(columns),
    label: `VERSIONS OF ${name} WATERMARK ${printExpr(watermark.expr)}`,
  });
  const text = `versions of ${table.id}`;
  const origin = { text, columns: columns.map((column) => `${text}.${JSON.stringify(column.name)}`) };
  return { node: scan, columns, visible: node.columns.length, key, origin };
}
