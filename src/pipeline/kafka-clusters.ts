// One Kafka cluster per set of connection properties, shared by all pipelines that read it. `properties.*` are Kafka's own names.

import type { KafkaClusterOptions } from '../connectors/kafka/cluster.ts';
import { KafkaCluster } from '../connectors/kafka/cluster.ts';
import { MillraceError } from '../errors.ts';
import { readPemFile } from './pem-file.ts';

export class KafkaClusters {
  private readonly defaults: readonly string[];
  private readonly tlsRoot: string | null;
  private readonly clusters = new Map<string, KafkaCluster>();

  /** `defaults` are the brokers of the installation; empty: there are none. `tlsRoot`: see pem-file.ts. */
  constructor(defaults: readonly string[], tlsRoot: string | null = null) {
    this.defaults = defaults;
    this.tlsRoot = tlsRoot;
  }

  of({ properties }: { readonly properties: Properties }): KafkaCluster {
    const key = JSON.stringify(Object.entries(properties).sort());
    let cluster = this.clusters.get(key);
    if (cluster === undefined) {
      cluster = new KafkaCluster(clusterOptions(properties, this.defaults, this.tlsRoot));
      this.clusters.set(key, cluster);
    }
    return cluster;
  }

  /** The cluster of the installation. */
  own(): KafkaCluster {
    return this.of({ properties: {} });
  }

  async close(): Promise<void> {
    await Promise.all([...this.clusters.values()].map((cluster) => cluster.close()));
    this.clusters.clear();
  }
}

type Properties = Readonly<Record<string, string>>;

export function clusterOptions(
  properties: Properties,
  defaults: readonly string[],
  tlsRoot: string | null,
): KafkaClusterOptions {
  const servers = properties['bootstrap.server'];
  const brokers = servers === undefined ? defaults : servers.split(',').map((server) => server.trim());
  if (brokers.length === 0)
    throw new MillraceError({
      code: 'NO_BROKER',
      message: 'no Kafka broker is known',
      hint: "write properties.bootstrap.server = 'host:9092' in WITH, or start the service with KAFKA_BROKERS=host:9092",
    });
  const sasl = saslOptions(properties);
  const ssl = sslOptions(properties, tlsRoot);
  const clientId = properties['client.id'];
  return {
    brokers,
    ...(clientId === undefined ? {} : { clientId }),
    ...(ssl === undefined ? {} : { ssl }),
    ...(sasl === undefined ? {} : { sasl }),
  };
}

function saslOptions(properties: Properties): KafkaClusterOptions['sasl'] | undefined {
  const mechanism = properties['sasl.mechanism']?.toLowerCase();
  const protocol = properties['security.protocol']?.toUpperCase() ?? 'PLAINTEXT';
  if (mechanism === undefined) {
    if (protocol.startsWith('SASL')) throw incomplete('sasl.mechanism');
    return undefined;
  }
  if (mechanism !== 'plain' && mechanism !== 'scram-sha-256' && mechanism !== 'scram-sha-512')
    throw new MillraceError({
      code: 'INVALID_OPTION',
      message: `properties.sasl.mechanism = '${mechanism}' is not supported`,
      hint: 'PLAIN, SCRAM-SHA-256 and SCRAM-SHA-512 are',
    });
  const username = properties['sasl.username'];
  const password = properties['sasl.password'];
  if (username === undefined) throw incomplete('sasl.username');
  if (password === undefined) throw incomplete('sasl.password');
  return { mechanism, username, password };
}

function sslOptions(properties: Properties, tlsRoot: string | null): KafkaClusterOptions['ssl'] | undefined {
  const protocol = properties['security.protocol']?.toUpperCase() ?? 'PLAINTEXT';
  if (protocol !== 'SSL' && protocol !== 'SASL_SSL') return undefined;
  const ca = properties['ssl.ca.location'];
  const cert = properties['ssl.certificate.location'];
  const key = properties['ssl.key.location'];
  const passphrase = properties['ssl.key.password'];
  const read = (name: string, path: string): string => readPemFile(name, path, tlsRoot);
  // As the Java client has it: an empty algorithm leaves the host name of the certificate unchecked.
  const anyName = ['', 'none'].includes(properties['ssl.endpoint.identification.algorithm'] ?? 'https');
  return {
    ...(anyName ? { checkServerIdentity: () => undefined } : {}),
    ...(ca === undefined ? {} : { ca: read('ssl.ca.location', ca) }),
    ...(cert === undefined ? {} : { cert: read('ssl.certificate.location', cert) }),
    ...(key === undefined ? {} : { key: read('ssl.key.location', key) }),
    ...(passphrase === undefined ? {} : { passphrase }),
  };
}

function incomplete(name: string): MillraceError {
  return new MillraceError({
    code: 'INVALID_OPTION',
    message: `the connection needs properties.${name}`,
    hint: `add properties.${name} = '…' to WITH`,
  });
}
