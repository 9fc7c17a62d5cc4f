// The finished input of a source as a Postgres table: every record that its pipeline has processed, less dead letters and late
// rows. Values are read by Postgres itself (`jsonb ->> column`, then a cast), not by the engine's decoder.

import type { IncludedColumn, SourceDef } from '../catalog/definition.ts';
import { readHeaders } from '../connectors/kafka/headers.ts';
import type { RecordColumns } from '../connectors/record-columns.ts';
import type { SourceChunk, SourceReader } from '../connectors/source.ts';
import type { RowField, SqlType } from '../data/types.ts';
import type { Connection } from '../postgres/connection.ts';
import { columnCollation, columnTypeName } from '../postgres/type-oids.ts';
import { quoteIdent } from '../postgres/values.ts';

/** Reads the records again from where the pipeline began to where it stands. */
export interface SourceHistory {
  /** Number of the source and of the pipeline in the database. */
  readonly sourceId: number;
  readonly pipelineId: number;
  /** Opened bounded, at the positions that the pipeline covered. */
  readonly reader: SourceReader;
}

const INSERT_ROWS = 2000;

/** Makes temporary table `name` for the life of the connection. */
export async function loadSourceRows(
  connection: Connection,
  name: string,
  source: SourceDef,
  history: SourceHistory,
): Promise<number> {
  const rows = await loadRecords(connection, history);
  const types = new RowTypes();
  const columns = [
    ...source.columns.map(
      ({ name: column, type }) => `${columnExpression(column, type, types)} AS ${quoteIdent(column)}`,
    ),
    ...source.includes.map(
      (included) => `${includedExpression(included, types)} AS ${quoteIdent(included.name)}`,
    ),
  ];
  for (const statement of types.statements) await connection.query(statement);
  await connection.query(
    `CREATE TEMP TABLE ${quoteIdent(name)} AS SELECT ${columns.join(', ')} FROM oracle_raw`,
  );
  await connection.query('DROP TABLE oracle_raw');
  return rows;
}

/** Makes temporary table oracle_raw: the records that the pipeline has processed. */
export async function loadRecords(connection: Connection, history: SourceHistory): Promise<number> {
  await connection.query('DROP TABLE IF EXISTS pg_temp.oracle_raw'); // of one that failed
  await connection.query(
    `CREATE TEMP TABLE oracle_raw (partition integer, "offset" bigint, at timestamptz, key text, headers jsonb, value jsonb)`,
  );
  const skipped = await skippedOffsets(connection, history);
  const mended = await mendedValues(connection, history);
  return copyRecords(connection, history.reader, skipped, mended);
}

/** Postgres itself makes arrays and rows of JSON, as fields of a composite type. */
export class RowTypes {
  static #made = 0;
  readonly statements: string[] = [];

  named(fields: readonly RowField[]): string {
    const name = `pg_temp.oracle_row_${++RowTypes.#made}`;
    const list = fields.map((field) => `${quoteIdent(field.name)} ${this.#spelled(field.type)}`);
    this.statements.push(`CREATE TYPE ${name} AS (${list.join(', ')})`);
    return name;
  }

  #spelled(type: SqlType): string {
    if (type.kind === 'row') return this.named(type.fields);
    if (type.kind === 'array') return `${this.#spelled(type.element)}[]`;
    return `${columnTypeName(type)}${columnCollation(type)}`;
  }
}

function columnExpression(column: string, type: SqlType, types: RowTypes): string {
  if (type.kind === 'jsonb') return `nullif(value -> ${literal(column)}, 'null')`;
  if (type.kind !== 'array' && type.kind !== 'row')
    return `(value ->> ${literal(column)})::${columnTypeName(type)}${columnCollation(type)}`;
  const wrapper = types.named([{ name: 'v', type }]);
  return `(jsonb_populate_record(NULL::${wrapper}, jsonb_build_object('v', value -> ${literal(column)}))).v`;
}

function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

export function includedExpression({ field, type }: IncludedColumn, types: RowTypes): string {
  switch (field) {
    case 'partition':
      return 'partition';
    case 'offset':
      return '"offset"';
    case 'timestamp':
      return 'at';
    case 'key':
      return 'key COLLATE "C"';
    case 'headers': {
      const wrapper = types.named([{ name: 'v', type }]);
      return `(jsonb_populate_record(NULL::${wrapper}, jsonb_build_object('v', headers))).v`;
    }
  }
}

async function skippedOffsets(connection: Connection, history: SourceHistory): Promise<ReadonlySet<string>> {
  const { rows } = await connection.query<{ place: string }>(
    `SELECT partition || ':' || "offset" AS place FROM millrace.dead_letters d WHERE source_id = $1
        AND NOT EXISTS (SELECT FROM millrace.dead_letter_readers r WHERE r.pipeline_id = $2 AND r.state = 'replayed'
          AND (r.source_id, r.partition, r."offset") = (d.source_id, d.partition, d."offset"))
     UNION ALL
     SELECT partition || ':' || "offset" FROM millrace.late_rows WHERE source_id = $1 AND pipeline_id = $2`,
    [history.sourceId, history.pipelineId],
  );
  return new Set(rows.map((row) => row.place));
}

/** Replayed dead letters, whose bytes may have been mended, by their place. */
async function mendedValues(
  connection: Connection,
  history: SourceHistory,
): Promise<ReadonlyMap<string, string>> {
  const { rows } = await connection.query<{ place: string; raw: Buffer }>(
    `SELECT partition || ':' || "offset" AS place, raw
       FROM millrace.dead_letters d JOIN millrace.dead_letter_readers r USING (source_id, partition, "offset")
      WHERE source_id = $1 AND r.pipeline_id = $2 AND r.state = 'replayed' AND raw IS NOT NULL`,
    [history.sourceId, history.pipelineId],
  );
  return new Map(rows.map(({ place, raw }) => [place, raw.toString('utf8')]));
}

interface RawRows {
  readonly partitions: number[];
  readonly offsets: string[];
  readonly times: (string | null)[];
  readonly keys: (string | null)[];
  readonly headers: string[];
  readonly values: (string | null)[];
}

async function copyRecords(
  connection: Connection,
  reader: SourceReader,
  skipped: ReadonlySet<string>,
  mended: ReadonlyMap<string, string>,
): Promise<number> {
  let total = 0;
  let batch = emptyRows();
  const flush = async (): Promise<void> => {
    if (batch.values.length === 0) return;
    await connection.query(
      `INSERT INTO oracle_raw SELECT p, o, t, k, h, v
         FROM unnest($1::integer[], $2::bigint[], $3::timestamptz[], $4::text[], $5::jsonb[], $6::jsonb[])
           AS r (p, o, t, k, h, v)`,
      [batch.partitions, batch.offsets, batch.times, batch.keys, batch.headers, batch.values],
    );
    total += batch.values.length;
    batch = emptyRows();
  };
  for (;;) {
    const chunk = reader.take();
    if (chunk === undefined) {
      if (reader.status().finished) break;
      if (connection.lost !== undefined) throw connection.lost;
      await new Promise((resolve) => setTimeout(resolve, 5));
      continue;
    }
    addRecords(chunk, skipped, mended, batch);
    if (batch.values.length >= INSERT_ROWS) await flush();
  }
  await flush();
  return total;
}

function emptyRows(): RawRows {
  return { partitions: [], offsets: [], times: [], keys: [], headers: [], values: [] };
}

function addRecords(
  chunk: SourceChunk,
  skipped: ReadonlySet<string>,
  mended: ReadonlyMap<string, string>,
  into: RawRows,
): void {
  const { columns: records, partition } = chunk;
  const bytes = Buffer.from(records.buffer.buffer, records.buffer.byteOffset, records.buffer.byteLength);
  for (let i = 0; i < records.count; i++) {
    const place = `${partition}:${records.offsets[i]}`;
    if (skipped.has(place)) continue;
    into.partitions.push(partition);
    into.offsets.push(String(records.offsets[i]));
    into.times.push(records.timestamps[i]! < 0 ? null : new Date(records.timestamps[i]!).toISOString());
    into.keys.push(
      records.keyStart[i]! < 0 ? null : bytes.toString('utf8', records.keyStart[i], records.keyEnd[i]),
    );
    into.headers.push(headersJson(records, i));
    const has = records.valueStart[i]! >= 0;
    const value = has ? bytes.toString('utf8', records.valueStart[i], records.valueEnd[i]) : null;
    into.values.push(mended.get(place) ?? value);
  }
}

/** Values as Postgres reads bytea. */
function headersJson(records: RecordColumns, i: number): string {
  return JSON.stringify(
    readHeaders(records, i).map(({ key, value }) => ({
      key,
      value: value === null ? null : `\\x${Buffer.from(value).toString('hex')}`,
    })),
  );
}
