// Making and removing topics.
import type { Admin } from 'kafkajs';
import { call, kafkaClient } from './client.ts';
import type { KafkaClusterOptions } from './cluster.ts';

export interface TopicDefinition {
  readonly topic: string;
  readonly partitions: number;
  /** The broker's default when left out. */
  readonly replicationFactor?: number;
  readonly config?: Readonly<Record<string, string>>;
}

export interface TopicAdmin {
  /** False when it existed already (as it is; nothing is changed). */
  createTopic(definition: TopicDefinition): Promise<boolean>;
  deleteTopic(topic: string): Promise<void>;
  /** Grows to `total` partitions. */
  setPartitionCount(topic: string, total: number): Promise<void>;
  /** Deletes the records below the given offsets. */
  deleteRecordsBefore(topic: string, offsets: ReadonlyMap<number, number>): Promise<void>;
  close(): Promise<void>;
}

export async function openAdmin(options: KafkaClusterOptions): Promise<TopicAdmin> {
  const admin: Admin = kafkaClient(options).admin();
  const attempt = <T>(topic: string, run: () => Promise<T>): Promise<T> => call(options, topic, run);
  await attempt('', () => admin.connect());
  return {
    createTopic: ({ topic, partitions, replicationFactor, config = {} }) =>
      attempt(topic, () =>
        admin.createTopics({
          waitForLeaders: true,
          topics: [
            {
              topic,
              numPartitions: partitions,
              replicationFactor: replicationFactor ?? -1,
              configEntries: Object.entries(config).map(([name, value]) => ({ name, value })),
            },
          ],
        }),
      ),
    deleteTopic: (topic) => attempt(topic, () => admin.deleteTopics({ topics: [topic] })),
    setPartitionCount: (topic, total) =>
      attempt(topic, async () => {
        await admin.createPartitions({ topicPartitions: [{ topic, count: total }] });
      }),
    deleteRecordsBefore: (topic, offsets) =>
      attempt(topic, async () => {
        await admin.fetchTopicOffsets(topic); // makes kafkajs look for the leaders, which the deletion forgets to do
        const partitions = [...offsets].map(([partition, offset]) => ({ partition, offset: String(offset) }));
        await admin.deleteTopicRecords({ topic, partitions });
      }),
    close: () => admin.disconnect(),
  };
}
