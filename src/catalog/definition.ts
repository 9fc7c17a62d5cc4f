// The things that have names. Immutable and plain JSON: the persistent catalog stores them as they are. `text` is the truth
// (the whole CREATE statement as submitted); the rest was derived from it when it was accepted.

import type { Field, RowSchema, SqlType } from '../data/types.ts';
import { typeName } from '../data/types.ts';
import type { SourceFormat, TableFormat } from './format.ts';
import type { SinkConnector, SourceConnector, SourceReading } from './connector.ts';

interface DefinitionBase {
  /** Given once and never reused; names can be. */
  readonly id: string;
  readonly schema: string;
  readonly name: string;
  /** The CREATE statement. It may hold secrets: show it through `redactedText` only. */
  readonly text: string;
  /** Ids of what its text reads. */
  readonly dependsOn: readonly string[];
}

export type IncludedField = 'key' | 'timestamp' | 'offset' | 'partition' | 'headers';

/** INCLUDE field AS name: a column after the declared ones that is not in the record's value. */
export interface IncludedColumn extends Field {
  readonly field: IncludedField;
}

export interface SourceDef extends DefinitionBase {
  readonly kind: 'source';
  /** The declared columns; a query sees these, then `includes`. */
  readonly columns: RowSchema;
  readonly includes: readonly IncludedColumn[];
  /** Declared column of event time; the expression is in the text. */
  readonly watermark: { readonly column: number; readonly text: string } | null;
  readonly connector: SourceConnector;
  readonly reading: SourceReading;
  readonly format: SourceFormat;
}

/** Rows by key that an input changes: a pipeline of its own, kept and read like a materialized view. */
export interface TableDef extends DefinitionBase {
  readonly kind: 'table';
  /** What a reader sees: the declared columns, then the included ones. */
  readonly columns: RowSchema;
  /** How many of them are declared. */
  readonly declared: number;
  readonly includes: readonly IncludedColumn[];
  readonly hidden: RowSchema;
  /** Primary key: indexes into `columns`. Declared columns are found in the record's key; an included key is that key itself. */
  readonly key: readonly number[];
  /** Included column with the time of a record, by which FOR SYSTEM_TIME AS OF finds versions; the expression is in the text. */
  readonly watermark?: { readonly column: number };
  readonly appendOnly: false;
  readonly emit: 'on change';
  readonly connector: SourceConnector;
  readonly reading: SourceReading;
  readonly format: TableFormat;
  readonly pipelineId: string;
}

/** Inlined wherever it is read. */
export interface ViewDef extends DefinitionBase {
  readonly kind: 'view';
  readonly columns: RowSchema;
}

export interface MaterializedViewDef extends DefinitionBase {
  readonly kind: 'materialized view';
  /** What a reader sees. */
  readonly columns: RowSchema;
  /** Columns after them that only serve the key. */
  readonly hidden: RowSchema;
  /** Unique key: indexes into `columns` followed by `hidden`. Empty: at most one row. */
  readonly key: readonly number[];
  /** No row is ever changed or deleted. */
  readonly appendOnly: boolean;
  readonly emit: 'on change' | 'on window close';
  readonly pipelineId: string;
}

export interface SinkDef extends DefinitionBase {
  readonly kind: 'sink';
  readonly columns: RowSchema;
  /** Columns after them that only serve the key. */
  readonly hidden: RowSchema;
  /** Unique key of its rows, where they are kept in a change log: indexes into `columns` followed by `hidden`. */
  readonly key: readonly number[];
  readonly appendOnly: boolean;
  readonly connector: SinkConnector;
  /** The materialized view whose change log it relays; null: it has its own, or none. */
  readonly follows: string | null;
  readonly pipelineId: string;
}

export interface FunctionParameter {
  readonly name: string;
  readonly type: SqlType;
  /** Its default as it is written; null: it has none. */
  readonly fallback: string | null;
}

/** Its values are those of its arguments alone. Functions have a name space of their own, with one function for each name. */
export interface FunctionDef extends DefinitionBase {
  readonly kind: 'function';
  readonly parameters: readonly FunctionParameter[];
  readonly returns: SqlType;
  /** NULL when an argument is NULL, without looking at the body. */
  readonly strict: boolean;
  readonly language: 'sql' | 'javascript';
  readonly body: string;
}

/** What has columns: everything that stands in FROM, or is made of what does. */
export type RelationDef = SourceDef | TableDef | ViewDef | MaterializedViewDef | SinkDef;
export type Definition = RelationDef | FunctionDef;
/** Read from outside, by offset. */
export type InputDef = SourceDef | TableDef;
/** Its rows are kept in Postgres, with a change log. */
export type KeptDef = TableDef | MaterializedViewDef;
export type DefinitionKind = Definition['kind'];

export function isRelation(definition: Definition): definition is RelationDef {
  return definition.kind !== 'function';
}

export function isKept(definition: Definition): definition is KeptDef {
  return definition.kind === 'table' || definition.kind === 'materialized view';
}

export function isInput(definition: Definition): definition is InputDef {
  return definition.kind === 'table' || definition.kind === 'source';
}

/** Of one name in one name space. */
export function isNamesake(a: Definition, b: Definition): boolean {
  return isRelation(a) === isRelation(b) && a.schema === b.schema && a.name === b.name;
}

/** What a query sees of a source: its declared columns, then the included ones. */
export function sourceRow(source: SourceDef): RowSchema {
  return [
    ...source.columns,
    ...source.includes.map(({ name, type, nullable }) => ({ name, type, nullable })),
  ];
}

/** As in CREATE FUNCTION. */
export function parameterText({ name, type, fallback }: FunctionParameter): string {
  return `${quoteIdentifier(name)} ${typeName(type)}${fallback === null ? '' : ` DEFAULT ${fallback}`}`;
}

/** `name` in the default schema, otherwise `schema.name`; quoted where Postgres needs it. */
export function displayName(of: { readonly schema: string; readonly name: string }): string {
  const name = quoteIdentifier(of.name);
  return of.schema === 'public' ? name : `${quoteIdentifier(of.schema)}.${name}`;
}

export function quoteIdentifier(name: string): string {
  return /^[a-z_][a-z0-9_]*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`;
}
