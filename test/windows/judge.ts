// What Postgres says that a view over the rows of one table must contain.

import pg from 'pg';
import { EMPTY_CATALOG } from '../../src/catalog/catalog.ts';
import { isRelation } from '../../src/catalog/definition.ts';
import { valueToText } from '../../src/data/text-forms.ts';
import { typeName } from '../../src/data/types.ts';
import { functionNames, functionText } from '../../src/oracle/functions.ts';
import { planSubmission } from '../../src/plan.ts';
import { parseStatements } from '../../src/sql/parse.ts';
import type { Moment } from '../../src/sql/postgres-query.ts';
import { postgresQuery } from '../../src/sql/postgres-query.ts';
import { freshDatabase } from '../setup/parts.ts';
import type { Row } from './view-run.ts';

export class Judge {
  private readonly client: pg.Client;

  private constructor(client: pg.Client) {
    this.client = client;
  }

  static async open(): Promise<Judge> {
    const client = new pg.Client((await freshDatabase()).url);
    await client.connect();
    await client.query("SET TIME ZONE 'UTC'");
    return new Judge(client);
  }

  /** Makes the table of a source of `sql` (the first one unless it is named), in place of an older one. */
  async load(sql: string, rows: readonly Row[], name?: string): Promise<void> {
    const sources = planSubmission(sql, EMPTY_CATALOG).catalog.list().filter(isRelation);
    const source = sources.find((one) => name === undefined || one.name === name)!;
    const columns = source.columns.map(({ name, type }) => {
      const collation = type.kind === 'text' ? ' COLLATE "C"' : '';
      return `${name} ${typeName(type)}${collation}`;
    });
    await this.client.query(`DROP TABLE IF EXISTS ${source.name}`);
    await this.client.query(`CREATE TABLE ${source.name} (${columns.join(', ')})`);
    const lists = source.columns.map(({ name, type }) =>
      rows.map((row) => (row[name] === null ? null : valueToText(row[name]!, type))),
    );
    const casts = source.columns.map(({ type }, i) => `$${i + 1}::text[]::${typeName(type)}[]`);
    await this.client.query(`INSERT INTO ${source.name} SELECT * FROM unnest(${casts.join(', ')})`, lists);
  }

  /** The rows of the view that `sql` ends with. */
  async rows(sql: string, moment: Moment = {}): Promise<string[]> {
    const statement = parseStatements(sql).at(-1)!;
    if (statement.kind !== 'CreateMaterializedView') throw new Error('the last statement is no view');
    const { catalog } = planSubmission(sql, EMPTY_CATALOG);
    const width = catalog.list().filter(isRelation).at(-1)!.columns.length;
    const query = postgresQuery(statement.query, () => 'timestamptz', moment, functionNames(catalog));
    await this.client.query('BEGIN');
    try {
      for (const one of catalog.list())
        if (one.kind === 'function') await this.client.query(functionText(one, catalog));
      return await this.rowsOf(query, width);
    } finally {
      await this.client.query('ROLLBACK');
    }
  }

  /** The rows of a query of Postgres with `width` columns. */
  async rowsOf(query: string, width: number): Promise<string[]> {
    const names = Array.from({ length: width }, (_, i) => `c${i}`);
    const cells = names.map((name) => `coalesce(${name}::text, 'NULL')`).join(', ');
    const text = `SELECT concat_ws(' | ', ${cells}) FROM (${query}) AS q (${names.join(', ')})`;
    const { rows } = await this.client.query<[string]>({ text, rowMode: 'array' });
    return rows.map(([row]) => row).sort();
  }

  close(): Promise<void> {
    return this.client.end();
  }
}
