// `millrace query`: what Postgres answers over views and tables, in a transaction that only reads. psql does it better where it is
// installed; the built-in Postgres comes without.

import type { Config } from '../config.ts';
import { MillraceError } from '../errors.ts';
import { tableLines } from '../pipeline/answer.ts';
import type { Connection, TextTable } from '../postgres/connection.ts';
import { sqlState } from '../postgres/sql-errors.ts';
import { transaction } from '../postgres/transaction.ts';
import { openDatabase } from './ask.ts';
import type { Output } from './output.ts';
import { paint } from './output.ts';

/** More rows than these are not fetched, which is said. */
const MOST = 10_000;
const DECLARE = 'DECLARE answer NO SCROLL CURSOR FOR ';

export async function query(config: Config, sql: string, output: Output): Promise<number> {
  const connection = await openDatabase(config);
  try {
    show(await transaction(connection, () => read(connection, sql), { readOnly: true }), output);
    return 0;
  } finally {
    await connection.close();
  }
}

async function read(connection: Connection, sql: string): Promise<TextTable> {
  try {
    await connection.queryTable(DECLARE + sql);
    return await connection.queryTable(`FETCH ${MOST + 1} FROM answer`);
  } catch (error) {
    throw sqlState(error) === undefined ? error : refused(error as PostgresError, sql);
  }
}

interface PostgresError extends Error {
  /** From 1, of the text that was sent; absent for errors that have no place. */
  readonly position?: string;
  readonly hint?: string;
}

function refused(error: PostgresError, sql: string): MillraceError {
  const at = error.position === undefined ? null : Number(error.position) - 1 - DECLARE.length;
  const place = at === null || at < 0 || at > sql.length ? {} : { span: { offset: at, end: at + 1 }, sql };
  return new MillraceError({
    code: 'QUERY_FAILED',
    message: error.message,
    hint:
      error.hint ??
      (sqlState(error) === '42P01'
        ? 'views and tables can be queried; of a source make a view first'
        : 'it is one SELECT in Postgres\' own SQL; statements of Millrace go to "millrace sql"'),
    ...place,
    cause: error,
  });
}

function show({ columns, rows }: TextTable, output: Output): void {
  const shown = rows.slice(0, MOST);
  if (output.json) {
    for (const row of shown)
      process.stdout.write(
        `${JSON.stringify(Object.fromEntries(columns.map((name, c) => [name, row[c]])))}\n`,
      );
    return;
  }
  const cells = shown.map((row) => row.map((cell) => cell ?? paint('dim', 'NULL')));
  for (const line of tableLines({ columns, rows: cells })) output.say(line);
  output.say(
    `(${shown.length} row${shown.length === 1 ? '' : 's'}${rows.length > MOST ? ', and more' : ''})`,
  );
}
