// Random expressions of a wanted type over the columns in reach. What Postgres leaves open (the order of a sum of fractions, of an
// aggregate without ORDER BY) is not asked for.

import type { Dice } from './dice.ts';
import { called } from './functions.ts';
import type { ColumnType } from './tables.ts';
import { SQL_TYPES } from './tables.ts';
import type { Tree } from './tree.ts';
import { list, optional, tree } from './tree.ts';

export interface Reachable {
  /** As it is written. */
  readonly text: string;
  readonly type: ColumnType;
}

export type Scope = readonly Reachable[];

const LITERALS: Readonly<Record<ColumnType, readonly string[]>> = {
  int: ['0', '1', '2', '5', 'NULL::int'],
  big: ['0::bigint', '3::bigint', 'NULL::bigint'],
  num: ['0.5::numeric', '1.25::numeric', '-2.0::numeric'],
  dbl: ['0.5::double precision', '-1.5::double precision'],
  // Constants have another collation than columns, and other letters in upper case.
  text: [`'a'`, `'b'`, `''`, `'ab'`, 'NULL::text'],
  bool: ['true', 'false', 'NULL::boolean'],
  time: [`TIMESTAMPTZ '2023-11-14 22:13:25+00'`],
};

export function expression(dice: Dice, type: ColumnType, scope: Scope, depth: number): Tree {
  const columns = scope.filter((column) => column.type === type);
  if (columns.length > 0 && (depth <= 0 || dice.chance(0.65))) return tree(type, dice.one(columns).text);
  if (depth <= 0 || dice.chance(0.08)) return tree(type, dice.one(LITERALS[type]));
  const of = (inner: ColumnType): Tree => expression(dice, inner, scope, depth - 1);
  const call = dice.chance(0.04) ? called(dice, type, of) : null;
  if (call !== null) return call;
  return dice.chance(0.3) ? general(dice, type, of) : special(dice, type, of);
}

type Of = (type: ColumnType) => Tree;

function general(dice: Dice, type: ColumnType, of: Of): Tree {
  switch (dice.below(4)) {
    case 0:
      return tree(type, 'CASE WHEN ', of('bool'), ' THEN ', of(type), optional(' ELSE ', of(type)), ' END');
    case 1:
      return tree(type, 'coalesce(', of(type), ', ', of(type), ')');
    case 2:
      return tree(type, 'nullif(', of(type), ', ', of(type), ')');
    default:
      if (type === 'bool') return tree(type, 'NOT ', of(type));
      return tree(type, dice.one(['greatest(', 'least(']), of(type), ', ', of(type), ')');
  }
}

function special(dice: Dice, type: ColumnType, of: Of): Tree {
  switch (type) {
    case 'int':
      return dice.weighted<() => Tree>([
        [4, () => tree(type, '(', of('int'), dice.one([' + ', ' - ', ' * ']), of('int'), ')')],
        [2, () => tree(type, '(', of('int'), dice.one([' % ', ' / ']), dice.one(['2', '3', '-2']), ')')],
        [1, () => tree(type, 'length(', of('text'), ')')],
        [1, () => tree(type, '(10 / nullif(', of('int'), ', 0))')],
        [0.3, () => tree(type, '(10 / ', of('int'), ')')],
      ])();
    case 'big':
      return dice.chance(0.5)
        ? tree(type, '(', of('big'), dice.one([' + ', ' - ', ' * ']), of('int'), ')')
        : tree(type, of('int'), '::bigint');
    case 'num':
      return dice.chance(0.6)
        ? tree(
            type,
            '(',
            of('num'),
            dice.one([' + ', ' - ', ' * ']),
            of(dice.chance(0.5) ? 'num' : 'int'),
            ')',
          )
        : tree(type, dice.one(['round(', 'abs(']), of('num'), ')');
    case 'dbl':
      return tree(type, '(', of('dbl'), dice.one([' + ', ' - ', ' * ']), of('dbl'), ')');
    case 'text':
      return dice.weighted<() => Tree>([
        [2, () => tree(type, dice.one(['upper(', 'lower(']), of('text'), ')')],
        [2, () => tree(type, '(', of('text'), ' || ', of('text'), ')')],
        [1, () => tree(type, 'substr(', of('text'), ', 1, 1)')],
        [1, () => tree(type, of(dice.one(['int', 'num', 'bool'])), '::text')],
      ])();
    case 'bool':
      return condition(dice, of);
    case 'time':
      return tree(type, '(', of('time'), ` + INTERVAL '${1 + dice.below(3)} seconds')`);
  }
}

function condition(dice: Dice, of: Of): Tree {
  const type = dice.one<ColumnType>(['int', 'int', 'big', 'num', 'text', 'text', 'time', 'dbl']);
  const compare = dice.one([' = ', ' <> ', ' < ', ' <= ', ' > ', ' IS DISTINCT FROM ']);
  return dice.weighted<() => Tree>([
    [5, () => tree('bool', of(type), compare, of(type))],
    [2, () => tree('bool', '(', of('bool'), dice.one([' AND ', ' OR ']), of('bool'), ')')],
    [1, () => tree('bool', of(type), dice.one([' IS NULL', ' IS NOT NULL']))],
    [1, () => tree('bool', of('text'), dice.one([` LIKE 'a%'`, ` NOT LIKE '%b'`]))],
    [1, () => tree('bool', of('int'), ' BETWEEN ', of('int'), ' AND ', of('int'))],
    [
      1,
      () =>
        tree('bool', of('int'), dice.one([' IN (', ' NOT IN (']), list(', ', [of('int'), of('int')]), ')'),
    ],
  ])();
}

export interface TypedTree {
  readonly tree: Tree;
  readonly type: ColumnType;
}

/** A call over the rows of a group; its type is what Postgres gives, as the wanted types know it. */
export function aggregate(dice: Dice, scope: Scope): TypedTree {
  const of = (type: ColumnType): Tree => expression(dice, type, scope, 1);
  const filter = dice.chance(0.25) ? optional(' FILTER (WHERE ', of('bool'), ')') : tree('');
  const distinct = dice.chance(0.25) ? optional('DISTINCT ') : tree('');
  const call = (type: ColumnType, ...parts: (string | Tree)[]): TypedTree => ({
    tree: tree(type, ...parts, filter),
    type,
  });
  const any = dice.one<ColumnType>(['int', 'big', 'num', 'text', 'dbl', 'time']);
  return dice.weighted<() => TypedTree>([
    [3, () => call('big', 'count(*)')],
    [2, () => call('big', 'count(', distinct, of(any), ')')],
    [2, () => call('big', 'sum(', distinct, of('int'), ')')],
    [2, () => call('num', 'sum(', distinct, of(dice.one(['big', 'num'])), ')')],
    [1, () => call('dbl', 'sum(', distinct, of('dbl'), ')')],
    [3, () => call(any, dice.one(['min(', 'max(']), of(any), ')')],
    [1, () => call('num', 'avg(', distinct, of(dice.one(['int', 'num'])), ')')],
    [1, () => call('bool', dice.one(['bool_and(', 'bool_or(']), of('bool'), ')')],
    [1, () => textInOrder(dice, of, call)],
    [1, () => collected(dice, of, distinct, filter)],
    [1, () => orderedSet(dice, of, call)],
    [1, () => inOrderOf(dice, of, distinct, filter)],
    [0.5, () => call('big', 'regr_count(', of(dice.one(['int', 'dbl'])), ', ', of('dbl'), ')')],
    [0.5, () => call('int', dice.one(['bit_and(', 'bit_or(', 'bit_xor(']), of('int'), ')')],
    [0.5, () => call('num', dice.one(['var_pop(', 'stddev_samp(']), of(dice.one(['int', 'num'])), ')')],
  ])();
}

function textInOrder(dice: Dice, of: Of, call: (type: ColumnType, ...parts: (string | Tree)[]) => TypedTree) {
  // A bare literal has no type, and then is another expression in ORDER BY.
  const text = castTo('text', of('text'));
  const direction = dice.one(['', ' DESC', ' DESC NULLS LAST']);
  return call(
    'text',
    'string_agg(',
    dice.chance(0.3) ? 'DISTINCT ' : '',
    text,
    `, ','`,
    ' ORDER BY ',
    text,
    direction,
    ')',
  );
}

/** By the order of something else, then of the values, so that it does not matter which of two rows comes first. */
function inOrderOf(dice: Dice, of: Of, distinct: Tree, filter: Tree): TypedTree {
  const type = dice.one<ColumnType>(['int', 'big', 'text', 'bool']);
  const value = castTo(type, of(type));
  const by = castTo('text', of('text'));
  const order = tree('', ' ORDER BY ', by, dice.one([', ', ' DESC, ', ' NULLS FIRST, ']), value);
  const end = tree('', dice.one([')', ' DESC)']), filter);
  const single = dice.one(['first_value(', 'last_value(']);
  return dice.weighted<() => TypedTree>([
    [2, () => ({ tree: tree(type, single, value, order, end), type })],
    [1, () => ({ tree: tree('text', '(array_agg(', value, order, end, ')::text'), type: 'text' })],
    [1, () => ({ tree: tree('text', '(jsonb_agg(', value, order, end, ')::text'), type: 'text' })],
    [
      1,
      () => {
        const key = tree('', 'coalesce(', by, `, '-')`);
        const call = tree('', '(jsonb_object_agg(', key, ', ', value, order, end, ')::text');
        return { tree: call, type: 'text' };
      },
    ],
    [1, () => ({ tree: tree('big', 'approx_count_distinct(', value, ')', filter), type: 'big' })],
    [
      1,
      () => {
        const fractions = dice.one(['ARRAY[0.2, 0.9]', 'ARRAY[1, 0]']);
        const call = tree(
          '',
          `(percentile_disc(${fractions}) WITHIN GROUP (ORDER BY `,
          value,
          end,
          ')::text',
        );
        return { tree: call, type: 'text' };
      },
    ],
    [
      0.5,
      () => ({ tree: tree('big', 'count(', distinct, 'ROW(', value, ', ', by, '))', filter), type: 'big' }),
    ],
  ])();
}

function orderedSet(dice: Dice, of: Of, call: (type: ColumnType, ...parts: (string | Tree)[]) => TypedTree) {
  const order = dice.one([')', ' DESC)']);
  const fraction = dice.one(['0', '0.3', '0.5', '1']);
  if (dice.chance(0.3)) return call('dbl', 'percentile_cont(0.5) WITHIN GROUP (ORDER BY ', of('int'), order);
  const type = dice.one<ColumnType>(['int', 'big', 'text', 'bool', 'time']);
  const name = dice.one(['mode()', `percentile_disc(${fraction})`]);
  return call(type, `${name} WITHIN GROUP (ORDER BY `, castTo(type, of(type)), order);
}

/** What is equal prints the same here, so that it does not matter which of two values comes first. */
function collected(dice: Dice, of: Of, distinct: Tree, filter: Tree): TypedTree {
  // Numerics that are equal may print differently, and are counted as one.
  if (dice.chance(0.2)) {
    const some = tree(
      'num',
      'CASE WHEN ',
      of('bool'),
      ' THEN round(',
      of('num'),
      ') ELSE ',
      of('num'),
      ' END',
    );
    return { tree: tree('int', 'cardinality(array_agg(DISTINCT ', some, ')', filter, ')'), type: 'int' };
  }
  const type = dice.one<ColumnType>(['int', 'big', 'text', 'bool']);
  const value = castTo(type, of(type));
  const name = dice.one(['array_agg(', 'jsonb_agg(']);
  const order = dice.one([')', ' DESC)', ' NULLS FIRST)']);
  return {
    tree: tree('text', `(${name}`, distinct, value, ' ORDER BY ', value, order, filter, ')::text'),
    type: 'text',
  };
}

export function castTo(type: ColumnType, of: Tree): Tree {
  return tree('', 'CAST(', of, ` AS ${SQL_TYPES[type]})`);
}
