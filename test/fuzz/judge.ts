// What Postgres answers to the queries of a script over the records that belong to a version.

import pg from 'pg';
import { EMPTY_CATALOG } from '../../src/catalog/catalog.ts';
import type { InputDef } from '../../src/catalog/definition.ts';
import { isInput } from '../../src/catalog/definition.ts';
import { timestampToText } from '../../src/data/time-text.ts';
import { functionNames, functionText } from '../../src/oracle/functions.ts';
import { tableOperations, tableQuery } from '../../src/oracle/table-rows.ts';
import { columnCollation, columnTypeName } from '../../src/postgres/type-oids.ts';
import { numberOf } from '../../src/pipeline/catalog-store.ts';
import { planSubmission } from '../../src/plan.ts';
import type { Query } from '../../src/sql/ast.ts';
import { parseStatements } from '../../src/sql/parse.ts';
import { postgresQuery } from '../../src/sql/postgres-query.ts';
import type { Logs } from '../task/memory-input.ts';
import { FUNCTION_CATALOG } from './functions.ts';
import type { Version } from './history.ts';
import { partsOf, asWritten } from './parts.ts';
import { plainJoins } from './plain-joins.ts';
import type { Script } from './script.ts';
import { statements } from './script.ts';

export interface Failed {
  readonly sqlstate: string;
  readonly message: string;
}

export type Answer = { readonly rows: readonly string[] } | Failed;

/** A view of a script. */
interface Asked {
  readonly name: string;
  readonly query: Query;
  readonly onClose: boolean;
}

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
    await client.query('SET client_min_messages = error');
    return new Judge(client);
  }

  /** Makes a table of everything that each source ever has. */
  async load(script: Script): Promise<void> {
    await this.client.query('DISCARD TEMP');
    for (const [number, input] of inputsOf(script).entries()) {
      await this.loadRecords(numberOf(input.id), script.logs[number]!);
      const all =
        input.kind === 'source'
          ? `SELECT partition, "offset", place, ${readColumns(input)} FROM oracle_raw`
          : tableOperations(input);
      await this.client.query(`CREATE TEMP TABLE "all_${input.name}" AS ${all}`);
      await this.client.query('DROP TABLE oracle_raw');
    }
    for (const definition of FUNCTION_CATALOG.list())
      if (definition.kind === 'function') await this.client.query(functionText(definition, FUNCTION_CATALOG));
  }

  private async loadRecords(id: number, logs: Logs): Promise<void> {
    const records = logs.flatMap((log, partition) =>
      log.map((record, offset) => {
        const { key, value } = typeof record === 'string' ? { key: null, value: record } : record;
        return { partition, offset, key, value };
      }),
    );
    await this.client.query(
      `CREATE TEMP TABLE oracle_raw AS SELECT $1 || ':' || p || ':' || o AS place, p AS partition, o AS "offset", NULL AS at, k AS key, v AS value
         FROM unnest($2::int[], $3::int[], $4::text[], $5::jsonb[]) AS r (p, o, k, v)`,
      [
        `${id}`,
        records.map(({ partition }) => partition),
        records.map(({ offset }) => offset),
        records.map(({ key }) => key),
        records.map(({ value }) => value),
      ],
    );
  }

  /** By view. */
  async answers(script: Script, version: Version): Promise<ReadonlyMap<string, Answer>> {
    if (isApart(script)) return this.answersApart(script, version);
    await this.showAll(script, version);
    const answers = new Map<string, Answer>();
    const asked = viewsOf(script);
    for (const view of asked) {
      const text = textOf(view.query, version, view);
      answers.set(view.name, await this.run(text));
      if (view !== asked.at(-1))
        await this.client.query(`CREATE OR REPLACE TEMP VIEW "${view.name}" AS ${text}`);
    }
    return answers;
  }

  /** What follows another pipeline sees that one's version, beside its own records. */
  private async answersApart(script: Script, version: Version): Promise<ReadonlyMap<string, Answer>> {
    const [under, above] = viewsOf(script) as [Asked, Asked];
    const below = await this.materialize(script, version, under);
    await this.showAll(script, version);
    const answer = 'sqlstate' in below ? below : await this.run(textOf(above.query, version, above));
    return new Map([
      ...(version.below === undefined ? [] : [[under.name, below] as const]),
      [above.name, answer],
    ]);
  }

  /** Keeps the rows of a view as of the version of it that was read. */
  private async materialize(script: Script, version: Version, view: Asked): Promise<Answer> {
    const { below = { ...version, offsets: new Map<string, number>(), late: [] } } = version;
    await this.showAll(script, below);
    const text = textOf(view.query, below, view);
    const answer = await this.run(text);
    await this.client.query(`DROP TABLE IF EXISTS pg_temp."${view.name}"`);
    // Before anything of it was read it is empty, also where it has a row for no rows.
    const data = version.below === undefined ? 'NO DATA' : 'DATA';
    if ('rows' in answer) await this.client.query(`CREATE TEMP TABLE "${view.name}" AS ${text} WITH ${data}`);
    return answer;
  }

  private async showAll(script: Script, version: Version): Promise<void> {
    for (const input of inputsOf(script)) await this.show(input, version);
  }

  /** What the view's query reads, as of a version. */
  private async showFor(script: Script, version: Version, { name }: Asked): Promise<Version> {
    const shown = isApart(script) && name === viewsOf(script)[0]!.name ? version.below! : version;
    await this.showAll(script, shown);
    return shown;
  }

  /** How the parts of a view's query fail, each by itself over the whole input of the version, which was asked for last. */
  async failures(script: Script, version: Version, name: string): Promise<readonly Failed[]> {
    const view = viewsOf(script).find((asked) => asked.name === name)!;
    const shown = await this.showFor(script, version, view);
    const failures: Failed[] = [];
    // A row can fail before its window is closed.
    const parts = [...(view.onClose ? [view.query] : []), ...partsOf(view.query)];
    for (const part of parts) {
      const answer = await this.run(textOf(part, shown, null));
      if ('sqlstate' in answer) failures.push(answer);
    }
    return failures;
  }

  /** The answer for a view whose conditions are asked where they stand. */
  async asWritten(script: Script, version: Version, name: string): Promise<Answer> {
    const view = viewsOf(script).find((asked) => asked.name === name)!;
    const shown = await this.showFor(script, version, view);
    return this.run(textOf(asWritten(view.query), shown, view));
  }

  private async run(text: string): Promise<Answer> {
    try {
      const { rows, fields } = await this.client.query<unknown[]>({ text, rowMode: 'array', types: TEXTS });
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

  private async show(input: InputDef, { offsets, late }: Version): Promise<void> {
    const id = numberOf(input.id);
    const read = [...offsets].flatMap(([place, next]) => {
      const [sourceId, partition] = place.split(':').map(Number);
      return sourceId === id ? [`partition = ${partition} AND "offset" < ${next}`] : [];
    });
    const seen = `FROM "all_${input.name}" WHERE (${read.join(' OR ') || 'false'})`;
    const lost = late.map((place) => `'${place}'`).join(', ') || `''`;
    const rows =
      input.kind === 'source'
        ? `SELECT ${columnNames(input)} ${seen} AND place NOT IN (${lost})`
        : tableQuery(input, `SELECT * ${seen}`);
    await this.client.query(`CREATE OR REPLACE TEMP VIEW "${input.name}" AS ${rows}`);
  }
}

/** Cells as Postgres prints them. */
const TEXTS = {
  getTypeParser: () => (text: string) => text,
};

function columnNames({ columns }: InputDef): string {
  return columns.map(({ name }) => `"${name}"`).join(', ');
}

function readColumns({ columns }: InputDef): string {
  return columns
    .map(
      ({ name, type }) =>
        `(value ->> '${name}')::${columnTypeName(type)}${columnCollation(type)} AS "${name}"`,
    )
    .join(', ');
}

function textOf(query: Query, { ts, views }: Version, closing: Asked | null): string {
  const closedThrough = views.get(closing?.name ?? '')?.closedThrough ?? null;
  const closed = closedThrough === null ? '-infinity' : timestampToText(closedThrough, '+00');
  const moment = {
    ...(closing?.onClose === true ? { closedThrough: closed } : {}),
    now: timestampToText(ts, '+00'),
  };
  return postgresQuery(plainJoins(query), () => 'timestamptz', moment, functionNames(FUNCTION_CATALOG));
}

function isApart({ apart, under }: Script): boolean {
  return apart === true && under !== undefined;
}

function viewsOf(script: Script): readonly Asked[] {
  return parseStatements(statements(script)).flatMap((statement) => {
    if (statement.kind !== 'CreateMaterializedView') return [];
    const { name, query, emit } = statement;
    return [{ name: name.name.name, query, onClose: emit.mode === 'on window close' }];
  });
}

function inputsOf({ sources }: Script): readonly InputDef[] {
  return planSubmission(sources.join('\n'), EMPTY_CATALOG).catalog.list().filter(isInput);
}
