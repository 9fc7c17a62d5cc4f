// Which columns a name can mean: the tables of FROM, side by side in one row.

import { quoteIdentifier } from '../catalog/definition.ts';
import { nearNames } from '../catalog/near.ts';
import { MillraceError } from '../errors.ts';
import type { ColumnExpr } from '../expr/bound.ts';
import type { ColumnReference, Star } from '../sql/literals.ts';
import type { Identifier } from '../sql/names.ts';
import type { BoundColumn } from './bound.ts';
import { ambiguousColumn, unknownColumn, unsupported } from './fail.ts';

export interface ScopeTable {
  readonly alias: string;
  /** Of a table that was not renamed. */
  readonly schema: string | undefined;
  readonly columns: readonly BoundColumn[];
  /** Where its columns start in the row. */
  readonly offset: number;
}

export interface Scope {
  readonly tables: readonly ScopeTable[];
}

export function scopeRow(scope: Scope): readonly BoundColumn[] {
  return scope.tables.flatMap((table) => table.columns);
}

interface Found {
  readonly table: ScopeTable;
  readonly index: number;
}

export function resolveColumn(scope: Scope, reference: ColumnReference): ColumnExpr {
  const name = reference.parts.at(-1)!.name;
  const tables =
    reference.parts.length === 1 ? scope.tables : [namedTable(scope, reference.parts.slice(0, -1))];
  const found = tables.flatMap((table) => columnsNamed(table, name));
  if (found.length > 1) throw ambiguousColumn(name, reference.span);
  if (found.length === 0) throw missing(scope, reference, name, tables);
  const { table, index } = found[0]!;
  const { type, nullable } = table.columns[index]!;
  return { kind: 'column', index: table.offset + index, name, type, nullable, span: reference.span };
}

/** Does a bare name mean a column here? GROUP BY asks before it looks at output names. */
export function hasColumn(scope: Scope, name: string): boolean {
  return scope.tables.some((table) => table.columns.some((column) => column.name === name));
}

/** The columns of `*` or `t.*`. */
export function resolveStar(scope: Scope, star: Star): readonly ColumnExpr[] {
  const tables = star.qualifier.length === 0 ? scope.tables : [namedTable(scope, star.qualifier)];
  return tables.flatMap((table) =>
    table.columns.map(({ name, type, nullable }, i): ColumnExpr => {
      return { kind: 'column', index: table.offset + i, name, type, nullable, span: star.span };
    }),
  );
}

function columnsNamed(table: ScopeTable, name: string): readonly Found[] {
  return [...table.columns.keys()]
    .filter((i) => table.columns[i]!.name === name)
    .map((index) => ({ table, index }));
}

function namedTable(scope: Scope, qualifier: readonly Identifier[]): ScopeTable {
  const alias = qualifier.at(-1)!;
  const schema = qualifier.at(-2)?.name;
  const table = scope.tables.find(
    (t) => t.alias === alias.name && (schema === undefined || t.schema === schema) && qualifier.length <= 2,
  );
  if (table !== undefined) return table;
  const known = scope.tables.map((t) => t.alias);
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
