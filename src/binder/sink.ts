// WITH (…) and FORMAT of CREATE SINK.

import type { CsvStyle } from '../catalog/format.ts';
import type { SinkConnector, SinkFormat, SinkRegistry } from '../catalog/connector.ts';
import type { CreateSink, FormatClause } from '../sql/statement.ts';
import { bindCsvStyle } from './csv-options.ts';
import { missingOption, unsupported } from './fail.ts';
import { readProperties } from './kafka-properties.ts';
import { Options } from './options.ts';
import { bindSinkRegistry } from './source-format.ts';
import { unknownConnector } from './source-options.ts';

const SINK_CONNECTORS = ['kafka', 'file', 'blackhole'];
const SINK_FORMATS: readonly SinkFormat[] = ['PLAIN', 'UPSERT', 'DEBEZIUM'];

export function bindSinkConnector(statement: CreateSink): SinkConnector {
  const options = new Options(statement.options, statement.name.span);
  const connector = readConnector(options, statement);
  options.finish();
  return connector;
}

function readConnector(options: Options, statement: CreateSink): SinkConnector {
  const connector = options.required('connector', `connectors: ${SINK_CONNECTORS.join(', ')}`);
  switch (connector.value.toLowerCase()) {
    case 'blackhole':
      onlyPlain(statement.format);
      onlyJson(statement.format);
      return { connector: 'blackhole' };
    case 'file':
      onlyPlain(statement.format);
      return {
        connector: 'file',
        path: options.required('path', "path = 'file below the configured folder'").value,
        ...fileEncoding(statement.format),
      };
    case 'kafka':
      return readKafka(options, statement);
    default:
      throw unknownConnector(connector.value, SINK_CONNECTORS, connector.valueSpan);
  }
}

function onlyPlain(format: FormatClause | undefined): void {
  if (format === undefined || format.format === 'PLAIN') return;
  throw unsupported(
    `FORMAT ${format.format} of this sink`,
    format.formatSpan,
    'FORMAT PLAIN is there; UPSERT and DEBEZIUM are formats of Kafka sinks',
  );
}

function onlyJson(format: FormatClause | undefined): void {
  if (format === undefined) return;
  if (format.encode !== 'JSON')
    throw unsupported(`ENCODE ${format.encode} of this sink`, format.encodeSpan, 'ENCODE JSON is there');
  new Options(format.options, format.span).finish();
}

function fileEncoding(format: FormatClause | undefined): { readonly csv?: CsvStyle } {
  if (format?.encode !== 'CSV') {
    onlyJson(format);
    return {};
  }
  const options = new Options(format.options, format.span);
  const csv = bindCsvStyle(options);
  options.finish();
  return { csv };
}

const DEFAULT_TRANSACTION_MS = 60_000;

function readKafka(options: Options, statement: CreateSink): SinkConnector {
  const { format } = statement;
  if (format === undefined) {
    throw missingOption(
      'FORMAT … ENCODE …',
      statement.name.span,
      'end the statement with FORMAT PLAIN, UPSERT or DEBEZIUM ENCODE JSON',
    );
  }
  const known = SINK_FORMATS.find((name) => name === format.format);
  if (known === undefined) {
    throw unsupported(
      `FORMAT ${format.format}`,
      format.formatSpan,
      `formats of a Kafka sink: ${SINK_FORMATS.join(', ')}`,
    );
  }
  const topic = options.required('topic', "topic = 'name of the Kafka topic'").value;
  return {
    connector: 'kafka',
    topic,
    properties: readProperties(options),
    format: known,
    ...kafkaEncoding(format, topic),
    whenAhead: options.oneOf('when_ahead', ['fail', 'continue'], 'fail'),
    transactionTimeout: options.duration('transaction_timeout', DEFAULT_TRANSACTION_MS),
  };
}

function kafkaEncoding(format: FormatClause, topic: string): { readonly registry?: SinkRegistry } {
  if (format.encode === 'JSON') {
    onlyJson(format);
    return {};
  }
  if (format.encode !== 'AVRO')
    throw unsupported(
      `ENCODE ${format.encode} of this sink`,
      format.encodeSpan,
      'ENCODE JSON and ENCODE AVRO are there',
    );
  const options = new Options(format.options, format.span);
  const registry = bindSinkRegistry(options, topic);
  options.finish();
  return { registry };
}
