// The verdict on a view: what it holds in Postgres against the same SQL run by Postgres over the finished input of its sources.
// On window close, windows that are not closed yet are left out on both sides.

import type { Catalog } from '../catalog/catalog.ts';
import type { Definition, MaterializedViewDef, SourceDef, TableDef, ViewDef } from '../catalog/definition.ts';
import { isKept, sourceRow } from '../catalog/definition.ts';
import type { Connection } from '../postgres/connection.ts';
import { castName, columnCollation } from '../postgres/type-oids.ts';
import { quoteIdent, quoteQualified, timestampText } from '../postgres/values.ts';
import type { WindowTable } from '../sql/ast.ts';
import { parseStatement } from '../sql/parse.ts';
import type { TimeType } from '../sql/postgres-query.ts';
import { postgresQuery } from '../sql/postgres-query.ts';
import type { Comparison } from './compare.ts';
import { compareRelations } from './compare.ts';
import type { SourceHistory } from './source-rows.ts';
import { loadSourceRows } from './source-rows.ts';
import { loadTableRows } from './table-rows.ts';

export interface OracleInput {
  readonly catalog: Catalog;
  readonly view: MaterializedViewDef;
  readonly history: (source: SourceDef) => Promise<SourceHistory>;
  /** The time up to which the pipeline has closed windows (microseconds); null: none. */
  readonly closedThrough: bigint | null;
  /** The time of the last committed epoch (microseconds): what now() is. */
  readonly now: bigint;
}

/** `connection` is one of the caller's own, closed afterwards: the tables that are made live as long as it does. */
export async function checkView(connection: Connection, input: OracleInput): Promise<Comparison> {
  const { view } = input;
  // Names in the text must find the oracle's tables and nothing else.
  await connection.query(`SET search_path = pg_temp, pg_catalog`);
  await connection.query(`SET TimeZone = 'UTC'`);
  await prepare(connection, input, view);
  const text = queryText(view, input);
  const columns = view.columns.map(({ name }) => quoteIdent(name)).join(', ');
  await connection.query(`CREATE TEMP TABLE oracle_expected (${columnList(view)})`);
  await connection.query(`INSERT INTO oracle_expected (${columns}) ${text}`);
  const actual = quoteQualified(view.schema, view.name);
  return compareRelations(connection, actual, 'pg_temp.oracle_expected', view.columns);
}

/** The same for a table: its records, applied by key. */
export async function checkTable(
  connection: Connection,
  table: TableDef,
  history: SourceHistory,
): Promise<Comparison> {
  await connection.query(`SET search_path = pg_temp, pg_catalog`);
  await connection.query(`SET TimeZone = 'UTC'`);
  try {
    await loadTableRows(connection, 'oracle_expected', table, history);
  } finally {
    await history.reader.close();
  }
  const actual = quoteQualified(table.schema, table.name);
  return compareRelations(connection, actual, 'pg_temp.oracle_expected', table.columns);
}

/** Windows of a view that emits on close are cut where its pipeline has closed them. */
function closing(definition: MaterializedViewDef | ViewDef, input: OracleInput): bigint | null | undefined {
  const onClose = definition.kind === 'materialized view' && definition.emit === 'on window close';
  return onClose ? input.closedThrough : undefined;
}

function columnList(view: MaterializedViewDef): string {
  return view.columns
    .map(({ name, type }) => `${quoteIdent(name)} ${castName(type)}${columnCollation(type)}`)
    .join(', ');
}

/** Tables and views for everything that the text reads, what they read first. */
async function prepare(
  connection: Connection,
  input: OracleInput,
  reader: Definition,
  done = new Set<string>(),
): Promise<void> {
  for (const id of reader.dependsOn) {
    const definition = input.catalog.get(id);
    if (definition === undefined || done.has(id)) continue;
    done.add(id);
    const names = definition.columns.map(({ name }) => quoteIdent(name)).join(', ');
    if (isKept(definition) && definition.pipelineId !== input.view.pipelineId) {
      // It is consistent with its own pipeline alone, which has a verdict of its own.
      const kept = quoteQualified(definition.schema, definition.name);
      await connection.query(
        `CREATE TEMP VIEW ${quoteIdent(definition.name)} AS SELECT ${names} FROM ${kept}`,
      );
      continue;
    }
    await prepare(connection, input, definition, done);
    if (definition.kind === 'source') {
      const history = await input.history(definition);
      try {
        await loadSourceRows(connection, definition.name, definition, history);
      } finally {
        await history.reader.close();
      }
    } else if (definition.kind !== 'sink' && definition.kind !== 'table') {
      await connection.query(
        `CREATE TEMP VIEW ${quoteIdent(definition.name)} (${names}) AS ${queryText(definition, input)}`,
      );
    }
  }
}

function queryText(definition: MaterializedViewDef | ViewDef, input: OracleInput): string {
  const statement = parseStatement(definition.text);
  if (statement.kind !== 'CreateMaterializedView' && statement.kind !== 'CreateView')
    throw new Error(`${definition.name} is not a view`);
  const closed = closing(definition, input);
  return postgresQuery(statement.query, (window) => timeTypeOf(window, input.catalog), {
    closedThrough: closed === undefined ? undefined : closed === null ? '-infinity' : timestampText(closed),
    now: timestampText(input.now),
  });
}

/** The type of a window's time column: of the source or view that it names. */
function timeTypeOf(window: WindowTable, catalog: Catalog): TimeType {
  const column = window.timeColumn.parts.at(-1)!;
  const found = window.input.kind === 'TableReference' ? rowOf(window.input.name, catalog) : undefined;
  const field = found?.find(({ name }) => name === column.name);
  return field?.type.kind === 'timestamp' ? 'timestamp' : 'timestamptz';
}

function rowOf(
  name: { readonly schema?: { readonly name: string } | undefined; readonly name: { readonly name: string } },
  catalog: Catalog,
) {
  const definition = catalog.find({ schema: name.schema?.name, name: name.name.name });
  if (definition === undefined) return undefined;
  return definition.kind === 'source' ? sourceRow(definition) : definition.columns;
}
