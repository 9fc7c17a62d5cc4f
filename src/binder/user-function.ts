// Calls of functions that were created: the body takes the place of the call, with the arguments where it names its parameters. What
// runs is the expression that one would have written by hand.

import type { Catalog } from '../catalog/catalog.ts';
import type { FunctionDef } from '../catalog/definition.ts';
import { displayName, parameterText } from '../catalog/definition.ts';
import { MillraceError } from '../errors.ts';
import type { TextSpan } from '../errors.ts';
import { bindCase, bindFunction, bindOperator } from '../expr/bind.ts';
import type { BoundExpr } from '../expr/bound.ts';
import { bindScript } from '../expr/bind-script.ts';
import { functionByKey } from '../expr/functions/table.ts';
import { coerce } from '../expr/resolve/casts.ts';
import type { Operand } from '../expr/resolve/operand.ts';
import { untyped } from '../expr/resolve/operand.ts';
import { childrenOf, mapChildren } from '../expr/tree.ts';
import type { Expression, FunctionCall } from '../sql/ast.ts';
import { parseStatement } from '../sql/parse.ts';
import type { CreateFunction } from '../sql/statement.ts';
import type { UserFunctions } from './expression.ts';
import { bindBody, bindDefault } from './function-body.ts';
import { scriptOf } from './script.ts';
import { invalidQuery, typeMismatch, unsupported } from './fail.ts';

interface Known {
  readonly catalog: Catalog;
  /** Ids of what is used, collected while binding. */
  readonly reads: Set<string>;
}

const MAX_DEPTH = 32;

/** `depth`: how many bodies deep the calls stand. */
export function userFunctions({ catalog, reads }: Known, depth = 0): UserFunctions {
  return (call, bind) => {
    const { schema, name, span } = call.name;
    const found = catalog.findFunction({ schema: schema?.name, name: name.name });
    if (found === undefined) return undefined;
    if (depth >= MAX_DEPTH)
      throw invalidQuery(`functions are nested more than ${MAX_DEPTH} deep at "${found.name}"`, span);
    refuseClauses(call, found);
    reads.add(found.id);
    // What a body calls is used by the function, not by who calls it.
    const inner = userFunctions({ catalog, reads: new Set() }, depth + 1);
    const args = argumentsOf(call, found, bind, inner);
    return inlined(found, args, call.span, inner);
  };
}

function refuseClauses(call: FunctionCall, { name }: FunctionDef): void {
  const isPlain = !call.star && !call.distinct && call.filter === undefined && call.orderBy.length === 0;
  if (!isPlain || call.over !== undefined || call.withinGroup)
    throw invalidQuery(
      `${name} is not an aggregate function`,
      call.span,
      '*, DISTINCT, ORDER BY, FILTER and OVER are for aggregates and window functions',
    );
  const variadic = call.arguments.find((argument) => argument.variadic);
  if (variadic !== undefined) throw unsupported('VARIADIC', variadic.span, 'give the arguments one by one');
}

/** In the order of the parameters, of their types: by position, by name, by default. */
function argumentsOf(
  call: FunctionCall,
  found: FunctionDef,
  bind: (expression: Expression) => Operand,
  functions: UserFunctions,
): readonly BoundExpr[] {
  const given = new Map<number, BoundExpr>();
  call.arguments.forEach((argument, position) => {
    const at =
      argument.name === undefined
        ? position
        : found.parameters.findIndex(({ name }) => name === argument.name!.name);
    const isAfterName =
      argument.name === undefined && call.arguments.slice(0, position).some(({ name }) => name);
    if (isAfterName)
      throw invalidQuery('positional argument cannot follow named argument', argument.span, 'name it, too');
    if (found.parameters[at] === undefined || given.has(at))
      throw wrongArgument(found, misplaced(found, argument, given.has(at)), argument.span);
    given.set(at, argumentOf(found, at, bind(argument.value), argument.span));
  });
  return found.parameters.map(({ name }, at) => {
    const value = given.get(at) ?? defaultOf(found, at, functions, call.span);
    if (value === undefined) throw wrongArgument(found, `lacks argument "${name}"`, call.span);
    return value;
  });
}

function misplaced(
  { parameters }: FunctionDef,
  { name }: FunctionCall['arguments'][number],
  again: boolean,
): string {
  if (name === undefined) return `takes ${parameters.length} arguments at most`;
  return again ? `is given argument "${name.name}" twice` : `has no parameter "${name.name}"`;
}

function wrongArgument(found: FunctionDef, what: string, span: TextSpan): MillraceError {
  return new MillraceError({
    code: 'UNKNOWN_FUNCTION',
    message: `function ${displayName(found)} ${what}`,
    hint: `it is ${displayName(found)}(${found.parameters.map(parameterText).join(', ')})`,
    span,
  });
}

function argumentOf(
  { name, parameters }: FunctionDef,
  at: number,
  operand: Operand,
  span: TextSpan,
): BoundExpr {
  const parameter = parameters[at]!;
  try {
    return coerce(operand, parameter.type, 'implicit', operand.span ?? span);
  } catch (error) {
    if (!(error instanceof MillraceError) || error.code !== 'TYPE_MISMATCH') throw error;
    throw typeMismatch(
      `argument "${parameter.name}" of function ${name}: ${error.message}`,
      error.span,
      error.hint,
    );
  }
}

function defaultOf(
  found: FunctionDef,
  at: number,
  functions: UserFunctions,
  span: TextSpan,
): BoundExpr | undefined {
  const syntax = syntaxOf(found).parameters[at]!;
  if (syntax.fallback === undefined) return undefined;
  const bound = bindDefault(syntax.fallback, found.parameters[at]!.type, functions);
  return replaced(bound, new Set(), span);
}

const syntaxes = new WeakMap<FunctionDef, CreateFunction>();

/** The statement of a definition, read once. */
function syntaxOf(found: FunctionDef): CreateFunction {
  let syntax = syntaxes.get(found);
  if (syntax === undefined) {
    const statement = parseStatement(found.text);
    if (statement.kind !== 'CreateFunction')
      throw new Error(`the text of function ${found.name} is no function`);
    syntax = statement;
    syntaxes.set(found, syntax);
  }
  return syntax;
}

function inlined(
  found: FunctionDef,
  args: readonly BoundExpr[],
  span: TextSpan,
  functions: UserFunctions,
): BoundExpr {
  const body = bodyAt(found, args, span, functions);
  const value = replaced(found.strict ? strictly(body, args) : body, new Set(args), span);
  if (sizeOf(value) > MAX_SIZE)
    throw new MillraceError({
      code: 'SQL_TOO_LARGE',
      message: `a call of function ${found.name} comes to more than ${MAX_SIZE} operations once bodies are put in place`,
      hint: 'compute what is used several times in a subquery in FROM',
      span,
    });
  return value;
}

/** What is wrong with the body for these arguments is told where it is called. */
function bodyAt(
  found: FunctionDef,
  args: readonly BoundExpr[],
  span: TextSpan,
  functions: UserFunctions,
): BoundExpr {
  try {
    if (found.language === 'javascript') return bindScript(scriptOf(found), args, found.returns, span);
    return bindBody(syntaxOf(found), found.returns, args, functions);
  } catch (error) {
    if (!(error instanceof MillraceError)) throw error;
    const { code, hint } = error;
    throw new MillraceError({ code, message: `in function ${found.name}: ${error.message}`, hint, span });
  }
}

/**
 * NULL when an argument is. Where the body says so by itself it stands alone, and where it does not, all arguments are computed
 * first: both as Postgres does it.
 */
function strictly(body: BoundExpr, args: readonly BoundExpr[]): BoundExpr {
  // What is called is called with all of them; a script is not asked where one is NULL.
  if (args.length === 0 || (isStrict(body, args) && args.every((arg) => uses(body, arg)))) return body;
  const missing = bindOperator('>', bindFunction('num_nulls', args), untyped('0'));
  return bindCase([{ when: missing, then: untyped(null) }], body);
}

function isStrict(expr: BoundExpr, args: readonly BoundExpr[]): boolean {
  if (args.includes(expr)) return true;
  if (expr.kind === 'call' && functionByKey(expr.fn).kind !== 'strict') return false;
  const isPlain = ['call', 'cast', 'not', 'literal', 'column'].includes(expr.kind);
  return isPlain && childrenOf(expr).every((child) => isStrict(child, args));
}

function uses(expr: BoundExpr, arg: BoundExpr): boolean {
  return expr === arg || childrenOf(expr).some((child) => uses(child, arg));
}

/** What is not an argument stands, for who reads the query, where the call does. */
function replaced(expr: BoundExpr, args: ReadonlySet<BoundExpr>, span: TextSpan): BoundExpr {
  if (args.has(expr)) return expr;
  return { ...mapChildren(expr, (child) => replaced(child, args, span)), span };
}

/** Operations of an expression; more than this no one has written by hand. */
const MAX_SIZE = 10_000;
const sizes = new WeakMap<BoundExpr, number>();

/** Counted once for what stands in several places. */
function sizeOf(expr: BoundExpr): number {
  const known = sizes.get(expr);
  if (known !== undefined) return known;
  const size = childrenOf(expr).reduce((sum, child) => sum + sizeOf(child), 1);
  sizes.set(expr, size);
  return size;
}
