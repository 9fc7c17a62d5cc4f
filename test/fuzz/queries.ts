// Random queries over random sources: projections, filters, groups, windows, unions and other set operations, joins of every type,
// subqueries, the first rows of a partition. What is read twice is named twice, so that every column can be said in one way.

import type { Dice } from './dice.ts';
import type { Scope, TypedTree } from './expressions.ts';
import { aggregate, castTo, expression } from './expressions.ts';
import type { ColumnType, Table } from './tables.ts';
import type { Tree } from './tree.ts';
import { list, optional, tree } from './tree.ts';

export interface Query {
  readonly tree: Tree;
  readonly types: readonly ColumnType[];
}

interface Relation {
  readonly tree: Tree;
  readonly scope: Scope;
}

const TYPES: readonly ColumnType[] = ['int', 'int', 'big', 'num', 'text', 'text', 'bool', 'time', 'dbl'];

export class Queries {
  private readonly dice: Dice;
  private readonly tables: readonly Table[];
  private names = 0;

  constructor(dice: Dice, tables: readonly Table[]) {
    this.dice = dice;
    this.tables = tables;
  }

  /** What a view is made of. */
  view(): Tree {
    const { dice } = this;
    if (dice.chance(0.12)) return tree('query', this.windowed().tree, ' EMIT ON WINDOW CLOSE');
    return this.query(2).tree;
  }

  private query(depth: number): Query {
    return this.dice.weighted<() => Query>([
      [4, () => this.projection(depth)],
      [4, () => this.grouped(depth)],
      [1, () => this.windowed()],
      [0.6, () => this.sessions()],
      [1, () => this.firstRows(depth)],
      [depth > 0 ? 2 : 0, () => this.setOperation(depth)],
    ])();
  }

  private name(letter: string): string {
    return `${letter}${++this.names}`;
  }

  private of(type: ColumnType, scope: Scope, depth = 2): Tree {
    return expression(this.dice, type, scope, depth);
  }

  private projection(depth: number, types?: readonly ColumnType[]): Query {
    const { dice } = this;
    const from = this.relation(depth);
    const wanted = types ?? Array.from({ length: 1 + dice.below(3) }, () => dice.one(TYPES));
    const items = wanted.map((type, i) => tree('', this.of(type, from.scope), ` AS c${i}`));
    const distinct = dice.chance(0.2) ? optional('DISTINCT ') : tree('');
    const where = this.where(from.scope, depth);
    return {
      tree: tree('query', 'SELECT ', distinct, list(', ', items), ' FROM ', from.tree, where),
      types: wanted,
    };
  }

  private where(scope: Scope, depth: number): Tree {
    const { dice } = this;
    if (dice.chance(0.4)) return tree('');
    const condition = this.of('bool', scope);
    if (depth === 0 || dice.chance(0.7)) return optional(' WHERE ', condition);
    return optional(' WHERE ', condition, optional(' AND ', this.subqueryCondition(scope, depth)));
  }

  private subqueryCondition(scope: Scope, depth: number): Tree {
    const { dice } = this;
    const not = dice.chance(0.4) ? 'NOT ' : '';
    if (dice.chance(0.5)) {
      const type = dice.one<ColumnType>(['int', 'big', 'text']);
      const inner = this.projection(depth - 1, [type]);
      return tree('bool', this.of(type, scope, 1), ` ${not}IN (`, inner.tree, ')');
    }
    const inner = this.table();
    const type = dice.one<ColumnType>(['int', 'big', 'text']);
    const equal = [this.of(type, inner.scope, 1), ' = ', this.of(type, scope, 1)];
    const rest = dice.chance(0.5) ? optional(' AND ', this.of('bool', inner.scope, 1)) : tree('');
    return tree('bool', `${not}EXISTS (SELECT 1 FROM `, inner.tree, ' WHERE ', ...equal, rest, ')');
  }

  private grouped(depth: number): Query {
    const { dice } = this;
    const from = this.relation(depth);
    const keys = Array.from({ length: dice.below(3) }, (): TypedTree => {
      const type = dice.one<ColumnType>(['int', 'int', 'text', 'text', 'bool', 'num', 'big', 'dbl']);
      return { tree: this.of(type, from.scope, 1), type };
    });
    const calls = Array.from({ length: 1 + dice.below(3) }, () => aggregate(dice, from.scope));
    const items = [...keys, ...calls].map((item, i) => tree('', item.tree, ` AS c${i}`));
    const by =
      keys.length === 0
        ? tree('')
        : optional(
            ' GROUP BY ',
            list(
              ', ',
              keys.map((_, i) => `${i + 1}`),
            ),
          );
    const having = dice.chance(0.25) ? optional(' HAVING ', this.having(from.scope)) : tree('');
    const where = this.where(from.scope, depth);
    return {
      tree: tree('query', 'SELECT ', list(', ', items), ' FROM ', from.tree, where, by, having),
      types: [...keys, ...calls].map(({ type }) => type),
    };
  }

  private having(scope: Scope): Tree {
    const { tree: call, type } = aggregate(this.dice, scope);
    return tree('bool', call, this.dice.one([' > ', ' <= ', ' <> ']), this.of(type, [], 0));
  }

  private windowTable(table: Table): string {
    const { dice } = this;
    const seconds = (n: number): string => `INTERVAL '${n} seconds'`;
    const size = 2 + dice.below(5);
    switch (dice.below(3)) {
      case 0:
        return `TUMBLE(${table.name}, at, ${seconds(size)}${dice.chance(0.3) ? `, ${seconds(1)}` : ''})`;
      case 1:
        return `HOP(${table.name}, at, ${seconds(1 + dice.below(4))}, ${seconds(size)})`;
      default:
        return `CUMULATE(${table.name}, at, ${seconds(size)}, ${seconds(size * (1 + dice.below(3)))})`;
    }
  }

  private windowed(): Query {
    const { dice } = this;
    const table = dice.one(this.tables);
    const name = this.name('w');
    const scope = scopeOf(table, name);
    const type = dice.one<ColumnType>(['int', 'text']);
    const key = dice.chance(0.5) ? [{ tree: this.of(type, scope, 1), type }] : [];
    const calls = Array.from({ length: 1 + dice.below(2) }, () => aggregate(dice, scope));
    const bounds = ['window_start', 'window_end'].map((text): TypedTree => ({
      tree: tree('', text),
      type: 'time',
    }));
    const items = [...bounds, ...key, ...calls];
    const by = list(', ', ['1', '2', ...key.map((_, i) => optional(`${i + 3}`))]);
    const where = dice.chance(0.3) ? optional(' WHERE ', this.of('bool', scope)) : tree('');
    const named = list(
      ', ',
      items.map((item, i) => tree('', item.tree, ` AS c${i}`)),
    );
    const from = ` FROM ${this.windowTable(table)} AS ${name}`;
    return {
      tree: tree('query', 'SELECT ', named, from, where, ' GROUP BY ', by),
      types: items.map(({ type: of }) => of),
    };
  }

  private sessions(): Query {
    const { dice } = this;
    const table = dice.one(this.tables);
    const name = this.name('w');
    const by = table.columns.filter(({ type }) => type === 'int' || type === 'text');
    const partition = by.length > 0 && dice.chance(0.6) ? ` PARTITION BY ${dice.one(by).name}` : '';
    const gap = `INTERVAL '${dice.one([200, 500, 1500])} milliseconds'`;
    const from = ` FROM SESSION(${table.name}${partition}, at, ${gap}) AS ${name}`;
    const items = [`${name}.id AS c0`, 'window_start AS c1', 'window_end AS c2'];
    const where = dice.chance(0.3) ? optional(' WHERE ', this.of('bool', scopeOf(table, name))) : tree('');
    return { tree: tree('query', 'SELECT ', list(', ', items), from, where), types: ['big', 'time', 'time'] };
  }

  /** Ordered by every column, so that rows which tie are the same. */
  private firstRows(depth: number): Query {
    const { dice } = this;
    const inner = depth > 0 && dice.chance(0.5) ? this.query(depth - 1) : this.projection(0);
    const name = this.name('q');
    const columns = inner.types.map((_, i) => `${name}.c${i}`);
    const order = columns.map((column) => `${column}${dice.one(['', ' DESC', ' NULLS FIRST'])}`);
    const partition = dice.chance(0.6) ? optional(`PARTITION BY ${dice.one(columns)} `) : tree('');
    const first = this.name('q');
    const numbered = tree(
      '',
      'SELECT *, row_number() OVER (',
      partition,
      `ORDER BY ${order.join(', ')}) AS place FROM (`,
      inner.tree,
      `) AS ${name}`,
    );
    const items = inner.types.map((_, i) => `${first}.c${i}`);
    const condition = ` WHERE place <= ${1 + dice.below(4)}`;
    return {
      tree: tree('query', 'SELECT ', list(', ', items), ' FROM (', numbered, `) AS ${first}`, condition),
      types: inner.types,
    };
  }

  private setOperation(depth: number): Query {
    const { dice } = this;
    const left = this.query(depth - 1);
    const right = this.projection(depth - 1, left.types);
    const operation = dice.one([' UNION ALL ', ' UNION ALL ', ' UNION ', ' INTERSECT ', ' EXCEPT ']);
    // Both sides say their types, as a sum may be of another than the column beside it.
    const side = ({ types, tree: of }: Query): Tree => {
      const name = this.name('s');
      const items = types.map((type, i) => tree('', castTo(type, tree('', `${name}.c${i}`)), ` AS c${i}`));
      return tree('query', 'SELECT ', list(', ', items), ' FROM (', of, `) AS ${name}`);
    };
    return { tree: tree('query', side(left), operation, side(right)), types: left.types };
  }

  private table(): Relation {
    const table = this.dice.one(this.tables);
    const name = this.name('t');
    return { tree: tree('relation', `${table.name} AS ${name}`), scope: scopeOf(table, name) };
  }

  private relation(depth: number): Relation {
    const { dice } = this;
    if (depth === 0) return this.table();
    return dice.weighted<() => Relation>([
      [3, () => this.table()],
      [2, () => this.derived(depth)],
      [2, () => this.joined(depth)],
    ])();
  }

  private derived(depth: number): Relation {
    const { tree: inner, types } = this.query(depth - 1);
    const name = this.name('d');
    return {
      tree: tree('relation', '(', inner, `) AS ${name}`),
      scope: types.map((type, i) => ({ text: `${name}.c${i}`, type })),
    };
  }

  private joined(depth: number): Relation {
    const { dice } = this;
    const side = (): Relation => (dice.chance(0.6) ? this.table() : this.derived(depth));
    // A third input multiplies: it comes rarely, and is compared by what is different in every row.
    const left = dice.chance(0.1) ? this.joined(depth) : side();
    const right = side();
    const kind = dice.one([' JOIN ', ' JOIN ', ' LEFT JOIN ', ' RIGHT JOIN ', ' FULL JOIN ']);
    const both = (['int', 'text', 'big', 'num'] as const).filter(
      (type) => has(left.scope, type) && has(right.scope, type),
    );
    const type = both.length === 0 ? 'int' : dice.one(both);
    const equal = tree('', this.of(type, left.scope, 0), ' = ', this.of(type, right.scope, dice.below(2)));
    const scope = [...left.scope, ...right.scope];
    const full = kind === ' FULL JOIN ';
    const rest = !full && dice.chance(0.3) ? optional(' AND ', this.of('bool', scope, 1)) : tree('');
    return { tree: tree('relation', left.tree, kind, right.tree, ' ON ', equal, rest), scope };
  }
}

function has(scope: Scope, type: ColumnType): boolean {
  return scope.some((column) => column.type === type);
}

function scopeOf({ columns }: Table, name: string): Scope {
  return columns.map((column) => ({ text: `${name}.${column.name}`, type: column.type }));
}
