// Values of constant expressions, computed by the same kernels as rows, and folding by the rules of PostgreSQL's planner
// (eval_const_expressions): what is constant is computed when the query is submitted and fails there, unless an
// earlier constant condition makes it unreachable.

import { newBatch } from '../data/batch.ts';
import { MillraceError } from '../errors.ts';
import type { Value } from '../data/value.ts';
import { valueAt } from '../data/value.ts';
import type { BoundExpr, CaseExpr, CoalesceExpr, LogicExpr } from './bound.ts';
import { compileMap } from './kernel.ts';
import { printExpr } from './print.ts';
import { isConstant } from './properties.ts';
import { literal } from './resolve/operand.ts';
import { mapChildren } from './tree.ts';

/** The value of an expression without columns. Its failure is the user's mistake, at its place in the text. */
export function evaluateConstant(expr: BoundExpr): Value {
  if (expr.kind === 'literal') return expr.value;
  const input = newBatch([], 1);
  input.rows = 1;
  const output = newBatch([{ name: 'value', type: expr.type, nullable: true }], 1);
  compileMap({ inputSchema: [], filter: null, exprs: [expr] }).run(input, output, (_row, _target, error) => {
    throw new MillraceError({
      code: 'CONSTANT_FAILS',
      message: error.message,
      hint: `${printExpr(expr)} fails for every row (SQLSTATE ${error.sqlstate})`,
      span: expr.span,
    });
  });
  return valueAt(output.columns[0]!, 0, expr.type);
}

/** The same expression with its constant parts computed. */
export function foldConstants(expr: BoundExpr): BoundExpr {
  switch (expr.kind) {
    case 'case':
      return foldCase(expr);
    case 'and':
    case 'or':
      return foldLogic(expr);
    case 'coalesce':
      return foldCoalesce(expr);
    default: {
      const folded = mapChildren(expr, foldConstants);
      return folded.kind !== 'literal' && isConstant(folded) ? asLiteral(folded) : folded;
    }
  }
}

function asLiteral(expr: BoundExpr): BoundExpr {
  return literal(widened(expr) ?? evaluateConstant(expr), expr.type, expr.span);
}

/** The most frequent constant, `1` beside a bigint, without a kernel of its own: a text has thousands of them. */
function widened(expr: BoundExpr): bigint | null {
  if (expr.kind !== 'cast' || expr.type.kind !== 'bigint' || expr.arg.kind !== 'literal') return null;
  const { type, value } = expr.arg;
  return type.kind === 'integer' && typeof value === 'number' ? BigInt(value) : null;
}

/** Arms behind a constant true, and those with a constant false or NULL, are dropped unseen. */
function foldCase(expr: CaseExpr): BoundExpr {
  const arms: { when: BoundExpr; then: BoundExpr }[] = [];
  let otherwise = expr.otherwise;
  for (const arm of expr.arms) {
    const when = foldConstants(arm.when);
    if (when.kind === 'literal' && when.value !== true) continue;
    if (when.kind === 'literal') {
      otherwise = arm.then;
      break;
    }
    arms.push({ when, then: foldConstants(arm.then) });
  }
  const rest = otherwise === null ? null : foldConstants(otherwise);
  if (arms.length === 0) return rest ?? literal(null, expr.type, expr.span);
  const nullable = rest === null || rest.nullable || arms.some((arm) => arm.then.nullable);
  return { ...expr, arms, otherwise: rest, nullable };
}

function foldLogic(expr: LogicExpr): BoundExpr {
  const decisive = expr.kind === 'or';
  const args: BoundExpr[] = [];
  let unknown: BoundExpr | null = null;
  for (const arg of expr.args) {
    const folded = foldConstants(arg);
    if (folded.kind !== 'literal') args.push(folded);
    else if (folded.value === decisive) return literal(decisive, expr.type, expr.span);
    else if (folded.value === null) unknown = folded;
  }
  if (unknown !== null) args.push(unknown);
  if (args.length === 0) return literal(!decisive, expr.type, expr.span);
  if (args.length === 1) return args[0]!;
  return { ...expr, args, nullable: args.some((arg) => arg.nullable) };
}

function foldCoalesce(expr: CoalesceExpr): BoundExpr {
  const args: BoundExpr[] = [];
  for (const arg of expr.args) {
    const folded = foldConstants(arg);
    if (folded.kind === 'literal' && folded.value === null) continue;
    args.push(folded);
    if (folded.kind === 'literal') break;
  }
  if (args.length === 0) return literal(null, expr.type, expr.span);
  if (args.length === 1) return args[0]!;
  return { ...expr, args, nullable: args.every((arg) => arg.nullable) };
}
