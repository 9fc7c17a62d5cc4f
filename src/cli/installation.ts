// Postgres and Kafka as the configuration wants them: built in and started here, or the user's own.

import { resolve } from 'node:path';
import type { Config } from '../config.ts';
import { KafkaCluster } from '../connectors/kafka/cluster.ts';
import { isKafkaUnavailable, startLocalKafka } from '../dev/kafka.ts';
import { startLocalPostgres } from '../dev/postgres.ts';
import { supervise } from '../dev/supervise.ts';
import type { MillraceError } from '../errors.ts';

export interface Installation {
  readonly databaseUrl: string;
  /** What a user types to look at views. */
  readonly psql: string;
  /** Empty where no broker can be had. */
  readonly brokers: readonly string[];
  /** Why there is no broker. */
  readonly brokerMissing: MillraceError | null;
  /** Sentences about what is not as usual. */
  readonly notes: readonly string[];
  stop(): Promise<void>;
}

type Log = (line: string) => void;

export async function openInstallation(config: Config, log: Log): Promise<Installation> {
  const [database, kafka] = await Promise.allSettled([openPostgres(config, log), openKafka(config, log)]);
  const stop = async (): Promise<void> => {
    if (kafka.status === 'fulfilled') await kafka.value.stop();
    if (database.status === 'fulfilled') await database.value.stop();
  };
  for (const part of [database, kafka])
    if (part.status === 'rejected') {
      await stop();
      throw part.reason;
    }
  if (database.status === 'rejected' || kafka.status === 'rejected') throw new Error('unreachable');
  const { url, psql } = database.value;
  const { brokers, missing } = kafka.value;
  const notes = [...database.value.notes, ...kafka.value.notes];
  return { databaseUrl: url, psql, brokers, brokerMissing: missing, notes, stop };
}

interface PostgresPart {
  readonly url: string;
  readonly psql: string;
  readonly notes: readonly string[];
  stop(): Promise<void>;
}

async function openPostgres(config: Config, log: Log): Promise<PostgresPart> {
  if (config.databaseUrl !== null) {
    const shown = config.databaseUrl.replace(/:[^:@/]*@/, '@');
    return { url: config.databaseUrl, psql: `psql "${shown}"`, notes: [], stop: async () => {} };
  }
  const start = () =>
    startLocalPostgres({
      stateDir: resolve(config.stateDir),
      port: config.postgresPort ?? undefined,
      preferredPort: 15432,
      log,
    });
  const first = await start();
  const kept = supervise('Postgres', first, start, log);
  return { url: first.url, psql: first.psql, notes: first.notes, stop: () => kept.stop() };
}

interface KafkaPart {
  readonly brokers: readonly string[];
  readonly missing: MillraceError | null;
  readonly notes: readonly string[];
  stop(): Promise<void>;
}

async function openKafka(config: Config, log: Log): Promise<KafkaPart> {
  if (config.kafkaBrokers !== null) {
    await reachable(config.kafkaBrokers);
    return { brokers: config.kafkaBrokers, missing: null, notes: [], stop: async () => {} };
  }
  const start = () =>
    startLocalKafka({
      stateDir: resolve(config.stateDir),
      port: config.kafkaPort ?? undefined,
      preferredPort: 19092,
      heap: 'dev',
      log,
    });
  try {
    const first = await start();
    const kept = supervise('Kafka', first, start, log);
    return { brokers: [first.brokers], missing: null, notes: first.notes, stop: () => kept.stop() };
  } catch (error) {
    if (!isKafkaUnavailable(error)) throw error;
    return { brokers: [], missing: error, notes: [], stop: async () => {} };
  }
}

/** A broker of the user's that cannot be reached is said at once, not by every source. */
async function reachable(brokers: readonly string[]): Promise<void> {
  const cluster = new KafkaCluster({ brokers });
  try {
    await cluster.topicNames();
  } finally {
    await cluster.close();
  }
}
