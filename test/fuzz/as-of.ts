// Each row with the one of another relation that is nearest to it. Never are two rows that differ equally near: their order is
// by what is another for each of them, or they are groups of its values.

import type { Dice } from './dice.ts';
import type { Scope } from './expressions.ts';
import { aggregate, castTo, expression } from './expressions.ts';
import type { Relation } from './relation.ts';
import type { ColumnType, Table } from './tables.ts';
import { SQL_TYPES } from './tables.ts';
import type { Tree } from './tree.ts';
import { optional, tree } from './tree.ts';

interface Right extends Relation {
  readonly order: { readonly text: string; readonly type: ColumnType };
}

export function asOf(dice: Dice, left: Relation, table: Table, name: string): Relation {
  const has = (...types: ColumnType[]): boolean => left.scope.some(({ type }) => types.includes(type));
  const byId = table.key.length < 2 && has('big') && has('int', 'text') && dice.chance(0.5);
  const right = byId ? rows(table, name) : groups(dice, table, name, left.scope);
  const { order } = right;
  const here = (type: ColumnType): Tree => tree(type, columnOf(dice, type, left.scope));
  const compare = dice.one([' >= ', ' > ', ' <= ', ' < ']);
  const near = dice.chance(0.7)
    ? tree('', here(order.type), compare, order.text)
    : tree('', order.text, compare, here(order.type));
  const keys = right.scope.filter(
    ({ text, type }) => text !== order.text && (type === 'int' || type === 'text') && has(type),
  );
  const key = dice.one(byId ? keys : [right.scope[0]!]);
  const equal = tree('', here(key.type), dice.chance(0.15) ? ' IS NOT DISTINCT FROM ' : ' = ', key.text);
  const on = dice.chance(0.5) ? [equal, ' AND ', near] : [near, ' AND ', equal];
  const kind = dice.one([' ASOF JOIN ', ' ASOF LEFT JOIN ']);
  return {
    tree: tree('relation', left.tree, kind, right.tree, ' ON ', ...on),
    scope: [...left.scope, ...right.scope],
  };
}

function rows(table: Table, name: string): Right {
  const scope = table.columns.map((column) => ({ text: `${name}.${column.name}`, type: column.type }));
  return { tree: tree('', `${table.name} AS ${name}`), scope, order: scope[0]! };
}

/** Where there is none it is no column of its side, and refused. */
function columnOf(dice: Dice, type: ColumnType, scope: Scope): string {
  const columns = scope.filter((column) => column.type === type);
  return columns.length > 0 ? dice.one(columns).text : `CAST(NULL AS ${SQL_TYPES[type]})`;
}

function groups(dice: Dice, table: Table, name: string, left: Scope): Right {
  const inner = table.columns.map((column) => ({ text: `i.${column.name}`, type: column.type }));
  const both = (types: readonly ColumnType[]): ColumnType =>
    dice.one(types.filter((type) => left.some((column) => column.type === type)).concat(types.slice(0, 1)));
  const key = both(['int', 'text', 'bool', 'big', 'num', 'time']);
  const order = both(['time', 'int', 'big', 'num', 'text', 'dbl']);
  const of = (type: ColumnType): Tree => castTo(type, expression(dice, type, inner, 0));
  const call = aggregate(dice, inner);
  const where = dice.chance(0.3) ? optional(' WHERE ', expression(dice, 'bool', inner, 1)) : '';
  const query = tree('', 'SELECT ', of(key), ' AS k, ', of(order), ' AS o, ', call.tree, ' AS x');
  const scope = (['k', 'o', 'x'] as const).map((column, i) => ({
    text: `${name}.${column}`,
    type: [key, order, call.type][i]!,
  }));
  return {
    tree: tree('', '(', query, ` FROM ${table.name} AS i`, where, ` GROUP BY 1, 2) AS ${name}`),
    scope,
    order: scope[1]!,
  };
}
