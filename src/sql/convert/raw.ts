// Looking into the grammar's nodes without losing anything: a field that a converter does not name is an error, so what
// PostgreSQL can say and our tree cannot is refused with its name instead of being dropped.

import type { A_Const, Node as PgNode, String as PgString } from 'libpg-query';
import type { TextSpan } from '../../errors.ts';
import { defect, unsupported } from '../fail.ts';

export type { PgNode };

/** The construct that a field of a node, or a kind of node, stands for. */
const CONSTRUCTS = new Map([
  ['lockingClause', 'FOR UPDATE / FOR SHARE'],
  ['intoClause', 'SELECT INTO'],
  ['search_clause', 'SEARCH in WITH'],
  ['cycle_clause', 'CYCLE in WITH'],
  ['coldeflist', 'a column definition list of a function in FROM'],
  ['RangeTableSample', 'TABLESAMPLE'],
  ['RangeTableFunc', 'XMLTABLE'],
  ['JsonTable', 'JSON_TABLE'],
  ['SetToDefault', 'DEFAULT in VALUES'],
  ['CurrentOfExpr', 'CURRENT OF'],
  ['XmlExpr', 'XML'],
  ['XmlSerialize', 'XMLSERIALIZE'],
  ['JsonObjectConstructor', 'JSON_OBJECT'],
  ['JsonArrayConstructor', 'JSON_ARRAY'],
  ['JsonArrayQueryConstructor', 'JSON_ARRAY'],
  ['JsonObjectAgg', 'JSON_OBJECTAGG'],
  ['JsonArrayAgg', 'JSON_ARRAYAGG'],
  ['JsonParseExpr', 'JSON()'],
  ['JsonScalarExpr', 'JSON_SCALAR'],
  ['JsonSerializeExpr', 'JSON_SERIALIZE'],
  ['JsonFuncExpr', 'JSON_VALUE, JSON_QUERY or JSON_EXISTS'],
  ['JsonIsPredicate', 'IS JSON'],
  ['MergeSupportFunc', 'MERGE_ACTION'],
  ['InsertStmt', 'INSERT in WITH'],
  ['UpdateStmt', 'UPDATE in WITH'],
  ['DeleteStmt', 'DELETE in WITH'],
  ['MergeStmt', 'MERGE in WITH'],
  ['indirection', 'an assignment target with subscripts'],
  ['setof', 'SETOF'],
  ['pct_type', '%TYPE'],
  ['catalogname', 'a name with a database'],
]);

const HINTS = new Map([
  ['JsonObjectConstructor', 'use jsonb_build_object'],
  ['JsonArrayConstructor', 'use jsonb_build_array'],
  ['JsonObjectAgg', 'use jsonb_object_agg'],
  ['JsonArrayAgg', 'use jsonb_agg'],
  ['JsonFuncExpr', 'use jsonb_path_query or the operators -> and ->>'],
  ['lockingClause', 'a view reads what is committed, there is nothing to lock'],
  ['intoClause', 'CREATE MATERIALIZED VIEW … AS SELECT …'],
  ['catalogname', 'the database is the connected one: write schema.name'],
]);

export function refused(name: string, span: TextSpan): Error {
  return unsupported(CONSTRUCTS.get(name) ?? `this use of ${name}`, span, HINTS.get(name));
}

/** The node, restricted to the fields that the caller is going to read; any other field that is present is refused. */
export function only<T extends object, K extends keyof T & string>(
  node: T,
  span: TextSpan | (() => TextSpan),
  ...keys: readonly K[]
): Pick<T, K> {
  const known: readonly string[] = keys;
  for (const key of Object.keys(node)) {
    if (!known.includes(key)) throw refused(key, typeof span === 'function' ? span() : span);
  }
  return node;
}

/** The kind and the body of a node: `{ ColumnRef: {…} }`. */
export function tagged(node: PgNode): readonly [tag: string, body: object] {
  const entry = Object.entries(node)[0];
  return entry === undefined ? ['', {}] : [entry[0], entry[1] as object];
}

/** The texts of a list of names. */
export function names(nodes: readonly PgNode[] | undefined): string[] {
  return (nodes ?? []).map((node) => ('String' in node ? ((node.String as PgString).sval ?? '') : '*'));
}

/** The items of a List node. */
export function items(node: PgNode | undefined): readonly PgNode[] {
  return node !== undefined && 'List' in node ? (node.List.items ?? []) : [];
}

/** The small integer that a constant node holds; protobuf leaves zero out. */
export function integerOf(node: PgNode): number | undefined {
  if ('Integer' in node) return node.Integer.ival ?? 0;
  const constant: A_Const | undefined = 'A_Const' in node ? node.A_Const : undefined;
  return constant?.ival === undefined ? undefined : (constant.ival.ival ?? 0);
}

/** What the grammar must have given. */
export function present<T>(value: T | undefined, what: string, span: TextSpan): T {
  if (value === undefined) throw defect(`the grammar gave no ${what}`, span);
  return value;
}
