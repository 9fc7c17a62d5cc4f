// What the grammar calls A_Expr: operators and the comparisons that have words for operators.

import type { A_Expr, FuncCall } from 'libpg-query';
import type { TextSpan } from '../../errors.ts';
import type { Expression } from '../ast.ts';
import { unsupported } from '../fail.ts';
import { hull } from './piece.ts';
import { items, names, only, present, tagged, type PgNode } from './raw.ts';
import { expressions, type Reader } from './reader.ts';

/** OPERATOR(pg_catalog.+) is +; operators of other schemas do not exist here. */
export function operatorName(nodes: readonly PgNode[] | undefined, span: TextSpan): string {
  const parts = names(nodes);
  if (parts.length > 1 && parts[0] !== 'pg_catalog') throw unsupported('an operator of a schema', span);
  return present(parts.at(-1), 'operator', span);
}

/** The node's kind, its operands read, and where it is. */
interface Operands {
  readonly reader: Reader;
  readonly operator: string;
  readonly left: Expression;
  readonly rightNode: PgNode;
  readonly at: TextSpan;
}

export function convertOperator(reader: Reader, raw: A_Expr): Expression {
  const { piece } = reader;
  const at = piece.at(piece.index(raw.location));
  const keys = ['kind', 'name', 'lexpr', 'rexpr', 'rexpr_list_start', 'rexpr_list_end', 'location'] as const;
  const node = only(raw, at, ...keys);
  const operator = operatorName(node.name, at);
  const rightNode = present(node.rexpr, 'right operand', at);
  if (node.lexpr === undefined) {
    const operand = reader.expression(rightNode);
    return { kind: 'Unary', operator, operand, span: hull(at, piece.widened(operand.span)) };
  }
  const operands = { reader, operator, left: reader.expression(node.lexpr), rightNode, at };
  switch (node.kind) {
    case 'AEXPR_IN':
      return inList(operands, piece.at(piece.index(node.rexpr_list_end)));
    case 'AEXPR_BETWEEN':
    case 'AEXPR_NOT_BETWEEN':
    case 'AEXPR_BETWEEN_SYM':
    case 'AEXPR_NOT_BETWEEN_SYM':
      return between(operands, node.kind);
    case 'AEXPR_LIKE':
    case 'AEXPR_ILIKE':
    case 'AEXPR_SIMILAR':
      return like(operands, node.kind);
    default:
      return comparison(operands, node.kind ?? 'AEXPR_OP');
  }
}

function comparison(operands: Operands, kind: string): Expression {
  const { reader, operator, left, at } = operands;
  const { piece } = reader;
  const right = reader.expression(operands.rightNode);
  const span = hull(piece.widened(left.span), at, piece.widened(right.span));
  switch (kind) {
    case 'AEXPR_OP':
      return { kind: 'Binary', operator, left, right, span };
    case 'AEXPR_OP_ANY':
      return { kind: 'Quantified', operand: left, operator, quantifier: 'any', array: right, span };
    case 'AEXPR_OP_ALL':
      return { kind: 'Quantified', operand: left, operator, quantifier: 'all', array: right, span };
    case 'AEXPR_DISTINCT':
      return { kind: 'IsDistinct', left, right, negated: false, span };
    case 'AEXPR_NOT_DISTINCT':
      return { kind: 'IsDistinct', left, right, negated: true, span };
    case 'AEXPR_NULLIF':
      return { kind: 'NullIf', left, right, span: piece.through(span, piece.lastOf(span) + 1) };
    default:
      throw unsupported(`the operator kind ${kind}`, at);
  }
}

function inList(operands: Operands, close: TextSpan): Expression {
  const { reader, operator, left } = operands;
  const list = expressions(reader, items(operands.rightNode));
  const span = hull(reader.piece.widened(left.span), close);
  return { kind: 'InList', operand: left, items: list, negated: operator === '<>', span };
}

function between(operands: Operands, kind: string): Expression {
  const { reader, left, at } = operands;
  const [low, high] = expressions(reader, items(operands.rightNode));
  const upper = present(high, 'upper bound', at);
  return {
    kind: 'Between',
    operand: left,
    low: present(low, 'lower bound', at),
    high: upper,
    symmetric: kind.endsWith('_SYM'),
    negated: kind.includes('_NOT_'),
    span: hull(reader.piece.widened(left.span), reader.piece.widened(upper.span)),
  };
}

/** The grammar wraps ESCAPE (and every SIMILAR TO pattern) in a function call. */
function like(operands: Operands, kind: 'AEXPR_LIKE' | 'AEXPR_ILIKE' | 'AEXPR_SIMILAR'): Expression {
  const { reader, operator, left, at } = operands;
  const { pattern, escape } = patternOf(reader, operands.rightNode, at);
  const form = kind === 'AEXPR_SIMILAR' ? 'similar to' : kind === 'AEXPR_ILIKE' ? 'ilike' : 'like';
  const { piece } = reader;
  const span = hull(piece.widened(left.span), piece.widened((escape ?? pattern).span));
  return { kind: 'Like', form, operand: left, pattern, escape, negated: operator.startsWith('!'), span };
}

function patternOf(
  reader: Reader,
  node: PgNode,
  at: TextSpan,
): { pattern: Expression; escape: Expression | undefined } {
  const [tag, body] = tagged(node);
  const call = body as FuncCall;
  const name = tag === 'FuncCall' ? names(call.funcname).join('.') : '';
  if (name !== 'pg_catalog.like_escape' && name !== 'pg_catalog.similar_to_escape') {
    return { pattern: reader.expression(node), escape: undefined };
  }
  const [pattern, escape] = expressions(
    reader,
    only(call, at, 'funcname', 'args', 'funcformat', 'location').args,
  );
  return { pattern: present(pattern, 'pattern', at), escape };
}
