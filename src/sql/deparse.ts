// The tree as text again, fully bracketed: what PostgreSQL is asked by tests, what EXPLAIN shows of expressions. Read
// again it gives the same tree. Streaming constructs are written in our own spelling; postgres-query.ts writes them in
// plain PostgreSQL.

import type { Expression, GroupItem, Query, Target, WindowSpecification, WindowTable } from './ast.ts';
import { expressionText, windowText } from './deparse/expression.ts';
import { objectName } from './deparse/names.ts';
import { aliasText, groupText, queryText, targetText } from './deparse/query.ts';
import { expressionList, type StreamingText, type Writer } from './deparse/writer.ts';

const OWN_SPELLING: StreamingText = {
  windowTable: windowTableText,
  asOf: (table, writer) => `FOR SYSTEM_TIME AS OF (${writer.expression(table.asOf!)})`,
  asOfJoin: () => 'ASOF',
};

export function deparseExpression(expression: Expression): string {
  return writerOf(OWN_SPELLING).expression(expression);
}

/** The same with streaming constructs as `streaming` writes them. */
export function deparseExpressionWith(streaming: StreamingText, expression: Expression): string {
  return writerOf(streaming).expression(expression);
}

/** An output with its alias, a grouping set, a window definition. */
export function deparsePart(part: Target | GroupItem | WindowSpecification): string {
  const writer = writerOf(OWN_SPELLING);
  if (!('kind' in part)) return targetText(writer, part);
  return part.kind === 'WindowSpecification' ? windowText(writer, part) : groupText(writer, part);
}

export function deparseQuery(query: Query, streaming: StreamingText = OWN_SPELLING): string {
  return writerOf(streaming).query(query);
}

function writerOf(streaming: StreamingText): Writer {
  const writer: Writer = {
    streaming,
    expression: (expression) => expressionText(writer, expression),
    query: (query) => queryText(writer, query),
  };
  return writer;
}

/** The table that a window is put over, as PostgreSQL writes it in FROM or as an argument. */
export function windowInputText(table: WindowTable, writer: Writer): string {
  return table.input.kind === 'TableReference'
    ? objectName(table.input.name)
    : `(${writer.query(table.input.query)})`;
}

function windowTableText(table: WindowTable, writer: Writer): string {
  const { window } = table;
  const partition =
    window.kind === 'session' && window.partitionBy.length > 0
      ? ` PARTITION BY ${expressionList(writer, window.partitionBy)}`
      : '';
  const times = windowTimes(table).map((time) => `, ${writer.expression(time)}`);
  const time = writer.expression(table.timeColumn);
  const input = windowInputText(table, writer);
  return `${window.kind.toUpperCase()}(${input}${partition}, ${time}${times.join('')})${aliasText(table.alias)}`;
}

/** Sizes and offsets in the order of the arguments. */
function windowTimes({ window }: WindowTable): Expression[] {
  if (window.kind === 'session') return [window.gap];
  const offset = window.offset === undefined ? [] : [window.offset];
  if (window.kind === 'tumble') return [window.size, ...offset];
  return [window.kind === 'hop' ? window.slide : window.step, window.size, ...offset];
}
