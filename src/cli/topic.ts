// `millrace topic create NAME`: a topic in the broker of this installation, such as a Kafka sink writes into.

import type { Config } from '../config.ts';
import { openAdmin } from '../connectors/kafka/admin.ts';
import { runningService } from '../dev/state-dir.ts';
import { MillraceError } from '../errors.ts';
import type { Output } from './output.ts';

export async function createTopic(
  config: Config,
  topic: string,
  partitions: number,
  output: Output,
): Promise<number> {
  const admin = await openAdmin({ brokers: brokersOf(config) });
  try {
    const made = await admin.createTopic({ topic, partitions });
    output.tell(
      { event: made ? 'topic created' : 'topic exists', topic, ...(made ? { partitions } : {}) },
      made ? `topic ${topic} with ${partitions} partitions` : `topic ${topic} exists already, as it is`,
    );
    return 0;
  } finally {
    await admin.close();
  }
}

/** The configured brokers, or the built-in one of the running service. */
function brokersOf(config: Config): readonly string[] {
  if (config.kafkaBrokers !== null) return config.kafkaBrokers;
  const service = runningService(config.stateDir);
  if (service === undefined)
    throw new MillraceError({
      code: 'NO_SERVICE',
      domain: 'external',
      message: `the service of ${config.stateDir} is not running, and with it its broker`,
      hint: 'start it with "millrace start", or set KAFKA_BROKERS',
    });
  const announced = service.addresses['kafka'] ?? '';
  if (announced !== '') return announced.split(',');
  throw new MillraceError({
    code: 'NO_BROKER',
    domain: 'external',
    message: 'the running service has no broker',
    hint: 'set KAFKA_BROKERS; what its own broker lacks is said when the service starts',
  });
}
