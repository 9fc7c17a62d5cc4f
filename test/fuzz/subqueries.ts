// Random subqueries: as conditions, as values, and LATERAL in FROM, that read the row around by equalities, by inequalities, in what they
// select, or not at all.

import type { Dice } from './dice.ts';
import type { Scope } from './expressions.ts';
import { castTo } from './expressions.ts';
import type { ColumnType } from './tables.ts';
import type { Tree } from './tree.ts';
import { list, optional, tree } from './tree.ts';

interface Relation {
  readonly tree: Tree;
  readonly scope: Scope;
}

/** What the queries around give. */
export interface Around {
  readonly dice: Dice;
  table(): Relation;
  name(letter: string): string;
  of(type: ColumnType, scope: Scope, depth: number): Tree;
  /** A query of columns of these types. */
  projected(types: readonly ColumnType[]): Tree;
  /** A condition on rows of both. */
  pairCondition(inner: Scope, outer: Scope): Tree;
}

const COMPARED: readonly ColumnType[] = ['int', 'big', 'text', 'num'];

export class RandomSubqueries {
  private readonly around: Around;
  private readonly dice: Dice;

  constructor(around: Around) {
    this.around = around;
    this.dice = around.dice;
  }

  /** A condition of WHERE. */
  condition(scope: Scope): Tree {
    const { dice } = this;
    const simple = this.truth(scope);
    return dice.weighted<() => Tree>([
      [5, () => simple],
      [1, () => tree('bool', '(', simple, dice.one([' OR ', ' AND ']), this.of('bool', scope), ')')],
      [1, () => tree('bool', 'NOT (', simple, optional(dice.one([' OR ', ' AND ']), this.truth(scope)), ')')],
      [
        0.5,
        () =>
          tree(
            'bool',
            'CASE WHEN ',
            this.of('bool', scope),
            ' THEN ',
            simple,
            ' ELSE ',
            this.of('bool', scope),
            ' END',
          ),
      ],
    ])();
  }

  /** Of a column; null: none of this type. */
  value(type: ColumnType, scope: Scope): Tree | null {
    if (type === 'bool') return this.truth(scope);
    if (type !== 'big' && type !== 'int' && type !== 'text') return null;
    const { dice } = this;
    const inner = this.around.table();
    const from = [' FROM ', inner.tree, this.where(inner.scope, scope)];
    if (type === 'big' && dice.chance(0.4)) return tree(type, '(SELECT count(*)', ...from, ')');
    const of = this.of(type, dice.chance(0.2) ? [...inner.scope, ...scope] : inner.scope);
    if (dice.chance(0.5)) return tree(type, '(SELECT ', dice.one(['min(', 'max(']), of, ')', ...from, ')');
    return tree(type, '(SELECT ', of, ...from, ' ORDER BY 1', dice.one(['', ' DESC']), ' LIMIT 1)');
  }

  /** `left`, and behind it rows of a subquery that may read it. */
  lateral(left: Relation): Relation {
    const { dice } = this;
    const name = this.around.name('l');
    const types = Array.from({ length: 1 + dice.below(2) }, () => dice.one(COMPARED));
    const inner = this.lateralRows(types, left.scope);
    const scope = [...left.scope, ...types.map((type, i) => ({ text: `${name}.c${i}`, type }))];
    const [before, behind] = dice.weighted<readonly [string, string]>([
      [2, [' CROSS JOIN LATERAL (', '']],
      [2, [' LEFT JOIN LATERAL (', ' ON true']],
      [1, [' JOIN LATERAL (', ' ON ?']],
      [1, [' LEFT JOIN LATERAL (', ' ON ?']],
    ]);
    const on = behind.endsWith('?') ? tree('', ' ON ', this.of('bool', scope)) : tree('', behind);
    return { tree: tree('relation', left.tree, before, inner, `) AS ${name}`, on), scope };
  }

  private lateralRows(types: readonly ColumnType[], outer: Scope): Tree {
    const { dice } = this;
    const plain = (): Tree => {
      const inner = this.around.table();
      const both = dice.chance(0.3) ? [...inner.scope, ...outer] : inner.scope;
      const items = types.map((type, i) => tree('', castTo(type, this.of(type, both)), ` AS c${i}`));
      const distinct = dice.chance(0.2) ? optional('DISTINCT ') : tree('');
      return tree(
        'query',
        'SELECT ',
        distinct,
        list(', ', items),
        ' FROM ',
        inner.tree,
        this.where(inner.scope, outer),
      );
    };
    const order = types.map((_, i) => `${i + 1}${dice.one(['', ' DESC', ' NULLS FIRST'])}`).join(', ');
    return dice.weighted<() => Tree>([
      [2, plain],
      [
        2,
        () => tree('query', plain(), ` ORDER BY ${order} LIMIT ${1 + dice.below(3)}`, optional(` OFFSET 1`)),
      ],
      [1.5, () => this.lateralAggregate(types, outer)],
      [
        0.7,
        () =>
          tree('query', plain(), dice.one([' UNION ALL ', ' UNION ', ' EXCEPT ', ' INTERSECT ']), plain()),
      ],
      [
        0.3,
        () =>
          tree(
            'query',
            'SELECT ',
            list(
              ', ',
              types.map((type, i) => tree('', castTo(type, this.of(type, outer)), ` AS c${i}`)),
            ),
          ),
      ],
    ])();
  }

  private lateralAggregate(types: readonly ColumnType[], outer: Scope): Tree {
    const { dice } = this;
    const inner = this.around.table();
    const items = types.map((type, i) => {
      const call = tree('', dice.one(['min(', 'max(']), this.of(type, inner.scope), ')');
      return tree(
        '',
        castTo(type, type === 'big' && dice.chance(0.5) ? tree('', 'count(*)') : call),
        ` AS c${i}`,
      );
    });
    const by = dice.chance(0.3) ? optional(' GROUP BY ', this.of('text', inner.scope)) : tree('');
    const having = dice.chance(0.2) ? optional(` HAVING count(*) > ${dice.below(3)}`) : tree('');
    return tree(
      'query',
      'SELECT ',
      list(', ', items),
      ' FROM ',
      inner.tree,
      this.where(inner.scope, outer),
      by,
      having,
    );
  }

  private truth(scope: Scope): Tree {
    const { dice } = this;
    const not = dice.chance(0.4) ? 'NOT ' : '';
    return dice.weighted<() => Tree>([
      [1.5, () => this.among(scope, not)],
      [2, () => this.rowAmong(scope, not)],
      [2, () => this.quantified(scope)],
      [3, () => this.exists(scope, not)],
    ])();
  }

  private among(scope: Scope, not: string): Tree {
    const type = this.dice.one(COMPARED);
    return tree('bool', this.of(type, scope), ` ${not}IN (`, this.around.projected([type]), ')');
  }

  /** One value, or two side by side. */
  private rowAmong(scope: Scope, not: string): Tree {
    const { dice } = this;
    const inner = this.around.table();
    const types = Array.from({ length: dice.chance(0.3) ? 2 : 1 }, () => dice.one(COMPARED));
    const left = list(
      ', ',
      types.map((type) => this.of(type, scope)),
    );
    const right = list(
      ', ',
      types.map((type) => this.of(type, inner.scope)),
    );
    const row = types.length === 1 ? left : tree('', '(', left, ')');
    return tree(
      'bool',
      row,
      ` ${not}IN (SELECT `,
      right,
      ' FROM ',
      inner.tree,
      this.where(inner.scope, scope),
      ')',
    );
  }

  private quantified(scope: Scope): Tree {
    const { dice } = this;
    const inner = this.around.table();
    const type = dice.one(COMPARED);
    const operator = dice.one(['=', '<>', '<', '<=', '>', '>=']);
    const of = this.of(type, inner.scope);
    const rows = tree('', '(SELECT ', of, ' FROM ', inner.tree, this.where(inner.scope, scope), ')');
    return tree('bool', this.of(type, scope), ` ${operator} ${dice.one(['ANY ', 'ALL '])}`, rows);
  }

  private exists(scope: Scope, not: string): Tree {
    const { dice } = this;
    const inner = this.around.table();
    const where = this.where(inner.scope, scope);
    const both = [...inner.scope, ...scope];
    const rest = dice.weighted<() => Tree>([
      [4, () => where],
      [
        1,
        () =>
          tree(
            '',
            where,
            optional(' GROUP BY ', this.of('text', inner.scope), ` HAVING count(*) > ${dice.below(3)}`),
          ),
      ],
      [
        1,
        () => tree('', ' WHERE ', this.correlation(inner.scope, scope), ' AND ', this.exists(both, 'NOT ')),
      ],
    ])();
    return tree('bool', `${not}EXISTS (SELECT ${dice.one(['', '1'])} FROM `, inner.tree, rest, ')');
  }

  /** Mostly correlated. */
  private where(inner: Scope, outer: Scope): Tree {
    const { dice } = this;
    return dice.weighted<() => Tree>([
      [4, () => optional(' WHERE ', this.correlation(inner, outer))],
      [1, () => optional(' WHERE ', this.of('bool', inner))],
      [
        1,
        () => optional(' WHERE ', this.correlation(inner, outer), optional(' AND ', this.of('bool', inner))),
      ],
      [0.5, () => tree('')],
    ])();
  }

  private correlation(inner: Scope, outer: Scope): Tree {
    const { dice } = this;
    const type = dice.one<ColumnType>(['int', 'text', 'big']);
    const equal = tree(
      '',
      this.of(type, inner),
      dice.one([' = ', ' = ', ' IS NOT DISTINCT FROM ']),
      this.of(type, outer),
    );
    return dice.weighted<() => Tree>([
      [3, () => equal],
      [2, () => tree('', equal, optional(' AND ', this.around.pairCondition(inner, outer)))],
      [1, () => this.around.pairCondition(inner, outer)],
    ])();
  }

  private of(type: ColumnType, scope: Scope): Tree {
    return this.around.of(type, scope, this.dice.below(2));
  }
}
