// SHOW and DESCRIBE: what is in the catalog, as tables.

import type { SinkConnector, SourceConnector } from '../catalog/connector.ts';
import type {
  Definition,
  FunctionDef,
  MaterializedViewDef,
  RelationDef,
  SinkDef,
  SourceDef,
  TableDef,
} from '../catalog/definition.ts';
import { displayName, isKept, parameterText } from '../catalog/definition.ts';
import { typeName } from '../data/types.ts';
import type { BoundStatement } from '../binder/statement.ts';
import type { AnswerTable } from './answer.ts';
import type { PipelineInfo } from './pipeline-info.ts';

export type Listed = Extract<BoundStatement, { kind: 'show' }>['what'];

export function showTable(
  what: Listed,
  definitions: readonly Definition[],
  pipelines: readonly PipelineInfo[],
): AnswerTable {
  switch (what) {
    case 'sources':
      return sources(definitions.filter((one) => one.kind === 'source'));
    case 'views':
      return {
        columns: ['schema', 'name', 'columns'],
        rows: definitions
          .filter((one) => one.kind === 'view')
          .map((one) => [one.schema, one.name, columnNames(one)]),
      };
    case 'materialized views':
      return materializedViews(
        definitions.filter((one) => one.kind === 'materialized view'),
        pipelines,
      );
    case 'sinks':
      return sinks(
        definitions.filter((one) => one.kind === 'sink'),
        pipelines,
      );
    case 'tables':
      return tables(
        definitions.filter((one) => one.kind === 'table'),
        pipelines,
      );
    case 'functions':
      return functions(definitions.filter((one) => one.kind === 'function'));
    case 'pipelines':
      return {
        columns: ['pipeline', 'state', 'members', 'cause'],
        rows: pipelines.map(({ name, state, percent, members, cause }) => [
          name,
          percent === null ? state : `${state} ${percent} %`,
          members.map(displayName).join(', '),
          cause instanceof Error ? cause.message : '',
        ]),
      };
  }
}

function functions(definitions: readonly FunctionDef[]): AnswerTable {
  return {
    columns: ['schema', 'name', 'parameters', 'returns', 'language', 'strict', 'body'],
    rows: definitions.map((one) => [
      one.schema,
      one.name,
      one.parameters.map(parameterText).join(', '),
      typeName(one.returns),
      one.language,
      one.strict ? 'yes' : 'no',
      one.body,
    ]),
  };
}

function tables(definitions: readonly TableDef[], pipelines: readonly PipelineInfo[]): AnswerTable {
  return {
    columns: ['schema', 'name', 'format', 'connector', 'reads', 'key', 'pipeline', 'state', 'columns'],
    rows: definitions.map((table) => [
      table.schema,
      table.name,
      table.format.format,
      table.connector.connector,
      placeOf(table.connector),
      table.key.map((c) => table.columns[c]!.name).join(', '),
      ...stateOf(table.pipelineId, pipelines),
      columnNames(table),
    ]),
  };
}

function columnNames({ columns }: { readonly columns: readonly { readonly name: string }[] }): string {
  return columns.map(({ name }) => name).join(', ');
}

function sources(definitions: readonly SourceDef[]): AnswerTable {
  return {
    columns: ['schema', 'name', 'connector', 'reads', 'event time', 'columns'],
    rows: definitions.map((source) => [
      source.schema,
      source.name,
      source.connector.connector,
      placeOf(source.connector),
      source.watermark === null ? '' : source.columns[source.watermark.column]!.name,
      columnNames({ columns: [...source.columns, ...source.includes] }),
    ]),
  };
}

function placeOf(connector: SourceConnector | SinkConnector): string {
  switch (connector.connector) {
    case 'kafka':
      return `topic ${connector.topic}`;
    case 'nexmark':
      return `table ${connector.table}`;
    case 'file':
      return `path ${connector.path}`;
    case 'datagen':
      return connector.rows === null ? '' : `${connector.rows} rows`;
    case 'blackhole':
      return '';
  }
}

function stateOf(pipelineId: string, pipelines: readonly PipelineInfo[]): readonly [string, string] {
  const found = pipelines.find(({ id }) => id === pipelineId);
  return [found?.name ?? pipelineId, found?.state ?? ''];
}

function materializedViews(
  definitions: readonly MaterializedViewDef[],
  pipelines: readonly PipelineInfo[],
): AnswerTable {
  return {
    columns: ['schema', 'name', 'emit', 'key', 'pipeline', 'state', 'columns'],
    rows: definitions.map((view) => [
      view.schema,
      view.name,
      view.emit,
      keyNames(view),
      ...stateOf(view.pipelineId, pipelines),
      columnNames(view),
    ]),
  };
}

function keyNames({ key, columns, hidden }: MaterializedViewDef): string {
  const all = [...columns, ...hidden];
  return key.map((c) => all[c]!.name).join(', ');
}

function sinks(definitions: readonly SinkDef[], pipelines: readonly PipelineInfo[]): AnswerTable {
  return {
    columns: ['schema', 'name', 'connector', 'writes', 'pipeline', 'state', 'columns'],
    rows: definitions.map((sink) => [
      sink.schema,
      sink.name,
      sink.connector.connector,
      placeOf(sink.connector),
      ...stateOf(sink.pipelineId, pipelines),
      columnNames(sink),
    ]),
  };
}

/** Every column with its type and what it is for. */
export function describeTable(definition: RelationDef): AnswerTable {
  const included = definition.kind === 'source' ? definition.includes : [];
  const declared = definition.columns.map((column, i) => ({ ...column, about: aboutColumn(definition, i) }));
  const added = included.map((column) => ({ ...column, about: `the record's ${column.field}` }));
  return {
    columns: ['column', 'type', 'nullable', 'about'],
    rows: [...declared, ...added].map(({ name, type, nullable, about }) => [
      name,
      typeName(type),
      nullable ? 'yes' : 'no',
      about,
    ]),
  };
}

function aboutColumn(definition: RelationDef, column: number): string {
  if (definition.kind === 'source' && definition.watermark?.column === column)
    return `event time, watermark ${definition.watermark.text}`;
  return isKept(definition) && definition.key.includes(column) ? 'key' : '';
}

/** What it is, in a line above its columns. */
export function describeLine(definition: RelationDef, pipelines: readonly PipelineInfo[]): string {
  const name = `${definition.kind} ${displayName(definition)}`;
  switch (definition.kind) {
    case 'source':
      return `${name}: ${definition.connector.connector} ${placeOf(definition.connector)}`;
    case 'table': {
      const [pipeline, state] = stateOf(definition.pipelineId, pipelines);
      const { connector, format } = definition;
      return `${name}: ${format.format} from ${connector.connector} ${placeOf(connector)}, pipeline ${pipeline} (${state})`;
    }
    case 'view':
      return `${name}: its query is part of whatever reads it`;
    case 'materialized view':
    case 'sink': {
      const [pipeline, state] = stateOf(definition.pipelineId, pipelines);
      const how = definition.kind === 'sink' ? definition.connector.connector : `emit ${definition.emit}`;
      return `${name}: ${how}, pipeline ${pipeline} (${state})`;
    }
  }
}
