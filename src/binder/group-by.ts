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
import { CALLS } from './grouping.ts';
import { ambiguousColumn, groupingError, unsupported } from './fail.ts';
import type { Scope } from './scope.ts';
import { hasColumn } from './scope.ts';

export interface GroupBy {
  /** Two are equal only where they stand in different groupings. */
  readonly keys: readonly BoundExpr[];
  /** Indexes of keys, by grouping; null: one grouping, of all keys. */
  readonly sets: readonly (readonly number[])[] | null;
  /** Indexes of keys, by the output that is one. */
  readonly keyOfOutput: ReadonlyMap<number, number>;
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
  if (plain) return merged(keys, null);
  refuseConstants(keys.all, select);
  const joined = sets.reduce((left, right) => combined(left, right, select), [[]] as Sets);
  return merged(keys, select.groupDistinct ? distinctSets(joined) : joined);
}

/**
 * Positions in the select list, names of outputs (a column of FROM comes first), expressions; each key once. As in PostgreSQL a key is
 * an output where one is meant, and two outputs that are equal are two keys; an expression means the first output that it equals.
 */
class Keys {
  private readonly places = new Map<number | string, number>();
  readonly all: BoundExpr[] = [];
  readonly ofOutput = new Map<number, number>();
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
    const { output, key } = this.find(item);
    const place = output ?? canonicalText(key);
    const known = this.places.get(place);
    if (known !== undefined) return [known];
    const index = this.all.push(key) - 1;
    this.places.set(place, index);
    if (output !== undefined) this.ofOutput.set(output, index);
    return [index];
  }

  private find(item: Expression): { readonly output: number | undefined; readonly key: BoundExpr } {
    const named = this.namedOutput(item);
    if (named !== undefined) return { output: named, key: keyOf(this.outputs[named]!, item) };
    const key = this.bind(item);
    const text = canonicalText(key);
    const equal = this.outputs.findIndex(({ operand }) => canonicalText(typed(operand)) === text);
    return { output: equal < 0 ? undefined : equal, key };
  }

  /** By position or name. */
  private namedOutput(item: Expression): number | undefined {
    const { scope, outputs } = this;
    if (item.kind === 'NumberLiteral') {
      if (!/^\d+$/.test(item.text)) throw groupingError('non-integer constant in GROUP BY', item.span);
      const position = Number(item.text);
      if (position >= 1 && position <= outputs.length) return position - 1;
      throw groupingError(`GROUP BY position ${item.text} is not in select list`, item.span);
    }
    if (item.kind === 'StringLiteral' || item.kind === 'NullLiteral') {
      throw groupingError(
        'non-integer constant in GROUP BY',
        item.span,
        'name a column or a position in the select list',
      );
    }
    if (item.kind !== 'ColumnReference' || item.parts.length > 1) return undefined;
    const { name } = item.parts[0]!;
    if (hasColumn(scope, name)) return undefined;
    const named = [...outputs.keys()].filter((i) => outputs[i]!.name === name);
    const texts = new Set(named.map((i) => canonicalText(typed(outputs[i]!.operand))));
    if (texts.size > 1) throw ambiguousColumn(name, item.span);
    return named[0];
  }
}

/** Equal keys that stand in the same groupings are one. */
function merged({ all, ofOutput }: Keys, sets: Sets | null): GroupBy {
  const firsts = new Map<string, number>();
  const keys: BoundExpr[] = [];
  const moved = all.map((key, index) => {
    const text = [canonicalText(key), ...(sets ?? []).map((set) => set.includes(index))].join();
    const first = firsts.get(text) ?? keys.push(key) - 1;
    firsts.set(text, first);
    return first;
  });
  return {
    keys,
    sets: sets?.map((set) => [...new Set(set.map((index) => moved[index]!))]) ?? null,
    keyOfOutput: new Map([...ofOutput].map(([output, index]) => [output, moved[index]!])),
  };
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
function keyOf(output: GroupOutput, item: Expression): BoundExpr {
  const expr = typed(output.operand);
  if (reads(expr, (index) => index >= CALLS)) {
    throw groupingError('aggregate functions are not allowed in GROUP BY', item.span);
  }
  return expr;
}

function reads(expr: BoundExpr, which: (index: number) => boolean): boolean {
  if (expr.kind === 'column') return expr.outer === undefined && which(expr.index);
  return childrenOf(expr).some((child) => reads(child, which));
}
