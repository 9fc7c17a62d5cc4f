// Queries: SELECT, VALUES, set operations, WITH, and what orders and cuts a result.

import type {
  CommonTableExpr,
  GroupingSet as PgGroupingSet,
  ResTarget,
  SelectStmt,
  WithClause as PgWith,
} from 'libpg-query';
import type {
  CommonTable,
  Distinct,
  Expression,
  GroupItem,
  OrderItem,
  Query,
  QueryBody,
  Select,
  SetOperation,
  Target,
  Values,
  WithClause,
} from '../ast.ts';
import type { TextSpan } from '../../errors.ts';
import { hull } from './piece.ts';
import { items, names, only, present, refused, tagged, type PgNode } from './raw.ts';
import { expressions, identifierAt, optional, orderItems, placeOf, subquery, type Reader } from './reader.ts';
import { convertNamedWindow } from './window.ts';

const FIELDS = [
  'distinctClause',
  'targetList',
  'fromClause',
  'whereClause',
  'groupClause',
  'groupDistinct',
  'havingClause',
  'windowClause',
  'valuesLists',
  'sortClause',
  'limitOffset',
  'limitCount',
  'limitOption',
  'withClause',
  'op',
  'all',
  'larg',
  'rarg',
] as const;

export function convertQuery(reader: Reader, raw: SelectStmt): Query {
  const { piece } = reader;
  refuseTails(reader, raw);
  const node = only(raw, () => placeOf(piece, raw) ?? piece.span, ...FIELDS);
  const with_ = node.withClause === undefined ? undefined : withClause(reader, node.withClause);
  const body = queryBody(reader, node);
  const orderBy = orderItems(reader, node.sortClause);
  const limit = limitOf(reader, node.limitCount, body.span);
  const offset = optional(reader, node.limitOffset);
  const tail = [limit, offset].map((part) => (part === undefined ? undefined : piece.widened(part.span)));
  return {
    kind: 'Query',
    with: with_,
    body,
    orderBy,
    limit: limit?.kind === 'NullLiteral' ? undefined : limit,
    withTies: node.limitOption === 'LIMIT_OPTION_WITH_TIES',
    offset,
    span: throughWords(reader, hull(with_?.span, body.span, ...spansOf(orderBy), ...tail)),
  };
}

/** FETCH FIRST ROW ONLY means a 1 that is nowhere in the text: it gets the empty place after the body. */
function limitOf(reader: Reader, node: PgNode | undefined, body: TextSpan): Expression | undefined {
  if (node !== undefined && 'A_Const' in node && node.A_Const.location === -1) {
    return { kind: 'NumberLiteral', text: '1', span: { offset: body.end, end: body.end } };
  }
  return optional(reader, node);
}

/** What is refused where it stands, not where its query begins. */
function refuseTails(reader: Reader, raw: SelectStmt): void {
  const { piece } = reader;
  if (raw.intoClause !== undefined) throw refused('intoClause', placeOf(piece, raw.intoClause) ?? piece.span);
  if (raw.lockingClause === undefined) return;
  const strength = ['update', 'share', 'no', 'key'];
  const at = piece.tokens.findIndex(
    (token, i) => token.word === 'for' && strength.includes(piece.word(i + 1)),
  );
  throw refused('lockingClause', at < 0 ? piece.span : piece.at(at, at + 1));
}

/** `FETCH FIRST 3 ROWS WITH TIES`, `OFFSET 2 ROWS`: the words after the last number. */
function throughWords(reader: Reader, span: TextSpan): TextSpan {
  const { piece } = reader;
  let last = piece.lastOf(span);
  while (['row', 'rows', 'only', 'ties'].includes(piece.word(last + 1)) || piece.word(last + 2) === 'ties')
    last++;
  return piece.through(span, last);
}

function spansOf(nodes: readonly (OrderItem | Target)[]): TextSpan[] {
  return nodes.map((node) => node.span);
}

function queryBody(reader: Reader, node: SelectStmt): QueryBody {
  if (node.valuesLists !== undefined) return values(reader, node.valuesLists);
  return (node.op ?? 'SETOP_NONE') === 'SETOP_NONE' ? select(reader, node) : setOperation(reader, node);
}

const SET_OPERATORS = { SETOP_UNION: 'union', SETOP_INTERSECT: 'intersect', SETOP_EXCEPT: 'except' } as const;

function setOperation(reader: Reader, node: SelectStmt): SetOperation {
  const { piece } = reader;
  const left = reader.query(present(node.larg, 'left side', piece.span));
  const right = reader.query(present(node.rarg, 'right side', piece.span));
  const operator = SET_OPERATORS[node.op as keyof typeof SET_OPERATORS];
  const span = hull(piece.widened(left.span), piece.widened(right.span));
  return { kind: 'SetOperation', operator, all: node.all ?? false, left, right, span };
}

function values(reader: Reader, lists: readonly PgNode[]): Values {
  const { piece } = reader;
  const rows = lists.map((list) => expressions(reader, items(list)));
  const all = rows.flat().map((value) => piece.widened(value.span));
  const first = wordBefore(reader, hull(...all), 'values');
  return { kind: 'Values', rows, span: piece.at(first, piece.lastOf(hull(...all)) + 1) };
}

/** Index of the nearest of these words at or before a place. */
function wordBefore(reader: Reader, span: TextSpan, ...words: readonly string[]): number {
  let at = reader.piece.indexAt(span.offset);
  while (at > 0 && !words.includes(reader.piece.word(at))) at--;
  return at;
}

function select(reader: Reader, node: SelectStmt): Select {
  const { piece } = reader;
  const distinct = distinctOf(reader, node.distinctClause);
  const from = (node.fromClause ?? []).map((item) => reader.fromItem(item));
  const isTable = (tagged(node.targetList?.[0] ?? { List: {} })[1] as ResTarget).location === -1;
  const targets = (node.targetList ?? []).map((target) =>
    convertTarget(reader, tagged(target)[1] as ResTarget),
  );
  const listed = isTable ? from.map((item) => item.span) : spansOf(targets);
  const where = optional(reader, node.whereClause);
  const groupBy = (node.groupClause ?? []).map((item) => groupItem(reader, item));
  const having = optional(reader, node.havingClause);
  const windows = (node.windowClause ?? []).map((window) =>
    convertNamedWindow(reader, tagged(window)[1] as Parameters<typeof convertNamedWindow>[1]),
  );
  const parts = [...listed, ...from.map((item) => item.span), ...windows.map((window) => window.span)];
  for (const part of [where, ...groupBy, having])
    if (part !== undefined) parts.push(piece.widened(part.span));
  if (distinct.kind === 'on') parts.push(...distinct.expressions.map((expression) => expression.span));
  const inside = parts.length === 0 ? piece.at(piece.tokens.length - 1) : hull(...parts);
  const first = wordBefore(reader, inside, isTable ? 'table' : 'select');
  return {
    kind: 'Select',
    distinct,
    targets: isTable ? targets.map((target) => starOf(target, inside)) : targets,
    from,
    where,
    groupBy,
    groupDistinct: node.groupDistinct ?? false,
    having,
    windows,
    span: hull(piece.at(first), inside),
  };
}

/** TABLE t is SELECT * FROM t without a star in the text: its place is that of t. */
function starOf(target: Target, span: TextSpan): Target {
  return { ...target, expression: { ...target.expression, span }, span };
}

/** DISTINCT comes as a list with one empty node. */
function distinctOf(reader: Reader, clause: readonly PgNode[] | undefined): Distinct {
  if (clause === undefined) return { kind: 'all' };
  const expressions_ = clause.filter((node) => tagged(node)[0] !== '');
  if (expressions_.length === 0) return { kind: 'distinct' };
  return { kind: 'on', expressions: expressions(reader, expressions_) };
}

function convertTarget(reader: Reader, raw: ResTarget): Target {
  const { piece } = reader;
  const at = piece.at(piece.index(raw.location));
  const node = only(raw, at, 'name', 'val', 'location');
  const expression = reader.expression(present(node.val, 'output', at));
  const span = piece.widened(expression.span);
  if (node.name === undefined) return { expression, alias: undefined, span };
  const behind = piece.lastOf(span) + 1;
  const alias = identifierAt(piece, piece.word(behind) === 'as' ? behind + 1 : behind);
  return { expression, alias, span: hull(span, alias.span) };
}

const GROUPING_SETS = {
  GROUPING_SET_EMPTY: 'empty',
  GROUPING_SET_SIMPLE: 'sets',
  GROUPING_SET_ROLLUP: 'rollup',
  GROUPING_SET_CUBE: 'cube',
  GROUPING_SET_SETS: 'sets',
} as const;

function groupItem(reader: Reader, node: PgNode): GroupItem {
  const { piece } = reader;
  const [tag, body] = tagged(node);
  if (tag !== 'GroupingSet') return reader.expression(node);
  const raw = body as PgGroupingSet;
  const first = piece.index(raw.location);
  const set = only(raw, piece.at(first), 'kind', 'content', 'location');
  const form = GROUPING_SETS[set.kind ?? 'GROUPING_SET_EMPTY'];
  const members = (set.content ?? []).map((member) => groupItem(reader, member));
  const open = piece.openAfter(first);
  return { kind: 'GroupingSet', form, items: members, span: piece.at(first, piece.match(open)) };
}

function withClause(reader: Reader, raw: PgWith): WithClause {
  const { piece } = reader;
  const first = piece.index(raw.location);
  const node = only(raw, piece.at(first), 'ctes', 'recursive', 'location');
  const tables = (node.ctes ?? []).map((table) => commonTable(reader, tagged(table)[1] as CommonTableExpr));
  const span = hull(piece.at(first), ...tables.map((table) => table.span));
  return { recursive: node.recursive ?? false, tables, span };
}

const MATERIALIZED = {
  CTEMaterializeDefault: 'default',
  CTEMaterializeAlways: 'always',
  CTEMaterializeNever: 'never',
} as const;

function commonTable(reader: Reader, raw: CommonTableExpr): CommonTable {
  const { piece } = reader;
  const at = piece.index(raw.location);
  const node = only(raw, piece.at(at), 'ctename', 'aliascolnames', 'ctematerialized', 'ctequery', 'location');
  if (node.ctequery === undefined) throw refused('WITH', piece.at(at));
  const columns = names(node.aliascolnames).length > 0 ? piece.bracketed(at + 1) : [];
  const { query, span } = subquery(reader, node.ctequery);
  return {
    name: identifierAt(piece, at),
    columns,
    materialized: MATERIALIZED[node.ctematerialized ?? 'CTEMaterializeDefault'],
    query,
    span: hull(piece.at(at), span),
  };
}
