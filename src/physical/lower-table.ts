// CREATE TABLE: records are read as operations (the row of a key is set, deleted; all rows go), and one normaliser, which keeps the
// rows by key, makes changes of them.

import { INTEGER } from '../data/types.ts';
import type { RowSchema } from '../data/types.ts';
import { displayName } from '../catalog/definition.ts';
import type { LogicalTableInput } from '../logical/node.ts';
import { fingerprintOf } from './fingerprint.ts';
import type { Lowered, Lowering } from './lowered.ts';

export function lowerTable(context: Lowering, { table, columns }: LogicalTableInput): Lowered {
  const { key, declared } = table;
  const name = displayName(table);
  const row: RowSchema = columns.map(({ name: column, type, nullable }) => ({
    name: column,
    type,
    nullable,
  }));
  // What deletes a row has its key alone.
  const operations = row.map((field, c) =>
    key.includes(c) || c >= declared ? field : { ...field, nullable: true },
  );
  const scan = context.builder.add({
    kind: 'scan' as const,
    sourceId: table.id,
    sourceName: name,
    columns: Array.from({ length: declared }, (_, c) => c),
    system: [...table.includes.map(({ field }) => field), 'operation' as const],
    watermark: null,
    schema: [...operations, { name: '_operation', type: INTEGER, nullable: false }],
    streamKey: [],
    appendOnly: true,
    watermarkColumns: [],
    label: `FROM ${name}`,
  });
  const text = `table ${table.id}`;
  const node = context.builder.add({
    kind: 'normalize' as const,
    input: scan.id,
    key,
    operation: row.length,
    truncates: table.format.format === 'DEBEZIUM',
    fingerprint: context.builder.uniqueFingerprint(fingerprintOf('normalize', text)),
    schema: row,
    streamKey: key,
    appendOnly: false,
    watermarkColumns: [],
    label: `TABLE ${name}`,
  });
  const origin = { text, columns: row.map((field) => `${text}.${JSON.stringify(field.name)}`) };
  return { node, columns, visible: columns.length, key, origin };
}
