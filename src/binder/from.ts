// FROM: what a relation's name means, windows over it, and the scope that it opens.

import type { KeptDef, RelationDef, SourceDef, ViewDef } from '../catalog/definition.ts';
import { displayName, sourceRow } from '../catalog/definition.ts';
import { isWindowTime } from '../data/time-attribute.ts';
import { MillraceError } from '../errors.ts';
import type { TextSpan } from '../errors.ts';
import type { FromItem, SubqueryTable, TableAlias, TableReference } from '../sql/ast.ts';
import { parseStatement } from '../sql/parse.ts';
import type { BoundColumn, BoundQuery, BoundRelation, BoundViewRead } from './bound.ts';
import { isStateful } from './bound.ts';
import type { QueryContext } from './context.ts';
import { countRelation, enter, rootContext } from './context.ts';
import { invalidQuery, unknownRelation, unsupported } from './fail.ts';
import { bindJoin, crossJoin, joinScope } from './join.ts';
import { bindTemporalJoin, isTemporal, TEMPORAL_HINT } from './temporal-join.ts';
import { plainSelect } from './plain-select.ts';
import { bindRepeated, bindRepeatedJoin, isRepeating, refuseAlone, repeatedScope } from './repeated.ts';
import type { Scope } from './scope.ts';
import { resolveStar, tableScope } from './scope.ts';
import { userFunctions } from './user-function.ts';
import { bindWatermark } from './watermark.ts';
import { bindWindows } from './windows.ts';

/** `bindQuery` of query.ts, handed in: queries contain FROM, which contains queries. */
export type BindQuery = (query: SubqueryTable['query'], context: QueryContext) => BoundQuery;

export function bindFrom(item: FromItem, context: QueryContext, bindQuery: BindQuery): BoundRelation {
  countRelation(context, item.span);
  switch (item.kind) {
    case 'TableReference':
      return bindTable(item, context, bindQuery);
    case 'FunctionTable':
      throw refuseAlone(item);
    case 'SubqueryTable': {
      if (isRepeating(item)) throw refuseAlone(item);
      if (item.lateral)
        throw unsupported('LATERAL', item.span, 'a subquery in FROM reads its own tables only');
      const query = bindQuery(item.query, context);
      return derived(query, item.alias?.name.name ?? '', item.alias);
    }
    case 'WindowTable': {
      const input = bindFrom(item.input, context, bindQuery);
      return renameColumns(bindWindows(item, input, relationScope(input), context), item.alias);
    }
    case 'Join': {
      const left = bindFrom(item.left, context, bindQuery);
      const { right: behind } = item;
      if (isRepeating(behind)) {
        const repeated = bindRepeatedJoin(
          { ...item, right: behind },
          left,
          relationScope,
          userFunctions(context),
        );
        return item.alias === undefined ? repeated : namedJoin(repeated, item, item.alias);
      }
      const join = isTemporal(item)
        ? bindTemporalJoin(item, left, context, relationScope, userFunctions(context))
        : bindJoin(
            item,
            left,
            bindFrom(item.right, context, bindQuery),
            relationScope,
            userFunctions(context),
          );
      return item.alias === undefined ? join : namedJoin(join, item, item.alias);
    }
  }
}

/** FROM a, b: every pair of rows; a function may read what stands before it. */
export function bindBeside(
  left: BoundRelation,
  item: FromItem,
  context: QueryContext,
  bindQuery: BindQuery,
): BoundRelation {
  if (isRepeating(item)) return bindRepeated(item, left, relationScope(left), userFunctions(context));
  return crossJoin(left, bindFrom(item, context, bindQuery), item, relationScope);
}

/** `(a JOIN b …) AS j` hides the names of its tables: it is read like `(SELECT * FROM a JOIN b …) AS j`. */
function namedJoin(from: BoundRelation, { span }: FromItem, alias: TableAlias): BoundRelation {
  const star = { kind: 'Star' as const, qualifier: [], span };
  const outputs = resolveStar(relationScope(from), star);
  const columns = outputs.map(({ index, name }) => ({ ...from.columns[index]!, name }));
  return derived(plainSelect(from, columns, outputs, span), alias.name.name, alias);
}

export function relationScope(relation: BoundRelation): Scope {
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
  if (common !== undefined)
    return derived(bindQuery(common.query, common.context), alias, item.alias, common.columns);
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
