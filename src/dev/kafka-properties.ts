// The settings of the local broker. What differs from Kafka's defaults, and why, stands beside each line.

import { join } from 'node:path';

export interface KafkaPlace {
  readonly dir: string;
  readonly brokerPort: number;
  readonly controllerPort: number;
}

export function serverProperties({ dir, brokerPort, controllerPort }: KafkaPlace): string {
  const settings: Readonly<Record<string, string | number | boolean>> = {
    // One node that is broker and controller; a static quorum needs no further step when formatting.
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.voters': `1@127.0.0.1:${controllerPort}`,
    'controller.listener.names': 'CONTROLLER',
    listeners: `PLAINTEXT://127.0.0.1:${brokerPort},CONTROLLER://127.0.0.1:${controllerPort}`,
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${brokerPort}`,
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'log.dirs': join(dir, 'data'),
    // Internal topics on one broker, and small.
    'offsets.topic.replication.factor': 1,
    'offsets.topic.num.partitions': 1,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.min.isr': 1,
    'transaction.state.log.num.partitions': 1,
    'share.coordinator.state.topic.replication.factor': 1,
    'share.coordinator.state.topic.min.isr': 1,
    'group.initial.rebalance.delay.ms': 0,
    // Event times may lie years back or ahead (replayed data): nothing is refused or deleted for its timestamp.
    'log.retention.ms': -1,
    'log.message.timestamp.after.max.ms': '9223372036854775807',
    // The cleaner's default buffer alone is a third of the heap.
    'log.cleaner.dedupe.buffer.size': 2_097_152,
    'auto.create.topics.enable': false,
  };
  return Object.entries(settings)
    .map(([key, value]) => `${key}=${escapeValue(String(value))}\n`)
    .join('');
}

/** Java reads these files as Latin-1 with backslash escapes; paths may hold anything. */
function escapeValue(value: string): string {
  return value
    .replaceAll('\\', '\\\\')
    .replace(/[^\x20-\x7e]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** Kafka leaves the logging configuration to its distribution: warnings to stdout, which goes to kafka.log. */
export const LOG4J_PROPERTIES = `rootLogger.level = WARN
rootLogger.appenderRef.stdout.ref = STDOUT
appender.stdout.type = Console
appender.stdout.name = STDOUT
appender.stdout.layout.type = PatternLayout
appender.stdout.layout.pattern = [%d] %p %m (%c)%n
`;
