// Everything that can go wrong with a topic, named by its consequence and with a next step. Broker error codes are sorted
// here into what the fetch loop does about them.
import { MillraceError } from '../../errors.ts';

/** Where in a topic; part of every message about records. */
export interface RecordPlace {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}

function at(place: RecordPlace): string {
  return `topic "${place.topic}", partition ${place.partition}, offset ${place.offset}`;
}

export function corruptBatch(place: RecordPlace, what: string, cause?: unknown): MillraceError {
  return new MillraceError({
    code: 'CORRUPT_BATCH',
    domain: 'external',
    retryable: true,
    message: `the record batch at ${at(place)} is corrupt: ${what}`,
    hint: 'read the offset with another client; if the damage is on the broker’s disk, restore the replica or move the offset past the batch',
    cause,
  });
}

export function batchTooLarge(place: RecordPlace, limit: number): MillraceError {
  return new MillraceError({
    code: 'RECORD_TOO_LARGE',
    message: `the record batch at ${at(place)} is larger than ${limit} bytes`,
    hint: 'raise max_batch_bytes of the source, or move the offset past the batch',
  });
}

export function responseTooLarge(size: number, limit: number): MillraceError {
  return new MillraceError({
    code: 'RECORD_TOO_LARGE',
    message: `a broker answered with ${size} bytes, more than the ${limit} that a response may have here`,
    hint: 'a record batch of the topic is larger than max_batch_bytes of the source: raise it',
  });
}

export function unsupportedRecordFormat(place: RecordPlace, magic: number): MillraceError {
  return new MillraceError({
    code: 'UNSUPPORTED_RECORD_FORMAT',
    message: `the records at ${at(place)} are stored in message format v${magic}, from before Kafka 0.11`,
    hint: 'only record batches (message format v2) are read; copy the topic with a current client',
  });
}

export function unsupportedCodec(place: RecordPlace, codec: number): MillraceError {
  return new MillraceError({
    code: 'UNSUPPORTED_COMPRESSION',
    message: `the record batch at ${at(place)} is compressed by the unknown codec ${codec}`,
    hint: 'gzip, snappy, lz4 and zstd are read',
  });
}

export function malformedResponse(what: string): MillraceError {
  return new MillraceError({
    code: 'BROKER_PROTOCOL_ERROR',
    domain: 'external',
    retryable: true,
    message: `a broker’s response cannot be read: ${what}`,
    hint: 'is the address that of a Kafka broker, and does its listener expect TLS or not as configured?',
  });
}

/** Its first answer has a length that no first answer of a broker has: those bytes are the beginning of something else. */
export function notKafka(address: string): MillraceError {
  return new MillraceError({
    code: 'BROKER_PROTOCOL_ERROR',
    domain: 'external',
    retryable: true,
    message: `what answers at ${address} does not speak as a Kafka broker does`,
    hint: 'is that the port of a Kafka listener, and does it expect TLS or not as configured?',
  });
}

export function brokerUnreachable(addresses: string, cause: unknown): MillraceError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new MillraceError({
    code: 'BROKER_UNREACHABLE',
    domain: 'external',
    retryable: true,
    message: `cannot reach Kafka at ${addresses}: ${reason}`,
    hint: 'is the broker running, and do host, port, TLS and its advertised.listeners fit this machine?',
    cause,
  });
}

export function authenticationFailed(address: string, cause: unknown): MillraceError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new MillraceError({
    code: 'BROKER_AUTHENTICATION_FAILED',
    message: `Kafka at ${address} refused the credentials: ${reason}`,
    hint: 'check sasl mechanism, user name and password',
    cause,
  });
}

export function accessDenied(topic: string): MillraceError {
  return new MillraceError({
    code: 'TOPIC_ACCESS_DENIED',
    message: `reading topic "${topic}" is not allowed`,
    hint: 'grant this principal READ and DESCRIBE on the topic',
  });
}

export function writeDenied(what: string, right: string): MillraceError {
  return new MillraceError({
    code: 'TOPIC_ACCESS_DENIED',
    message: `writing to ${what} is not allowed`,
    hint: `grant this principal ${right}`,
  });
}

export function recordTooLarge(topic: string): MillraceError {
  return new MillraceError({
    code: 'RECORD_TOO_LARGE',
    message: `a row is larger than a record of topic "${topic}" may be`,
    hint: 'raise max.message.bytes of the topic, or write less of the row',
  });
}

export function topicNotFound(topic: string, near: readonly string[]): MillraceError {
  const names = near.map((name) => `"${name}"`).join(', ');
  return new MillraceError({
    code: 'TOPIC_NOT_FOUND',
    message: `topic "${topic}" does not exist`,
    hint:
      near.length > 0
        ? `did you mean ${names}?`
        : `create the topic ("millrace topic create ${topic}"), or check the broker address`,
  });
}

export function topicRecreated(topic: string, detail: string): MillraceError {
  return new MillraceError({
    code: 'TOPIC_RECREATED',
    message: `topic "${topic}" is not the one that was read before: ${detail}`,
    hint: 'offsets of the old topic mean nothing in the new one; drop the pipeline and create it again to read the new topic from its start',
  });
}

export function dataLost(place: RecordPlace, logStart: number): MillraceError {
  return new MillraceError({
    code: 'DATA_LOST',
    message: `records were deleted before they were read: ${at(place)} is wanted, the log starts at ${logStart}`,
    hint: `on_data_loss = 'continue' goes on at ${logStart} and reports the gap; longer retention prevents it`,
  });
}

export function brokerError(topic: string, code: number): MillraceError {
  return new MillraceError({
    code: 'BROKER_ERROR',
    domain: 'external',
    retryable: true,
    message: `a broker answers for topic "${topic}" with error ${code} (${brokerErrorName(code)})`,
    hint: 'retried with backoff; the broker’s log says more',
  });
}

/** The codes of https://kafka.apache.org/protocol#protocol_error_codes that a reader can meet. */
export const BrokerCode = {
  none: 0,
  offsetOutOfRange: 1,
  corruptMessage: 2,
  unknownTopicOrPartition: 3,
  leaderNotAvailable: 5,
  topicAuthorizationFailed: 29,
  invalidTopic: 17,
} as const;

const BROKER_ERROR_NAMES: Readonly<Record<number, string>> = {
  [-1]: 'unknown server error',
  1: 'offset out of range',
  2: 'corrupt message',
  3: 'unknown topic or partition',
  5: 'leader not available',
  6: 'not leader or follower',
  7: 'request timed out',
  9: 'replica not available',
  17: 'invalid topic',
  29: 'topic authorization failed',
  35: 'unsupported version',
  56: 'storage error',
  74: 'fenced leader epoch',
  75: 'unknown leader epoch',
  76: 'unsupported compression type',
  78: 'offset not available',
  100: 'unknown topic id',
  103: 'inconsistent topic id',
};

export function brokerErrorName(code: number): string {
  return BROKER_ERROR_NAMES[code] ?? 'see the protocol’s list';
}
