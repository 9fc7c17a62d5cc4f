// The keys of GROUP BY, and which of them each grouping has: ROLLUP, CUBE and GROUPING SETS are lists of groupings, and GROUP BY joins
// every grouping of one item with every one of the next.

import type { BoundExpr } from '../expr/bound.ts';
import { canonicalText } from '../expr/columns.ts';
import { isConstant } from '../expr/properties.ts';
import { childrenOf } from '../expr/tree.ts';
import type { Expression, GroupingSet, GroupItem, Select } from '../sql/ast.ts';
import type { DraftColumn } from './draft.ts';
import type { Operand } from '../expr/resolve/operand.ts';
import { typed } from './expression.ts';
import { ambiguousColumn, groupingError, unsupported } from './fail.ts';
import type { Scope } from './scope.ts';
import { hasColumn } from './scope.ts';

export interface GroupBy {
  readonly keys: readonly BoundExpr[];
  /** Indexes of keys, by grouping; null: one grouping, of all keys. */
  readonly sets: readonly (readonly number[])[] | null;
}

/** What GROUP BY can name. */
export interface GroupOutput extends DraftColumn {
  readonly operand: Operand;
}

/** Each grouping is an aggregate of its own over the same rows. */
const MOST_SETS = 64;

type Sets = readonly (readonly number[])[];

/** `bind` binds an expression over the row of FROM, without aggregates. */
export function bindGroupBy(
  select: Select,
  scope: Scope,
  outputs: readonly GroupOutput[],
  bind: (expression: Expression) => BoundExpr,
): GroupBy {
  const keys = new Keys(scope, outputs, bind);
  const plain = select.groupBy.every((item) => item.kind !== 'GroupingSet' || item.form === 'empty');
  const sets = select.groupBy.map((item) => setsOf(item, keys));
  if (plain) return { keys: keys.all, sets: null };
  refuseConstants(keys.all, select);
  const joined = sets.reduce((left, right) => combined(left, right, select), [[]] as Sets);
  return { keys: keys.all, sets: select.groupDistinct ? distinctSets(joined) : joined };
}

/** Positions in the select list, names of outputs (a column of FROM comes first), expressions; each key once. */
class Keys {
  private readonly places = new Map<string, number>();
  readonly all: BoundExpr[] = [];
  private readonly scope: Scope;
  private readonly outputs: readonly GroupOutput[];
  private readonly bind: (expression: Expression) => BoundExpr;

  constructor(scope: Scope, outputs: readonly GroupOutput[], bind: (expression: Expression) => BoundExpr) {
    this.scope = scope;
    this.outputs = outputs;
    this.bind = bind;
  }

  /** `(a, b)` is two keys. */
  indexes(item: Expression): readonly number[] {
    if (item.kind === 'Row' && !item.explicit) return item.fields.flatMap((field) => this.indexes(field));
    const key = this.key(item);
    const text = canonicalText(key);
    const known = this.places.get(text);
    if (known !== undefined) return [known];
    this.places.set(text, this.all.length);
    return [this.all.push(key) - 1];
  }

  private key(item: Expression): BoundExpr {
    const { scope, outputs } = this;
    if (item.kind === 'NumberLiteral') {
      if (!/^\d+$/.test(item.text)) throw groupingError('non-integer constant in GROUP BY', item.span);
      const output = outputs[Number(item.text) - 1];
      if (output === undefined) {
        throw groupingError(`GROUP BY position ${item.text} is not in select list`, item.span);
      }
      return keyOf(output, scope, item);
    }
    if (item.kind === 'StringLiteral' || item.kind === 'NullLiteral') {
      throw groupingError(
        'non-integer constant in GROUP BY',
        item.span,
        'name a column or a position in the select list',
      );
    }
    if (item.kind === 'ColumnReference' && item.parts.length === 1) {
      const { name } = item.parts[0]!;
      const named = hasColumn(scope, name) ? [] : outputs.filter((output) => output.name === name);
      const texts = new Set(named.map(({ operand }) => canonicalText(typed(operand))));
      if (texts.size > 1) throw ambiguousColumn(name, item.span);
      if (named[0] !== undefined) return keyOf(named[0], scope, item);
    }
    return this.bind(item);
  }
}

function setsOf(item: GroupItem, keys: Keys): Sets {
  if (item.kind !== 'GroupingSet') return [keys.indexes(item)];
  switch (item.form) {
    case 'empty':
      return [[]];
    case 'sets':
      return item.items.flatMap((member) => setsOf(member, keys));
    case 'rollup': {
      const parts = partsOf(item, keys);
      return Array.from({ length: parts.length + 1 }, (_, less) =>
        parts.slice(0, parts.length - less).flat(),
      );
    }
    case 'cube': {
      const parts = partsOf(item, keys);
      if (2 ** parts.length > MOST_SETS) throw tooMany(item.span);
      // As PostgreSQL lists them: all parts first, then without the last …
      return Array.from({ length: 2 ** parts.length }, (_, without) =>
        parts.filter((_part, i) => ((without >> (parts.length - 1 - i)) & 1) === 0).flat(),
      );
    }
  }
}

/** What ROLLUP and CUBE leave out together. */
function partsOf(set: GroupingSet, keys: Keys): Sets {
  return set.items.map((item) => {
    if (item.kind !== 'GroupingSet') return keys.indexes(item);
    throw groupingError('ROLLUP and CUBE take expressions', item.span, 'nest them in GROUPING SETS (…)');
  });
}

function combined(left: Sets, right: Sets, select: Select): Sets {
  if (left.length * right.length > MOST_SETS) throw tooMany(select.span);
  return left.flatMap((some) => right.map((others) => [...new Set([...some, ...others])]));
}

function distinctSets(sets: Sets): Sets {
  const texts = sets.map((set) => [...set].sort((a, b) => a - b).join());
  return sets.filter((_, i) => texts.indexOf(texts[i]!) === i);
}

/** What is constant would be there also where it is not grouped by. */
function refuseConstants(keys: readonly BoundExpr[], { span }: Select): void {
  const constant = keys.find((key) => isConstant(key));
  if (constant !== undefined) {
    throw unsupported(
      'a constant among the keys of grouping sets',
      constant.span ?? span,
      'leave it out: it is the same in every group',
    );
  }
}

function tooMany(span: Select['span']) {
  return unsupported(`more than ${MOST_SETS} grouping sets`, span, 'list those that are needed');
}

/** The expression of an output, which must not contain an aggregate. */
function keyOf(output: GroupOutput, scope: Scope, item: Expression): BoundExpr {
  const expr = typed(output.operand);
  if (reads(expr, (index) => index >= scope.row.length)) {
    throw groupingError('aggregate functions are not allowed in GROUP BY', item.span);
  }
  return expr;
}

function reads(expr: BoundExpr, which: (index: number) => boolean): boolean {
  if (expr.kind === 'column') return which(expr.index);
  return childrenOf(expr).some((child) => reads(child, which));
}
