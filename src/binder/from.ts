// FROM: what a relation's name means, windows over it, and the scope that it opens.

import type { KeptDef, RelationDef, SourceDef, ViewDef } from '../catalog/definition.ts';
import { displayName, sourceRow } from '../catalog/definition.ts';
import { isWindowTime } from '../data/time-attribute.ts';
import { MillraceError } from '../errors.ts';
import type { TextSpan } from '../errors.ts';
import type { FromItem, Join, TableAlias, TableReference } from '../sql/ast.ts';
import { parseStatement } from '../sql/parse.ts';
import type { BoundColumn, BoundQuery, BoundRelation, BoundViewRead } from './bound.ts';
import { isStateful } from './bound.ts';
import type { BindQuery, QueryContext } from './context.ts';
import { countRelation, enter, queriesAround, rootContext } from './context.ts';
import { outerReadsOf, raisedQuery } from './correlation.ts';
import { invalidQuery, unknownRelation, unsupported } from './fail.ts';
import type { Beside } from './join-sides.ts';
import { bindJoin, crossJoin, joinScope } from './join.ts';
import { ONE_ROW } from './one-row.ts';
import { bindTemporalJoin, isTemporal, TEMPORAL_HINT } from './temporal-join.ts';
import { plainSelect } from './plain-select.ts';
import { bindRepeated, bindRepeatedJoin, isRepeating, repeatedScope, repeatsRows } from './repeated.ts';
import type { Scope } from './scope.ts';
import { resolveStar, tableScope } from './scope.ts';
import { userFunctions } from './user-function.ts';
import { bindWatermark } from './watermark.ts';
import { bindWindows } from './windows.ts';

export function bindFrom(item: FromItem, context: QueryContext, bindQuery: BindQuery): BoundRelation {
  countRelation(context, item.span);
  if (isRepeating(item))
    return bindRepeated(item, ONE_ROW, scopeIn(ONE_ROW, context), userFunctions(context));
  switch (item.kind) {
    case 'TableReference':
      return bindTable(item, context, bindQuery);
    case 'SubqueryTable': {
      const query = bindQuery(item.query, context);
      return derived(query, item.alias?.name.name ?? '', item.alias);
    }
    case 'WindowTable': {
      const input = bindFrom(item.input, context, bindQuery);
      return renameColumns(bindWindows(item, input, relationScope(input), context), item.alias);
    }
    case 'Join': {
      const join = bindJoined(item, bindFrom(item.left, context, bindQuery), context, bindQuery);
      return item.alias === undefined ? join : namedJoin(join, item, item.alias);
    }
  }
}

function bindJoined(
  item: Join,
  left: BoundRelation,
  context: QueryContext,
  bindQuery: BindQuery,
): BoundRelation {
  const { right } = item;
  const around = { scopeOf: relationScope, context, bindQuery };
  if (isTemporal(item)) return bindTemporalJoin(item, left, around);
  if (isRepeating(right) && repeatsRows(item))
    return bindRepeatedJoin({ ...item, right }, left, (of) => scopeIn(of, context), userFunctions(context));
  const beside = besideOf(left, right, context, bindQuery);
  return bindJoin(item, left, beside, around);
}

/** FROM a, b: every pair of rows; a function may read what stands before it, and so may a subquery that is LATERAL. */
export function bindBeside(
  left: BoundRelation,
  item: FromItem,
  context: QueryContext,
  bindQuery: BindQuery,
): BoundRelation {
  if (isRepeating(item)) return bindRepeated(item, left, scopeIn(left, context), userFunctions(context));
  return crossJoin(left, besideOf(left, item, context, bindQuery), item, relationScope);
}

/** What stands behind others in FROM. Its columns of queries around count the lateral join when it reads what stands before it. */
function besideOf(left: BoundRelation, item: FromItem, context: QueryContext, bindQuery: BindQuery): Beside {
  const lateral = item.kind === 'FunctionTable' || (item.kind === 'SubqueryTable' && item.lateral);
  if (!lateral) return { relation: bindFrom(item, context, bindQuery), lateral };
  const inner = { ...context, outer: scopeIn(left, context) };
  const relation = bindFrom(item, inner, bindQuery);
  const { near, further } = outerReadsOf(relation);
  return { relation, lateral: near.length > 0 || further };
}

/** Where names of expressions in FROM are looked up. */
function scopeIn(relation: BoundRelation, { outer }: QueryContext): Scope {
  return { ...relationScope(relation), outer };
}

/** `(a JOIN b …) AS j` hides the names of its tables: it is read like `(SELECT * FROM a JOIN b …) AS j`. */
function namedJoin(from: BoundRelation, { span }: FromItem, alias: TableAlias): BoundRelation {
  const star = { kind: 'Star' as const, qualifier: [], span };
  const outputs = resolveStar(relationScope(from), star);
  const columns = outputs.map(({ index, name }) => ({ ...from.columns[index]!, name }));
  return derived(plainSelect(from, columns, outputs, span), alias.name.name, alias);
}

export function relationScope(relation: BoundRelation): Scope {
  if (relation.kind === 'one') return { tables: [], row: relation.columns };
  if (relation.kind === 'join') return joinScope(relation, relationScope);
  if (relation.kind === 'repeated') return repeatedScope(relation, relationScope);
  const schema =
    relation.kind === 'source' && relation.alias === relation.source.name
      ? relation.source.schema
      : undefined;
  return tableScope(relation.alias, schema, relation.columns);
}

function bindTable(item: TableReference, context: QueryContext, bindQuery: BindQuery): BoundRelation {
  const { name, schema } = item.name;
  if (item.asOf !== undefined) {
    throw unsupported('FOR SYSTEM_TIME AS OF here', item.asOf.span, TEMPORAL_HINT);
  }
  const alias = item.alias?.name.name ?? name.name;
  const common = schema === undefined ? context.commonTables.get(name.name) : undefined;
  if (common !== undefined) {
    const query = bindQuery(common.query, common.context);
    const further = queriesAround(context) - queriesAround(common.context);
    return derived(raisedQuery(query, further), alias, item.alias, common.columns);
  }
  const found = context.catalog.find({ schema: schema?.name, name: name.name });
  const shown = displayName({ schema: schema?.name ?? 'public', name: name.name });
  if (found === undefined) {
    const near = [
      ...context.catalog.near(name.name),
      ...[...context.commonTables.keys()].filter((c) => c === name.name),
    ];
    throw unknownRelation(shown, near, item.name.span);
  }
  context.reads.add(found.id);
  return bindDefinition(found, alias, item, context, bindQuery);
}

function bindDefinition(
  found: RelationDef,
  alias: string,
  item: TableReference,
  context: QueryContext,
  bindQuery: BindQuery,
): BoundRelation {
  switch (found.kind) {
    case 'source':
      return renameColumns(bindSource(found, alias), item.alias);
    case 'view':
      return derived(
        bindViewText(found, context, item.name.span, bindQuery),
        alias,
        item.alias,
        undefined,
        found,
      );
    case 'table':
    case 'materialized view':
      return renameColumns(bindViewRead(found, alias, context, item.name.span, bindQuery), item.alias);
    case 'sink':
      throw invalidQuery(`"${found.name}" is a sink`, item.name.span, 'read a source or a view');
  }
}

export function bindSource(source: SourceDef, alias: string): BoundRelation {
  const watermark = bindWatermark(source);
  const columns = sourceRow(source).map((column, i): BoundColumn => ({
    ...column,
    time: watermark?.column === i ? { kind: 'event' } : null,
  }));
  return { kind: 'source', source, alias, columns, watermark };
}

/** The time attributes of a view's columns follow from its text; its windows are told apart from the reader's by its id. */
function bindViewRead(
  view: KeptDef,
  alias: string,
  context: QueryContext,
  span: TextSpan,
  bindQuery: BindQuery,
): BoundViewRead {
  if (view.kind === 'table') {
    const columns = view.columns.map((column): BoundColumn => ({ ...column, time: null }));
    return { kind: 'view read', view, shared: false, alias, columns, changing: true };
  }
  const own = { ...rootContext(context.catalog, view.pipelineId), depth: context.depth };
  const query = bindViewText(view, own, span, bindQuery);
  const columns = view.columns.map((column, i): BoundColumn => ({
    ...column,
    time: viewTime(view.id, query.columns[i]!.time),
  }));
  const shared = view.pipelineId === context.pipelineId;
  const changing = shared ? isStateful(query) && view.emit === 'on change' : !view.appendOnly;
  return { kind: 'view read', view, shared, alias, columns, changing };
}

/** A time attribute of the view `id` as its readers see it. */
export function viewTime(id: string, time: BoundColumn['time']): BoundColumn['time'] {
  return !isWindowTime(time) ? time : { ...time, window: `${id}.${time.window}` };
}

/** A view is its text, read again. Its names mean what they meant to its author: nothing of the reader's is in scope. */
export function bindViewText(
  view: Pick<ViewDef, 'text' | 'name' | 'columns'>,
  context: QueryContext,
  span: TextSpan,
  bindQuery: BindQuery,
): BoundQuery {
  const statement = parseStatement(view.text);
  if (statement.kind !== 'CreateView' && statement.kind !== 'CreateMaterializedView') {
    throw new Error(`the text of view ${view.name} is no view`);
  }
  try {
    return bindQuery(statement.query, enter(context, view.name, span));
  } catch (error) {
    // Places in an error are places in the view's text, not in the reader's.
    throw error instanceof MillraceError ? error.withSql(view.text) : error;
  }
}

function derived(
  query: BoundQuery,
  alias: string,
  names: TableAlias | undefined,
  columnNames?: readonly { readonly name: string }[],
  view?: ViewDef,
): BoundRelation {
  const given = view?.columns ?? columnNames ?? [];
  const columns = query.columns.map((column, i) => ({ ...column, name: given[i]?.name ?? column.name }));
  return renameColumns({ kind: 'derived', query, alias, columns }, names);
}

function renameColumns<T extends BoundRelation>(
  relation: T,
  alias: TableAlias | undefined,
): T | BoundRelation {
  const names = alias?.columns ?? [];
  if (names.length === 0) return relation;
  if (names.length > relation.columns.length) {
    throw invalidQuery(
      `table "${alias!.name.name}" has ${relation.columns.length} columns available but ${names.length} columns specified`,
      alias!.span,
    );
  }
  const columns = relation.columns.map((column, i) => ({ ...column, name: names[i]?.name ?? column.name }));
  return { ...relation, columns };
}
