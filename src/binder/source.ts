// CREATE SOURCE: columns, included columns, watermark, format.

import { arrayOf, BIGINT, BYTEA, INTEGER, TEXT, TIMESTAMPTZ } from '../data/types.ts';
import type { RowSchema, SqlType } from '../data/types.ts';
import type { IncludedColumn, IncludedField, SourceDef } from '../catalog/definition.ts';
import type { ReaderSchema } from '../catalog/format.ts';
import type { CreateSource, CreateTable, IncludeColumn } from '../sql/statement.ts';
import type { TextSpan } from '../errors.ts';
import type { Identifier } from '../sql/names.ts';
import { duplicateName, invalidDefinition, unsupported } from './fail.ts';
import { Options } from './options.ts';
import { bindSourceFormat } from './source-format.ts';
import { readConnector, readReading } from './source-options.ts';
import { bindType } from './type-name.ts';
import { bindWatermarkDefinition } from './watermark.ts';

export interface SourceIdentity {
  readonly id: string;
  readonly schema: string;
  readonly name: string;
  readonly text: string;
}

const TABLE_HINT =
  'a SOURCE is a stream of records that only grows; rows that change by key are a TABLE: CREATE TABLE … FORMAT UPSERT ENCODE JSON';

export function bindSourceDefinition(
  statement: CreateSource,
  identity: SourceIdentity,
  text: string,
  /** Of a schema registry. */
  schema: ReaderSchema | undefined,
): SourceDef {
  const [key] = statement.primaryKey;
  if (key !== undefined) throw unsupported('PRIMARY KEY on a SOURCE', key.span, TABLE_HINT);
  refuseTableFormat(statement.format);
  const derived = schema?.columns ?? undefined;
  const columns = derived ?? bindColumns(statement);
  const includes = statement.includes.map(bindInclude);
  refuseDuplicates(statement, derived);
  if (columns.length === 0) {
    throw invalidDefinition(
      'a source needs at least one column',
      statement.name.span,
      'declare the fields of its records',
    );
  }
  const options = new Options(statement.options, statement.name.span);
  const connector = readConnector(options, columns, statement.name.span);
  const reading = readReading(options);
  options.finish();
  const format = bindSourceFormat(statement, columns, connector);
  const row = [...columns, ...includes];
  const watermark =
    statement.watermark === undefined
      ? null
      : bindWatermarkDefinition(statement.watermark, identity.name, row);
  const watermarkSpan = statement.watermark?.expression.span;
  return {
    kind: 'source',
    ...identity,
    dependsOn: [],
    columns,
    includes,
    watermark:
      watermark === null
        ? null
        : { column: watermark.column, text: text.slice(watermarkSpan!.offset, watermarkSpan!.end) },
    connector,
    reading,
    format:
      'subject' in format && schema !== undefined && schema.id !== null
        ? { ...format, reader: schema.id }
        : format,
  };
}

function nameOf({ name }: { readonly name: Identifier }): Named {
  return { name: name.name, span: name.span };
}

interface Named {
  readonly name: string;
  readonly span: TextSpan;
}

export function bindColumns(statement: CreateSource | CreateTable): RowSchema {
  return statement.columns.map((column) => {
    if (column.generated !== undefined) {
      throw unsupported('a generated column', column.span, 'compute it in a view over the source');
    }
    return { name: column.name.name, type: bindType(column.type), nullable: !column.notNull };
  });
}

const HEADERS = arrayOf({
  kind: 'row',
  fields: [
    { name: 'key', type: TEXT },
    { name: 'value', type: BYTEA },
  ],
});

const INCLUDED: Readonly<Record<IncludedField, { readonly type: SqlType; readonly nullable: boolean }>> = {
  key: { type: TEXT, nullable: true },
  timestamp: { type: TIMESTAMPTZ, nullable: true },
  offset: { type: BIGINT, nullable: false },
  partition: { type: INTEGER, nullable: false },
  headers: { type: HEADERS, nullable: false },
};

export function bindInclude(include: IncludeColumn): IncludedColumn {
  const { field, name } = include;
  return { field, name: name.name, ...INCLUDED[field] };
}

/** `derived`: the columns, where the statement declares none. */
export function refuseDuplicates(statement: CreateSource | CreateTable, derived?: RowSchema): void {
  const { span } = statement.name;
  const columns = derived?.map(({ name }) => ({ name, span })) ?? statement.columns.map(nameOf);
  const names: readonly Named[] = [...columns, ...statement.includes.map(nameOf)];
  const seen = new Set<string>();
  for (const { name, span } of names) {
    if (seen.has(name)) throw duplicateName(`column "${name}" specified more than once`, span);
    seen.add(name);
  }
}

function refuseTableFormat(format: CreateSource['format']): void {
  if (format?.format !== 'UPSERT' && format?.format !== 'DEBEZIUM') return;
  throw unsupported(`FORMAT ${format.format} on a SOURCE`, format.formatSpan, TABLE_HINT);
}
