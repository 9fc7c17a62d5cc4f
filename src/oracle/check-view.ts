// The verdict on a view: what it holds in Postgres against the same SQL run by Postgres over the finished input of its sources.
// On window close, windows that are not closed yet are left out on both sides.

import type { Catalog } from '../catalog/catalog.ts';
import type { Definition, MaterializedViewDef, SourceDef, TableDef, ViewDef } from '../catalog/definition.ts';
import { isKept, sourceRow } from '../catalog/definition.ts';
import type { Connection } from '../postgres/connection.ts';
import { connect } from '../postgres/connection.ts';
import { castName, columnCollation } from '../postgres/type-oids.ts';
import { quoteIdent, quoteQualified, timestampText } from '../postgres/values.ts';
import type { WindowTable } from '../sql/ast.ts';
import { parseStatement } from '../sql/parse.ts';
import type { TimeType } from '../sql/postgres-query.ts';
import { postgresQuery } from '../sql/postgres-query.ts';
import type { Comparison } from './compare.ts';
import { compareRelations } from './compare.ts';
import { functionNames, functionText } from './functions.ts';
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

/** A connection of the judge's own, on which the sources of one pipeline are loaded once for all of its views. */
export interface OracleSession {
  readonly connection: Connection;
  /** Ids of the sources that stand in temporary tables. */
  readonly loaded: Set<string>;
}

export async function openSession(url: string): Promise<OracleSession> {
  const connection = await connect(url, {
    applicationName: 'millrace check',
    idleInTransactionTimeoutMs: 0,
  });
  // Names in the text must find the oracle's tables and nothing else.
  await connection.query(`SET search_path = pg_temp, pg_catalog`);
  await connection.query(`SET TimeZone = 'UTC'`);
  // Who interrupts the check cuts the connection: its query must not run on. Servers on some systems cannot notice.
  await connection.query(`SET client_connection_check_interval = '500ms'`).catch(() => {});
  return { connection, loaded: new Set() };
}

export async function checkView(session: OracleSession, input: OracleInput): Promise<Comparison> {
  const { view } = input;
  const { connection } = session;
  await loadSources(session, input, view);
  return forgotten(connection, async () => {
    await nameInputs(connection, input, view);
    const text = queryText(view, input);
    const columns = view.columns.map(({ name }) => quoteIdent(name)).join(', ');
    await connection.query(`CREATE TEMP TABLE oracle_expected (${columnList(view)})`);
    await connection.query(`INSERT INTO oracle_expected (${columns}) ${text}`);
    const actual = quoteQualified(view.schema, view.name);
    return compareRelations(connection, actual, 'pg_temp.oracle_expected', view.columns);
  });
}

/** The same for a table: its records, applied by key. */
export async function checkTable(
  { connection }: OracleSession,
  table: TableDef,
  history: SourceHistory,
): Promise<Comparison> {
  return forgotten(connection, async () => {
    try {
      await loadTableRows(connection, 'oracle_expected', table, history);
    } finally {
      await history.reader.close();
    }
    const actual = quoteQualified(table.schema, table.name);
    return compareRelations(connection, actual, 'pg_temp.oracle_expected', table.columns);
  });
}

/** Whatever `run` makes in the database is gone afterwards, also when it fails. */
async function forgotten<T>(connection: Connection, run: () => Promise<T>): Promise<T> {
  await connection.query('BEGIN');
  try {
    return await run();
  } finally {
    if (connection.lost === undefined) await connection.query('ROLLBACK');
  }
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

/** Tables for the sources that the view's own pipeline reads. */
async function loadSources(session: OracleSession, input: OracleInput, reader: Definition): Promise<void> {
  for (const definition of inputsOf(reader, input)) {
    if (isForeign(definition, input) || session.loaded.has(definition.id)) continue;
    if (definition.kind !== 'source') {
      await loadSources(session, input, definition);
      continue;
    }
    const history = await input.history(definition);
    try {
      await loadSourceRows(session.connection, loadedName(definition), definition, history);
    } finally {
      await history.reader.close();
    }
    session.loaded.add(definition.id);
  }
}

/** Views and functions for everything that the text names, what they name first. */
async function nameInputs(
  connection: Connection,
  input: OracleInput,
  reader: Definition,
  done = new Set<string>(),
): Promise<void> {
  for (const definition of inputsOf(reader, input)) {
    if (done.has(definition.id)) continue;
    done.add(definition.id);
    const foreign = isForeign(definition, input);
    if (!foreign) await nameInputs(connection, input, definition, done);
    if (definition.kind === 'function') {
      await connection.query(functionText(definition, input.catalog));
      continue;
    }
    const names = definition.columns.map(({ name }) => quoteIdent(name)).join(', ');
    const define = (text: string, columns = ''): Promise<unknown> =>
      connection.query(`CREATE TEMP VIEW ${quoteIdent(definition.name)} ${columns} AS ${text}`);
    // What another pipeline keeps is consistent with that pipeline alone, which has a verdict of its own.
    if (foreign) await define(`SELECT ${names} FROM ${quoteQualified(definition.schema, definition.name)}`);
    else if (definition.kind === 'source')
      await define(`SELECT * FROM ${quoteIdent(loadedName(definition))}`);
    else if (definition.kind !== 'sink' && definition.kind !== 'table')
      await define(queryText(definition, input), `(${names})`);
  }
}

function inputsOf(reader: Definition, { catalog }: OracleInput): readonly Definition[] {
  return reader.dependsOn.flatMap((id) => catalog.get(id) ?? []);
}

function isForeign(definition: Definition, { view }: OracleInput): boolean {
  return isKept(definition) && definition.pipelineId !== view.pipelineId;
}

/** Sources of several schemas may share a name. */
function loadedName({ id }: SourceDef): string {
  return `oracle_source_${id}`;
}

function queryText(definition: MaterializedViewDef | ViewDef, input: OracleInput): string {
  const statement = parseStatement(definition.text);
  if (statement.kind !== 'CreateMaterializedView' && statement.kind !== 'CreateView')
    throw new Error(`${definition.name} is not a view`);
  const closed = closing(definition, input);
  const moment = {
    closedThrough: closed === undefined ? undefined : closed === null ? '-infinity' : timestampText(closed),
    now: timestampText(input.now),
  };
  const { catalog } = input;
  return postgresQuery(
    statement.query,
    (window) => timeTypeOf(window, catalog),
    moment,
    functionNames(catalog),
  );
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
