// Functions that stand in FROM: how many rows they give for a row of what stands before them, and the n-th of these as an
// expression. One that is not here is refused.

import { arrayOf, BIGINT, INTEGER, INTERVAL, JSONB, NUMERIC, TEXT } from '../data/types.ts';
import type { SqlType } from '../data/types.ts';
import { typeName } from '../data/types.ts';
import type { TextSpan } from '../errors.ts';
import { bindCast, bindFunction, bindInternal } from '../expr/bind.ts';
import { bindNextItem } from '../expr/bind-trees.ts';
import type { BoundExpr } from '../expr/bound.ts';
import { coerce } from '../expr/resolve/casts.ts';
import { commonType } from '../expr/resolve/common-type.ts';
import type { Operand } from '../expr/resolve/operand.ts';
import { argTypeOf, literal } from '../expr/resolve/operand.ts';
import { invalidQuery, typeMismatch, unsupported } from './fail.ts';
import { typed } from './expression.ts';

/** What one function gives, over its arguments, which are computed once for each row. */
export interface TableFunction {
  /** Its column, when it is not named. */
  readonly name: string;
  readonly inputs: readonly BoundExpr[];
  /** `inputs` as columns → a bigint. */
  readonly count: (inputs: readonly BoundExpr[]) => BoundExpr;
  readonly value: (inputs: readonly BoundExpr[], ordinal: BoundExpr) => BoundExpr;
  /** Behind its last row the value is NULL by itself. */
  readonly ends: boolean;
}

const KNOWN: Readonly<Record<string, (args: readonly Operand[], span: TextSpan) => TableFunction>> = {
  unnest: ([array], span) => ofArray('unnest', typed(array!), span),
  generate_series: series,
  generate_subscripts: subscripts,
  jsonb_array_elements: ([document], span) => ofJson(document!, 'value', 'json_items', span),
  jsonb_array_elements_text: ([document], span) => ofJson(document!, 'value', 'json_text_items', span),
  jsonb_object_keys: ([document], span) =>
    ofJson(
      bindInternal('json_keys', [coerce(document!, JSONB)], JSONB),
      'jsonb_object_keys',
      'json_text_items',
      span,
    ),
  jsonb_path_query: (args, span) =>
    ofJson(bindFunction('jsonb_path_query_array', args, span), 'jsonb_path_query', 'json_items', span),
  string_to_table: (args, span) =>
    ofArray('string_to_table', bindFunction('string_to_array', args, span), span),
  regexp_split_to_table: (args, span) =>
    ofArray('regexp_split_to_table', bindFunction('regexp_split_to_array', args, span), span),
};

const ARGUMENTS: Readonly<Record<string, readonly [number, number]>> = {
  unnest: [1, 1],
  generate_series: [2, 3],
  generate_subscripts: [2, 2],
  jsonb_array_elements: [1, 1],
  jsonb_array_elements_text: [1, 1],
  jsonb_object_keys: [1, 1],
  jsonb_path_query: [2, 4],
  string_to_table: [2, 3],
  regexp_split_to_table: [2, 3],
};

export const TABLE_FUNCTIONS: readonly string[] = Object.keys(KNOWN);

export function tableFunction(name: string, args: readonly Operand[], span: TextSpan): TableFunction {
  const make = Object.hasOwn(KNOWN, name) ? KNOWN[name] : undefined;
  if (make === undefined) throw unsupported(`${name} in FROM`, span, `one of ${TABLE_FUNCTIONS.join(', ')}`);
  const [least, most] = ARGUMENTS[name]!;
  if (args.length < least || args.length > most)
    throw invalidQuery(`${name} does not take ${args.length} arguments`, span);
  return make(args, span);
}

function ofArray(name: string, array: BoundExpr, span: TextSpan): TableFunction {
  if (array.type.kind !== 'array')
    throw typeMismatch(`${name} takes an array, not ${typeName(array.type)}`, span, undefined);
  return {
    name,
    inputs: [array],
    count: ([items]) => bindCast(bindFunction('cardinality', [items!]), BIGINT),
    value: ([items], ordinal) => bindNextItem(items!, bindCast(ordinal, INTEGER)),
    ends: true,
  };
}

function ofJson(
  operand: Operand,
  name: string,
  items: 'json_items' | 'json_text_items',
  span: TextSpan,
): TableFunction {
  const element = items === 'json_items' ? JSONB : TEXT;
  return ofArray(name, bindInternal(items, [coerce(operand, JSONB)], arrayOf(element)), span);
}

/** Of the one dimension that arrays have here. */
function subscripts([operand, dimension]: readonly Operand[], span: TextSpan): TableFunction {
  const array = typed(operand!);
  if (array.type.kind !== 'array')
    throw typeMismatch(`generate_subscripts takes an array, not ${typeName(array.type)}`, span, undefined);
  const inputs = [array, coerce(dimension!, INTEGER)];
  return {
    name: 'generate_subscripts',
    inputs,
    count: ([items, which]) => bindCast(bindFunction('array_length', [items!, which!]), BIGINT),
    value: (_inputs, ordinal) => bindCast(ordinal, INTEGER),
    ends: false,
  };
}

const TIMES = ['timestamp', 'timestamptz'];

function series(args: readonly Operand[], span: TextSpan): TableFunction {
  const times = args.slice(0, 2).map(argTypeOf);
  const isTime = times.some((type) => type !== 'unknown' && TIMES.includes(type.kind));
  return isTime ? timeSeries(args, span) : numberSeries(args, span);
}

function numberSeries(args: readonly Operand[], span: TextSpan): TableFunction {
  const common = commonType([...args.map(argTypeOf), INTEGER], 'generate_series', span);
  if (!NUMBERS.includes(common.kind))
    throw unsupported(
      `generate_series of ${typeName(common)}`,
      span,
      'cast to integer, bigint, numeric or timestamp',
    );
  const type = common.kind === 'numeric' ? NUMERIC : common;
  // They are counted in one type, and shown in theirs.
  const counted = common.kind === 'numeric' ? NUMERIC : BIGINT;
  const [start, stop, step = literal(1, INTEGER)] = args;
  const wide = (expr: BoundExpr): BoundExpr => bindCast(expr, counted);
  return {
    name: 'generate_series',
    inputs: [coerce(start!, type), coerce(stop!, type), coerce(step, type)],
    count: (inputs) => bindInternal('series_length', inputs.map(wide), BIGINT),
    value: ([first, , by], ordinal) =>
      bindCast(bindInternal('series_item', [wide(first!), wide(by!), ordinal], counted), type),
    ends: false,
  };
}

const NUMBERS = ['integer', 'bigint', 'numeric'];

function timeSeries(args: readonly Operand[], span: TextSpan): TableFunction {
  const [from, to, by] = args;
  if (by === undefined)
    throw invalidQuery('generate_series of times takes a step', span, "write INTERVAL '1 day'");
  const type: SqlType = commonType([argTypeOf(from!), argTypeOf(to!)], 'generate_series', span);
  const inputs = [coerce(from!, type), coerce(to!, type), coerce(by, INTERVAL)];
  return {
    name: 'generate_series',
    inputs,
    count: (all) => bindInternal('series_length', all, BIGINT),
    value: ([start, , step], ordinal) => bindInternal('series_item', [start!, step!, ordinal], type),
    ends: false,
  };
}
