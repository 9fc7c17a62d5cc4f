// ListOffsets (API 2), version 2: the offset of a point in time, the earliest, or the end that this isolation level can see.
// https://kafka.apache.org/protocol#The_Messages_ListOffsets
import { API_LIST_OFFSETS, type ProtocolRequest } from './request.ts';
import { WireReader, WireWriter } from './wire.ts';

export type Isolation = 'read_uncommitted' | 'read_committed';

export const LATEST = -1;
export const EARLIEST = -2;

export interface ListedOffset {
  readonly partition: number;
  readonly errorCode: number;
  /** −1: no record is that young. */
  readonly offset: number;
}

/** `timestamp` is milliseconds, LATEST or EARLIEST. */
export function listOffsetsRequest(
  topic: string,
  partitions: readonly number[],
  timestamp: number,
  isolation: Isolation,
): ProtocolRequest<readonly ListedOffset[]> {
  const body = new WireWriter(false)
    .int32(-1) // replica id of a consumer
    .int8(isolation === 'read_committed' ? 1 : 0)
    .array([topic], (w, name) => {
      w.string(name).array(partitions, (v, partition) => {
        v.int32(partition).int64(timestamp);
      });
    })
    .done();
  return {
    apiKey: API_LIST_OFFSETS,
    apiName: 'ListOffsets',
    apiVersion: 2,
    flexible: false,
    body,
    decode: decodeListOffsets,
    waitMs: 0,
  };
}

function decodeListOffsets(payload: Uint8Array): readonly ListedOffset[] {
  const reader = new WireReader(payload, false);
  reader.int32(); // throttle time
  const topics = reader.array((r) => {
    r.string();
    return r.array((p): ListedOffset => {
      const partition = p.int32();
      const errorCode = p.int16();
      p.int64(); // timestamp
      return { partition, errorCode, offset: p.int64() };
    });
  });
  return topics.flat();
}
