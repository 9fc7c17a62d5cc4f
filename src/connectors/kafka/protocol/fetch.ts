// Fetch (API 1), the record sets left as bytes. Version 13 (Kafka ≥ 3.1) names the topic by id, so a topic that was deleted
// and made again answers with an error instead of another topic's records; version 11 by name serves older brokers.
// https://kafka.apache.org/protocol#The_Messages_Fetch
import { API_FETCH, type ProtocolRequest } from './request.ts';
import type { Isolation } from './list-offsets.ts';
import { WireReader, WireWriter } from './wire.ts';

export interface FetchPosition {
  readonly partition: number;
  readonly offset: number;
  /** Known leader epoch, −1 if unknown: lets the broker refuse when one of us is behind. */
  readonly leaderEpoch: number;
}

export interface FetchOptions {
  readonly topic: string;
  readonly topicId: string | undefined;
  readonly positions: readonly FetchPosition[];
  readonly isolation: Isolation;
  readonly maxWaitMs: number;
  readonly minBytes: number;
  /** Soft limits: the first batch of the first non-empty partition comes whole however large it is. */
  readonly maxBytes: number;
  readonly partitionMaxBytes: number;
}

export interface AbortedTransaction {
  readonly producerId: number;
  readonly firstOffset: number;
}

export interface FetchedPartition {
  readonly partition: number;
  readonly errorCode: number;
  readonly highWatermark: number;
  readonly lastStableOffset: number;
  readonly logStartOffset: number;
  readonly aborted: readonly AbortedTransaction[];
  /** Record batches as on the broker's disk; the last one may be cut off. A view of the response. */
  readonly records: Uint8Array;
}

export interface FetchResponse {
  /** All of it: what the records of its partitions are views of. */
  readonly bytes: Uint8Array;
  readonly errorCode: number;
  readonly partitions: readonly FetchedPartition[];
}

export function fetchRequest(options: FetchOptions, maxVersion: number): ProtocolRequest<FetchResponse> {
  const byId = maxVersion >= 13 && options.topicId !== undefined;
  const apiVersion = byId ? 13 : 11;
  const writer = new WireWriter(byId)
    .int32(-1) // replica id of a consumer
    .int32(options.maxWaitMs)
    .int32(options.minBytes)
    .int32(options.maxBytes)
    .int8(options.isolation === 'read_committed' ? 1 : 0)
    .int32(0) // no fetch session:
    .int32(-1) // every request names its partitions
    .array([options], (w, { topic, topicId, positions }) => {
      if (byId && topicId !== undefined) w.uuid(topicId);
      else w.string(topic);
      w.array(positions, (v, position) => {
        v.int32(position.partition).int32(position.leaderEpoch).int64(position.offset);
        if (byId) v.int32(-1); // epoch of the last fetched record: truncation checks are for followers
        v.int64(-1).int32(options.partitionMaxBytes).tags();
      });
      w.tags();
    })
    .array([], () => undefined) // forgotten topics, of sessions
    .string('') // rack
    .tags();
  return {
    apiKey: API_FETCH,
    apiName: 'Fetch',
    apiVersion,
    flexible: byId,
    body: writer.done(),
    decode: (payload) => decodeFetch(payload, byId),
    waitMs: options.maxWaitMs,
  };
}

function decodeFetch(bytes: Uint8Array, byId: boolean): FetchResponse {
  const reader = new WireReader(bytes, byId);
  reader.tags();
  reader.int32(); // throttle time
  const errorCode = reader.int16();
  reader.int32(); // session id
  const topics = reader.array((r) => {
    if (byId) r.uuid();
    else r.string();
    const partitions = r.array(decodePartition);
    r.tags();
    return partitions;
  });
  return { bytes, errorCode, partitions: topics.flat() };
}

function decodePartition(reader: WireReader): FetchedPartition {
  const partition = reader.int32();
  const errorCode = reader.int16();
  const highWatermark = reader.int64();
  const lastStableOffset = reader.int64();
  const logStartOffset = reader.int64();
  const aborted = reader.array((r) => {
    const transaction = { producerId: r.int64(), firstOffset: r.int64() };
    r.tags();
    return transaction;
  });
  reader.int32(); // preferred read replica
  const records = reader.byteSlice();
  reader.tags();
  return { partition, errorCode, highWatermark, lastStableOffset, logStartOffset, aborted, records };
}
