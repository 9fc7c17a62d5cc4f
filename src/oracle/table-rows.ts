// The rows of a TABLE by Postgres alone: its records in offset order, the last of each key, read with Postgres' own JSON functions.

import type { TableDef } from '../catalog/definition.ts';
import type { Connection } from '../postgres/connection.ts';
import { columnCollation, columnTypeName } from '../postgres/type-oids.ts';
import { quoteIdent } from '../postgres/values.ts';
import type { SourceHistory } from './source-rows.ts';
import { includedExpression, loadRecords, RowTypes } from './source-rows.ts';

/** Makes temporary table `name`. */
export async function loadTableRows(
  connection: Connection,
  name: string,
  table: TableDef,
  history: SourceHistory,
): Promise<void> {
  await loadRecords(connection, history);
  const types = new RowTypes();
  const rows = tableQuery(table, tableOperations(table), types);
  for (const statement of types.statements) await connection.query(statement);
  await connection.query(`CREATE TEMP TABLE ${quoteIdent(name)} AS ${rows}`);
  await connection.query('DROP TABLE oracle_raw');
}

/** The rows that the operations of a query, such as `tableOperations`, leave. */
export function tableQuery(table: TableDef, operations: string, types = new RowTypes()): string {
  const declared = table.columns.slice(0, table.declared);
  const keyed = isKeyed(table);
  const columns = [
    ...declared.map((column, c) => {
      const from = keyed && table.key.includes(c) ? 'k' : 'row';
      return `(${from} ->> ${literal(column.name)})::${columnTypeName(column.type)}${columnCollation(column.type)} AS ${quoteIdent(column.name)}`;
    }),
    ...table.includes.map(
      (included) => `${includedExpression(included, types)} AS ${quoteIdent(included.name)}`,
    ),
  ];
  return `WITH operations AS (${operations}),
       after_truncation AS (
         SELECT * FROM operations
          WHERE "offset" > coalesce((SELECT max("offset") FROM operations WHERE truncates), -1)),
       last AS (
         SELECT DISTINCT ON (k) * FROM after_truncation ORDER BY k, "offset" DESC)
     SELECT ${columns.join(', ')} FROM last WHERE row IS NOT NULL`;
}

/** What each record of oracle_raw does to the row of its key. */
export function tableOperations(table: TableDef): string {
  return table.format.format === 'UPSERT' ? upserts(table, isKeyed(table)) : events(table);
}

/** The key is declared columns. */
function isKeyed(table: TableDef): boolean {
  return table.key.every((index) => index < table.declared);
}

/** `k`: the key as an object of its columns, or as text. */
function upserts(table: TableDef, keyed: boolean): string {
  const k = keyed ? keyObject(table, 'key::jsonb') : 'to_jsonb(key)';
  return `SELECT partition, "offset", at, key, ${k} AS k, nullif(value, 'null') AS row, false AS truncates FROM oracle_raw`;
}

function events(table: TableDef): string {
  return `SELECT partition, "offset", at, key, ${keyObject(table, 'coalesce(named, after, before)')} AS k,
                 CASE WHEN op IN ('c', 'r', 'u') THEN after END AS row, op IS NOT DISTINCT FROM 't' AS truncates
            FROM (SELECT r.partition, r."offset", r.at, r.key, p ->> 'op' AS op,
                         nullif(p -> 'after', 'null') AS after, nullif(p -> 'before', 'null') AS before,
                         coalesce(key::jsonb -> 'payload', key::jsonb) AS named
                    FROM oracle_raw r, LATERAL (SELECT coalesce(r.value -> 'payload', r.value) AS p) x) e
           WHERE op IS DISTINCT FROM 'm'`;
}

function keyObject(table: TableDef, json: string): string {
  const names = table.key.map((index) => literal(table.columns[index]!.name));
  const parts = names.map(
    (column) => `${column}, CASE jsonb_typeof(j) WHEN 'object' THEN j -> ${column} ELSE j END`,
  );
  return `(SELECT jsonb_build_object(${parts.join(', ')}) FROM (SELECT ${json} AS j) key_json)`;
}

function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
