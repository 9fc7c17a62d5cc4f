// Where to start and where to stop, resolved to offsets once, when the reader opens.
import type { EndPosition, StartPosition } from '../source.ts';
import type { KafkaCluster } from './cluster.ts';
import { topicRecreated } from './errors.ts';
import { EARLIEST, LATEST, type Isolation } from './protocol/list-offsets.ts';
import type { TopicMetadata } from './protocol/metadata.ts';

export interface PositionRequest {
  readonly cluster: KafkaCluster;
  readonly topic: TopicMetadata;
  readonly partitions: readonly number[];
  readonly isolation: Isolation;
}

export async function resolveStart(
  request: PositionRequest,
  start: StartPosition,
): Promise<Map<number, number>> {
  switch (start.kind) {
    case 'earliest':
      return await at(request, EARLIEST);
    case 'latest':
      return await at(request, LATEST);
    case 'timestamp':
      return await atTimestamp(request, start.ms);
    case 'offsets':
      return await fromOffsets(request, start.offsets);
  }
}

/** undefined = unbounded. A partition that explicit end offsets do not name is not read. */
export async function resolveEnd(
  request: PositionRequest,
  end: EndPosition,
): Promise<ReadonlyMap<number, number> | undefined> {
  switch (end.kind) {
    case 'unbounded':
      return undefined;
    case 'latest':
      return await at(request, LATEST);
    case 'timestamp':
      return await atTimestamp(request, end.ms);
    case 'offsets':
      return end.offsets;
  }
}

async function at(
  { cluster, topic, isolation, partitions }: PositionRequest,
  timestamp: number,
): Promise<Map<number, number>> {
  return await cluster.offsets(topic, partitions, timestamp, isolation);
}

/** The first record that is not older; the end where there is none. */
async function atTimestamp(request: PositionRequest, ms: number): Promise<Map<number, number>> {
  const offsets = await at(request, ms);
  const none = [...offsets].filter(([, offset]) => offset < 0).map(([partition]) => partition);
  if (none.length === 0) return offsets;
  return new Map([...offsets, ...(await at({ ...request, partitions: none }, LATEST))]);
}

/** Committed offsets as they are (the first fetch checks them); new partitions from their earliest. */
async function fromOffsets(
  request: PositionRequest,
  offsets: ReadonlyMap<number, number>,
): Promise<Map<number, number>> {
  const existing = new Set(request.topic.partitions.map(({ partition }) => partition));
  const gone = [...offsets.keys()].find((partition) => !existing.has(partition));
  if (gone !== undefined) throw topicRecreated(request.topic.topic, `it has no partition ${gone} any more`);
  const fresh = request.partitions.filter((partition) => !offsets.has(partition));
  const earliest = fresh.length === 0 ? [] : await at({ ...request, partitions: fresh }, EARLIEST);
  return new Map([...[...offsets].filter(([p]) => request.partitions.includes(p)), ...earliest]);
}
