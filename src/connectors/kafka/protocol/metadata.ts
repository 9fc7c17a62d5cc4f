// Metadata (API 3) in a version that carries topic ids (10, Kafka ≥ 2.8), which kafkajs does not speak; version 8 for older brokers.
// https://kafka.apache.org/protocol#The_Messages_Metadata
import { API_METADATA, type ProtocolRequest } from './request.ts';
import { WireReader, WireWriter } from './wire.ts';

export interface NodeAddress {
  readonly nodeId: number;
  readonly host: string;
  readonly port: number;
}

export interface PartitionMetadata {
  readonly partition: number;
  readonly errorCode: number;
  /** −1 while there is none. */
  readonly leader: number;
  readonly leaderEpoch: number;
}

export interface TopicMetadata {
  readonly topic: string;
  readonly errorCode: number;
  /** Hex; undefined from brokers that have no topic ids. */
  readonly topicId: string | undefined;
  readonly internal: boolean;
  readonly partitions: readonly PartitionMetadata[];
}

export interface ClusterMetadata {
  readonly nodes: readonly NodeAddress[];
  readonly clusterId: string | undefined;
  readonly controllerId: number;
  readonly topics: readonly TopicMetadata[];
}

const NO_TOPIC_ID = '0'.repeat(32);

/** `topics` undefined = all topics. Never creates a topic. */
export function metadataRequest(
  topics: readonly string[] | undefined,
  maxVersion: number,
): ProtocolRequest<ClusterMetadata> {
  const apiVersion = maxVersion >= 10 ? 10 : 8;
  const flexible = apiVersion >= 9;
  const writer = new WireWriter(flexible);
  if (topics === undefined) writer.nullArray();
  else {
    writer.array(topics, (w, topic) => {
      if (apiVersion >= 10) w.uuid(NO_TOPIC_ID);
      w.string(topic).tags();
    });
  }
  const body = writer.int8(0).int8(0).int8(0).tags().done();
  return {
    apiKey: API_METADATA,
    apiName: 'Metadata',
    apiVersion,
    flexible,
    body,
    decode: (payload) => decodeMetadata(new WireReader(payload, flexible), apiVersion),
    waitMs: 0,
  };
}

function decodeMetadata(reader: WireReader, apiVersion: number): ClusterMetadata {
  reader.tags();
  reader.int32(); // throttle time
  const nodes = reader.array(decodeNode);
  const clusterId = reader.nullableString();
  const controllerId = reader.int32();
  const topics = reader.array((r) => decodeTopic(r, apiVersion));
  return { nodes, clusterId, controllerId, topics };
}

function decodeNode(reader: WireReader): NodeAddress {
  const node = { nodeId: reader.int32(), host: reader.string(), port: reader.int32() };
  reader.nullableString(); // rack
  reader.tags();
  return node;
}

function decodeTopic(reader: WireReader, apiVersion: number): TopicMetadata {
  const errorCode = reader.int16();
  const topic = reader.string();
  const id = apiVersion >= 10 ? reader.uuid() : NO_TOPIC_ID;
  const internal = reader.boolean();
  const partitions = reader.array(decodePartition);
  reader.int32(); // authorized operations
  reader.tags();
  return { topic, errorCode, topicId: id === NO_TOPIC_ID ? undefined : id, internal, partitions };
}

function decodePartition(reader: WireReader): PartitionMetadata {
  const errorCode = reader.int16();
  const partition = reader.int32();
  const leader = reader.int32();
  const leaderEpoch = reader.int32();
  reader.int32Array(); // replicas
  reader.int32Array(); // in-sync replicas
  reader.int32Array(); // offline replicas
  reader.tags();
  return { partition, errorCode, leader, leaderEpoch };
}
