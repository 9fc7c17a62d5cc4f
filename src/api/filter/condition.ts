// A filter on the rows of a view, checked and typed: what `where` of GraphQL becomes. Two readings exist, SQL (condition-sql.ts)
// and this process (condition-eval.ts), and they agree: same operators, three-valued logic, text as bytes.

import type { RowSchema, SqlType } from '../../data/types.ts';
import type { Value } from '../../data/value.ts';
import { MillraceError } from '../../errors.ts';
import { equalityText } from '../../views/row-change.ts';
import type { Interest } from '../../views/change-feed.ts';

export type Comparison = '=' | '<>' | '<' | '<=' | '>' | '>=';
export type NotNull = Exclude<Value, null>;

export type Condition =
  | { readonly kind: 'compare'; readonly op: Comparison; readonly column: number; readonly value: NotNull }
  | { readonly kind: 'in'; readonly column: number; readonly values: readonly NotNull[] }
  | { readonly kind: 'like'; readonly column: number; readonly pattern: string; readonly fold: boolean }
  | { readonly kind: 'isNull'; readonly column: number }
  | { readonly kind: 'and' | 'or'; readonly args: readonly Condition[] }
  | { readonly kind: 'not'; readonly arg: Condition };

export const TRUE: Condition = { kind: 'and', args: [] };

const COMPARISONS: Readonly<Record<string, Comparison>> = {
  _eq: '=',
  _neq: '<>',
  _gt: '>',
  _gte: '>=',
  _lt: '<',
  _lte: '<=',
};

/** The fields of a view as the schema names them. */
export interface FilterFields {
  readonly schema: RowSchema;
  /** GraphQL name → index into `schema`. */
  readonly columns: ReadonlyMap<string, number>;
}

type Input = Readonly<Record<string, unknown>>;

/** `where` as GraphQL has checked and read it: values are those of data/value.ts already. */
export function readCondition(where: Input, fields: FilterFields, maxNodes: number): Condition {
  let nodes = 0;
  const read = (input: Input): Condition => {
    const args: Condition[] = [];
    for (const [name, given] of Object.entries(input)) {
      if (++nodes > maxNodes) throw tooMany(maxNodes);
      if (given === null) throw nullOperand(name);
      if (name === '_and' || name === '_or')
        args.push({ kind: name === '_and' ? 'and' : 'or', args: (given as readonly Input[]).map(read) });
      else if (name === '_not') args.push({ kind: 'not', arg: read(given as Input) });
      else args.push(...readColumn(fields, name, given as Input, () => ++nodes <= maxNodes));
    }
    return args.length === 1 ? args[0]! : { kind: 'and', args };
  };
  return read(where);
}

function readColumn(fields: FilterFields, name: string, tests: Input, count: () => boolean): Condition[] {
  const column = fields.columns.get(name)!;
  return Object.entries(tests).map(([test, operand]): Condition => {
    if (!count()) throw tooMany(fields.schema.length);
    if (operand === null) throw nullOperand(`${name}: ${test}`);
    return readTest(column, fields.schema[column]!.type, test, operand);
  });
}

function readTest(column: number, type: SqlType, test: string, operand: unknown): Condition {
  const op = COMPARISONS[test];
  if (op !== undefined) return { kind: 'compare', op, column, value: operand as NotNull };
  switch (test) {
    case '_in':
      return { kind: 'in', column, values: operand as readonly NotNull[] };
    case '_nin':
      return { kind: 'not', arg: { kind: 'in', column, values: operand as readonly NotNull[] } };
    case '_like':
    case '_ilike':
      return { kind: 'like', column, pattern: checkedPattern(operand as string), fold: test === '_ilike' };
    case '_is_null':
      return operand === true ? { kind: 'isNull', column } : { kind: 'not', arg: { kind: 'isNull', column } };
    default:
      throw new Error(`no test ${test} for ${type.kind}`);
  }
}

function checkedPattern(pattern: string): string {
  let backslashes = 0;
  while (pattern.at(-1 - backslashes) === '\\') backslashes++;
  if (backslashes % 2 === 0) return pattern;
  throw new MillraceError({
    code: 'INVALID_FILTER',
    message: 'a LIKE pattern must not end with its escape character',
    hint: 'write \\\\ for one backslash',
  });
}

function nullOperand(where: string): MillraceError {
  return new MillraceError({
    code: 'INVALID_FILTER',
    message: `null is not a value to compare with (${where})`,
    hint: 'use _is_null: true, or leave the field out',
  });
}

function tooMany(limit: number): MillraceError {
  return new MillraceError({
    code: 'LIMIT_EXCEEDED',
    message: `the filter has more than ${limit} conditions`,
    hint: 'use _in for lists of values, or a narrower view',
  });
}

/** An equality that every matching row fulfils: rows without it need not be looked at. */
export function interestOf(condition: Condition): Interest | null {
  if (condition.kind === 'compare' && condition.op === '=')
    return { column: condition.column, value: equalityText(condition.value) };
  if (condition.kind !== 'and') return null;
  for (const arg of condition.args) {
    const found = interestOf(arg);
    if (found !== null) return found;
  }
  return null;
}
