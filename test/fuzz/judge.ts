// What Postgres answers to the query of a script over the records that belong to a version.

import pg from 'pg';
import { EMPTY_CATALOG } from '../../src/catalog/catalog.ts';
import type { SourceDef } from '../../src/catalog/definition.ts';
import { timestampToText } from '../../src/data/time-text.ts';
import { columnCollation, columnTypeName } from '../../src/postgres/type-oids.ts';
import { numberOf } from '../../src/pipeline/catalog-store.ts';
import { planSubmission } from '../../src/plan.ts';
import { parseStatements } from '../../src/sql/parse.ts';
import { postgresQuery } from '../../src/sql/postgres-query.ts';
import type { Version } from './play.ts';
import { statements } from './play.ts';
import type { Script } from './script.ts';

export type Answer =
  { readonly rows: readonly string[] } | { readonly sqlstate: string; readonly message: string };

export class Judge {
  private readonly client: pg.Client;

  private constructor(client: pg.Client) {
    this.client = client;
  }

  /** On a database whose tables are temporary. */
  static async open(url: string): Promise<Judge> {
    const client = new pg.Client(url);
    await client.connect();
    await client.query(`SET TIME ZONE 'UTC'`);
    await client.query('SET search_path = pg_temp, pg_catalog');
    return new Judge(client);
  }

  /** Makes a table of everything that each source ever has. */
  async load(script: Script): Promise<void> {
    await this.client.query('DISCARD TEMP');
    for (const [number, source] of sourcesOf(script).entries()) {
      const columns = source.columns.map(
        ({ name, type }) =>
          `(value ->> '${name}')::${columnTypeName(type)}${columnCollation(type)} AS "${name}"`,
      );
      const places = script.logs[number]!.flatMap((log, partition) =>
        log.map((value, offset) => ({ partition, offset, value })),
      );
      await this.client.query(
        'CREATE TEMP TABLE raw (place text, partition integer, "offset" integer, value jsonb)',
      );
      await this.client.query(
        `INSERT INTO raw SELECT $1 || ':' || p || ':' || o, p, o, v FROM unnest($2::int[], $3::int[], $4::jsonb[]) AS r (p, o, v)`,
        [
          `${numberOf(source.id)}`,
          places.map(({ partition }) => partition),
          places.map(({ offset }) => offset),
          places.map(({ value }) => value),
        ],
      );
      await this.client.query(
        `CREATE TEMP TABLE "all_${source.name}" AS SELECT place, partition, "offset", ${columns.join(', ')} FROM raw`,
      );
      await this.client.query('DROP TABLE raw');
    }
  }

  async answer(script: Script, version: Version): Promise<Answer> {
    for (const source of sourcesOf(script)) await this.show(source, version);
    const statement = parseStatements(statements(script)).at(-1)!;
    if (statement.kind !== 'CreateMaterializedView') throw new Error('the last statement is no view');
    const onClose = / EMIT ON WINDOW CLOSE$/.test(script.query);
    const { closedThrough } = version;
    const closed = closedThrough === null ? '-infinity' : timestampToText(closedThrough, '+00');
    const query = postgresQuery(
      statement.query,
      () => 'timestamptz',
      onClose ? { closedThrough: closed } : {},
    );
    try {
      const { rows, fields } = await this.client.query<unknown[]>({
        text: query,
        rowMode: 'array',
        types: TEXTS,
      });
      if (fields.length === 0) throw new Error('a view has columns');
      return { rows: rows.map((row) => row.map((cell) => cell ?? 'NULL').join(' | ')).sort() };
    } catch (error) {
      if (!(error instanceof pg.DatabaseError)) throw error;
      return { sqlstate: error.code ?? '', message: error.message };
    }
  }

  close(): Promise<void> {
    return this.client.end();
  }

  private async show(source: SourceDef, { offsets, late }: Version): Promise<void> {
    const id = numberOf(source.id);
    const read = [...offsets].flatMap(([place, next]) => {
      const [sourceId, partition] = place.split(':').map(Number);
      return sourceId === id ? [`partition = ${partition} AND "offset" < ${next}`] : [];
    });
    const columns = source.columns.map(({ name }) => `"${name}"`).join(', ');
    const lost = late.map((place) => `'${place}'`).join(', ') || `''`;
    await this.client.query(
      `CREATE OR REPLACE TEMP VIEW "${source.name}" AS SELECT ${columns} FROM "all_${source.name}"
        WHERE (${read.join(' OR ') || 'false'}) AND place NOT IN (${lost})`,
    );
  }
}

/** Cells as Postgres prints them. */
const TEXTS = {
  getTypeParser: () => (text: string) => text,
};

function sourcesOf({ sources }: Script): readonly SourceDef[] {
  return planSubmission(sources.join('\n'), EMPTY_CATALOG)
    .catalog.list()
    .filter(({ kind }) => kind === 'source') as SourceDef[];
}
