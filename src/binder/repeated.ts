// A function in FROM, or VALUES, behind other tables: rows of these are repeated, once for each row that it gives for them.
// It may read them, with LATERAL or without.

import { BIGINT } from '../data/types.ts';
import { bindCase, bindCoalesce, bindCondition, bindGreatest, bindOperator } from '../expr/bind.ts';
import type { BoundExpr } from '../expr/bound.ts';
import { literal } from '../expr/resolve/operand.ts';
import type { Expression, FunctionTable, Join, SubqueryTable, TableAlias, Values } from '../sql/ast.ts';
import type { BoundColumn, BoundRelation, BoundRepeated } from './bound.ts';
import type { ExpressionContext, UserFunctions } from './expression.ts';
import { bindExpression } from './expression.ts';
import { groupingError, invalidQuery, unsupported } from './fail.ts';
import type { Scope } from './scope.ts';
import type { TableFunction } from './table-functions.ts';
import { tableFunction } from './table-functions.ts';

/** What may stand behind a table: the rest of FROM is a relation of its own. */
export type RepeatingItem = FunctionTable | (SubqueryTable & { readonly query: { readonly body: Values } });

export function isRepeating(item: { readonly kind: string }): item is RepeatingItem {
  if (item.kind === 'FunctionTable') return true;
  if (item.kind !== 'SubqueryTable') return false;
  const { query } = item as SubqueryTable;
  return (
    query.body.kind === 'Values' &&
    query.with === undefined &&
    query.orderBy.length + (query.limit ? 1 : 0) === 0
  );
}

/** The rows of which a condition is true. */
export function keptRows(input: BoundRelation, condition: BoundExpr | null): BoundRelation {
  if (condition === null) return input;
  const once = literal(1n, BIGINT);
  return {
    kind: 'repeated',
    input,
    inputs: [],
    count: once,
    values: [],
    condition,
    alias: '',
    columns: input.columns,
  };
}

interface Given {
  readonly name: string;
  readonly value: (ordinal: BoundExpr) => BoundExpr;
}

/** `outer`: a row for which there is nothing stays, with NULLs. */
export function bindRepeated(
  item: RepeatingItem,
  input: BoundRelation,
  scope: Scope,
  functions: UserFunctions,
  outer = false,
): BoundRepeated {
  const rows =
    item.kind === 'FunctionTable' ? functionRows(item, scope, functions) : valueRows(item, scope, functions);
  const width = scope.row.length;
  const { inputs } = rows;
  const columns = inputs.map((expr, i): BoundExpr => ({
    kind: 'column', index: width + i, name: `argument_${i + 1}`, type: expr.type, nullable: expr.nullable,
  })); // prettier-ignore
  const ordinal: BoundExpr = {
    kind: 'column', index: width + inputs.length, name: 'ordinal', type: BIGINT, nullable: false,
  }; // prettier-ignore
  const { count, given } = rows.over(columns);
  const found = bindCoalesce([count, literal(0n, BIGINT)]);
  const values = given.map(({ value }) => (outer ? until(found, ordinal, value(ordinal)) : value(ordinal)));
  const named = nameColumns(item.alias, given, item.kind === 'FunctionTable');
  const added = values.map(({ type, nullable }, i): BoundColumn => ({
    name: named.columns[i]!,
    type,
    nullable,
    time: null,
  }));
  return {
    kind: 'repeated',
    input,
    inputs,
    count: outer ? bindGreatest('greatest', [found, literal(1n, BIGINT)]) : found,
    values,
    condition: null,
    alias: named.alias,
    columns: [...input.columns, ...added],
  };
}

/** Can the rows before it be repeated for this join? Where they stay without a row of the function it must be ON true. */
export function repeatsRows({ type, asOf, condition }: Join): boolean {
  if (asOf || (condition !== undefined && condition.kind !== 'on')) return false;
  const always = condition?.expression.kind === 'BooleanLiteral' && condition.expression.value;
  return type === 'inner' || type === 'cross' || (type === 'left' && always === true);
}

/** `a JOIN unnest(a.x) AS u ON …` */
export function bindRepeatedJoin(
  { type, condition, right }: Join & { readonly right: RepeatingItem },
  input: BoundRelation,
  scopeOf: (relation: BoundRelation) => Scope,
  functions: UserFunctions,
): BoundRepeated {
  const repeated = bindRepeated(right, input, scopeOf(input), functions, type === 'left');
  if (condition?.kind !== 'on' || type === 'left') return repeated;
  const on = bindExpression(condition.expression, inFrom(scopeOf(repeated), functions));
  return { ...repeated, condition: bindCondition(on, 'JOIN/ON') };
}

/** The tables before it, then its own. */
export function repeatedScope(
  { input, alias, columns }: BoundRepeated,
  scopeOf: (relation: BoundRelation) => Scope,
): Scope {
  const { tables } = scopeOf(input);
  const own = columns.slice(input.columns.length).map(({ name }, i) => ({
    name, index: input.columns.length + i, hidden: false,
  })); // prettier-ignore
  return { tables: [...tables, { alias, schema: undefined, columns: own }], row: columns };
}

function inFrom(scope: Scope, functions: UserFunctions): ExpressionContext {
  return {
    scope,
    functions,
    aggregate: (call) => {
      throw groupingError('aggregate functions are not allowed in FROM', call.span);
    },
  };
}

interface Rows {
  readonly inputs: readonly BoundExpr[];
  readonly over: (inputs: readonly BoundExpr[]) => {
    readonly count: BoundExpr;
    readonly given: readonly Given[];
  };
}

/** Several functions side by side end with the longest; what has ended is NULL. */
function functionRows(item: FunctionTable, scope: Scope, functions: UserFunctions): Rows {
  const called = item.calls.flatMap((call) => functionsOf(call, inFrom(scope, functions), item.rowsFrom));
  const inputs = called.flatMap((fn) => fn.inputs);
  return {
    inputs,
    over: (columns) => {
      let at = 0;
      const parts = called.map((fn) => {
        const own = columns.slice(at, (at += fn.inputs.length));
        return { fn, own, count: fn.count(own) };
      });
      const count =
        parts.length === 1
          ? parts[0]!.count
          : bindGreatest(
              'greatest',
              parts.map((part) => part.count),
            );
      const given = parts.map(({ fn, own, count: length }): Given => ({
        name: fn.name,
        value: (ordinal) => {
          const value = fn.value(own, ordinal);
          return fn.ends || parts.length === 1 ? value : until(length, ordinal, value);
        },
      }));
      const numbered = { name: 'ordinality', value: (ordinal: BoundExpr) => ordinal };
      return { count, given: item.ordinality ? [...given, numbered] : given };
    },
  };
}

/** unnest(a, b) is unnest(a) beside unnest(b). */
function functionsOf(
  call: Expression,
  context: ExpressionContext,
  rowsFrom: boolean,
): readonly TableFunction[] {
  if (call.kind !== 'FunctionCall')
    throw unsupported('this expression in FROM', call.span, 'FROM takes tables, subqueries and functions');
  const args = call.arguments.map(({ value }) => bindExpression(value, context));
  const { name } = call.name.name;
  if (name !== 'unnest' || args.length < 2 || rowsFrom) return [tableFunction(name, args, call.span)];
  return args.map((arg) => tableFunction(name, [arg], call.span));
}

/** The value while the number is within the count, then NULL. */
function until(count: BoundExpr, ordinal: BoundExpr, value: BoundExpr): BoundExpr {
  return bindCase([{ when: bindOperator('<=', ordinal, count), then: value }], literal(null, value.type));
}

const MOST_VALUES = 1000;

function valueRows(
  { query, lateral }: RepeatingItem & SubqueryTable,
  scope: Scope,
  functions: UserFunctions,
): Rows {
  const { rows } = query.body as Values;
  const width = rows[0]!.length;
  if (rows.some((row) => row.length !== width))
    throw invalidQuery(
      'VALUES lists must all be the same length',
      query.span,
      'write NULL where a value is missing',
    );
  if (rows.length > MOST_VALUES)
    throw unsupported(`VALUES of more than ${MOST_VALUES} rows`, query.span, 'make it a table');
  // Names of tables before it mean nothing in it, unless it is LATERAL.
  const tables = lateral ? scope.tables : [];
  const alone = inFrom({ ...scope, tables }, functions);
  const bound = rows.map((row) => row.map((value) => bindExpression(value, alone)));
  const given = Array.from({ length: width }, (_, column): Given => ({
    name: `column${column + 1}`,
    value: (ordinal) => {
      const last = bound.at(-1)![column]!;
      const arms = bound.slice(0, -1).map((row, i) => ({
        when: bindOperator('=', ordinal, literal(BigInt(i + 1), BIGINT)),
        then: row[column]!,
      }));
      return bindCase(arms, last);
    },
  }));
  return { inputs: [], over: () => ({ count: literal(BigInt(rows.length), BIGINT), given }) };
}

/** The alias of a function that gives one column names this, too. */
function nameColumns(
  alias: TableAlias | undefined,
  given: readonly Given[],
  isFunction: boolean,
): { readonly alias: string; readonly columns: readonly string[] } {
  const own = given.filter(({ name }) => name !== 'ordinality').length;
  const renames = isFunction && own === 1 && alias !== undefined && given[0]!.name !== 'value';
  const columns = given.map(
    ({ name }, i) => alias?.columns[i]?.name ?? (i === 0 && renames ? alias.name.name : name),
  );
  if (alias !== undefined && alias.columns.length > given.length)
    throw invalidQuery(
      `table "${alias.name.name}" has ${given.length} columns available but ${alias.columns.length} columns specified`,
      alias.span,
      'name as many as it gives, or fewer',
    );
  return { alias: alias?.name.name ?? (isFunction ? given[0]!.name : ''), columns };
}
