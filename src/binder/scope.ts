// Which columns a name can mean: the tables of FROM, side by side in one row.

import { quoteIdentifier } from '../catalog/definition.ts';
import { nearNames } from '../catalog/near.ts';
import type { TextSpan } from '../errors.ts';
import { MillraceError } from '../errors.ts';
import type { ColumnExpr } from '../expr/bound.ts';
import type { ColumnReference, Star } from '../sql/literals.ts';
import type { Identifier } from '../sql/names.ts';
import type { BoundColumn } from './bound.ts';
import { ambiguousColumn, unknownColumn, unsupported } from './fail.ts';

export interface ScopeTable {
  /** Undefined for the columns that JOIN … USING merged: they have no table. */
  readonly alias: string | undefined;
  /** Of a table that was not renamed. */
  readonly schema: string | undefined;
  readonly columns: readonly ScopeColumn[];
}

export interface ScopeColumn {
  readonly name: string;
  /** Where it is in the row. */
  readonly index: number;
  /** Merged by USING: found by its table's name only, and not part of `*`. */
  readonly hidden: boolean;
}

export interface Scope {
  readonly tables: readonly ScopeTable[];
  /** The row that expressions are bound to. */
  readonly row: readonly BoundColumn[];
  /** Where names that mean nothing here are looked up: the query around a subquery. */
  readonly outer?: Scope | undefined;
}

/** One table, whose columns are the row. */
export function tableScope(
  alias: string | undefined,
  schema: string | undefined,
  row: readonly BoundColumn[],
): Scope {
  const columns = row.map(({ name }, index) => ({ name, index, hidden: false }));
  return { tables: [{ alias, schema, columns }], row };
}

/** The column at `index` of the scope's row, as an expression. */
export function columnAt(scope: Scope, index: number, span: TextSpan): ColumnExpr {
  const { name, type, nullable } = scope.row[index]!;
  return { kind: 'column', index, name, type, nullable, span };
}

export function resolveColumn(scope: Scope, reference: ColumnReference): ColumnExpr {
  let out = 0;
  for (let at: Scope | undefined = scope; at !== undefined; at = at.outer, out++) {
    if (!isNamed(at, reference)) continue;
    const column = columnIn(at, reference);
    return out === 0 ? column : { ...column, outer: out };
  }
  return columnIn(scope, reference);
}

function columnIn(scope: Scope, reference: ColumnReference): ColumnExpr {
  const name = reference.parts.at(-1)!.name;
  const bare = reference.parts.length === 1;
  const tables = bare ? scope.tables : [namedTable(scope, reference.parts.slice(0, -1))];
  const found = tables.flatMap((table) =>
    table.columns.filter((column) => column.name === name && !(bare && column.hidden)),
  );
  if (found.length > 1) throw ambiguousColumn(name, reference.span);
  if (found.length === 0) throw missing(scope, reference, name, tables);
  return columnAt(scope, found[0]!.index, reference.span);
}

/** Does the name mean something here? A table that is named hides those of its name further out. */
function isNamed(scope: Scope, { parts }: ColumnReference): boolean {
  const [table] = parts.slice(-2);
  if (parts.length === 1) return hasColumn(scope, parts[0]!.name);
  return scope.tables.some(({ alias }) => alias === table!.name);
}

/** Does a bare name mean a column here? GROUP BY asks before it looks at output names. */
export function hasColumn(scope: Scope, name: string): boolean {
  return scope.tables.some((table) => table.columns.some((column) => column.name === name));
}

/** The columns of `*` or `t.*`. */
export function resolveStar(scope: Scope, star: Star): readonly ColumnExpr[] {
  const tables = star.qualifier.length === 0 ? scope.tables : [namedTable(scope, star.qualifier)];
  const bare = star.qualifier.length === 0;
  return tables.flatMap((table) =>
    table.columns
      .filter((column) => !(bare && column.hidden))
      .map((column) => columnAt(scope, column.index, star.span)),
  );
}

function namedTable(scope: Scope, qualifier: readonly Identifier[]): ScopeTable {
  const alias = qualifier.at(-1)!;
  const schema = qualifier.at(-2)?.name;
  const table = scope.tables.find(
    (t) => t.alias === alias.name && (schema === undefined || t.schema === schema) && qualifier.length <= 2,
  );
  if (table !== undefined) return table;
  const known = scope.tables.flatMap((t) => t.alias ?? []);
  const near = nearNames(alias.name, known);
  throw new MillraceError({
    code: 'UNKNOWN_RELATION',
    message: `missing FROM-clause entry for table "${alias.name}"`,
    hint:
      near.length > 0 ? `did you mean "${near[0]!}"?` : `the tables here are ${known.join(', ') || 'none'}`,
    span: alias.span,
  });
}

function missing(
  scope: Scope,
  reference: ColumnReference,
  name: string,
  tables: readonly ScopeTable[],
): MillraceError {
  if (reference.parts.length === 1 && scope.tables.some((table) => table.alias === name)) {
    return unsupported(
      `a whole row ("${name}") as a value`,
      reference.span,
      'name the columns, or write ".*" after it',
    );
  }
  const shown =
    reference.parts.length === 1
      ? `"${name}"`
      : reference.parts.map((part) => quoteIdentifier(part.name)).join('.');
  const known = tables.flatMap((table) => table.columns.map((column) => column.name));
  return unknownColumn(shown, name, known, reference.span);
}
