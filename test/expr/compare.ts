// Computes one expression over many rows in Postgres and in Millrace, as text or `ERROR sqlstate`, and tells the differences.

import pg from 'pg';
import { afterAll, beforeAll } from 'vitest';
import type { Batch } from '../../src/data/batch.ts';
import { newBatch } from '../../src/data/batch.ts';
import { parseValue, valueToText } from '../../src/data/text-forms.ts';
import type { RowSchema, SqlType } from '../../src/data/types.ts';
import { typeName } from '../../src/data/types.ts';
import { setValue, valueAt } from '../../src/data/value.ts';
import type { BoundExpr, ColumnExpr } from '../../src/expr/bound.ts';
import { compileScalar } from '../../src/expr/kernel.ts';
import { freshDatabase } from '../setup/parts.ts';
import type { EdgeKind } from './edge-values.ts';
import { edgesOf, edgeType } from './edge-values.ts';

export type Outcome = string | null;

/** Rows of a grid: every combination of edge values; `limit` cuts the values of each type. */
export function grid(kinds: readonly EdgeKind[], limit = Infinity): readonly (readonly Outcome[])[] {
  return kinds.reduce<readonly (readonly Outcome[])[]>(
    (rows, kind) =>
      rows.flatMap((row) =>
        edgesOf(kind)
          .slice(0, limit)
          .map((value) => [...row, value]),
      ),
    [[]],
  );
}

export function columnsOfKinds(kinds: readonly EdgeKind[]): {
  schema: RowSchema;
  columns: readonly ColumnExpr[];
} {
  const schema = kinds.map((kind, i) => ({ name: `c${i}`, type: edgeType(kind), nullable: true }));
  const columns = schema.map((field, index) => ({ kind: 'column' as const, index, ...field }));
  return { schema, columns };
}

export function batchOf(schema: RowSchema, rows: readonly (readonly Outcome[])[]): Batch {
  const batch = newBatch(schema, Math.max(rows.length, 1));
  batch.rows = rows.length;
  rows.forEach((row, i) =>
    row.forEach((text, c) => {
      const field = schema[c]!;
      setValue(batch.columns[c]!, i, text === null ? null : parseValue(text, field.type));
    }),
  );
  return batch;
}

/** Boolean as `true`/`false`, which is what Postgres' cast to text gives. */
function show(value: ReturnType<typeof valueAt>, type: SqlType): Outcome {
  if (value === null) return null;
  return typeof value === 'boolean' ? String(value) : valueToText(value, type);
}

export function computeHere(expr: BoundExpr, batch: Batch): Outcome[] {
  const failures = new Map<number, string>();
  const column = compileScalar(expr, batch.schema).run(batch, (row, _target, e) =>
    failures.set(row, `ERROR ${e.sqlstate}`),
  );
  return Array.from(
    { length: batch.rows },
    (_, i) => failures.get(i) ?? show(valueAt(column, i, expr.type), expr.type),
  );
}

export class Oracle {
  #client: pg.Client | null = null;

  get client(): pg.Client {
    return this.#client!;
  }

  async open(url: string): Promise<void> {
    this.#client = new pg.Client(url);
    await this.client.connect();
    await this.client.query(
      `SET jit = off; SET timezone = 'UTC'; SET datestyle = 'ISO'; SET intervalstyle = 'postgres'`,
    );
  }

  close(): Promise<void> {
    return this.client.end();
  }

  /**
   * `sql` reads the columns as c0, c1, …. Rows that failed here are computed one by one, since each is expected to fail;
   * the others in one statement, unless one of them fails after all.
   */
  async compute(
    sql: string,
    kinds: readonly EdgeKind[],
    rows: readonly (readonly Outcome[])[],
    here: readonly Outcome[],
  ): Promise<Outcome[]> {
    const failed = here.map((outcome) => outcome?.startsWith('ERROR ') === true);
    const good = rows.filter((_, i) => !failed[i]);
    const plain = await this.#together(`(${sql})::text`, kinds, good).catch(() =>
      this.#oneByOne(sql, kinds, good),
    );
    const failing = await this.#oneByOne(
      sql,
      kinds,
      rows.filter((_, i) => failed[i]),
    );
    return failed.map((f) => (f ? failing.shift()! : plain.shift()!));
  }

  /** The type of an expression, or `ERROR sqlstate`. */
  async typeOf(sql: string, kinds: readonly EdgeKind[]): Promise<string> {
    const columns = kinds.map((kind, i) => `NULL::${typeName(edgeType(kind))}${collation(kind)} AS c${i}`);
    try {
      const { fields } = await this.client.query(
        `SELECT ${sql} AS x FROM (SELECT ${columns.join(', ')} OFFSET 0) r LIMIT 0`,
      );
      const { rows } = await this.client.query<{ type: string }>('SELECT $1::oid::regtype::text AS type', [
        fields[0]!.dataTypeID,
      ]);
      return rows[0]!.type;
    } catch (error) {
      return `ERROR ${String((error as { code?: string }).code)}`;
    }
  }

  async #together(
    cell: string,
    kinds: readonly EdgeKind[],
    rows: readonly (readonly Outcome[])[],
  ): Promise<Outcome[]> {
    const values = kinds.map((kind, i) => `t.c${i}::${typeName(edgeType(kind))}${collation(kind)} AS c${i}`);
    const arrays = kinds.map((_, i) => `$${i + 1}::text[]`).join(', ');
    const names = [...kinds.map((_, i) => `c${i}`), 'n'].join(', ');
    const answer = await this.client.query<{ cell: Outcome }>({
      text: `SELECT ${cell} AS cell FROM (SELECT ${[...values, 'n'].join(', ')}
             FROM unnest(${arrays}) WITH ORDINALITY AS t(${names}) OFFSET 0) r ORDER BY n`,
      values: kinds.map((_, i) => rows.map((row) => row[i])),
    });
    return answer.rows.map((row) => row.cell);
  }

  async #oneByOne(
    sql: string,
    kinds: readonly EdgeKind[],
    rows: readonly (readonly Outcome[])[],
  ): Promise<Outcome[]> {
    if (rows.length === 0) return [];
    const params = kinds.map((kind, i) => `c${i} ${typeName(edgeType(kind))}`).join(', ');
    await this.client.query(
      `CREATE OR REPLACE FUNCTION pg_temp.cell(${params}) RETURNS text LANGUAGE plpgsql AS $body$
       BEGIN RETURN (${sql})::text; EXCEPTION WHEN OTHERS THEN RETURN 'ERROR ' || SQLSTATE; END $body$`,
    );
    return this.#together(`pg_temp.cell(${kinds.map((_, i) => `c${i}`).join(', ')})`, kinds, rows);
  }
}

/** Open while the tests of a file run, on a database of its own. */
export function useOracle(): Oracle {
  const oracle = new Oracle();
  beforeAll(async () => oracle.open((await freshDatabase()).url));
  afterAll(() => oracle.close());
  return oracle;
}

function collation(kind: EdgeKind): string {
  return /^(text|varchar)/.test(kind) ? ' COLLATE "C"' : '';
}

/** Columns of text have collation "C" in Millrace. */
export function sqlColumn(kind: EdgeKind, i: number): string {
  return kind === 'text' || kind === 'varchar' ? `(c${i} COLLATE "C")` : `c${i}`;
}

/** Lines that tell where the outcomes differ, at most `limit`. */
export function differences(
  label: string,
  rows: readonly (readonly Outcome[])[],
  here: readonly Outcome[],
  there: readonly Outcome[],
  limit = 5,
): readonly string[] {
  const lines = rows.flatMap((row, i) =>
    here[i] === there[i]
      ? []
      : [`${label} of ${JSON.stringify(row)}: ${String(here[i])}, in Postgres ${String(there[i])}`],
  );
  return lines.length <= limit ? lines : [...lines.slice(0, limit), `${label}: ${lines.length} differences`];
}
