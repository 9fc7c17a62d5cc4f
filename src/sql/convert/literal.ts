// Leaves of expressions: constants, column references, parameters, CURRENT_TIMESTAMP and its like.

import type { A_Const, ColumnRef, ParamRef, SQLValueFunction } from 'libpg-query';
import type { Expression } from '../ast.ts';
import type { ColumnReference, SqlValue, Star } from '../literals.ts';
import { defect, unsupported } from '../fail.ts';
import type { Piece } from './piece.ts';
import { names, only, refused } from './raw.ts';

export function convertConstant(piece: Piece, raw: A_Const): Expression {
  const first = piece.index(raw.location);
  const at = piece.at(first);
  const node = only(raw, at, 'ival', 'fval', 'sval', 'boolval', 'bsval', 'isnull', 'location');
  if (node.isnull === true) return { kind: 'NullLiteral', span: at };
  if (node.boolval !== undefined)
    return { kind: 'BooleanLiteral', value: node.boolval.boolval ?? false, span: at };
  if (node.sval !== undefined)
    return { kind: 'StringLiteral', value: node.sval.sval ?? '', span: stringSpan(piece, first) };
  if (node.bsval !== undefined) {
    const text = node.bsval.bsval ?? 'b';
    const base = text.startsWith('x') ? 'hexadecimal' : 'binary';
    return { kind: 'BitStringLiteral', base, digits: text.slice(1), span: at };
  }
  const text = node.ival === undefined ? node.fval?.fval : String(node.ival.ival ?? 0);
  if (text === undefined) throw defect('a constant without a value', at);
  return numberOf(piece, first, text);
}

/**
 * The grammar folds minus signs into the constant; we keep one as the operator it was written as. Two of them, `-(-7)`, are
 * none.
 */
function numberOf(piece: Piece, first: number, text: string): Expression {
  const hasSign = piece.word(first) === '-';
  let digits = first;
  while (hasSign && digits < piece.tokens.length - 1 && !isNumber(piece, digits)) digits++;
  const whole = piece.through(piece.at(first), closing(piece, first, digits));
  if (!text.startsWith('-')) return { kind: 'NumberLiteral', text: decimal(text), span: whole };
  const operand = { kind: 'NumberLiteral', text: decimal(text.slice(1)), span: piece.at(digits) } as const;
  return { kind: 'Unary', operator: '-', operand, span: whole };
}

function isNumber(piece: Piece, index: number): boolean {
  const type = piece.tokens[index]!.type;
  return type === 'integer' || type === 'decimal';
}

/** `-(5)`: the closing brackets after the digits. */
function closing(piece: Piece, first: number, digits: number): number {
  let last = digits;
  while (piece.word(last + 1) === ')' && piece.match(last + 1) > first) last++;
  return last;
}

/** `1_000` and `0x1F` in decimal; whatever else is written stays as it is, so that no digit is lost. */
function decimal(text: string): string {
  const plain = text.replaceAll('_', '');
  return /^0[xob]/i.test(plain) ? BigInt(plain).toString() : plain;
}

/** U&'…' UESCAPE '!' is three tokens. */
function stringSpan(piece: Piece, first: number): Expression['span'] {
  return piece.at(first, piece.word(first + 1) === 'uescape' ? first + 2 : first);
}

export function convertColumn(piece: Piece, raw: ColumnRef): ColumnReference | Star {
  const first = piece.index(raw.location);
  const node = only(raw, piece.at(first), 'fields', 'location');
  const fields = node.fields ?? [];
  const star = fields.some((field) => 'A_Star' in field);
  // TABLE t is SELECT * without a star in the text.
  if (star && node.location === -1) return { kind: 'Star', qualifier: [], span: piece.span };
  if (star && fields.length === 1) return { kind: 'Star', qualifier: [], span: piece.at(first) };
  const named = names(fields).slice(0, star ? -1 : undefined);
  const { parts, last } = piece.dotted(first, named.length);
  const span = piece.at(first, star ? last + 2 : last);
  if (parts.some((part, i) => part.name !== named[i]))
    throw defect('a column name elsewhere than told', span);
  if (named.length > 3) throw unsupported('a column name with a database', span);
  return star ? { kind: 'Star', qualifier: parts, span } : { kind: 'ColumnReference', parts, span };
}

export function convertParameter(piece: Piece, raw: ParamRef): Expression {
  const first = piece.index(raw.location);
  const node = only(raw, piece.at(first), 'number', 'location');
  return { kind: 'Parameter', index: node.number ?? 0, span: piece.at(first) };
}

export function convertSqlValue(piece: Piece, raw: SQLValueFunction): Expression {
  const first = piece.index(raw.location);
  const at = piece.at(first);
  const node = only(raw, at, 'op', 'typmod', 'location');
  const name = (node.op ?? '')
    .replace(/^SVFOP_/, '')
    .replace(/_N$/, '')
    .toLowerCase();
  if (!isSqlValue(name)) throw refused(name.toUpperCase(), at);
  const withPrecision = (node.op ?? '').endsWith('_N');
  const last = withPrecision ? piece.match(first + 1) : first;
  return {
    kind: 'SqlValue',
    name,
    precision: withPrecision ? (node.typmod ?? 0) : undefined,
    span: piece.at(first, last),
  };
}

const SQL_VALUES: readonly string[] = [
  'current_date',
  'current_time',
  'current_timestamp',
  'localtime',
  'localtimestamp',
  'current_role',
  'current_user',
  'user',
  'session_user',
  'current_catalog',
  'current_schema',
] satisfies readonly SqlValue['name'][];

function isSqlValue(name: string): name is SqlValue['name'] {
  return SQL_VALUES.includes(name);
}
