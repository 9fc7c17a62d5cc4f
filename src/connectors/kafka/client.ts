// kafkajs's own client, for what it does well as it is: producing and administration.
import { Kafka, logLevel } from 'kafkajs';
import { MillraceError } from '../../errors.ts';
import type { KafkaClusterOptions } from './cluster.ts';
// Loads the correction of kafkajs's request queue, which every connection of the process shares.
import './connection.ts';
import { brokerUnreachable, topicNotFound } from './errors.ts';

export function kafkaClient(options: KafkaClusterOptions): Kafka {
  const {
    brokers,
    clientId = 'millrace',
    ssl,
    sasl,
    connectTimeoutMs = 5_000,
    requestTimeoutMs = 30_000,
  } = options;
  return new Kafka({
    brokers: [...brokers],
    clientId,
    connectionTimeout: connectTimeoutMs,
    requestTimeout: requestTimeoutMs,
    logLevel: logLevel.NOTHING,
    logCreator: () => () => undefined,
    ...(ssl === undefined ? {} : { ssl }),
    ...(sasl === undefined ? {} : { sasl }),
  });
}

/** Runs one call of kafkajs's client and says in our terms what went wrong. */
export async function call<T>(
  options: KafkaClusterOptions,
  topic: string,
  run: () => Promise<T>,
): Promise<T> {
  try {
    return await run();
  } catch (error) {
    throw translate(error, topic, options);
  }
}

function translate(thrown: unknown, topic: string, options: KafkaClusterOptions): MillraceError {
  // Topics are made in one request, each with an error of its own; here it is one topic.
  const error = isAggregate(thrown) ? thrown.errors[0] : thrown;
  const type = typeOf(error);
  if (type === 'UNKNOWN_TOPIC_OR_PARTITION') return topicNotFound(topic, []);
  if (type === undefined) return brokerUnreachable(options.brokers.join(', '), error);
  const message = error instanceof Error ? error.message : String(error);
  const what = topic === '' ? 'the request' : `the request for topic "${topic}"`;
  return new MillraceError({
    code: 'BROKER_ERROR',
    domain: 'external',
    message: `Kafka refused ${what}: ${message}`,
    hint: 'the log of the broker may tell more; check the rights of the user and the settings of the topic',
    cause: error,
  });
}

/** A class that kafkajs declares and does not export. */
function isAggregate(error: unknown): error is Error & { readonly errors: readonly unknown[] } {
  return error instanceof Error && 'errors' in error && Array.isArray(error.errors);
}

/** The broker's own word for an error, which may lie below what kafkajs says after the last of its attempts. */
export function typeOf(error: unknown): unknown {
  for (let at: unknown = error; at instanceof Error; at = at.cause) if ('type' in at) return at.type;
  return undefined;
}
