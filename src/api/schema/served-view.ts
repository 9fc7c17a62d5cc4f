// A view as the API serves it: its layout in Postgres and its names in GraphQL.

import type { Catalog } from '../../catalog/catalog.ts';
import type { KeptDef } from '../../catalog/definition.ts';
import { isKept } from '../../catalog/definition.ts';
import { typeName } from '../../data/types.ts';
import type { ViewLayout } from '../../views/view-layout.ts';
import { layoutView } from '../../views/view-layout.ts';
import { Names } from './names.ts';

export interface ServedView {
  readonly layout: ViewLayout;
  readonly name: string;
  /** GraphQL names of the visible columns, in their order. */
  readonly columnNames: readonly string[];
  /** GraphQL name → index of the column. */
  readonly columns: ReadonlyMap<string, number>;
  readonly description: string;
}

/** What a view adds to its name; every one of these names is its own. */
export const VIEW_SUFFIXES = [
  '',
  '_by_key',
  '_aggregate',
  '_where',
  '_order_by',
  '_changes',
  '_update',
] as const;

const RESERVED = [
  'Query', 'Mutation', 'Subscription', 'String', 'Int', 'Float', 'Boolean', 'ID',
  'SmallInt', 'BigInt', 'Double', 'Numeric', 'Date', 'Timestamp', 'TimestampTz', 'Interval',
  'Real', 'Time', 'Uuid', 'Bytea', 'Jsonb', 'Row', 'Presence_test',
  'catalog', 'pipelines', 'lag', 'explain', 'submit', 'drop', 'pause', 'resume',
  'Relation', 'Column', 'Pipeline', 'Lag', 'Answer', 'AnswerTable', 'Order', 'ExplainStage',
  ...['Boolean', 'SmallInt', 'Int', 'BigInt', 'Double', 'Numeric', 'String', 'Date', 'Timestamp', 'TimestampTz', 'Interval', 'Real', 'Time', 'Uuid', 'Bytea'].map(
    (type) => `${type}_test`,
  ),
]; // prettier-ignore

/** In the order of creation, so that a new view never changes the name of an older one. */
export function servedViews(catalog: Catalog): ServedView[] {
  const names = new Names(RESERVED);
  return catalog
    .list()
    .filter(isKept)
    .map((view) => served(view, names));
}

/** The view that has the name of this one now, where it has the columns of this one first. */
export function successorOf(view: ServedView, catalog: Catalog): ServedView | undefined {
  const { schemaName, name, visible } = view.layout;
  const next = servedViews(catalog).find(
    ({ layout }) => layout.schemaName === schemaName && layout.name === name,
  );
  const fits = view.layout.schema.slice(0, visible).every((column, c) => {
    const other = next?.layout.schema[c];
    return (
      next !== undefined &&
      c < next.layout.visible &&
      next.columnNames[c] === view.columnNames[c] &&
      typeName(other!.type) === typeName(column.type)
    );
  });
  return fits ? next : undefined;
}

function served(view: KeptDef, names: Names): ServedView {
  const wanted = view.schema === 'public' ? view.name : `${view.schema}_${view.name}`;
  const name = names.take(wanted, VIEW_SUFFIXES);
  const own = new Names(['_and', '_or', '_not']);
  const columnNames = view.columns.map((column) => own.take(column.name));
  return {
    layout: layoutView({
      viewId: numberIn(view.id),
      pipelineId: numberIn(view.pipelineId),
      schemaName: view.schema,
      name: view.name,
      schema: [...view.columns, ...view.hidden],
      visible: view.columns.length,
      key: view.key,
      appendOnly: view.appendOnly,
    }),
    name,
    columnNames,
    columns: new Map(columnNames.map((column, c) => [column, c])),
    description: `${view.kind === 'table' ? 'Table' : 'Materialized view'} ${view.schema}.${view.name}`,
  };
}

/** Ids of the catalog are a letter and a number; in the database they are the number. */
function numberIn(id: string): number {
  return Number(id.slice(1));
}
