// ORDER BY with LIMIT and OFFSET, and DISTINCT ON: which rows of a result are kept, by their order. Order items are outputs of the
// select list, or expressions that are computed beside it.

import { canonicalText } from '../expr/columns.ts';
import type { Operand } from '../expr/resolve/operand.ts';
import type { Expression, OrderItem, Query } from '../sql/ast.ts';
import type { OutputOrder } from './bound.ts';
import { constantCount } from './constant-count.ts';
import { typed } from './expression.ts';
import { ambiguousColumn, groupingError, invalidQuery } from './fail.ts';
import { directionOf } from './order-item.ts';

/** What stands in a select list, and what was added behind it. */
export interface OutputList {
  /** How many of the outputs are those of the select list. */
  readonly shown: number;
  readonly outputs: readonly { readonly name: string; readonly operand: Operand }[];
  /** Computes something beside the outputs and gives its place. */
  readonly add: (operand: Operand) => number;
  readonly bind: (expression: Expression) => Operand;
  /** Why nothing can be added; null: it can. */
  readonly closed: string | null;
}

/** Which output an item of ORDER BY or DISTINCT ON is: a position, the name of an output, or an expression over FROM. */
export function outputOf(expression: Expression, list: OutputList, clause: string): number {
  const { outputs, shown } = list;
  if (expression.kind === 'NumberLiteral') {
    if (!/^\d+$/.test(expression.text))
      throw groupingError(`non-integer constant in ${clause}`, expression.span);
    const position = Number(expression.text);
    if (position >= 1 && position <= shown) return position - 1;
    throw groupingError(`${clause} position ${expression.text} is not in select list`, expression.span);
  }
  if (expression.kind === 'ColumnReference' && expression.parts.length === 1) {
    const { name } = expression.parts[0]!;
    const named = [...outputs.keys()].filter((i) => i < shown && outputs[i]!.name === name);
    const texts = new Set(named.map((i) => canonicalText(typed(outputs[i]!.operand))));
    if (texts.size > 1) throw ambiguousColumn(name, expression.span);
    if (named[0] !== undefined) return named[0];
  }
  const operand = list.bind(expression);
  const text = canonicalText(typed(operand));
  const there = outputs.findIndex((output) => canonicalText(typed(output.operand)) === text);
  if (there >= 0) return there;
  if (list.closed !== null) throw invalidQuery(list.closed, expression.span, 'add it to the select list');
  return list.add(operand);
}

export function outputOrder(items: readonly OrderItem[], list: OutputList): readonly OutputOrder[] {
  return items.map((item) => ({ column: outputOf(item.expression, list, 'ORDER BY'), ...directionOf(item) }));
}

export interface Cut {
  /** Null: no limit. */
  readonly limit: number | null;
  readonly offset: number;
  readonly counts?: 'ties';
}

/** LIMIT and OFFSET, which are constants. */
export function cutOf(query: Query): Cut {
  const limit = query.limit === undefined ? null : constantCount(query.limit, 'LIMIT');
  const offset = query.offset === undefined ? 0 : (constantCount(query.offset, 'OFFSET') ?? 0);
  if (!query.withTies) return { limit, offset };
  if (limit !== null) return { limit, offset, counts: 'ties' };
  throw invalidQuery(
    'row count cannot be null in FETCH FIRST ... WITH TIES clause',
    query.limit?.span ?? query.span,
    'write how many rows',
  );
}
