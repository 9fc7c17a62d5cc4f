// Random queries over windows, on change and on close.

import type { Dice } from './dice.ts';
import type { TypedTree } from './expressions.ts';
import { aggregate, expression } from './expressions.ts';
import type { Naming, Query } from './relation.ts';
import { scopeOf } from './relation.ts';
import type { ColumnType, Table } from './tables.ts';
import type { Tree } from './tree.ts';
import { list, optional, tree } from './tree.ts';
import { sessionTable, windowTable } from './windows.ts';

const BOUNDS = ['window_start', 'window_end'].map((text): TypedTree => ({
  tree: tree('', text),
  type: 'time',
}));

export function windowed(dice: Dice, table: Table, named: Naming): Query {
  const name = named('w');
  const scope = scopeOf(table, name);
  const type = dice.one<ColumnType>(['int', 'text']);
  const key = dice.chance(0.5) ? [{ tree: expression(dice, type, scope, 1), type }] : [];
  const calls = Array.from({ length: 1 + dice.below(2) }, () => aggregate(dice, scope));
  const items = [...BOUNDS, ...key, ...calls];
  const keys = key.map((_, i) => `${i + 3}`);
  const by =
    keys.length > 0 && dice.chance(0.2)
      ? tree('', dice.one(['1, 2, ROLLUP (', '2, 1, CUBE (']), keys.join(', '), ')')
      : list(', ', ['1', '2', ...keys.map((text) => optional(text))]);
  const where = dice.chance(0.3) ? optional(' WHERE ', expression(dice, 'bool', scope, 2)) : tree('');
  const from = ` FROM ${windowTable(dice, table.name)} AS ${name}`;
  return {
    tree: tree('query', 'SELECT ', columns(items), from, where, ' GROUP BY ', by),
    types: items.map(({ type: of }) => of),
  };
}

export function sessions(dice: Dice, table: Table, named: Naming, grouped = dice.chance(0.4)): Query {
  const name = named('w');
  const scope = scopeOf(table, name);
  const from = ` FROM ${sessionTable(dice, table)} AS ${name}`;
  const where = dice.chance(0.3) ? optional(' WHERE ', expression(dice, 'bool', scope, 2)) : tree('');
  if (grouped) {
    const items = [...BOUNDS, aggregate(dice, scope)];
    return {
      tree: tree('query', 'SELECT ', columns(items), from, where, ' GROUP BY 1, 2'),
      types: items.map(({ type }) => type),
    };
  }
  const items = [`${name}.id AS c0`, 'window_start AS c1', 'window_end AS c2'];
  return { tree: tree('query', 'SELECT ', list(', ', items), from, where), types: ['big', 'time', 'time'] };
}

/** What may emit on window close. */
export function closing(dice: Dice, streams: readonly Table[], named: Naming): Query {
  const table = dice.one(streams);
  return dice.weighted<() => Query>([
    [4, () => windowed(dice, table, named)],
    [1.5, () => windowsOfWindows(dice, table, named)],
    [2, () => windowsSideBySide(dice, [table, dice.one(streams)], named)],
    [1, () => sessions(dice, table, named, true)],
    [1, () => distinctIn(dice, table, named)],
  ])();
}

function windowsOfWindows(dice: Dice, table: Table, named: Naming): Query {
  const calls = [aggregate(dice, scopeOf(table, 'i')), aggregate(dice, scopeOf(table, 'i'))];
  const items = calls.map((call, i) => tree('', call.tree, ` AS x${i}`));
  const within = windowTable(dice, table.name);
  const inner = tree('', '(SELECT window_end AS at, ', list(', ', items), ` FROM ${within} AS i GROUP BY 1)`);
  const outer = windowTable(dice, '?').split('?');
  const name = named('w');
  const scope = calls.map(({ type }, i) => ({ text: `${name}.x${i}`, type }));
  const shown = [...BOUNDS, aggregate(dice, scope)];
  const from = tree('', ' FROM ', outer[0]!, inner, outer[1]!, ` AS ${name}`);
  return {
    tree: tree('query', 'SELECT ', columns(shown), from, ' GROUP BY window_start, window_end'),
    types: shown.map(({ type }) => type),
  };
}

/** The same windows over two inputs, or over one twice. */
export function windowsSideBySide(dice: Dice, tables: readonly Table[], named: Naming): Query {
  const windows = windowTable(dice, '?');
  const type = dice.one<ColumnType>(['int', 'text']);
  const sides = tables.map((table) => {
    const name = named('d');
    const scope = scopeOf(table, 'i');
    const call = aggregate(dice, scope);
    const where = dice.chance(0.3) ? optional(' WHERE ', expression(dice, 'bool', scope, 1)) : '';
    const items = tree(
      '',
      expression(dice, type, scope, 0),
      ' AS k, window_start, window_end, ',
      call.tree,
      ' AS x',
    );
    const from = ` FROM ${windows.replace('?', table.name)} AS i`;
    return {
      name,
      type: call.type,
      tree: tree('', '(SELECT ', items, from, where, ` GROUP BY 1, 2, 3) AS ${name}`),
    };
  });
  const [left, right] = sides as [(typeof sides)[0], (typeof sides)[0]];
  const same = ['k', 'window_start', 'window_end'].map((c) => `${left.name}.${c} = ${right.name}.${c}`);
  const on = list(
    ' AND ',
    [...same.slice(1), optional(same[0]!)].map((part) => tree('', part)),
  );
  const kind = dice.one([' JOIN ', ' LEFT JOIN ', ' RIGHT JOIN ', ' FULL JOIN ']);
  const items: readonly TypedTree[] = [
    { tree: tree('', `coalesce(${left.name}.window_start, ${right.name}.window_start)`), type: 'time' },
    { tree: tree('', `${left.name}.k`), type },
    { tree: tree('', `${left.name}.x`), type: left.type },
    { tree: tree('', `${right.name}.x`), type: right.type },
  ];
  return {
    tree: tree('query', 'SELECT ', columns(items), ' FROM ', left.tree, kind, right.tree, ' ON ', on),
    types: items.map(({ type: of }) => of),
  };
}

function distinctIn(dice: Dice, table: Table, named: Naming): Query {
  const name = named('w');
  const type = dice.one<ColumnType>(['int', 'text', 'num', 'big']);
  const items = [...BOUNDS, { tree: expression(dice, type, scopeOf(table, name), 1), type }];
  const from = ` FROM ${windowTable(dice, table.name)} AS ${name}`;
  return {
    tree: tree('query', 'SELECT DISTINCT ', columns(items), from),
    types: items.map(({ type: of }) => of),
  };
}

function columns(items: readonly TypedTree[]): Tree {
  return list(
    ', ',
    items.map((item, i) => tree('', item.tree, ` AS c${i}`)),
  );
}
