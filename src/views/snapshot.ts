// The rows of a view and the version that they are of, read in one snapshot of the database.

import type { RowSchema } from '../data/types.ts';
import type { Value } from '../data/value.ts';
import { parseValue } from '../data/text-forms.ts';
import { MillraceError } from '../errors.ts';
import type { Connection } from '../postgres/connection.ts';
import type { Pool } from '../postgres/pool.ts';
import { committedEpoch } from './change-log.ts';
import { cursorExpired } from './cursor.ts';
import type { ViewRow } from './row-change.ts';
import type { ViewLayout } from './view-layout.ts';
import { columnNames, tableName } from './view-layout.ts';

/** A condition over the table's own column names; `values` are its parameters, from $1. */
export interface SqlCondition {
  readonly text: string;
  readonly values: readonly unknown[];
}

export interface Snapshot {
  readonly epoch: number;
  readonly rows: readonly ViewRow[];
}

/** Throws RESULT_TOO_LARGE beyond `maxRows`. */
export function readSnapshot(
  pool: Pool,
  layout: ViewLayout,
  where: SqlCondition | null,
  maxRows: number,
): Promise<Snapshot> {
  return pool.transaction(
    async (connection) => {
      const epoch = await committedEpoch(connection, layout.pipelineId);
      if (epoch === null) throw cursorExpired('its pipeline is gone');
      const rows = await readRows(
        connection,
        layout.schema,
        `SELECT ${columnNames(layout.schema)} FROM ${tableName(layout)}
          ${where === null ? '' : `WHERE ${where.text}`} LIMIT ${maxRows + 1}`,
        where?.values ?? [],
      );
      if (rows.length > maxRows) throw tooLarge(layout, maxRows);
      return { epoch, rows };
    },
    { isolation: 'repeatable read', readOnly: true },
  );
}

function tooLarge(layout: ViewLayout, maxRows: number): MillraceError {
  return new MillraceError({
    code: 'RESULT_TOO_LARGE',
    message: `the snapshot of view "${layout.name}" has more than ${maxRows} rows`,
    hint: 'narrow it with "where", or read the rows from Postgres',
  });
}

/** Rows of a SELECT whose columns are those of `schema`, by name. */
export async function readRows(
  connection: Connection,
  schema: RowSchema,
  text: string,
  values: readonly unknown[],
): Promise<ViewRow[]> {
  const { rows } = await connection.query<Record<string, unknown>>(text, values);
  const readers = schema.map(readerOf);
  return rows.map((row) => readers.map((read) => read(row)));
}

/** Postgres' client gives most types as data/value.ts has them; numeric and interval come as text. */
function readerOf({ name, type }: RowSchema[number]): (row: Record<string, unknown>) => Value {
  if (type.kind !== 'numeric' && type.kind !== 'interval') return (row) => row[name] as Value;
  const plain = { kind: type.kind };
  return (row) => {
    const text = row[name];
    return text === null ? null : parseValue(text as string, plain);
  };
}
