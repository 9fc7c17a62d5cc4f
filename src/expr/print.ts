// Bound expressions as PostgreSQL-like text, for EXPLAIN and messages. Casts are written out, so that what was coerced shows.

import { typeName } from '../data/types.ts';
import { valueToText } from '../data/text-forms.ts';
import type { BoundExpr, CallExpr, LiteralExpr } from './bound.ts';

const WORDS: ReadonlyMap<string, string> = new Map([
  ['~~', 'LIKE'],
  ['!~~', 'NOT LIKE'],
  ['~~*', 'ILIKE'],
  ['!~~*', 'NOT ILIKE'],
  ['is distinct from', 'IS DISTINCT FROM'],
  ['is not distinct from', 'IS NOT DISTINCT FROM'],
]);

/** How an operator is written between its operands; undefined for functions. */
function infixOf(name: string): string | undefined {
  return WORDS.get(name) ?? (/^[-+*/<>=~!@#%^&|?]+$/.test(name) ? name : undefined);
}

export function printExpr(expr: BoundExpr): string {
  switch (expr.kind) {
    case 'column':
      return printName(expr.name);
    case 'literal':
      return printLiteral(expr);
    case 'call':
      return printCall(expr);
    case 'cast':
      return `CAST(${printExpr(expr.arg)} AS ${typeName(expr.type)})`;
    case 'and':
    case 'or':
      return expr.args.map(operand).join(` ${expr.kind.toUpperCase()} `);
    case 'not':
      return `NOT ${operand(expr.arg)}`;
    case 'isNull':
      return `${operand(expr.arg)} IS ${expr.negated ? 'NOT ' : ''}NULL`;
    case 'case': {
      const arms = expr.arms.map((arm) => `WHEN ${printExpr(arm.when)} THEN ${printExpr(arm.then)} `);
      return `CASE ${arms.join('')}${expr.otherwise === null ? '' : `ELSE ${printExpr(expr.otherwise)} `}END`;
    }
    case 'coalesce':
      return `COALESCE(${expr.args.map(printExpr).join(', ')})`;
  }
}

function printName(name: string): string {
  return /^[a-z_][a-z0-9_]*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`;
}

function printLiteral(expr: LiteralExpr): string {
  const { value, type } = expr;
  if (value === null) return `NULL::${typeName(type)}`;
  if (type.kind === 'boolean') return value === true ? 'TRUE' : 'FALSE';
  const text = valueToText(value, type);
  if (type.kind === 'text') return `'${text.replaceAll("'", "''")}'`;
  const plain =
    type.kind === 'integer' ||
    (type.kind === 'numeric' && text.includes('.') && type.precision === undefined);
  return plain && /^\d/.test(text) ? text : `'${text.replaceAll("'", "''")}'::${typeName(type)}`;
}

const IS_TEST = /^is (not )?(true|false|unknown)$/;

function nameOf(call: CallExpr): string {
  return call.fn.slice(0, call.fn.lastIndexOf('('));
}

function printCall(expr: CallExpr): string {
  const name = nameOf(expr);
  const infix = infixOf(name);
  const [first, second] = expr.args;
  if (infix !== undefined && first !== undefined)
    return second === undefined
      ? `${infix}${infix.length > 1 || infix === '@' ? ' ' : ''}${operand(first)}`
      : `${operand(first)} ${infix} ${operand(second)}`;
  const tree = printTree(name, expr);
  if (tree !== undefined) return tree;
  if (IS_TEST.test(name)) return `${operand(first!)} ${name.toUpperCase()}`;
  if (name === 'position') return `position(${operand(second!)} IN ${operand(first!)})`;
  if (name === 'extract' && first!.kind === 'literal')
    return `extract(${String(first!.value)} FROM ${operand(second!)})`;
  return `${name}(${expr.args.map(printExpr).join(', ')})`;
}

const QUANTIFIED = /^(any|all) (.+)$/;

/** What has a form of its own over arrays and rows. */
function printTree(name: string, { args, type }: CallExpr): string | undefined {
  const [first, second, third] = args.map(printExpr);
  const quantified = QUANTIFIED.exec(name);
  if (quantified !== null)
    return `${operand(args[0]!)} ${infixOf(quantified[2]!) ?? quantified[2]!} ${quantified[1]!.toUpperCase()} (${second!})`;
  switch (name) {
    case 'array':
      return type.kind === 'array' ? `ARRAY[${args.map(printExpr).join(', ')}]` : undefined;
    case 'row':
      return `ROW(${args.map(printExpr).join(', ')})`;
    case 'item':
    case 'next_item':
      return `(${first!})[${second!}]`;
    case 'slice':
      return `(${first!})[${second!}:${third!}]`;
    case 'field': {
      const [whole, index] = args;
      const fields = whole!.type.kind === 'row' ? whole!.type.fields : [];
      return `(${first!}).${printName(index?.kind === 'literal' ? (fields[Number(index.value)]?.name ?? '') : '')}`;
    }
    default:
      return undefined;
  }
}

/** In parentheses, unless it cannot be torn apart. */
function operand(expr: BoundExpr): string {
  const text = printExpr(expr);
  return isCompound(expr) ? `(${text})` : text;
}

function isCompound(expr: BoundExpr): boolean {
  if (expr.kind !== 'call') return ['and', 'or', 'not', 'isNull'].includes(expr.kind);
  const name = nameOf(expr);
  return infixOf(name) !== undefined || IS_TEST.test(name);
}
