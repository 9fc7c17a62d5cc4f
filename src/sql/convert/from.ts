// FROM: tables, joins, subqueries, functions.

import type { Alias, JoinExpr, RangeFunction, RangeSubselect, RangeVar } from 'libpg-query';
import type { TextSpan } from '../../errors.ts';
import type {
  FromItem,
  FunctionTable,
  Join,
  JoinCondition,
  SubqueryTable,
  TableAlias,
  TableReference,
} from '../ast.ts';
import type { Identifier } from '../names.ts';
import { hull } from './piece.ts';
import { items, names, only, present, refused, tagged } from './raw.ts';
import { identifierAt, placeOf, subquery, type Reader } from './reader.ts';
import { convertWindowTable, isWindowTable } from './window-table.ts';

export function convertFromItem(reader: Reader, tag: string, body: object): FromItem {
  switch (tag) {
    case 'RangeVar':
      return tableReference(reader, body as RangeVar);
    case 'JoinExpr':
      return join(reader, body as JoinExpr);
    case 'RangeSubselect':
      return subqueryTable(reader, body as RangeSubselect);
    case 'RangeFunction':
      return functionTable(reader, body as RangeFunction);
    default:
      throw refused(tag, placeOf(reader.piece, body) ?? reader.piece.span);
  }
}

/** The alias behind the token `last`, and the last token of it. */
export function aliasAfter(reader: Reader, last: number, raw: Alias | undefined): AliasPlace {
  if (raw === undefined) return { alias: undefined, last };
  const { piece } = reader;
  const node = only(raw, piece.at(last), 'aliasname', 'colnames');
  const at = piece.word(last + 1) === 'as' ? last + 2 : last + 1;
  const name = identifierAt(piece, at);
  const wanted = names(node.colnames);
  const columns = wanted.length > 0 ? piece.bracketed(at + 1) : [];
  const end = wanted.length > 0 ? piece.match(at + 1) : at;
  return { alias: { name, columns, span: piece.at(at, end) }, last: end };
}

interface AliasPlace {
  readonly alias: TableAlias | undefined;
  readonly last: number;
}

function tableReference(reader: Reader, raw: RangeVar): TableReference {
  const { piece, marks } = reader;
  const at = piece.index(raw.location);
  const keys = ['schemaname', 'relname', 'inh', 'relpersistence', 'alias', 'location'] as const;
  const node = only(raw, piece.at(at), ...keys);
  if (node.inh !== true) throw refused('ONLY', piece.at(at));
  const { parts, last } = piece.dotted(at, node.schemaname === undefined ? 1 : 2);
  const name = {
    schema: parts.length > 1 ? parts[0] : undefined,
    name: parts.at(-1)!,
    span: piece.at(at, last),
  };
  const behind = piece.word(last + 1) === '*' ? last + 1 : last;
  const { alias, last: end } = aliasAfter(reader, behind, node.alias);
  const asOf = takeAsOf(marks.asOf, piece.at(last).end) ?? takeAsOf(marks.asOf, piece.at(end).end);
  return { kind: 'TableReference', name, alias, asOf, span: hull(piece.at(at, end), asOf?.span) };
}

/** What is taken is gone; what is left at the end stood where no table was. */
function takeAsOf<T>(asOf: Map<number, T>, offset: number): T | undefined {
  const found = asOf.get(offset);
  asOf.delete(offset);
  return found;
}

const JOIN_TYPES = {
  JOIN_INNER: 'inner',
  JOIN_LEFT: 'left',
  JOIN_RIGHT: 'right',
  JOIN_FULL: 'full',
} as const;

function join(reader: Reader, raw: JoinExpr): Join {
  const { piece, marks } = reader;
  const keys = [
    'jointype',
    'isNatural',
    'larg',
    'rarg',
    'usingClause',
    'join_using_alias',
    'quals',
    'alias',
  ] as const;
  const node = only(raw, piece.span, ...keys);
  const left = reader.fromItem(present(node.larg, 'left side of a join', piece.span));
  const right = reader.fromItem(present(node.rarg, 'right side of a join', piece.span));
  const rightSpan = right.kind === 'Join' ? piece.widened(right.span) : right.span;
  const { condition, last } = joinCondition(reader, node, piece.lastOf(rightSpan));
  const whole = hull(left.kind === 'Join' ? piece.widened(left.span) : left.span, rightSpan);
  const span = piece.through(whole, last);
  const outer = node.alias === undefined ? undefined : piece.widened(span);
  const { alias, last: end } = aliasAfter(reader, piece.lastOf(outer ?? span), node.alias);
  const type = JOIN_TYPES[(node.jointype ?? 'JOIN_INNER') as keyof typeof JOIN_TYPES];
  return {
    kind: 'Join',
    type: type === 'inner' && condition === undefined ? 'cross' : type,
    asOf: marks.asOfJoins.has(piece.at(joinWordBefore(reader, rightSpan)).offset),
    left,
    right,
    condition,
    alias,
    span: outer === undefined ? span : piece.through(outer, end),
  };
}

/** Index of the word JOIN before the right side. */
function joinWordBefore(reader: Reader, right: TextSpan): number {
  let at = reader.piece.indexAt(right.offset) - 1;
  while (at > 0 && ['(', 'lateral'].includes(reader.piece.word(at))) at--;
  return Math.max(at, 0);
}

interface ConditionPlace {
  readonly condition: JoinCondition | undefined;
  /** Index of its last token. */
  readonly last: number;
}

function joinCondition(reader: Reader, node: JoinExpr, after: number): ConditionPlace {
  const { piece } = reader;
  if (node.isNatural === true) return { condition: { kind: 'natural' }, last: after };
  if (node.quals !== undefined) {
    const expression = reader.expression(node.quals);
    return { condition: { kind: 'on', expression }, last: piece.lastOf(piece.widened(expression.span)) };
  }
  if (node.usingClause === undefined) return { condition: undefined, last: after };
  const open = piece.openAfter(after + 1, 3);
  const columns: readonly Identifier[] = piece.bracketed(open);
  const { alias, last } = aliasAfter(reader, piece.match(open), node.join_using_alias);
  return { condition: { kind: 'using', columns, alias: alias?.name }, last };
}

function subqueryTable(reader: Reader, raw: RangeSubselect): SubqueryTable {
  const { piece } = reader;
  const node = only(raw, piece.span, 'lateral', 'subquery', 'alias');
  const { query, span: bracket } = subquery(reader, node.subquery);
  const { alias, last } = aliasAfter(reader, piece.lastOf(bracket), node.alias);
  const lateral = node.lateral ?? false;
  const first = piece.indexAt(bracket.offset) - (lateral ? 1 : 0);
  return { kind: 'SubqueryTable', query, lateral, alias, span: piece.at(first, last) };
}

function functionTable(reader: Reader, raw: RangeFunction): FromItem {
  if (isWindowTable(raw)) return convertWindowTable(reader, raw, aliasAfter);
  const { piece } = reader;
  const keys = ['lateral', 'ordinality', 'is_rowsfrom', 'functions', 'alias', 'coldeflist'] as const;
  const node = only(raw, piece.span, ...keys);
  const calls = (node.functions ?? []).map((item) => {
    const [call, definitions] = items(item);
    const expression = reader.expression(present(call, 'function', piece.span));
    if (node.coldeflist !== undefined || (definitions !== undefined && tagged(definitions)[0] !== '')) {
      throw refused('coldeflist', expression.span);
    }
    return expression;
  });
  const rowsFrom = node.is_rowsfrom ?? false;
  const inner = hull(...calls.map((call) => call.span));
  let first = piece.indexAt(inner.offset);
  let behind = piece.lastOf(inner);
  if (rowsFrom) {
    first -= 3;
    behind++;
  }
  const ordinality = node.ordinality ?? false;
  if (ordinality) behind += 2;
  const { alias, last } = aliasAfter(reader, behind, node.alias);
  const lateral = node.lateral ?? false;
  const span = piece.at(first - (lateral ? 1 : 0), last);
  return { kind: 'FunctionTable', calls, rowsFrom, ordinality, lateral, alias, span } satisfies FunctionTable;
}
