// The rows of a view and the version that they are of, read in one snapshot of the database.

import type { RowSchema, SqlType } from '../data/types.ts';
import { NUMERIC } from '../data/types.ts';
import type { Value } from '../data/value.ts';
import { parseValue } from '../data/text-forms.ts';
import { MillraceError } from '../errors.ts';
import type { Connection, Room } from '../postgres/connection.ts';
import { NoRoom } from '../postgres/connection.ts';
import type { Pool } from '../postgres/pool.ts';
import { parseDate, parseTimestamp } from '../postgres/values.ts';
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
  /** As text. */
  readonly bytes: number;
}

export interface SnapshotLimits {
  readonly rows: number;
  readonly bytes: number;
}

/** Throws RESULT_TOO_LARGE beyond `most`. */
export function readSnapshot(
  pool: Pool,
  layout: ViewLayout,
  where: SqlCondition | null,
  most: SnapshotLimits,
): Promise<Snapshot> {
  return pool.transaction(
    async (connection) => {
      const epoch = await committedEpoch(connection, layout.pipelineId);
      if (epoch === null) throw cursorExpired('its pipeline is gone');
      const room = { left: most.bytes };
      const rows = await readRows(
        connection,
        layout.schema,
        `SELECT ${columnNames(layout.schema)} FROM ${tableName(layout)}
          ${where === null ? '' : `WHERE ${where.text}`} LIMIT ${most.rows + 1}`,
        where?.values ?? [],
        room,
      );
      if (rows.length > most.rows) throw tooLarge(layout, most.rows);
      return { epoch, rows, bytes: most.bytes - room.left };
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

function tooManyBytes(): MillraceError {
  return new MillraceError({
    code: 'RESULT_TOO_LARGE',
    message: 'the rows have more bytes than one answer or snapshot may have',
    hint: 'ask for fewer rows at once, narrow it with "where", or read the rows from Postgres',
  });
}

/** Rows of a SELECT whose columns are those of `schema`, in their order. RESULT_TOO_LARGE when they do not fit into `room`. */
export async function readRows(
  connection: Connection,
  schema: RowSchema,
  text: string,
  values: readonly unknown[],
  room: Room,
): Promise<ViewRow[]> {
  const rows = await connection.queryTexts(text, values, room).catch((error: unknown) => {
    throw error instanceof NoRoom ? tooManyBytes() : error;
  });
  const readers = schema.map(({ type }) => readerOf(type));
  return rows.map((row) => readers.map((read, c) => (row[c] === null ? null : read(row[c]!))));
}

/** Texts to values; those of the frequent types without the checks that the user's own text needs. */
function readerOf(type: SqlType): (text: string) => Value {
  switch (type.kind) {
    case 'boolean':
      return (text) => text === 't';
    case 'smallint':
    case 'integer':
    case 'double':
      return Number;
    case 'bigint':
      return BigInt;
    case 'text':
    case 'varchar':
      return (text) => text;
    case 'date':
      return parseDate;
    case 'timestamp':
    case 'timestamptz':
      return parseTimestamp;
    case 'numeric':
      return (text) => parseValue(text, NUMERIC);
    default:
      return (text) => parseValue(text, type);
  }
}
