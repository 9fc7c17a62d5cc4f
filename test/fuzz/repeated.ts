// Rows of FROM that stand there more than once or not at all, as a function or a list of values behind them says.

import type { Dice } from './dice.ts';
import type { Reachable, Scope } from './expressions.ts';
import { castTo, expression } from './expressions.ts';
import type { Relation } from './relation.ts';
import type { ColumnType } from './tables.ts';
import type { Tree } from './tree.ts';
import { list, tree } from './tree.ts';

interface Rows {
  readonly tree: Tree;
  readonly types: readonly ColumnType[];
}

/** `left`, and behind it as `name` what repeats its rows. */
export function repeated(dice: Dice, left: Relation, name: string): Relation {
  const constants = dice.chance(0.15);
  const { tree: rows, types } = constants ? values(dice) : functionRows(dice, left.scope);
  const ordinal = !constants && dice.chance(0.3);
  const columns = ordinal ? [...types, 'big' as const] : types;
  const given = columns.map((type, i): Reachable => ({ text: `${name}.x${i}`, type }));
  const alias = ` AS ${name}(${given.map((_, i) => `x${i}`).join(', ')})`;
  const item = tree('', rows, ordinal ? ' WITH ORDINALITY' : '', alias);
  const scope = [...left.scope, ...given];
  const condition = (): Tree => expression(dice, 'bool', scope, 1);
  const joined = dice.weighted<() => Tree>([
    [3, () => tree('relation', left.tree, ' CROSS JOIN ', item)],
    [
      2,
      () => tree('relation', left.tree, constants ? ' LEFT JOIN ' : ' LEFT JOIN LATERAL ', item, ' ON true'),
    ],
    [1, () => tree('relation', left.tree, ' JOIN ', item, ' ON ', condition())],
  ])();
  return { tree: joined, scope };
}

/** A function in the select list. */
export function listed(dice: Dice, scope: Scope): Rows {
  return dice.chance(0.6) ? elements(dice, scope, 1) : series(dice, scope);
}

function functionRows(dice: Dice, scope: Scope): Rows {
  const text = (): Tree => expression(dice, 'text', scope, 1);
  return dice.weighted<() => Rows>([
    [3, () => elements(dice, scope, 1)],
    [1, () => elements(dice, scope, 2)],
    [2, () => series(dice, scope)],
    [1, () => ({ tree: tree('', 'string_to_table(', text(), `, 'a')`), types: ['text'] })],
    [
      1,
      () => ({
        tree: tree('', 'jsonb_array_elements_text(to_jsonb(', array(dice, scope, 'int'), '))'),
        types: ['text'],
      }),
    ],
    [
      0.5,
      () => ({ tree: tree('', 'generate_subscripts(', array(dice, scope, 'text'), ', 1)'), types: ['int'] }),
    ],
  ])();
}

function elements(dice: Dice, scope: Scope, arrays: number): Rows {
  const types = Array.from({ length: arrays }, () =>
    dice.one<ColumnType>(['int', 'big', 'text', 'bool', 'time']),
  );
  const args = types.map((type) => array(dice, scope, type));
  const [first, ...others] = args;
  return { tree: tree('', 'unnest(', first!, ...others.flatMap((other) => [', ', other]), ')'), types };
}

function array(dice: Dice, scope: Scope, type: ColumnType): Tree {
  const one = (): Tree => castTo(type, expression(dice, type, scope, 1));
  return tree('', 'ARRAY[', list(', ', Array.from({ length: 1 + dice.below(3) }, one)), ']');
}

function series(dice: Dice, scope: Scope): Rows {
  const of = (type: ColumnType): Tree => expression(dice, type, scope, 1);
  if (dice.chance(0.7)) {
    const step = dice.one(['', '', ', 2', ', -1']);
    return {
      tree: tree('', 'generate_series(', of('int'), ' % 3, ', of('int'), ` % 4${step})`),
      types: ['int'],
    };
  }
  const time = of('time');
  const end = tree('', time, ` + INTERVAL '${dice.below(3)} seconds'`);
  return { tree: tree('', 'generate_series(', time, ', ', end, `, INTERVAL '1 second')`), types: ['time'] };
}

const VALUES: readonly (readonly [string, string])[] = [
  ['0', `'a'`],
  ['1', `'b'`],
  ['1', `NULL`],
  ['NULL', `''`],
  ['3', `'ab'`],
];

function values(dice: Dice): Rows {
  const rows = Array.from({ length: 1 + dice.below(4) }, () => `(${dice.one(VALUES).join(', ')})`);
  return { tree: tree('', "(VALUES (2, 'zz'), ", list(', ', rows), ')'), types: ['int', 'text'] };
}
