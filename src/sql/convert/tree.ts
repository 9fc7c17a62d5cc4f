// The grammar's answer to one piece of text, converted: ties the converters together.

import type { Node as PgNode, ResTarget, SelectStmt } from 'libpg-query';
import { syntaxError } from '../fail.ts';
import type { RawStatement } from '../grammar.ts';
import type { Expression, Query } from '../ast.ts';
import type { TypeName } from '../names.ts';
import type { Token } from '../tokens.ts';
import * as expression from './expression.ts';
import { convertCall } from './call.ts';
import { convertFromItem } from './from.ts';
import { convertColumn, convertConstant, convertParameter, convertSqlValue } from './literal.ts';
import { convertOperator } from './operator.ts';
import { Piece } from './piece.ts';
import { convertQuery } from './query.ts';
import { refused, tagged } from './raw.ts';
import { placeOf, type Reader, type StreamingMarks } from './reader.ts';

const NO_MARKS: StreamingMarks = { asOf: new Map(), asOfJoins: new Set(), partitioned: new Set() };

/** The tokens are those that the grammar saw: blanked ones left out. */
export function convertQueryText(tokens: readonly Token[], raw: RawStatement, marks: StreamingMarks): Query {
  const piece = new Piece(tokens, raw.offsetOf);
  const reader = readerOf(piece, marks);
  const [tag, body] = tagged(raw.node as unknown as PgNode);
  if (tag !== 'SelectStmt') throw syntaxError('a query is expected here', piece.span);
  return { ...reader.query(body as SelectStmt), span: piece.span };
}

/** The expression E of `SELECT E`. */
export function convertExpressionText(tokens: readonly Token[], raw: RawStatement): Expression {
  const piece = new Piece(tokens, raw.offsetOf);
  const reader = readerOf(piece, NO_MARKS);
  const [, body] = tagged(raw.node as unknown as PgNode);
  const { targetList, limitOption: _limit, op: _op, ...rest } = body as SelectStmt;
  const target = targetList?.length === 1 ? (tagged(targetList[0]!)[1] as ResTarget) : undefined;
  if (target?.val === undefined || target.name !== undefined || Object.keys(rest).length > 0) {
    throw syntaxError('one expression is expected here', piece.span);
  }
  return reader.expression(target.val);
}

/** The type T of `SELECT CAST(NULL AS T)`. */
export function convertTypeText(tokens: readonly Token[], raw: RawStatement): TypeName {
  const cast = convertExpressionText(tokens, raw);
  if (cast.kind !== 'Cast')
    throw syntaxError('a type is expected here', new Piece(tokens, raw.offsetOf).span);
  return cast.type;
}

function readerOf(piece: Piece, marks: StreamingMarks): Reader {
  const reader: Reader = {
    piece,
    marks,
    expression: (node) => convertExpression(reader, node),
    query: (node) => convertQuery(reader, node),
    fromItem: (node) => convertFromItem(reader, ...tagged(node)),
  };
  return reader;
}

type Body<T extends string> = Extract<PgNode, Record<T, unknown>>[T &
  keyof Extract<PgNode, Record<T, unknown>>];
type Converter<T extends string> = (reader: Reader, node: Body<T>) => Expression;
type Kinds =
  | 'A_Const'
  | 'ColumnRef'
  | 'ParamRef'
  | 'SQLValueFunction'
  | 'A_Expr'
  | 'BoolExpr'
  | 'NullTest'
  | 'BooleanTest'
  | 'SubLink'
  | 'CaseExpr'
  | 'CoalesceExpr'
  | 'MinMaxExpr'
  | 'GroupingFunc'
  | 'TypeCast'
  | 'CollateClause'
  | 'A_ArrayExpr'
  | 'RowExpr'
  | 'A_Indirection'
  | 'FuncCall';

const CONVERTERS: { readonly [T in Kinds]: Converter<T> } = {
  A_Const: (reader, node) => convertConstant(reader.piece, node),
  ColumnRef: (reader, node) => convertColumn(reader.piece, node),
  ParamRef: (reader, node) => convertParameter(reader.piece, node),
  SQLValueFunction: (reader, node) => convertSqlValue(reader.piece, node),
  A_Expr: convertOperator,
  BoolExpr: expression.convertBoolean,
  NullTest: expression.convertNullTest,
  BooleanTest: expression.convertBooleanTest,
  SubLink: expression.convertSubLink,
  CaseExpr: expression.convertCase,
  CoalesceExpr: expression.convertCoalesce,
  MinMaxExpr: expression.convertMinMax,
  GroupingFunc: expression.convertGrouping,
  TypeCast: expression.convertCast,
  CollateClause: expression.convertCollate,
  A_ArrayExpr: expression.convertArray,
  RowExpr: expression.convertRow,
  A_Indirection: expression.convertIndirection,
  FuncCall: convertCall,
};

function convertExpression(reader: Reader, node: PgNode): Expression {
  const [tag, body] = tagged(node);
  const convert = Object.hasOwn(CONVERTERS, tag) ? CONVERTERS[tag as Kinds] : undefined;
  if (convert === undefined) throw refused(tag, placeOf(reader.piece, body) ?? reader.piece.span);
  return (convert as (reader: Reader, node: object) => Expression)(reader, body);
}
