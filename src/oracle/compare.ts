// Are two tables the same multiset of rows? Without floats Postgres says so itself; floats may differ by rounding, because sums
// depend on the order of additions, so those columns are compared here with a relative tolerance.

import type { RowSchema, SqlType } from '../data/types.ts';
import type { Connection } from '../postgres/connection.ts';
import { quoteIdent } from '../postgres/values.ts';

export interface Comparison {
  readonly equal: boolean;
  readonly rows: number;
  readonly expectedRows: number;
  /** The first rows that differ, as text: `-` only in the view, `+` only in the oracle's answer. */
  readonly differences: readonly string[];
}

const SHOWN = 5;
const TOLERANCE = 1e-9;
/** Postgres adds singles up as singles. */
const SINGLE_TOLERANCE = 1e-5;

/** `actual` and `expected` are relations as SQL text, with columns named and ordered as in `schema`. */
export async function compareRelations(
  connection: Connection,
  actual: string,
  expected: string,
  schema: RowSchema,
): Promise<Comparison> {
  const rows = await countOf(connection, actual);
  const expectedRows = await countOf(connection, expected);
  const differences = schema.some(({ type }) => isFloat(type))
    ? await compareWithTolerance(connection, actual, expected, schema)
    : await compareExactly(connection, actual, expected, schema);
  return { equal: rows === expectedRows && differences.length === 0, rows, expectedRows, differences };
}

async function countOf(connection: Connection, relation: string): Promise<number> {
  const { rows } = await connection.query<{ n: string }>(`SELECT count(*)::text AS n FROM ${relation} AS r`);
  return Number(rows[0]!.n);
}

function selectAll(relation: string, schema: RowSchema): string {
  return `SELECT ${schema.map(({ name }) => quoteIdent(name)).join(', ') || '1'} FROM ${relation} AS r`;
}

async function compareExactly(
  connection: Connection,
  actual: string,
  expected: string,
  schema: RowSchema,
): Promise<string[]> {
  const a = selectAll(actual, schema);
  const e = selectAll(expected, schema);
  const { rows } = await connection.query<{ line: string }>(
    `(SELECT '- ' || d::text AS line FROM (${a} EXCEPT ALL ${e}) AS d LIMIT ${SHOWN})
     UNION ALL
     (SELECT '+ ' || d::text FROM (${e} EXCEPT ALL ${a}) AS d LIMIT ${SHOWN})`,
  );
  return rows.map((row) => row.line);
}

async function compareWithTolerance(
  connection: Connection,
  actual: string,
  expected: string,
  schema: RowSchema,
): Promise<string[]> {
  const a = await sortedRows(connection, actual, schema);
  const e = await sortedRows(connection, expected, schema);
  const differences: string[] = [];
  for (let i = 0; i < Math.max(a.length, e.length) && differences.length < SHOWN; i++)
    if (!sameRow(a[i], e[i], schema))
      differences.push(`- (${a[i]?.join(',') ?? ''})  + (${e[i]?.join(',') ?? ''})`);
  return differences;
}

async function sortedRows(
  connection: Connection,
  relation: string,
  schema: RowSchema,
): Promise<(string | null)[][]> {
  // Exact columns first, so that rows which differ by rounding only stand at the same place.
  const names = schema.map(({ name }) => quoteIdent(name));
  const exact = names.filter((_, i) => !isFloat(schema[i]!.type));
  const floats = names.filter((_, i) => isFloat(schema[i]!.type));
  const cells = names.map((name) => `${name}::text`).join(', ');
  const { rows } = await connection.query<{ cells: (string | null)[] }>(
    `SELECT ARRAY[${cells}] AS cells FROM ${relation} AS r ORDER BY ${[...exact, ...floats].join(', ')}`,
  );
  return rows.map((row) => row.cells);
}

function sameRow(
  a: readonly (string | null)[] | undefined,
  b: readonly (string | null)[] | undefined,
  schema: RowSchema,
): boolean {
  if (a === undefined || b === undefined) return false;
  return schema.every(({ type }, i) => {
    const x = a[i]!;
    const y = b[i]!;
    if (x === y) return true;
    if (x === null || y === null) return false;
    if (isFloat(type))
      return nearlyEqual(Number(x), Number(y), type.kind === 'real' ? SINGLE_TOLERANCE : TOLERANCE);
    return type.kind === 'numeric' && Number(x) === Number(y) && trimmed(x) === trimmed(y);
  });
}

function trimmed(numeric: string): string {
  return numeric.includes('.') ? numeric.replace(/\.?0+$/, '') : numeric;
}

function isFloat(type: SqlType): boolean {
  return type.kind === 'double' || type.kind === 'real';
}

function nearlyEqual(x: number, y: number, tolerance: number): boolean {
  if (Object.is(x, y) || x === y) return true;
  return Math.abs(x - y) <= tolerance * Math.max(Math.abs(x), Math.abs(y));
}
