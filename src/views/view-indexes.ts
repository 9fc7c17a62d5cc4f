// Indexes that users made on a view's table are made again on its next incarnation, where their columns still exist.

import type { Connection } from '../postgres/connection.ts';
import type { ViewLayout } from './view-layout.ts';
import { DATA_SCHEMA, tableName } from './view-layout.ts';

/** From the table of view `fromViewId` to the table of `layout`. */
export async function copyIndexes(
  connection: Connection,
  fromViewId: number,
  layout: ViewLayout,
): Promise<void> {
  const { rows } = await connection.query<{ definition: string; on: string; columns: string[] }>(
    `SELECT pg_get_indexdef(i.indexrelid) AS definition, format(' ON %I.%I ', $2::text, v.table_name) AS on,
            (SELECT coalesce(array_agg(a.attname::text), '{}') FROM pg_depend d
               JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
              WHERE d.objid = i.indexrelid AND d.refobjid = i.indrelid) AS columns
       FROM pg_index i JOIN millrace.view_tables v ON i.indrelid = format('%I.%I', $2::text, v.table_name)::regclass
      WHERE v.view_id = $1 AND NOT i.indisunique`,
    [fromViewId, DATA_SCHEMA],
  );
  const names = new Set(layout.schema.map((field) => field.name));
  for (const { definition, on, columns } of rows) {
    const at = definition.indexOf(on);
    if (at < 0 || !columns.every((column) => names.has(column))) continue;
    await connection.query(`CREATE INDEX ON ${tableName(layout)} ${definition.slice(at + on.length)}`);
  }
}
