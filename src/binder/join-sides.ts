// The sides of a join while it is bound.

import type { BoundRelation } from './bound.ts';
import type { BindQuery, QueryContext } from './context.ts';
import type { Scope, ScopeTable } from './scope.ts';

export type ScopeOf = (relation: BoundRelation) => Scope;

/** The right side of a join. */
export interface Beside {
  readonly relation: BoundRelation;
  /** It reads the row of the left side, or rows further out. */
  readonly lateral: boolean;
}

/** What is needed for names and subqueries in ON. */
export interface JoinContext {
  readonly scopeOf: ScopeOf;
  readonly context: QueryContext;
  readonly bindQuery: BindQuery;
}

/** The tables of a scope whose row stands behind another. */
export function shifted(scope: Scope, by: number): readonly ScopeTable[] {
  return scope.tables.map((table) => ({
    ...table,
    columns: table.columns.map((column) => ({ ...column, index: column.index + by })),
  }));
}
