// A Kafka cluster as a reader sees it: which topics and leaders there are, where partitions begin and end, and new
// connections to fetch on. Connections for questions are kept and shared; those for fetches belong to whoever opened them,
// because a broker answers one request of a connection at a time and a fetch waits.
import type { ConnectionOptions } from 'node:tls';
import { MillraceError } from '../../errors.ts';
import {
  BrokerConnection,
  type BrokerAddress,
  type ConnectionSettings,
  type SaslOptions,
} from './connection.ts';
import { accessDenied, BrokerCode, brokerError, brokerUnreachable, topicNotFound } from './errors.ts';
import { nearNames } from './near-names.ts';
import { listOffsetsRequest, type Isolation } from './protocol/list-offsets.ts';
import { metadataRequest, type ClusterMetadata, type TopicMetadata } from './protocol/metadata.ts';
import { API_METADATA, type ProtocolRequest } from './protocol/request.ts';
import { ResponseBuffers } from './response-buffers.ts';

export interface KafkaClusterOptions {
  /** host:port of some brokers; the others are found. */
  readonly brokers: readonly string[];
  readonly clientId?: string;
  readonly ssl?: boolean | ConnectionOptions;
  readonly sasl?: SaslOptions;
  readonly connectTimeoutMs?: number;
  readonly requestTimeoutMs?: number;
  /** Where to connect for an address that a broker advertises, when it is not reachable as such (tunnels, port forwards). */
  readonly mapAddress?: (advertised: BrokerAddress) => BrokerAddress;
}

/** Of an answer about metadata or offsets; fetches bring their own bound. */
const MAX_ANSWER_BYTES = 16 << 20;

export class KafkaCluster {
  readonly options: KafkaClusterOptions;
  /** Of all its connections, so that what one reader has done with serves the next. */
  readonly buffers = new ResponseBuffers();
  private readonly settings: ConnectionSettings;
  private readonly seeds: readonly BrokerAddress[];
  private readonly mapAddress: (advertised: BrokerAddress) => BrokerAddress;
  private nodes = new Map<number, BrokerAddress>();
  /** Connections for questions, by host:port. */
  private readonly shared = new Map<string, Promise<BrokerConnection>>();
  private closed = false;

  constructor(options: KafkaClusterOptions) {
    this.options = options;
    this.settings = {
      clientId: options.clientId ?? 'millrace',
      ssl: options.ssl ?? false,
      sasl: options.sasl,
      connectTimeoutMs: options.connectTimeoutMs ?? 5_000,
      requestTimeoutMs: options.requestTimeoutMs ?? 15_000,
      maxResponseBytes: MAX_ANSWER_BYTES,
      buffers: this.buffers,
    };
    this.seeds = options.brokers.map(parseAddress);
    this.mapAddress = options.mapAddress ?? ((advertised) => advertised);
  }

  /** Leaders and ids of these topics, of all when undefined. Asks any broker that answers; creates nothing. */
  async metadata(topics: readonly string[] | undefined): Promise<ClusterMetadata> {
    const metadata = await this.askAny((connection) =>
      metadataRequest(topics, connection.maxVersion(API_METADATA)),
    );
    this.nodes = new Map(metadata.nodes.map((node) => [node.nodeId, this.mapAddress(node)]));
    return metadata;
  }

  /** One topic that must exist. */
  async topic(name: string): Promise<TopicMetadata> {
    const topic = (await this.metadata([name])).topics.find((candidate) => candidate.topic === name);
    switch (topic?.errorCode) {
      case BrokerCode.none:
        return topic;
      case undefined:
      case BrokerCode.unknownTopicOrPartition:
      case BrokerCode.invalidTopic:
        throw topicNotFound(name, nearNames(name, await this.topicNames()));
      case BrokerCode.topicAuthorizationFailed:
        throw accessDenied(name);
      default:
        throw brokerError(name, topic?.errorCode ?? -1);
    }
  }

  /** Names of all topics that are not Kafka's own. */
  async topicNames(): Promise<readonly string[]> {
    const { topics } = await this.metadata(undefined);
    return topics.filter((topic) => !topic.internal).map((topic) => topic.topic);
  }

  /** A connection of the caller's own to a node of the last metadata. */
  async connect(
    nodeId: number,
    maxResponseBytes = this.settings.maxResponseBytes,
  ): Promise<BrokerConnection> {
    return await BrokerConnection.open(this.address(nodeId), { ...this.settings, maxResponseBytes });
  }

  /**
   * The offset of each partition at `timestamp` (ms, LATEST or EARLIEST); the end where no record is that young. "End" is
   * what this isolation level can see.
   */
  async offsets(
    topic: TopicMetadata,
    partitions: readonly number[],
    timestamp: number,
    isolation: Isolation,
  ): Promise<Map<number, number>> {
    const byLeader = Map.groupBy(partitions, (partition) => leaderOf(topic, partition));
    const asked = [...byLeader].map(async ([leader, ids]) => {
      const connection = await this.question(this.address(leader));
      return await this.forgetOnError(connection, listOffsetsRequest(topic.topic, ids, timestamp, isolation));
    });
    const listed = (await Promise.all(asked)).flat();
    const failed = listed.find((entry) => entry.errorCode !== BrokerCode.none);
    if (failed !== undefined) {
      if (failed.errorCode === BrokerCode.topicAuthorizationFailed) throw accessDenied(topic.topic);
      throw brokerError(topic.topic, failed.errorCode);
    }
    return new Map(listed.map((entry) => [entry.partition, entry.offset]));
  }

  async close(): Promise<void> {
    this.closed = true;
    const connections = [...this.shared.values()];
    this.shared.clear();
    await Promise.all(
      connections.map((pending) => pending.then((open) => open.close()).catch(() => undefined)),
    );
  }

  private address(nodeId: number): BrokerAddress {
    const address = this.nodes.get(nodeId);
    if (address === undefined)
      throw brokerUnreachable(`node ${nodeId}`, 'it is not in the cluster’s metadata');
    return address;
  }

  private question(address: BrokerAddress): Promise<BrokerConnection> {
    if (this.closed) return Promise.reject(brokerUnreachable(describe([address]), 'the cluster is closed'));
    const key = describe([address]);
    const known = this.shared.get(key);
    if (known !== undefined) return known;
    const opening = BrokerConnection.open(address, this.settings);
    this.shared.set(key, opening);
    opening.catch(() => this.shared.delete(key));
    return opening;
  }

  private async forgetOnError<T>(connection: BrokerConnection, request: ProtocolRequest<T>): Promise<T> {
    try {
      return await connection.send(request);
    } catch (error) {
      this.shared.delete(describe([connection.address]));
      await connection.close();
      throw error;
    }
  }

  /** Tries every known broker in turn, those with an open connection first. */
  private async askAny<T>(request: (connection: BrokerConnection) => ProtocolRequest<T>): Promise<T> {
    const candidates = new Map(
      [...this.nodes.values(), ...this.seeds].map((address) => [describe([address]), address]),
    );
    const order = [...candidates].sort(([a], [b]) => Number(this.shared.has(b)) - Number(this.shared.has(a)));
    let failure: unknown;
    for (const [key, address] of order) {
      // An open connection may have died unnoticed: one more try on a fresh one.
      for (let tries = this.shared.has(key) ? 2 : 1; tries > 0; tries--) {
        try {
          const connection = await this.question(address);
          return await this.forgetOnError(connection, request(connection));
        } catch (error) {
          if (error instanceof MillraceError && !error.retryable) throw error;
          failure = error;
        }
      }
    }
    if (failure instanceof MillraceError && failure.code === 'BROKER_PROTOCOL_ERROR') throw failure;
    const cause = failure instanceof MillraceError ? (failure.cause ?? failure) : failure;
    throw brokerUnreachable(describe(order.map(([, address]) => address)), cause);
  }
}

function leaderOf(topic: TopicMetadata, partition: number): number {
  const leader = topic.partitions.find((candidate) => candidate.partition === partition)?.leader ?? -1;
  if (leader < 0) throw brokerError(topic.topic, 5);
  return leader;
}

function describe(addresses: readonly BrokerAddress[]): string {
  return addresses.map(({ host, port }) => `${host}:${port}`).join(', ');
}

/** "host:port", "[v6]:port"; 9092 when there is no port. */
function parseAddress(text: string): BrokerAddress {
  const match = /^(?:\[([^\]]+)\]|([^:]+))(?::(\d{1,5}))?$/.exec(text.trim());
  const host = match?.[1] ?? match?.[2];
  if (host === undefined) {
    throw new MillraceError({
      code: 'INVALID_BROKER_ADDRESS',
      message: `"${text}" is not a broker address`,
      hint: 'write host:port, several separated by commas',
    });
  }
  return { host, port: Number(match?.[3] ?? 9092) };
}
