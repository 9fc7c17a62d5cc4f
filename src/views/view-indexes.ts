// Indexes that users made on a view's table are made again on its next incarnation, where their columns still exist: when that is
// begun, while it is empty, and those that came since when it takes the name.

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
  const there = await definitionsOf(connection, layout);
  for (const { definition, on, columns } of rows) {
    const at = definition.indexOf(on);
    if (at < 0 || !columns.every((column) => names.has(column))) continue;
    const how = definition.slice(at + on.length);
    if (!there.has(how)) await connection.query(`CREATE INDEX ON ${tableName(layout)} ${how}`);
  }
}

/** What follows the name of the table in the definitions of its indexes. */
async function definitionsOf(connection: Connection, layout: ViewLayout): Promise<ReadonlySet<string>> {
  const { rows } = await connection.query<{ definition: string; on: string }>(
    `SELECT pg_get_indexdef(indexrelid) AS definition, format(' ON %I.%I ', $2::text, $3::text) AS on
       FROM pg_index WHERE indrelid = $1::regclass`,
    [tableName(layout), DATA_SCHEMA, layout.table],
  );
  return new Set(rows.map(({ definition, on }) => definition.slice(definition.indexOf(on) + on.length)));
}
