// From bound statements to the roots of a plan.

import type { BoundStatement } from '../binder/statement.ts';
import type { TableDef } from '../catalog/definition.ts';
import { displayName } from '../catalog/definition.ts';
import { fromBound } from './from-bound.ts';
import type { LogicalRoot } from './node.ts';
import { tableInput } from './node.ts';

/** What a statement runs; undefined when it runs nothing. */
export function rootOf(bound: BoundStatement): LogicalRoot | undefined {
  switch (bound.kind) {
    case 'create materialized view': {
      const { definition, query } = bound;
      const onClose = definition.emit === 'on window close';
      return {
        kind: 'materialize',
        id: definition.id,
        name: displayName(definition),
        columns: definition.columns.map((column) => column.name),
        keyed: true,
        input: fromBound(query, onClose),
      };
    }
    case 'create table':
      return tableRoot(bound.definition);
    case 'create sink':
      return bound.definition.follows === null ? sinkRoot(bound) : undefined;
    default:
      return undefined;
  }
}

function sinkRoot({
  definition,
  query,
  onClose,
}: Extract<BoundStatement, { kind: 'create sink' }>): LogicalRoot {
  return {
    kind: 'sink',
    id: definition.id,
    name: displayName(definition),
    columns: definition.columns.map((column) => column.name),
    keyed: definition.connector.connector === 'kafka',
    input: fromBound(query, onClose),
  };
}

export function tableRoot(table: TableDef): LogicalRoot {
  return {
    kind: 'materialize',
    id: table.id,
    name: displayName(table),
    columns: table.columns.map((column) => column.name),
    keyed: true,
    input: tableInput(table),
  };
}

/** The same for EXPLAIN, which shows queries and plain views, too. */
export function explainedRoot(bound: BoundStatement): LogicalRoot | undefined {
  if (bound.kind !== 'query' && bound.kind !== 'create view') return rootOf(bound);
  return {
    kind: 'materialize',
    id: 'query',
    name: bound.kind === 'query' ? 'query' : displayName(bound.definition),
    columns: (bound.kind === 'query' ? bound.query : bound.definition).columns.map((column) => column.name),
    keyed: true,
    input: fromBound(bound.query, bound.kind === 'query' && bound.onClose),
  };
}
