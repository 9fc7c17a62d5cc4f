// Expressions: one converter per kind of node of the grammar. Calls by name are in call.ts, leaves in literal.ts.

import type {
  A_ArrayExpr,
  A_Indices,
  A_Indirection,
  BooleanTest,
  BoolExpr,
  CaseExpr,
  CaseWhen,
  CoalesceExpr,
  CollateClause,
  GroupingFunc,
  MinMaxExpr,
  NullTest,
  RowExpr,
  SubLink,
  TypeCast,
} from 'libpg-query';
import type { TextSpan } from '../../errors.ts';
import type { Expression } from '../ast.ts';
import { unsupported } from '../fail.ts';
import type { Piece } from './piece.ts';
import { hull } from './piece.ts';
import { names, only, present, refused, tagged } from './raw.ts';
import { expressions, identifierAt, optional, subquery, type Reader } from './reader.ts';
import { operatorName } from './operator.ts';
import { convertTypeName } from './type-name.ts';

export function convertBoolean(reader: Reader, raw: BoolExpr): Expression {
  const { piece } = reader;
  const at = piece.index(raw.location);
  const node = only(raw, piece.at(at), 'boolop', 'args', 'location');
  const operands = expressions(reader, node.args);
  const span = operandsSpan(piece, operands);
  if (node.boolop !== 'NOT_EXPR') {
    return { kind: 'Logical', operator: node.boolop === 'AND_EXPR' ? 'and' : 'or', operands, span };
  }
  const operand = present(operands[0], 'operand', span);
  // `a NOT IN (SELECT …)` comes as NOT (a IN …); both say the same.
  if (operand.kind === 'InSubquery' && !operand.negated) return { ...operand, negated: true, span };
  return { kind: 'Not', operand, span: hull(piece.at(at), span) };
}

/** `(a OR b) OR c` comes as three operands, without the bracket around two of them. */
function operandsSpan(piece: Piece, operands: readonly Expression[]): TextSpan {
  const spans = operands.map((operand) => piece.widened(operand.span));
  const span = hull(...spans);
  let first = piece.indexAt(span.offset);
  for (const before of spans.slice(0, -1))
    for (let i = piece.lastOf(before) + 1; piece.word(i) === ')'; i++)
      first = Math.min(first, piece.match(i));
  return hull(piece.at(first), span);
}

export function convertNullTest(reader: Reader, raw: NullTest): Expression {
  const at = reader.piece.index(raw.location);
  const node = only(raw, reader.piece.at(at), 'arg', 'nulltesttype', 'location');
  const operand = reader.expression(present(node.arg, 'operand', reader.piece.at(at)));
  const negated = node.nulltesttype === 'IS_NOT_NULL';
  return { kind: 'IsNull', operand, negated, span: testSpan(reader, operand, at) };
}

export function convertBooleanTest(reader: Reader, raw: BooleanTest): Expression {
  const at = reader.piece.index(raw.location);
  const node = only(raw, reader.piece.at(at), 'arg', 'booltesttype', 'location');
  const operand = reader.expression(present(node.arg, 'operand', reader.piece.at(at)));
  const type = node.booltesttype ?? 'IS_TRUE';
  const test = type.endsWith('TRUE') ? 'true' : type.endsWith('FALSE') ? 'false' : 'unknown';
  return {
    kind: 'IsBoolean',
    operand,
    test,
    negated: type.startsWith('IS_NOT'),
    span: testSpan(reader, operand, at),
  };
}

/** `operand IS [NOT] word`; ISNULL and NOTNULL are one word. */
function testSpan(reader: Reader, operand: Expression, at: number): TextSpan {
  const { piece } = reader;
  let last = at;
  if (piece.word(at) === 'is') last = piece.word(at + 1) === 'not' ? at + 2 : at + 1;
  return piece.through(piece.widened(operand.span), last);
}

export function convertSubLink(reader: Reader, raw: SubLink): Expression {
  const { piece } = reader;
  const at = piece.at(piece.index(raw.location));
  const node = only(raw, at, 'subLinkType', 'testexpr', 'operName', 'subselect', 'location');
  const { query, span: bracket } = subquery(reader, node.subselect);
  const span = hull(at, bracket);
  if (node.subLinkType === 'EXISTS_SUBLINK') return { kind: 'Exists', query, span };
  if (node.subLinkType === 'EXPR_SUBLINK') return { kind: 'ScalarSubquery', query, span: bracket };
  if (node.subLinkType === 'ARRAY_SUBLINK') return { kind: 'ArraySubquery', query, span };
  if (node.subLinkType !== 'ANY_SUBLINK' && node.subLinkType !== 'ALL_SUBLINK') {
    throw refused(node.subLinkType ?? 'a subquery', span);
  }
  const operand = reader.expression(present(node.testexpr, 'operand', span));
  const whole = hull(piece.widened(operand.span), span);
  if (node.operName === undefined) return { kind: 'InSubquery', operand, query, negated: false, span: whole };
  const quantifier = node.subLinkType === 'ANY_SUBLINK' ? 'any' : 'all';
  const operator = operatorName(node.operName, at);
  return { kind: 'QuantifiedSubquery', operand, operator, quantifier, query, span: whole };
}

export function convertCase(reader: Reader, raw: CaseExpr): Expression {
  const { piece } = reader;
  const at = piece.index(raw.location);
  const node = only(raw, piece.at(at), 'arg', 'args', 'defresult', 'location');
  const branches = (node.args ?? []).map((item) => {
    const when = only(tagged(item)[1] as CaseWhen, piece.at(at), 'expr', 'result', 'location');
    return {
      when: reader.expression(present(when.expr, 'condition', piece.at(at))),
      then: reader.expression(present(when.result, 'result', piece.at(at))),
    };
  });
  const otherwise = optional(reader, node.defresult);
  const ending = otherwise ?? branches.at(-1)?.then;
  const last = ending === undefined ? at : piece.lastOf(piece.widened(ending.span)) + 1;
  const operand = optional(reader, node.arg);
  return { kind: 'Case', operand, branches, otherwise, span: piece.at(at, last) };
}

export function convertCoalesce(reader: Reader, raw: CoalesceExpr): Expression {
  const at = reader.piece.index(raw.location);
  const node = only(raw, reader.piece.at(at), 'args', 'location');
  return { kind: 'Coalesce', arguments: expressions(reader, node.args), span: callSpan(reader, at) };
}

export function convertMinMax(reader: Reader, raw: MinMaxExpr): Expression {
  const at = reader.piece.index(raw.location);
  const node = only(raw, reader.piece.at(at), 'op', 'args', 'location');
  const name = node.op === 'IS_LEAST' ? 'least' : 'greatest';
  return {
    kind: 'MinMax',
    function: name,
    arguments: expressions(reader, node.args),
    span: callSpan(reader, at),
  };
}

export function convertGrouping(reader: Reader, raw: GroupingFunc): Expression {
  const at = reader.piece.index(raw.location);
  const node = only(raw, reader.piece.at(at), 'args', 'location');
  return { kind: 'Grouping', arguments: expressions(reader, node.args), span: callSpan(reader, at) };
}

/** From a word to the end of the brackets behind it. */
export function callSpan(reader: Reader, at: number): TextSpan {
  const open = reader.piece.openAfter(at);
  return reader.piece.at(at, open < 0 ? at : reader.piece.match(open));
}

export function convertCast(reader: Reader, raw: TypeCast): Expression {
  const { piece } = reader;
  const typeName = present(raw.typeName, 'type', piece.span);
  const type = convertTypeName(piece, typeName);
  const node = only(raw, type.span, 'arg', 'typeName', 'location');
  const operand = reader.expression(present(node.arg, 'operand', type.span));
  // SUBSTRING(a FOR b) means a cast that is nowhere in the text.
  if (typeName.location === -1)
    return { kind: 'Cast', operand, type: { ...type, span: operand.span }, span: operand.span };
  const span = castSpan(reader, node.location, operand, type.span);
  if (operand.kind === 'StringLiteral') return { kind: 'TypedLiteral', type, value: operand.value, span };
  return { kind: 'Cast', operand, type, span };
}

/** CAST(a AS type), a::type, or type 'a' (which has no location), where fields of an interval may follow. */
function castSpan(
  reader: Reader,
  location: number | undefined,
  operand: Expression,
  type: TextSpan,
): TextSpan {
  const { piece } = reader;
  if (location !== -1) {
    const at = piece.index(location);
    return piece.word(at) === 'cast' ? callSpan(reader, at) : hull(piece.widened(operand.span), type);
  }
  let last = piece.lastOf(operand.span);
  if (piece.word(piece.indexAt(type.offset)) === 'interval') {
    while (INTERVAL_WORDS.has(piece.word(last + 1))) last++;
    if (piece.word(last) === 'second' && piece.word(last + 1) === '(') last = piece.match(last + 1);
  }
  return piece.through(hull(type, operand.span), last);
}

const INTERVAL_WORDS = new Set(['year', 'month', 'day', 'hour', 'minute', 'second', 'to']);

export function convertCollate(reader: Reader, raw: CollateClause): Expression {
  const { piece } = reader;
  const at = piece.index(raw.location);
  const node = only(raw, piece.at(at), 'arg', 'collname', 'location');
  const operand = reader.expression(present(node.arg, 'operand', piece.at(at)));
  const parts = names(node.collname);
  const { parts: written, last } = piece.dotted(at + 1, parts.length);
  const [schema, name] = written.length > 1 ? written : [undefined, written[0]];
  if (parts.length > 2 || name === undefined)
    throw unsupported('a collation name with a database', piece.at(at));
  const isDefault = schema === undefined || schema.name === 'pg_catalog';
  return {
    kind: 'Collate',
    operand,
    collation: { schema: isDefault ? undefined : schema, name, span: piece.at(at + 1, last) },
    span: piece.through(piece.widened(operand.span), last),
  };
}

export function convertArray(reader: Reader, raw: A_ArrayExpr): Expression {
  const { piece } = reader;
  const at = piece.index(raw.location);
  const node = only(raw, piece.at(at), 'elements', 'list_start', 'list_end', 'location');
  const open = piece.word(at) === '[' ? at : at + 1;
  return {
    kind: 'ArrayConstructor',
    elements: expressions(reader, node.elements),
    span: piece.at(at, piece.match(open)),
  };
}

export function convertRow(reader: Reader, raw: RowExpr): Expression {
  const at = reader.piece.index(raw.location);
  const node = only(raw, reader.piece.at(at), 'args', 'row_format', 'location');
  const explicit = node.row_format === 'COERCE_EXPLICIT_CALL';
  return { kind: 'Row', fields: expressions(reader, node.args), explicit, span: callSpan(reader, at) };
}

/** `a[1]`, `a[1:2]`, `(a).b`, `(a).*`, in any row. */
export function convertIndirection(reader: Reader, raw: A_Indirection): Expression {
  const { piece } = reader;
  const node = only(raw, piece.span, 'arg', 'indirection');
  let operand = reader.expression(present(node.arg, 'operand', piece.span));
  let span = piece.widened(operand.span);
  for (const step of node.indirection ?? []) {
    const next = piece.lastOf(span) + 1;
    const last = piece.word(next) === '[' ? piece.match(next) : next + 1;
    span = piece.through(span, last);
    const [tag, body] = tagged(step);
    if (tag === 'A_Star') operand = { kind: 'FieldStar', operand, span };
    else if (tag === 'String')
      operand = { kind: 'FieldAccess', operand, field: identifierAt(piece, next + 1), span };
    else operand = subscript(reader, operand, body as A_Indices, span);
  }
  return operand;
}

function subscript(reader: Reader, operand: Expression, raw: A_Indices, span: TextSpan): Expression {
  const node = only(raw, span, 'is_slice', 'lidx', 'uidx');
  const upper = optional(reader, node.uidx);
  if (node.is_slice === true)
    return { kind: 'Slice', operand, lower: optional(reader, node.lidx), upper, span };
  return { kind: 'Subscript', operand, index: present(upper, 'subscript', span), span };
}
