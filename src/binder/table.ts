// CREATE TABLE: rows by primary key, from a topic of upserts or of a database's change events.

import type { SourceConnector } from '../catalog/connector.ts';
import type { ReaderSchema, TableFormat } from '../catalog/format.ts';
import type { IncludedColumn, TableDef } from '../catalog/definition.ts';
import type { RowSchema } from '../data/types.ts';
import { columnsOf } from '../expr/properties.ts';
import type { Identifier } from '../sql/names.ts';
import type { CreateTable, FormatClause } from '../sql/statement.ts';
import {
  duplicateName,
  invalidDefinition,
  invalidOption,
  missingOption,
  unknownColumn,
  unsupported,
} from './fail.ts';
import { Options } from './options.ts';
import { bindTableFormat } from './source-format.ts';
import type { SourceIdentity } from './source.ts';
import { bindColumns, bindInclude, refuseDuplicates } from './source.ts';
import { readConnector, readReading } from './source-options.ts';
import { bindWatermarkDefinition } from './watermark.ts';

const WITH_HINT =
  "say where its rows come from: WITH (connector = 'kafka', topic = '…') FORMAT UPSERT ENCODE JSON";

export function bindTableDefinition(
  statement: CreateTable,
  identity: SourceIdentity,
  pipelineId: string,
  /** Of a schema registry. */
  schema: ReaderSchema | undefined,
): TableDef {
  if (statement.options.length === 0)
    throw unsupported('a TABLE without a connector', statement.name.span, WITH_HINT);
  const clause = requireFormat(statement);
  const declared = bindColumns(statement);
  const includes = statement.includes.map(bindInclude);
  refuseDuplicates(statement);
  if (declared.length === 0)
    throw invalidDefinition('a table needs at least one column', statement.name.span, 'declare its fields');
  const options = new Options(statement.options, statement.name.span);
  const connector = readConnector(options, declared, statement.name.span);
  const format = withReaders(bindTableFormat(formatName(clause), clause, connector), schema);
  refuseConnector(connector, format, options);
  const reading = readReading(options);
  options.finish();
  const key = bindKey(statement, declared, includes);
  refuseRows(statement, [...declared, ...includes]);
  const row = [...declared, ...includes.map(({ name, type, nullable }) => ({ name, type, nullable }))];
  return {
    kind: 'table',
    ...identity,
    dependsOn: [],
    // A primary key is never NULL.
    columns: row.map((field, c) => (key.includes(c) ? { ...field, nullable: false } : field)),
    declared: declared.length,
    includes,
    hidden: [],
    key,
    ...bindVersionTime(statement, identity.name, row, declared.length),
    appendOnly: false,
    emit: 'on change',
    connector,
    reading,
    format,
    pipelineId,
  };
}

/** What deletes a row has no columns, so that only the time of its record says when it did. */
function bindVersionTime(
  { watermark: definition, includes, format }: CreateTable,
  name: string,
  row: RowSchema,
  declared: number,
): Pick<TableDef, 'watermark'> {
  if (definition === undefined) return {};
  const { column, expr } = bindWatermarkDefinition(definition, name, row);
  if (
    includes[column - declared]?.field === 'timestamp' &&
    columnsOf(expr).every((read) => read === column)
  ) {
    if (format?.format === 'UPSERT') return { watermark: { column } };
    throw unsupported(
      'WATERMARK on a TABLE with FORMAT DEBEZIUM',
      definition.span,
      'versions by time are there for FORMAT UPSERT; read the rows as they are without it',
    );
  }
  throw unsupported(
    'WATERMARK on a column of a TABLE other than that of INCLUDE TIMESTAMP',
    definition.span,
    'what deletes a row has no columns: INCLUDE TIMESTAMP AS at, WATERMARK FOR at AS at; a stream of versions with times of their own is a SOURCE, for ASOF JOIN',
  );
}

/** A table of Postgres has no columns of anonymous rows. */
function refuseRows(statement: CreateTable, columns: RowSchema): void {
  columns.forEach(({ name, type }, i) => {
    if (type.kind !== 'row' && !(type.kind === 'array' && type.element.kind === 'row')) return;
    const { span } = [...statement.columns, ...statement.includes][i]!;
    throw unsupported(
      `a row as column "${name}" of a TABLE`,
      span,
      i < statement.columns.length ? 'declare it as jsonb' : 'leave it out: a SOURCE can have it',
    );
  });
}

function requireFormat({ format, name }: CreateTable): FormatClause {
  if (format === undefined)
    throw missingOption('FORMAT … ENCODE …', name.span, 'end the statement with FORMAT UPSERT ENCODE JSON');
  formatName(format);
  return format;
}

function withReaders(format: TableFormat, schema: ReaderSchema | undefined): TableFormat {
  if (!('keySubject' in format) || schema === undefined) return format;
  const { id, keyId } = schema;
  return {
    ...format,
    ...(id === null ? {} : { reader: id }),
    ...(keyId === undefined ? {} : { keyReader: keyId }),
  };
}

function formatName({ format, formatSpan }: FormatClause): TableDef['format']['format'] {
  if (format === 'UPSERT' || format === 'DEBEZIUM') return format;
  const hint =
    format === 'PLAIN'
      ? 'a stream that only grows is a SOURCE: CREATE SOURCE … FORMAT PLAIN'
      : 'FORMAT UPSERT and FORMAT DEBEZIUM are there';
  throw unsupported(`FORMAT ${format} on a TABLE`, formatSpan, hint);
}

/** Only a topic has keys beside values; change events carry their keys with them. */
function refuseConnector(connector: SourceConnector, format: TableDef['format'], options: Options): void {
  if (connector.connector === 'kafka') return;
  if (connector.connector === 'file' && format.format === 'DEBEZIUM') return;
  const { valueSpan } = options.find('connector')!;
  throw invalidOption(
    'connector',
    `a TABLE with FORMAT ${format.format} cannot read from "${connector.connector}"`,
    valueSpan,
    "FORMAT UPSERT reads records with keys: connector = 'kafka'; FORMAT DEBEZIUM files, too",
  );
}

function bindKey(
  statement: CreateTable,
  declared: RowSchema,
  includes: readonly IncludedColumn[],
): readonly number[] {
  const [first] = statement.primaryKey;
  if (first === undefined) {
    throw invalidDefinition(
      'a table needs a PRIMARY KEY',
      statement.name.span,
      'name the columns that are in the key of its records: PRIMARY KEY (id)',
    );
  }
  const names = [...declared, ...includes].map((field) => field.name);
  const key = statement.primaryKey.map(({ name, span }) => {
    const index = names.indexOf(name);
    if (index < 0) throw unknownColumn(`"${name}"`, name, names, span);
    return index;
  });
  const twice = statement.primaryKey.find(
    ({ name }, k) => statement.primaryKey.findIndex((other) => other.name === name) < k,
  );
  if (twice !== undefined)
    throw duplicateName(`column "${twice.name}" appears twice in the primary key`, twice.span);
  const included = key.find((index) => index >= declared.length);
  if (included !== undefined)
    checkIncludedKey(statement.primaryKey, includes[included - declared.length]!, statement);
  return key;
}

/** The record's key as a whole is the primary key, by itself. */
function checkIncludedKey(key: readonly Identifier[], column: IncludedColumn, { format }: CreateTable): void {
  if (column.field === 'key' && key.length === 1 && format?.format === 'UPSERT') return;
  throw invalidDefinition(
    `"${column.name}" cannot be part of this primary key`,
    key[0]!.span,
    'a primary key is made of declared columns, or, with FORMAT UPSERT, is the column of INCLUDE KEY alone',
  );
}
