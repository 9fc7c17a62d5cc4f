// What random queries are put together from: a query with the types of its columns, a relation with the columns that it brings.

import type { Scope } from './expressions.ts';
import type { ColumnType, Table } from './tables.ts';
import type { Tree } from './tree.ts';

export interface Query {
  readonly tree: Tree;
  /** Its columns are c0, c1, … */
  readonly types: readonly ColumnType[];
}

export interface Relation {
  readonly tree: Tree;
  readonly scope: Scope;
}

/** A name that nothing else has. */
export type Naming = (letter: string) => string;

export function scopeOf({ columns }: Pick<Table, 'columns'>, name: string): Scope {
  return columns.map((column) => ({ text: `${name}.${column.name}`, type: column.type }));
}
