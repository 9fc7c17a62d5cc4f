// Queries: WITH, set operations, and what a whole query gives.

import { TEXT } from '../data/types.ts';
import type { Query, QueryBody, Select, SubqueryTable, Target, Values } from '../sql/ast.ts';
import type { Identifier } from '../sql/names.ts';
import type { BoundQuery, OutputOrder } from './bound.ts';
import type { CommonTableEntry, QueryContext } from './context.ts';
import type { QueryDraft } from './draft.ts';
import { finish, setDraft } from './draft.ts';
import { duplicateName, invalidQuery } from './fail.ts';
import type { OutputList } from './ordering.ts';
import { cutOf, outputOf, outputOrder } from './ordering.ts';
import { bindSelect } from './select.ts';
import { refuseQueryClauses } from './unsupported.ts';

export function bindQuery(query: Query, context: QueryContext): BoundQuery {
  return finish(draftQuery(query, context));
}

function draftQuery(query: Query, context: QueryContext): QueryDraft {
  refuseQueryClauses(query);
  const inner = withCommonTables(query, context);
  return query.body.kind === 'Select'
    ? draftSelect(query, query.body, inner)
    : cut(query, draftBody(query.body, inner), (draft) => outputOrder(query.orderBy, namesOf(draft)));
}

/** DISTINCT ON keeps the first row of each partition; LIMIT and OFFSET then cut what is left. Both go by ORDER BY. */
function draftSelect(query: Query, select: Select, context: QueryContext): QueryDraft {
  const { draft, chosen } = bindSelect(select, context, bindQuery, (list) => ({
    shown: list.shown,
    order: outputOrder(query.orderBy, list),
    partition:
      select.distinct.kind === 'on'
        ? select.distinct.expressions.map((expression) => outputOf(expression, list, 'SELECT DISTINCT ON'))
        : null,
  }));
  const { shown, order, partition } = chosen;
  if (partition === null) return cut(query, draft, () => order, shown);
  requireLeading(partition, order, query);
  const columns = draft.columns;
  const first: QueryDraft = {
    kind: 'top n',
    columns,
    input: draft,
    partition,
    order,
    limit: 1,
    offset: 0,
    span: query.span,
  };
  const kept = cut(query, first, () => order, shown);
  return kept === first ? { ...first, columns: columns.slice(0, shown) } : kept;
}

function requireLeading(partition: readonly number[], order: readonly OutputOrder[], query: Query): void {
  const leading = new Set(order.slice(0, new Set(partition).size).map(({ column }) => column));
  if (order.length === 0 || partition.every((column) => leading.has(column))) return;
  if (order.every(({ column }) => partition.includes(column))) return;
  throw invalidQuery(
    'SELECT DISTINCT ON expressions must match initial ORDER BY expressions',
    query.orderBy[0]!.span,
    'order by what stands in DISTINCT ON first',
  );
}

function cut(
  query: Query,
  draft: QueryDraft,
  orderOf: (draft: QueryDraft) => readonly OutputOrder[],
  shown = draft.columns.length,
): QueryDraft {
  if (query.limit === undefined && query.offset === undefined) return draft;
  const columns = draft.columns.slice(0, shown);
  const order = orderOf(draft);
  return { kind: 'top n', columns, input: draft, partition: [], order, ...cutOf(query), span: query.span };
}

/** ORDER BY over a set operation takes positions and names of its columns. */
function namesOf(draft: QueryDraft): OutputList {
  const closed = 'ORDER BY of a set operation takes names and positions of its columns';
  return {
    shown: draft.columns.length,
    outputs: draft.columns.map(({ name }, index) => ({
      name,
      operand: { kind: 'column', index, name, type: TEXT, nullable: true },
    })),
    add: () => 0,
    bind: (expression) => {
      throw invalidQuery(closed, expression.span, 'put the set operation into a subquery in FROM');
    },
    closed,
  };
}

function draftBody(body: Exclude<QueryBody, Select>, context: QueryContext): QueryDraft {
  switch (body.kind) {
    case 'SetOperation': {
      const left = draftQuery(body.left, context);
      return setDraft(body, left, draftQuery(body.right, context));
    }
    case 'Values': {
      const select = asSelect(body);
      return draftSelect(queryOf(select), select, context);
    }
  }
}

/** One row of VALUES is a select list, whose literals take their types from what is around; of several a column has one type. */
function asSelect(values: Values): Select {
  const { rows, span } = values;
  const [first] = rows;
  const names = first!.map((_, i): Identifier => ({ name: `column${i + 1}`, span }));
  const targets = first!.map((expression, i): Target => ({
    expression,
    alias: names[i],
    span: expression.span,
  }));
  const list: Omit<Select, 'targets' | 'from'> = {
    kind: 'Select', distinct: { kind: 'all' }, where: undefined, groupBy: [], groupDistinct: false, having: undefined,
    windows: [], span,
  }; // prettier-ignore
  if (rows.length === 1) return { ...list, targets, from: [] };
  const table: SubqueryTable = {
    kind: 'SubqueryTable', query: queryOf(values), lateral: false, alias: undefined, span,
  }; // prettier-ignore
  const star: Target = { expression: { kind: 'Star', qualifier: [], span }, alias: undefined, span };
  return { ...list, targets: [star], from: [table] };
}

function queryOf(body: QueryBody): Query {
  const { span } = body;
  return {
    kind: 'Query',
    with: undefined,
    body,
    orderBy: [],
    limit: undefined,
    withTies: false,
    offset: undefined,
    span,
  };
}

/** Each common table is inlined where it is read; equal sub-plans are computed once all the same. */
function withCommonTables(query: Query, context: QueryContext): QueryContext {
  if (query.with === undefined) return context;
  let inner = context;
  const own = new Set<string>();
  for (const table of query.with.tables) {
    const { name } = table.name;
    if (own.has(name))
      throw duplicateName(`WITH query name "${name}" specified more than once`, table.name.span);
    own.add(name);
    const columns = checkedNames(bindQuery(table.query, inner), table.columns, name);
    const entry: CommonTableEntry = { query: table.query, context: inner, columns };
    inner = { ...inner, commonTables: new Map([...inner.commonTables, [name, entry]]) };
  }
  return inner;
}

function checkedNames(
  bound: BoundQuery,
  names: readonly {
    readonly name: string;
    readonly span: { readonly offset: number; readonly end: number };
  }[],
  table: string,
): readonly { readonly name: string }[] {
  if (names.length > bound.columns.length) {
    throw invalidQuery(
      `WITH query "${table}" has ${bound.columns.length} columns available but ${names.length} columns specified`,
      names[0]!.span,
    );
  }
  return names;
}
