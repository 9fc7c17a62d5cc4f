// Queries: WITH, set operations, and what a whole query gives.

import type { Query, QueryBody } from '../sql/ast.ts';
import type { BoundQuery } from './bound.ts';
import type { CommonTableEntry, QueryContext } from './context.ts';
import type { QueryDraft } from './draft.ts';
import { finish, setDraft } from './draft.ts';
import { duplicateName, invalidQuery, unsupported } from './fail.ts';
import { bindSelect } from './select.ts';
import { refuseQueryClauses, refuseSetOperation } from './unsupported.ts';

export function bindQuery(query: Query, context: QueryContext): BoundQuery {
  return finish(draftQuery(query, context));
}

function draftQuery(query: Query, context: QueryContext): QueryDraft {
  refuseQueryClauses(query);
  return draftBody(query.body, withCommonTables(query, context));
}

function draftBody(body: QueryBody, context: QueryContext): QueryDraft {
  switch (body.kind) {
    case 'Select':
      return bindSelect(body, context, bindQuery);
    case 'SetOperation': {
      refuseSetOperation(body);
      const left = draftQuery(body.left, context);
      return setDraft(body, left, draftQuery(body.right, context));
    }
    case 'Values':
      throw unsupported('VALUES', body.span, 'a continuous query reads a source: SELECT … FROM');
  }
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
