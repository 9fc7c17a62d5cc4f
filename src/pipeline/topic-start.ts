// Where the partitions of a topic begin now, and which topic it is.

import type { KafkaSource } from '../catalog/connector.ts';
import { resolveStart } from '../connectors/kafka/positions.ts';
import type { SourceWorld } from './open-source.ts';

export interface TopicStart {
  /** Another one of the same name has another; null: the broker does not say. */
  readonly topicId: string | null;
  readonly earliest: ReadonlyMap<number, number>;
}

export async function topicStart(connector: KafkaSource, world: SourceWorld): Promise<TopicStart> {
  const cluster = world.cluster(connector);
  const topic = await cluster.topic(connector.topic);
  const partitions = topic.partitions.map(({ partition }) => partition);
  const request = { cluster, topic, partitions, isolation: 'read_committed' as const };
  return {
    topicId: topic.topicId ?? null,
    earliest: await resolveStart(request, { kind: 'earliest' }),
  };
}
