// `properties.*` of sources and sinks on Kafka.

import type { Options } from './options.ts';

/** Client options of Kafka that are passed through, as librdkafka and the Java client name them. */
const KAFKA_PROPERTIES = [
  'bootstrap.server',
  'bootstrap.servers',
  'client.id',
  'security.protocol',
  'sasl.mechanism',
  'sasl.username',
  'sasl.password',
  'ssl.ca.location',
  'ssl.certificate.location',
  'ssl.key.location',
  'ssl.key.password',
  'ssl.endpoint.identification.algorithm',
];

export function readProperties(options: Options): Readonly<Record<string, string>> {
  const { 'bootstrap.servers': servers, ...rest } = options.group('properties.', KAFKA_PROPERTIES);
  return servers === undefined || rest['bootstrap.server'] !== undefined
    ? rest
    : { ...rest, 'bootstrap.server': servers };
}
