// Functions of rows in the select list: SELECT id, unnest(tags) FROM t is SELECT id, u.x FROM t, unnest(tags) AS u(x), when
// nothing is grouped, but that they are asked for the rows alone of which WHERE is true. Several go side by side, as in ROWS FROM.

import { isAggregate } from '../expr/resolve/aggregate-names.ts';
import type { Expression, FunctionCall, FunctionTable, Select, Target } from '../sql/ast.ts';
import type { Identifier } from '../sql/names.ts';
import { unsupported } from './fail.ts';
import { TABLE_FUNCTIONS } from './table-functions.ts';

const TABLE = 'millrace_rows';

export interface Listed {
  readonly select: Select;
  /** What stands behind the rows that WHERE keeps; null: nothing. */
  readonly rows: FunctionTable | null;
}

export function withTargetFunctions(select: Select): Listed {
  const calls = select.targets.flatMap(({ expression }) => (isRowFunction(expression) ? [expression] : []));
  if (calls.length === 0) return { select, rows: null };
  const [first] = calls;
  const grouped = select.groupBy.length > 0 || select.having !== undefined;
  if (grouped || select.targets.some(({ expression }) => readsGroups(expression)))
    throw unsupported(
      `${first!.name.name.name} in the select list beside groups or window functions`,
      first!.span,
      'put it in FROM of a subquery: FROM t, unnest(t.items) AS u(item)',
    );
  const { span } = first!;
  const columns = calls.map((call, i): Identifier => ({ name: `row_${i + 1}`, span: call.span }));
  const rows: FunctionTable = {
    kind: 'FunctionTable',
    calls,
    rowsFrom: true,
    ordinality: false,
    lateral: true,
    alias: { name: { name: TABLE, span }, columns, span },
    span,
  };
  let next = 0;
  const targets = select.targets.map((target): Target => {
    const { expression } = target;
    if (!isRowFunction(expression)) return target;
    const parts = [{ name: TABLE, span }, columns[next++]!];
    const alias = target.alias ?? expression.name.name;
    return { ...target, expression: { kind: 'ColumnReference', parts, span: expression.span }, alias };
  });
  return { select: { ...select, targets }, rows };
}

function isRowFunction(expression: Expression): expression is FunctionCall {
  return (
    expression.kind === 'FunctionCall' &&
    expression.over === undefined &&
    TABLE_FUNCTIONS.includes(expression.name.name.name)
  );
}

/** An aggregate or a window function, wherever it stands. */
function readsGroups(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(readsGroups);
  if (typeof value !== 'object' || value === null) return false;
  const call = value as Partial<FunctionCall>;
  if (call.kind === 'FunctionCall' && (call.over !== undefined || isAggregate(call.name!.name.name)))
    return true;
  return Object.entries(value).some(([name, child]) => name !== 'query' && readsGroups(child));
}
