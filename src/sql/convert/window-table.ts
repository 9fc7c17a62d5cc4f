// TUMBLE, HOP, CUMULATE and SESSION in FROM. For the grammar they are functions whose first argument is a column; here
// that argument is the table which the window is put over. Flink's spelling has been reduced to this one in the text
// (query-text.ts).

import type { Alias, ColumnRef, FuncCall, NamedArgExpr, RangeFunction, SubLink } from 'libpg-query';
import type { TextSpan } from '../../errors.ts';
import type {
  Expression,
  SubqueryTable,
  TableAlias,
  TableReference,
  TimeWindow,
  WindowTable,
} from '../ast.ts';
import type { ColumnReference } from '../literals.ts';
import { syntaxError } from '../fail.ts';
import { callSpan } from './expression.ts';
import { items, names, only, refused, tagged, type PgNode } from './raw.ts';
import { expressions, subquery, type Reader } from './reader.ts';

export const WINDOW_FUNCTIONS = ['tumble', 'hop', 'cumulate', 'session'] as const;
type WindowFunction = (typeof WINDOW_FUNCTIONS)[number];

const USAGE: Readonly<Record<WindowFunction, string>> = {
  tumble: 'TUMBLE(table, time_column, size [, offset])',
  hop: 'HOP(table, time_column, slide, size [, offset])',
  cumulate: 'CUMULATE(table, time_column, step, size [, offset])',
  session: 'SESSION(table [PARTITION BY column, …], time_column, gap)',
};

/** Flink's names of the arguments, in order. */
const PARAMETERS: Readonly<Record<WindowFunction, readonly string[]>> = {
  tumble: ['data', 'timecol', 'size', 'offset'],
  hop: ['data', 'timecol', 'slide', 'size', 'offset'],
  cumulate: ['data', 'timecol', 'step', 'size', 'offset'],
  session: ['data', 'timecol', 'gap'],
};

export function isWindowTable(raw: RangeFunction): boolean {
  return windowFunction(raw) !== undefined;
}

function windowFunction(raw: RangeFunction): WindowFunction | undefined {
  const [tag, body] = tagged(items(raw.functions?.[0])[0] ?? { List: {} });
  if (tag !== 'FuncCall' || raw.is_rowsfrom === true) return undefined;
  const parts = names((body as FuncCall).funcname);
  return parts.length === 1 ? WINDOW_FUNCTIONS.find((name) => name === parts[0]) : undefined;
}

type AliasAfter = (
  reader: Reader,
  last: number,
  raw: Alias | undefined,
) => { alias: TableAlias | undefined; last: number };

export function convertWindowTable(reader: Reader, raw: RangeFunction, aliasAfter: AliasAfter): WindowTable {
  const { piece } = reader;
  const name = windowFunction(raw)!;
  const rawCall = tagged(items(raw.functions?.[0])[0]!)[1] as FuncCall;
  const at = piece.index(rawCall.location);
  const call = callSpan(reader, at);
  const node = only(raw, call, 'functions', 'alias');
  const { args } = only(rawCall, call, 'funcname', 'args', 'funcformat', 'location');
  const { alias, last } = aliasAfter(reader, piece.lastOf(call), node.alias);
  const wrong = (message: string, span: TextSpan): Error =>
    syntaxError(message, span, `write ${USAGE[name]}`);
  const given = arrange(reader, name, args ?? [], call);
  const [data, time, ...rest] = given.values;
  if (data === undefined || time === undefined)
    throw wrong(`${name.toUpperCase()} takes more arguments`, call);
  const timeColumn = reader.expression(time);
  if (timeColumn.kind !== 'ColumnReference')
    throw wrong('the second argument names the time column', timeColumn.span);
  const window = timeWindow(name, expressions(reader, rest), given.partitionBy);
  if (window === undefined) throw wrong(`${name.toUpperCase()} takes other arguments`, call);
  const input = inputTable(reader, data);
  if (input === undefined) throw wrong('the first argument is a table', call);
  return { kind: 'WindowTable', window, input, timeColumn, alias, span: piece.at(at, last) };
}

interface Arranged {
  readonly values: readonly PgNode[];
  readonly partitionBy: readonly ColumnReference[];
}

/** The arguments in order, names resolved, and SESSION's partition columns taken out. */
function arrange(reader: Reader, name: WindowFunction, args: readonly PgNode[], call: TextSpan): Arranged {
  const values: PgNode[] = [];
  for (const [i, argument] of args.entries()) {
    const [tag, body] = tagged(argument);
    const named = tag === 'NamedArgExpr' ? (body as NamedArgExpr) : undefined;
    const place = named === undefined ? i : PARAMETERS[name].indexOf(named.name ?? '');
    if (place < 0 || values[place] !== undefined) {
      throw syntaxError(
        `${name.toUpperCase()} has no argument ${named?.name ?? i + 1}`,
        call,
        `write ${USAGE[name]}`,
      );
    }
    values[place] = named?.arg ?? argument;
  }
  if (!reader.marks.partitioned.has(call.offset)) return { values, partitionBy: [] };
  const columns = values.slice(1, -2).flatMap((value) => partitionColumns(reader, value));
  return { values: [values[0]!, ...values.slice(-2)], partitionBy: columns };
}

function partitionColumns(reader: Reader, node: PgNode): ColumnReference[] {
  const expression = reader.expression(node);
  const columns = expression.kind === 'Row' ? expression.fields : [expression];
  return columns.map((column) => {
    if (column.kind === 'ColumnReference') return column;
    throw syntaxError('PARTITION BY of SESSION takes columns', column.span);
  });
}

function timeWindow(
  name: WindowFunction,
  values: readonly Expression[],
  partitionBy: readonly ColumnReference[],
): TimeWindow | undefined {
  const [a, b, c] = values;
  if (a === undefined || values.length > PARAMETERS[name].length - 2) return undefined;
  switch (name) {
    case 'tumble':
      return { kind: 'tumble', size: a, offset: b };
    case 'session':
      return { kind: 'session', gap: a, partitionBy };
    case 'hop':
      return b === undefined ? undefined : { kind: 'hop', slide: a, size: b, offset: c };
    case 'cumulate':
      return b === undefined ? undefined : { kind: 'cumulate', step: a, size: b, offset: c };
  }
}

function inputTable(reader: Reader, node: PgNode): TableReference | SubqueryTable | undefined {
  const [tag, body] = tagged(node);
  if (tag === 'SubLink' && (body as SubLink).subLinkType === 'EXPR_SUBLINK') {
    const { query, span } = subquery(reader, (body as SubLink).subselect);
    return { kind: 'SubqueryTable', query, lateral: false, alias: undefined, span };
  }
  if (tag !== 'ColumnRef') return undefined;
  const { piece } = reader;
  const parts = names((body as ColumnRef).fields);
  const at = piece.index((body as ColumnRef).location);
  if (parts.length > 2) throw refused('catalogname', piece.at(at));
  const { parts: written, last } = piece.dotted(at, parts.length);
  const span = piece.at(at, last);
  const [schema, name] = written.length > 1 ? written : [undefined, written[0]];
  if (name === undefined || parts.includes('*')) return undefined;
  return { kind: 'TableReference', name: { schema, name, span }, alias: undefined, asOf: undefined, span };
}
