// WITH (…) and FORMAT of CREATE SINK.

import type { SinkConnector } from '../catalog/connector.ts';
import type { CreateSink } from '../sql/statement.ts';
import { unsupported } from './fail.ts';
import { Options } from './options.ts';
import { unknownConnector } from './source-options.ts';

const SINK_CONNECTORS = ['blackhole', 'file'];

export function bindSinkConnector(statement: CreateSink): SinkConnector {
  const options = new Options(statement.options, statement.name.span);
  const connector = readConnector(options);
  options.finish();
  const { format } = statement;
  if (format !== undefined) {
    if (format.format !== 'PLAIN') {
      throw unsupported(`FORMAT ${format.format} of a sink`, format.formatSpan, 'FORMAT PLAIN is there');
    }
    if (format.encode !== 'JSON')
      throw unsupported(`ENCODE ${format.encode}`, format.encodeSpan, 'ENCODE JSON is there');
    new Options(format.options, format.span).finish();
  }
  return connector;
}

function readConnector(options: Options): SinkConnector {
  const connector = options.required('connector', `connectors: ${SINK_CONNECTORS.join(', ')}`);
  switch (connector.value.toLowerCase()) {
    case 'blackhole':
      return { connector: 'blackhole' };
    case 'file':
      return {
        connector: 'file',
        path: options.required('path', "path = 'file below the configured folder'").value,
      };
    case 'kafka':
      throw unsupported(
        'a Kafka sink',
        connector.valueSpan,
        `connectors here: ${SINK_CONNECTORS.join(', ')}`,
      );
    default:
      throw unknownConnector(connector.value, SINK_CONNECTORS, connector.valueSpan);
  }
}
