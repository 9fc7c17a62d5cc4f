// A query as PostgreSQL can run it over tables: windows become subqueries that compute window_start and window_end from
// the time column, aligned to the Unix epoch. With this Postgres itself says what a view must contain, in tests and in
// the check that `--seconds` prints.
//
// A row without a time has no window: TUMBLE and CUMULATE leave it out as HOP does.

import type { Expression, Query, WindowTable } from './ast.ts';
import type { ColumnReference } from './literals.ts';
import { deparseExpressionWith, deparseQuery, windowInputText } from './deparse.ts';
import { aliasText } from './deparse/query.ts';
import { notPostgres, quoteName } from './deparse/names.ts';
import type { StreamingText, Writer } from './deparse/writer.ts';
import { plainAggregate } from './postgres-aggregates.ts';

export type TimeType = 'timestamp' | 'timestamptz';

/** When a view is looked at; timestamps as text. */
export interface Moment {
  /** Leaves only the windows that end by then: what EMIT ON WINDOW CLOSE has emitted. */
  readonly closedThrough?: string | undefined;
  /** What now() is. */
  readonly now?: string | undefined;
}

/** `timeTypeOf` tells the type of a window's time column, which the text alone does not; `functionName` how created functions are called. */
export function postgresQuery(
  query: Query,
  timeTypeOf: (window: WindowTable) => TimeType,
  { closedThrough, now }: Moment = {},
  functionName?: FunctionNames,
): string {
  return deparseQuery(query, {
    ...PLAIN,
    now,
    ...(functionName === undefined ? {} : { functionName }),
    aggregate: plainAggregate,
    windowTable: (table, writer) => windowSubquery(table, timeTypeOf(table), writer, closedThrough),
  });
}

/** The same for an expression. */
export function postgresExpression(expression: Expression, functionName: FunctionNames): string {
  return deparseExpressionWith({ ...PLAIN, functionName }, expression);
}

type FunctionNames = NonNullable<StreamingText['functionName']>;

const PLAIN: StreamingText = {
  windowTable: (table) => {
    throw notPostgres(table.window.kind.toUpperCase(), table.span);
  },
  asOf: (table) => {
    throw notPostgres('FOR SYSTEM_TIME AS OF', table.span);
  },
  asOfJoin: (join) => {
    throw notPostgres('ASOF JOIN', join.span);
  },
};

/** Inside, `r` is the input's row and `t` its time. */
function windowSubquery(
  table: WindowTable,
  type: TimeType,
  writer: Writer,
  closedThrough: string | undefined,
): string {
  const time = timeOf(table, writer);
  const input = windowInputText(table, writer);
  const { window } = table;
  const key = window.kind === 'session' ? `, ROW(1${partitionText(window.partitionBy, writer)}) AS k` : '';
  const rows = `SELECT input_row AS r, ${time} AS t${key} FROM ${input} AS input_row WHERE ${time} IS NOT NULL`;
  const all = windowed(table, rows, type, writer);
  const closed =
    closedThrough === undefined
      ? all
      : `SELECT * FROM (${all}) AS w WHERE window_end <= CAST('${closedThrough}' AS ${type})`;
  return `(${closed})${windowAlias(table)}`;
}

function partitionText(columns: readonly ColumnReference[], writer: Writer): string {
  return columns.map((column) => `, ${writer.expression(column)}`).join('');
}

/** Without an alias the window table has the name of its input, as in the query's other clauses. */
function windowAlias(table: WindowTable): string {
  if (table.alias !== undefined) return aliasText(table.alias);
  return ` AS ${table.input.kind === 'TableReference' ? quoteName(table.input.name.name.name) : table.window.kind}`;
}

/** The time column by its own name: a qualifier names the window table, which is not there inside. */
function timeOf(table: WindowTable, writer: Writer): string {
  const { parts } = table.timeColumn;
  return writer.expression({ ...table.timeColumn, parts: parts.slice(-1) });
}

function windowed(table: WindowTable, rows: string, type: TimeType, writer: Writer): string {
  const { window } = table;
  const interval = (expression: Expression): string => `CAST(${writer.expression(expression)} AS interval)`;
  const epoch =
    type === 'timestamp' ? "TIMESTAMP '1970-01-01 00:00:00'" : "TIMESTAMPTZ '1970-01-01 00:00:00+00'";
  if (window.kind === 'session') return sessions(rows, interval(window.gap));
  const origin = window.offset === undefined ? epoch : `${epoch} + ${interval(window.offset)}`;
  const size = interval(window.size);
  switch (window.kind) {
    case 'tumble': {
      const start = `date_bin(${size}, t, ${origin})`;
      return `SELECT (r).*, ${start} AS window_start, ${start} + ${size} AS window_end FROM (${rows}) AS s`;
    }
    case 'hop': {
      const slide = interval(window.slide);
      const first = `date_bin(${slide}, t, ${origin})`;
      // The windows that hold t begin after t − size, a microsecond being the grain of time.
      const starts = `generate_series(${first}, t - ${size} + INTERVAL '1 microsecond', - ${slide})`;
      return `SELECT (r).*, w AS window_start, w + ${size} AS window_end FROM (${rows}) AS s, ${starts} AS w`;
    }
    case 'cumulate': {
      const step = interval(window.step);
      const base = `date_bin(${size}, t, ${origin})`;
      const first = `date_bin(${step}, t, ${base}) + ${step}`;
      const ends = `generate_series(${first}, ${base} + ${size}, ${step})`;
      return `SELECT (r).*, ${base} AS window_start, w AS window_end FROM (${rows}) AS s, ${ends} AS w`;
    }
  }
}

/** A row begins a session when the one before it is at least a gap away; sessions are then numbered and measured. */
function sessions(rows: string, gap: string): string {
  const begins = `t >= lag(t) OVER (PARTITION BY k ORDER BY t) + ${gap}`;
  const marked = `SELECT r, t, k, CASE WHEN ${begins} THEN 1 ELSE 0 END AS b FROM (${rows}) AS s`;
  const numbered = `SELECT r, t, k, sum(b) OVER (PARTITION BY k ORDER BY t) AS n FROM (${marked}) AS s`;
  return (
    `SELECT (r).*, min(t) OVER (PARTITION BY k, n) AS window_start, ` +
    `max(t) OVER (PARTITION BY k, n) + ${gap} AS window_end FROM (${numbered}) AS s`
  );
}
