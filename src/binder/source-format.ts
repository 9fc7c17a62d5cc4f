// FORMAT … ENCODE … (…) of CREATE SOURCE.

import type { SinkRegistry, SourceConnector } from '../catalog/connector.ts';
import type {
  CsvFormat,
  RegistryFormat,
  RegistryTable,
  SourceFormat,
  TableFormat,
} from '../catalog/format.ts';
import type { RowSchema } from '../data/types.ts';
import { typeName } from '../data/types.ts';
import type { CreateSource, CreateTable, FormatClause } from '../sql/statement.ts';
import { bindCsvStyle } from './csv-options.ts';
import { invalidDefinition, invalidOption, missingOption, unsupported } from './fail.ts';
import { Options } from './options.ts';
import { readConnector } from './source-options.ts';

const ENCODINGS = 'JSON, CSV, TEXT, BYTES, AVRO and PROTOBUF';

/** Encodings that a schema registry may know. */
const ASKED: readonly string[] = ['JSON', 'AVRO', 'PROTOBUF'];

export function bindSourceFormat(
  statement: CreateSource,
  columns: RowSchema,
  connector: SourceConnector,
): SourceFormat {
  const { format } = statement;
  if (format === undefined) {
    throw missingOption(
      'FORMAT … ENCODE …',
      statement.name.span,
      'end the statement with FORMAT PLAIN ENCODE JSON',
    );
  }
  if (format.format !== 'PLAIN')
    throw unsupported(`FORMAT ${format.format}`, format.formatSpan, 'FORMAT PLAIN is there');
  if ((connector.connector === 'nexmark' || connector.connector === 'datagen') && format.encode !== 'JSON')
    throw unsupported(`ENCODE ${format.encode} of a generator`, format.encodeSpan, 'generators write JSON');
  const options = new Options(format.options, format.span);
  const bound = bindEncoding(format, options, columns, connector);
  options.finish();
  return bound;
}

function bindEncoding(
  format: FormatClause,
  options: Options,
  columns: RowSchema,
  connector: SourceConnector,
): SourceFormat {
  switch (format.encode) {
    case 'JSON':
      return hasRegistry(options)
        ? bindRegistry('FRAMED JSON', format, options, connector)
        : { format: 'PLAIN', encode: 'JSON' };
    case 'AVRO':
    case 'PROTOBUF':
      return bindRegistry(format.encode, format, options, connector);
    case 'CSV':
      return bindCsv(options, connector);
    case 'TEXT':
      requireOne('text', columns, format);
      return { format: 'PLAIN', encode: 'TEXT' };
    case 'BYTES':
      requireOne('bytea', columns, format);
      if (connector.connector !== 'file') return { format: 'PLAIN', encode: 'BYTES' };
      throw unsupported('ENCODE BYTES of a file', format.encodeSpan, 'files are read by lines: ENCODE TEXT');
    default:
      throw unsupported(`ENCODE ${format.encode}`, format.encodeSpan, `${ENCODINGS} are there`);
  }
}

/** Does a registry know the records of this source? Then how it is asked. */
export function registryOf(statement: CreateSource): RegistryFormat | undefined {
  const { format } = statement;
  if (format?.format !== 'PLAIN' || !ASKED.includes(format.encode)) return undefined;
  const options = new Options(statement.options, statement.name.span);
  const connector = readConnector(options, [], statement.name.span);
  const bound = bindEncoding(format, new Options(format.options, format.span), [], connector);
  return 'subject' in bound ? bound : undefined;
}

/** ENCODE of CREATE TABLE; keys and values have subjects of their own. */
export function bindTableFormat(
  kind: TableFormat['format'],
  format: FormatClause,
  connector: SourceConnector,
): TableFormat {
  const options = new Options(format.options, format.span);
  const bound = bindTableEncoding(kind, format, options, connector);
  options.finish();
  return bound;
}

function bindTableEncoding(
  kind: TableFormat['format'],
  format: FormatClause,
  options: Options,
  connector: SourceConnector,
): TableFormat {
  const encode = format.encode === 'JSON' ? 'FRAMED JSON' : format.encode;
  if (format.encode === 'JSON' && !hasRegistry(options)) return { format: kind, encode: 'JSON' };
  const isKnown =
    encode === 'FRAMED JSON' || encode === 'AVRO' || (encode === 'PROTOBUF' && kind === 'UPSERT');
  if (!isKnown) {
    const there = kind === 'UPSERT' ? 'JSON, AVRO and PROTOBUF are' : 'JSON and AVRO are';
    throw unsupported(`FORMAT ${kind} ENCODE ${format.encode}`, format.encodeSpan, `${there} there`);
  }
  const keySubject = options.text('schema.key.subject');
  const { format: _, ...registry } = bindRegistry(encode, format, options, connector);
  const topic = connector.connector === 'kafka' ? connector.topic : '';
  return { format: kind, ...registry, keySubject: keySubject ?? `${topic}-key` };
}

/** Does a registry know the records of this table? Then how it is asked. */
export function tableRegistryOf(statement: CreateTable): RegistryTable | undefined {
  const { format } = statement;
  if (format?.format !== 'UPSERT' && format?.format !== 'DEBEZIUM') return undefined;
  if (!ASKED.includes(format.encode)) return undefined;
  const options = new Options(statement.options, statement.name.span);
  const connector = readConnector(options, [], statement.name.span);
  const bound = bindTableEncoding(format.format, format, new Options(format.options, format.span), connector);
  return 'keySubject' in bound ? bound : undefined;
}

/** ENCODE AVRO (…) of a Kafka sink. */
export function bindSinkRegistry(options: Options, topic: string): SinkRegistry {
  return {
    url: options.text('schema.registry') ?? null,
    username: options.text('schema.registry.username') ?? null,
    password: options.text('schema.registry.password') ?? null,
    subject: options.text('schema.subject') ?? `${topic}-value`,
    keySubject: options.text('schema.key.subject') ?? `${topic}-key`,
  };
}

function hasRegistry(options: Options): boolean {
  return REGISTRY_OPTIONS.some((key) => options.find(key) !== undefined);
}

const REGISTRY_OPTIONS = [
  'schema.registry',
  'schema.registry.username',
  'schema.registry.password',
  'schema.subject',
];

function bindRegistry(
  encode: RegistryFormat['encode'],
  format: FormatClause,
  options: Options,
  connector: SourceConnector,
): RegistryFormat {
  if (connector.connector !== 'kafka') {
    throw unsupported(
      `ENCODE ${format.encode} of a schema registry from this connector`,
      format.encodeSpan,
      'records of Kafka name their schemas',
    );
  }
  const message = encode === 'PROTOBUF' ? options.text('message') : undefined;
  return {
    format: 'PLAIN',
    encode,
    ...(message === undefined ? {} : { message }),
    url: options.text('schema.registry') ?? null,
    username: options.text('schema.registry.username') ?? null,
    password: options.text('schema.registry.password') ?? null,
    subject: options.text('schema.subject') ?? `${connector.topic}-value`,
  };
}

function requireOne(kind: 'text' | 'bytea', columns: RowSchema, { encode, encodeSpan }: FormatClause): void {
  if (columns.length === 1 && columns[0]!.type.kind === kind) return;
  const given = columns.map(({ name, type }) => `${name} ${typeName(type)}`).join(', ');
  throw invalidDefinition(
    `ENCODE ${encode} gives one column of type ${kind}, and the source declares ${given}`,
    encodeSpan,
    `declare one column of type ${kind}`,
  );
}

function bindCsv(options: Options, connector: SourceConnector): CsvFormat {
  const style = bindCsvStyle(options);
  if (style.header && connector.connector !== 'file') {
    const { span } = options.find('header')!;
    throw invalidOption('header', 'is for files: a record of its own has none', span, 'leave it out');
  }
  return { format: 'PLAIN', encode: 'CSV', ...style };
}
