// Calls by name, with everything that may hang on a call: DISTINCT, ORDER BY, FILTER, WITHIN GROUP, OVER.

import type { FuncCall, NamedArgExpr } from 'libpg-query';
import type { TextSpan } from '../../errors.ts';
import type { Argument, Expression, FunctionCall } from '../ast.ts';
import type { ObjectName } from '../names.ts';
import { unsupported } from '../fail.ts';
import { callSpan } from './expression.ts';
import { hull } from './piece.ts';
import { names, only, present, tagged, type PgNode } from './raw.ts';
import { identifierAt, optional, orderItems, type Reader } from './reader.ts';
import { convertOver } from './window.ts';

const FIELDS = [
  'funcname',
  'args',
  'agg_order',
  'agg_filter',
  'over',
  'agg_within_group',
  'agg_star',
  'agg_distinct',
  'func_variadic',
  'funcformat',
  'location',
] as const;

export function convertCall(reader: Reader, raw: FuncCall): Expression {
  const { piece } = reader;
  const at = piece.index(raw.location);
  const node = only(raw, piece.at(at), ...FIELDS);
  if (node.funcformat === 'COERCE_SQL_SYNTAX') return convertSpelling(reader, node, at);
  const parts = names(node.funcname);
  if (parts.length > 2) throw unsupported('a function name with a database', piece.at(at));
  const { parts: written, last } = piece.dotted(at, parts.length);
  const spoken = parts.every((part, i) => part === written[i]?.name);
  const name = spoken ? dottedName(written, piece.at(at, last)) : plainName(parts.at(-1)!, piece.at(at));
  const arguments_ = (node.args ?? []).map((argument) => convertArgument(reader, argument));
  return finish(reader, node, name, arguments_, hull(piece.at(at), callSpan(reader, spoken ? last : at)));
}

function dottedName(parts: readonly ObjectName['name'][], span: TextSpan): ObjectName {
  const name = parts.at(-1)!;
  const schema = parts.length > 1 && parts[0]!.name !== 'pg_catalog' ? parts[0] : undefined;
  return { schema, name, span };
}

function plainName(name: string, span: TextSpan): ObjectName {
  return { schema: undefined, name: { name, span }, span };
}

/** SQL's own spellings: EXTRACT(…), a AT TIME ZONE b, POSITION(a IN b), TRIM, SUBSTRING, OVERLAY, OVERLAPS, … */
function convertSpelling(reader: Reader, node: FuncCall, at: number): Expression {
  const { piece } = reader;
  const name = names(node.funcname).at(-1) ?? '';
  const values = (node.args ?? []).map((argument) => spelledArgument(reader, argument, piece.at(at)));
  const [first, second] = values;
  if (name === 'extract' && first?.kind === 'StringLiteral' && second !== undefined) {
    return { kind: 'Extract', field: first.value.toLowerCase(), source: second, span: callSpan(reader, at) };
  }
  if (name === 'timezone') {
    const operand = present(values.at(-1), 'operand', piece.span);
    if (first === undefined || second === undefined) {
      throw unsupported(
        'AT LOCAL',
        operand.span,
        "a pipeline has no session time zone: write AT TIME ZONE 'UTC'",
      );
    }
    const span = hull(piece.widened(operand.span), piece.widened(first.span));
    return { kind: 'AtTimeZone', operand, zone: first, span };
  }
  const span = INFIX.has(name) ? infixSpan(reader, values, at) : spellingSpan(reader, at);
  const arguments_ = values.map((value) => ({ name: undefined, value, variadic: false, span: value.span }));
  return finish(reader, node, plainName(name, piece.at(at)), arguments_, span);
}

/** SUBSTRING(a FOR 3) means a 1 that is nowhere in the text: its place is the call's name. */
function spelledArgument(reader: Reader, node: PgNode, at: TextSpan): Expression {
  const value = reader.expression(node);
  return 'A_Const' in node && node.A_Const.location === -1 ? { ...value, span: at } : value;
}

const INFIX = new Set(['overlaps', 'is_normalized']);

/** `a IS [NOT] [NFC] NORMALIZED`, `(a, b) OVERLAPS (c, d)`; rows may be written ROW(a, b). */
function infixSpan(reader: Reader, values: readonly Expression[], at: number): TextSpan {
  const { piece } = reader;
  const inner = hull(piece.at(at), ...values.map((value) => piece.widened(value.span)));
  let first = piece.indexAt(inner.offset);
  let last = piece.lastOf(inner);
  if (piece.word(at) === 'is') while (piece.word(last) !== 'normalized' && last < at + 3) last++;
  if (piece.word(at) === 'overlaps') {
    last++;
    first -= piece.word(first - 2) === 'row' ? 2 : 1;
  }
  return piece.at(first, last);
}

/** A spelling with brackets, or one word (SYSTEM_USER). */
function spellingSpan(reader: Reader, at: number): TextSpan {
  const { piece } = reader;
  const next = piece.word(at) === 'collation' ? at + 2 : at + 1;
  return piece.word(next) === '(' ? piece.at(at, piece.match(next)) : piece.at(at);
}

function finish(
  reader: Reader,
  node: FuncCall,
  name: ObjectName,
  values: readonly Argument[],
  call: TextSpan,
): FunctionCall {
  const { piece } = reader;
  const last = values.length - 1;
  const filter = optional(reader, node.agg_filter);
  const over = node.over === undefined ? undefined : convertOver(reader, node.over);
  const orderBy = orderItems(reader, node.agg_order);
  let span = hull(call, over?.span);
  for (const part of [...orderBy, filter]) {
    if (part !== undefined) span = piece.through(span, afterClause(reader, part.span, call));
  }
  return {
    kind: 'FunctionCall',
    name,
    arguments: values.map((value, i) => ({ ...value, variadic: node.func_variadic === true && i === last })),
    star: node.agg_star ?? false,
    distinct: node.agg_distinct ?? false,
    orderBy,
    withinGroup: node.agg_within_group ?? false,
    filter,
    over,
    span,
  };
}

/** The closing bracket of FILTER (…) or WITHIN GROUP (…), which follow the call. */
function afterClause(reader: Reader, part: TextSpan, call: TextSpan): number {
  const { piece } = reader;
  const last = piece.lastOf(piece.widened(part));
  return part.end > call.end && piece.word(last + 1) === ')' ? last + 1 : last;
}

function convertArgument(reader: Reader, node: PgNode): Argument {
  const [tag, body] = tagged(node);
  if (tag !== 'NamedArgExpr') {
    const value = reader.expression(node);
    return { name: undefined, value, variadic: false, span: value.span };
  }
  const raw = body as NamedArgExpr;
  const at = reader.piece.index(raw.location);
  const named = only(raw, reader.piece.at(at), 'arg', 'name', 'argnumber', 'location');
  const value = reader.expression(present(named.arg, 'argument', reader.piece.at(at)));
  const name = identifierAt(reader.piece, at);
  return { name, value, variadic: false, span: hull(name.span, value.span) };
}
