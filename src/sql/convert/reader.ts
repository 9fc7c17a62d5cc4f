// What the converters need from each other: expressions hold queries and queries hold expressions, so each is handed the
// others instead of importing them. tree.ts ties the knot.

import type { SelectStmt, SortBy } from 'libpg-query';
import type { TextSpan } from '../../errors.ts';
import type { Expression, FromItem, OrderItem, Query } from '../ast.ts';
import type { Identifier } from '../names.ts';
import { identifierOf } from '../decode.ts';
import type { Piece } from './piece.ts';
import { only, present, refused, tagged, type PgNode } from './raw.ts';

/** What was blanked in the text before the grammar read it, by UTF-16 offset. */
export interface StreamingMarks {
  /** FOR SYSTEM_TIME AS OF: the expression, by the end of the token before the clause. */
  readonly asOf: Map<number, Expression>;
  /** ASOF JOIN: the beginnings of the JOIN tokens. */
  readonly asOfJoins: ReadonlySet<number>;
  /** SESSION(t PARTITION BY …): the beginnings of the function names. */
  readonly partitioned: ReadonlySet<number>;
}

export interface Reader {
  readonly piece: Piece;
  readonly marks: StreamingMarks;
  expression(node: PgNode): Expression;
  query(node: SelectStmt): Query;
  fromItem(node: PgNode): FromItem;
}

export function expressions(reader: Reader, nodes: readonly PgNode[] | undefined): Expression[] {
  return (nodes ?? []).map((node) => reader.expression(node));
}

export function optional(reader: Reader, node: PgNode | undefined): Expression | undefined {
  return node === undefined ? undefined : reader.expression(node);
}

/** A query in brackets; data-modifying statements are refused. `span` includes the brackets. */
export function subquery(reader: Reader, node: PgNode | undefined): { query: Query; span: TextSpan } {
  const { piece } = reader;
  const [tag, body] = tagged(present(node, 'query', piece.span));
  if (tag !== 'SelectStmt') throw refused(tag, placeOf(piece, body) ?? piece.span);
  const query = reader.query(body as SelectStmt);
  const span = piece.aroundQuery(query.span);
  return { query, span };
}

/** The first place that a node or anything in it names. */
export function placeOf(piece: Piece, body: object): TextSpan | undefined {
  const found = Object.entries(body).flatMap(([key, value]: [string, unknown]) => {
    if (key === 'location' && typeof value === 'number' && value >= 0) return [piece.at(piece.index(value))];
    const inner = typeof value === 'object' && value !== null ? placeOf(piece, value) : undefined;
    return inner === undefined ? [] : [inner];
  });
  return found.sort((a, b) => a.offset - b.offset)[0];
}

export function orderItems(reader: Reader, nodes: readonly PgNode[] | undefined): OrderItem[] {
  return (nodes ?? []).map((node) => orderItem(reader, tagged(node)[1] as SortBy));
}

function orderItem(reader: Reader, raw: SortBy): OrderItem {
  const { piece } = reader;
  const span = piece.span;
  const node = only(raw, span, 'node', 'sortby_dir', 'sortby_nulls', 'useOp', 'location');
  const expression = reader.expression(present(node.node, 'sort expression', span));
  if (node.sortby_dir === 'SORTBY_USING') throw refused('ORDER BY … USING', expression.span);
  let last = piece.lastOf(piece.widened(expression.span));
  while (['asc', 'desc', 'nulls', 'first', 'last'].includes(piece.word(last + 1))) last++;
  return {
    expression,
    direction: node.sortby_dir === 'SORTBY_DESC' ? 'desc' : 'asc',
    nulls: NULLS[node.sortby_nulls ?? 'SORTBY_NULLS_DEFAULT'],
    span: piece.through(piece.widened(expression.span), last),
  };
}

const NULLS = {
  SORTBY_NULLS_DEFAULT: undefined,
  SORTBY_NULLS_FIRST: 'first',
  SORTBY_NULLS_LAST: 'last',
} as const;

/** The identifier at a token. */
export function identifierAt(piece: Piece, index: number): Identifier {
  return identifierOf(present(piece.tokens[index], 'name', piece.span));
}
