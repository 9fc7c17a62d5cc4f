// Random queries over random sources: projections, filters, groups, windows, unions and other set operations, joins of every type,
// subqueries, the first rows of a partition. What is read twice is named twice, so that every column can be said in one way.

import { asOf } from './as-of.ts';
import type { Dice } from './dice.ts';
import type { Scope, TypedTree } from './expressions.ts';
import { aggregate, castTo, expression } from './expressions.ts';
import type { Ordered } from './over-calls.ts';
import { overCalls } from './over-calls.ts';
import type { Query, Relation } from './relation.ts';
import { scopeOf } from './relation.ts';
import { listed, repeated } from './repeated.ts';
import { RandomSubqueries } from './subqueries.ts';
import type { ColumnType, Table, TableColumn } from './tables.ts';
import type { Tree } from './tree.ts';
import { list, optional, tree } from './tree.ts';
import { closing, sessions, windowed, windowsSideBySide } from './windowed.ts';

const SET_OPERATIONS = [
  ' UNION ALL ',
  ' UNION ALL ',
  ' UNION ',
  ' INTERSECT ',
  ' EXCEPT ',
  ' INTERSECT ALL ',
  ' EXCEPT ALL ',
];

const TYPES: readonly ColumnType[] = ['int', 'int', 'big', 'num', 'text', 'text', 'bool', 'time', 'dbl'];

export class Queries {
  private readonly dice: Dice;
  private readonly tables: readonly Table[];
  /** What can stand in FROM by its name. */
  private readonly relations: Pick<Table, 'name' | 'columns'>[];
  private readonly subqueries: RandomSubqueries;
  private names = 0;
  private readonly naming = (letter: string): string => this.name(letter);

  constructor(dice: Dice, tables: readonly Table[]) {
    this.dice = dice;
    this.tables = tables;
    this.relations = [...tables];
    this.subqueries = new RandomSubqueries({
      dice,
      table: () => this.table(),
      name: (letter) => this.name(letter),
      of: (type, scope, depth) => this.of(type, scope, depth),
      projected: (types) => this.projection(dice.below(2), types).tree,
      pairCondition: (inner, outer) => this.pairCondition(inner, outer),
    });
  }

  /** What a view is made of. */
  view(): Tree {
    const { dice } = this;
    const streams = this.tables.filter(({ kind }) => kind === 'stream');
    if (dice.chance(0.15) && streams.length > 0)
      return tree('query', closing(dice, streams, this.naming).tree, ' EMIT ON WINDOW CLOSE');
    return this.query(2).tree;
  }

  /** What a view `u` is made of, which the queries that are asked for after it may read. */
  under(): Tree {
    const { tree: query, types } = this.query(1);
    const columns = types.map((type, i): TableColumn => ({ name: `c${i}`, type, nullable: true }));
    this.relations.push({ name: 'u', columns });
    return query;
  }

  private query(depth: number): Query {
    const { dice, naming } = this;
    const table = (): Table => dice.one(this.tables);
    return dice.weighted<() => Query>([
      [4, () => this.projection(depth)],
      [4, () => this.grouped(depth)],
      [1, () => windowed(dice, table(), naming)],
      [0.3, () => windowsSideBySide(dice, [table(), table()], naming)],
      [0.6, () => sessions(dice, table(), naming)],
      [1, () => this.firstRows(depth)],
      [1, () => this.cut(depth)],
      [0.5, () => this.distinctOn(depth)],
      [1, () => this.over(depth)],
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
    if (types === undefined && dice.chance(0.06)) return this.listing();
    const from = this.relation(depth);
    const wanted = types ?? Array.from({ length: 1 + dice.below(3) }, () => dice.one(TYPES));
    const items = wanted.map((type, i) => {
      const value = this.valueSubquery(type, from.scope, depth) ?? this.of(type, from.scope);
      return tree('', value, ` AS c${i}`);
    });
    const distinct = dice.chance(0.2) ? optional('DISTINCT ') : tree('');
    const where = this.where(from.scope, depth);
    return {
      tree: tree('query', 'SELECT ', distinct, list(', ', items), ' FROM ', from.tree, where),
      types: wanted,
    };
  }

  /** A function that gives rows stands in the select list. */
  private listing(): Query {
    const { dice } = this;
    const from = this.table();
    const rows = listed(dice, from.scope);
    const type = dice.one(TYPES);
    const beside = tree('', this.of(type, from.scope), ' AS c1');
    const where = this.where(from.scope, 0);
    return {
      tree: tree('query', 'SELECT ', rows.tree, ' AS c0, ', beside, ' FROM ', from.tree, where),
      types: [rows.types[0]!, type],
    };
  }

  /** Now and then. */
  private valueSubquery(type: ColumnType, scope: Scope, depth: number): Tree | null {
    return depth === 0 || !this.dice.chance(0.2) ? null : this.subqueries.value(type, scope);
  }

  private where(scope: Scope, depth: number): Tree {
    const { dice } = this;
    if (dice.chance(0.4)) return tree('');
    if (dice.chance(0.08)) return this.temporal(scope);
    const condition = this.of('bool', scope);
    if (depth === 0 || dice.chance(0.7)) return optional(' WHERE ', condition);
    return optional(' WHERE ', condition, optional(' AND ', this.subqueries.condition(scope)));
  }

  /** Rows enter and leave as time passes. */
  private temporal(scope: Scope): Tree {
    const { dice } = this;
    const times = scope.filter(({ type }) => type === 'time');
    if (times.length === 0) return tree('');
    const { text } = dice.one(times);
    const moved = (): string => `now() ${dice.one(['-', '+'])} INTERVAL '${dice.below(5)} seconds'`;
    const condition = dice.weighted<string>([
      [3, `${text} ${dice.one(['<', '<=', '>', '>='])} ${moved()}`],
      [
        1,
        `${text} BETWEEN now() - INTERVAL '4 seconds' AND ${dice.one(['now()', "now() + INTERVAL '1 second'"])}`,
      ],
      [1, `now() - ${text} < INTERVAL '3 seconds'`],
    ]);
    const rest = dice.weighted<() => Tree>([
      [2, () => tree('')],
      [1, () => optional(' AND ', this.of('bool', scope, 1))],
      [0.5, () => optional(` AND ${text} ${dice.one(['<', '>='])} ${moved()}`)],
    ])();
    return optional(` WHERE ${condition}`, rest);
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
    const by = keys.length === 0 ? tree('') : optional(' GROUP BY ', this.groupBy(keys));
    const having = dice.chance(0.25) ? optional(' HAVING ', this.having(from.scope)) : tree('');
    const where = this.where(from.scope, depth);
    return {
      tree: tree('query', 'SELECT ', list(', ', items), ' FROM ', from.tree, where, by, having),
      types: [...keys, ...calls].map(({ type }) => type),
    };
  }

  private groupBy(keys: readonly TypedTree[]): Tree {
    const { dice } = this;
    const all = keys.map((_, i) => `${i + 1}`);
    const items = list(', ', all);
    if (dice.chance(0.8)) return items;
    const sets = Array.from(
      { length: 1 + dice.below(4) },
      () => `(${all.filter(() => dice.chance(0.6)).join(', ')})`,
    );
    return dice.weighted<() => Tree>([
      [3, () => tree('', dice.one(['ROLLUP (', 'CUBE (']), items, ')')],
      [2, () => tree('', dice.one(['', 'DISTINCT ']), 'GROUPING SETS (', list(', ', sets), ')')],
      [1, () => tree('', dice.one(['', 'DISTINCT ']), `${dice.one(all)}, CUBE (`, items, ')')],
    ])();
  }

  private having(scope: Scope): Tree {
    const { tree: call, type } = aggregate(this.dice, scope);
    return tree('bool', call, this.dice.one([' > ', ' <= ', ' <> ']), this.of(type, [], 0));
  }

  /** Rows of a query, and an order by every column, so that rows which tie are the same. */
  private ordered(depth: number): { readonly tree: Tree; readonly name: string } & Ordered {
    const { dice } = this;
    const inner = depth > 0 && dice.chance(0.5) ? this.query(depth - 1) : this.projection(0);
    const name = this.name('q');
    const columns = inner.types.map((_, i) => `${name}.c${i}`);
    const order = columns.map((column) => `${column}${dice.one(['', ' DESC', ' NULLS FIRST'])}`);
    return { tree: tree('', '(', inner.tree, `) AS ${name}`), name, columns, types: inner.types, order };
  }

  private firstRows(depth: number): Query {
    const { dice } = this;
    const { tree: inner, columns, types, order } = this.ordered(depth);
    const place = dice.weighted<readonly [string, readonly string[]]>([
      [3, ['row_number()', order]],
      [1, ['rank()', order.slice(0, 1 + dice.below(order.length))]],
      [0.5, ['dense_rank()', order.slice(0, 1 + dice.below(order.length))]],
    ]);
    const partition = dice.chance(0.6) ? optional(`PARTITION BY ${dice.one(columns)} `) : tree('');
    const first = this.name('q');
    const over = tree('', partition, `ORDER BY ${place[1].join(', ')}`);
    const numbered = tree('', `SELECT *, ${place[0]} OVER (`, over, ') AS place FROM ', inner);
    const items = types.map((_, i) => `${first}.c${i}`);
    const where = ` WHERE ${this.places()}`;
    return {
      tree: tree('query', 'SELECT ', list(', ', items), ' FROM (', numbered, `) AS ${first}`, where),
      types,
    };
  }

  private places(): string {
    const { dice } = this;
    const n = 1 + dice.below(4);
    return dice.weighted([
      [3, `place <= ${n}`],
      [1, `place < ${n + 1}`],
      [0.5, `${n} >= place`],
      [0.5, 'place = 1'],
      [0.5, `place <= ${n} AND place < ${2 + dice.below(4)}`],
      [1, `place BETWEEN ${n} AND ${n + dice.below(3)}`],
      [0.7, `place = ${n}`],
      [0.5, `${n} < place`],
      [0.3, `place > ${n} AND place <= ${dice.below(6)} AND place <> 4`],
    ]);
  }

  private cut(depth: number): Query {
    const { dice } = this;
    const { tree: inner, name, types, order } = this.ordered(depth);
    const items = types.map((_, i) => `${name}.c${i}`).join(', ');
    if (dice.chance(0.4)) {
      // Which of the rows that tie is skipped is left open.
      const some = order.slice(0, 1 + dice.below(order.length)).join(', ');
      const ties = ` ORDER BY ${some} FETCH FIRST ${dice.below(4)} ROWS WITH TIES`;
      return { tree: tree('query', `SELECT ${items} FROM `, inner, ties), types };
    }
    const offset = dice.chance(0.6) ? optional(` OFFSET ${dice.below(3)}`) : tree('');
    const by = ` ORDER BY ${order.join(', ')} LIMIT ${1 + dice.below(5)}`;
    return { tree: tree('query', `SELECT ${items} FROM `, inner, by, offset), types };
  }

  private distinctOn(depth: number): Query {
    const { tree: inner, columns, types, order } = this.ordered(depth);
    const items = columns.map((column, i) => `${column} AS c${i}`).join(', ');
    const head = `SELECT DISTINCT ON (${columns[0]!}) ${items} FROM `;
    return { tree: tree('query', head, inner, ` ORDER BY ${order.join(', ')}`), types };
  }

  private over(depth: number): Query {
    const rows = this.ordered(depth);
    const calls = overCalls(this.dice, rows);
    const items = [
      ...rows.columns.map((column, i) => `${column} AS c${i}`),
      ...calls.map((call, i) => tree('', call.tree, ` AS c${rows.columns.length + i}`)),
    ];
    return {
      tree: tree('query', 'SELECT ', list(', ', items), ' FROM ', rows.tree),
      types: [...rows.types, ...calls.map(({ type }) => type)],
    };
  }

  private setOperation(depth: number): Query {
    const { dice } = this;
    const left = this.query(depth - 1);
    const right = this.projection(depth - 1, left.types);
    const operation = dice.one(SET_OPERATIONS);
    // Both sides say their types, as a sum may be of another than the column beside it.
    const side = ({ types, tree: of }: Query): Tree => {
      const name = this.name('s');
      const items = types.map((type, i) => tree('', castTo(type, tree('', `${name}.c${i}`)), ` AS c${i}`));
      return tree('query', 'SELECT ', list(', ', items), ' FROM (', of, `) AS ${name}`);
    };
    return { tree: tree('query', side(left), operation, side(right)), types: left.types };
  }

  private table(): Relation {
    const table = this.dice.one(this.relations);
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
      [0.7, () => repeated(dice, this.sideOf(depth), this.name('f'))],
      [0.4, () => this.readTwice(depth)],
      [1, () => this.subqueries.lateral(this.sideOf(depth))],
      [0.7, () => asOf(dice, this.sideOf(depth), dice.one(this.tables), this.name('t'))],
    ])();
  }

  /** What WITH names, once or beside itself. */
  private readTwice(depth: number): Relation {
    const { dice } = this;
    const { tree: inner, types } = this.query(depth - 1);
    const [common, one, other, name] = ['n', 't', 't', 'd'].map((letter) => this.name(letter)) as [
      string,
      string,
      string,
      string,
    ];
    const column = dice.below(types.length);
    const on = ` ON ${one}.c${column} = ${other}.c${dice.chance(0.8) ? column : types.indexOf(types[column]!)}`;
    const beside = dice.chance(0.7);
    const from = beside ? `${dice.one([' JOIN ', ' LEFT JOIN '])}${common} AS ${other}${on}` : '';
    const items = types
      .map((_, i) => `${dice.chance(0.5) && beside ? other : one}.c${i} AS c${i}`)
      .join(', ');
    const text = `) SELECT ${items} FROM ${common} AS ${one}${from}`;
    return {
      tree: tree('relation', `(WITH ${common} AS (`, inner, `${text}) AS ${name}`),
      scope: types.map((type, i) => ({ text: `${name}.c${i}`, type })),
    };
  }

  private derived(depth: number): Relation {
    const { tree: inner, types } = this.query(depth - 1);
    const name = this.name('d');
    return {
      tree: tree('relation', '(', inner, `) AS ${name}`),
      scope: types.map((type, i) => ({ text: `${name}.c${i}`, type })),
    };
  }

  private sideOf(depth: number): Relation {
    return this.dice.chance(0.6) ? this.table() : this.derived(depth);
  }

  private joined(depth: number): Relation {
    const { dice } = this;
    const side = (): Relation => this.sideOf(depth);
    // A third input multiplies: it comes rarely, and is compared by what is different in every row.
    const left = dice.chance(0.1) ? this.joined(depth) : side();
    const right = side();
    if (dice.chance(0.08)) return this.crossed(left);
    const kind = dice.one([' JOIN ', ' JOIN ', ' LEFT JOIN ', ' RIGHT JOIN ', ' FULL JOIN ']);
    const both = (['int', 'text', 'big', 'num'] as const).filter(
      (type) => has(left.scope, type) && has(right.scope, type),
    );
    const type = both.length === 0 ? 'int' : dice.one(both);
    const same = dice.chance(0.15) ? ' IS NOT DISTINCT FROM ' : ' = ';
    const pair = (): Tree =>
      tree('', this.of(type, left.scope, 0), same, this.of(type, right.scope, dice.below(2)));
    const equal = dice.chance(0.15) ? tree('', pair(), optional(' AND ', pair())) : pair();
    const scope = [...left.scope, ...right.scope];
    const full = kind === ' FULL JOIN ';
    const more = (): Tree => this.pairCondition(left.scope, right.scope);
    const rest = !full && dice.chance(0.45) ? optional(' AND ', more()) : tree('');
    return { tree: tree('relation', left.tree, kind, right.tree, ' ON ', equal, rest), scope };
  }

  /** Of the rows of a pair: of one of them, of both, or that their times are close, so that the watermark frees them. */
  private pairCondition(left: Scope, right: Scope): Tree {
    const { dice } = this;
    const type = dice.one<ColumnType>(['int', 'big', 'num', 'text']);
    const compare = dice.one([' < ', ' <= ', ' <> ', ' > ']);
    const times = [left, right].map((scope) => scope.find((column) => column.type === 'time')?.text);
    const bound = (): string => `INTERVAL '${dice.below(4)} seconds'`;
    return dice.weighted<() => Tree>([
      [1, () => this.of('bool', [...left, ...right], 1)],
      [1.5, () => tree('bool', this.of(type, left, 0), compare, this.of(type, right, 0))],
      [
        times.includes(undefined) ? 0 : 1.5,
        () =>
          tree(
            'bool',
            `${times[0]!} BETWEEN ${times[1]!} - ${bound()} AND ${times[1]!}`,
            optional(` + ${bound()}`),
          ),
      ],
    ])();
  }

  /** With few rows. */
  private crossed(left: Relation): Relation {
    const { tree: inner, types } = this.grouped(0);
    const name = this.name('d');
    const scope = types.map((type, i) => ({ text: `${name}.c${i}`, type }));
    return {
      tree: tree('relation', left.tree, ' CROSS JOIN (', inner, `) AS ${name}`),
      scope: [...left.scope, ...scope],
    };
  }
}

function has(scope: Scope, type: ColumnType): boolean {
  return scope.some((column) => column.type === type);
}
