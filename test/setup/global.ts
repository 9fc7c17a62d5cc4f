// Starts the real Postgres and the real Kafka once for a whole test run, in a temporary folder, and stops them at its end. Test
// files find them by test/setup/parts.ts. DATABASE_URL and KAFKA_BROKERS put others in their place.

import { chmodSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { isKafkaUnavailable, startLocalKafka } from '../../src/dev/kafka.ts';
import { startLocalPostgres } from '../../src/dev/postgres.ts';
import { identify } from '../../src/dev/process-identity.ts';
import { renderError } from '../../src/errors.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** A superuser's address of the Postgres of this run. */
    databaseUrl: string;
    /** "host:port,…", or '' where no broker can be had. */
    kafkaBrokers: string;
    /** Why there is no broker. */
    kafkaMissing: string;
    /** Begins the name of every database and topic of this run. */
    runName: string;
  }
}

type Stop = () => Promise<void>;

interface Part<T> {
  readonly value: T;
  readonly stop: Stop;
}

const PREFIX = 'millrace-test-';
const CI = process.env['CI'] === 'true';

export default async function setup(project: TestProject): Promise<Stop> {
  removeAbandoned();
  const stateDir = mkdtempSync(join(tmpdir(), `${PREFIX}${process.pid}-`));
  chmodSync(stateDir, 0o755); // Root runs Postgres as another user, who must be able to walk in.
  const runName = `millrace_test_${process.pid}_${Date.now().toString(36)}`;
  const parts = await Promise.allSettled([postgres(stateDir, runName), kafka(stateDir)]);
  const stop = async (): Promise<void> => {
    const started = parts.filter((part) => part.status === 'fulfilled');
    await Promise.all(started.map((part) => part.value.stop()));
    rmSync(stateDir, { recursive: true, force: true });
  };
  const [database, broker] = parts;
  if (database.status === 'rejected' || broker.status === 'rejected') {
    await stop();
    throw new Error(
      parts.map((part) => (part.status === 'rejected' ? renderError(part.reason) : '')).join('\n'),
    );
  }
  project.provide('databaseUrl', database.value.value);
  project.provide('kafkaBrokers', broker.value.value.brokers);
  project.provide('kafkaMissing', broker.value.value.missing);
  project.provide('runName', runName);
  return stop;
}

const nothingToStop: Stop = () => Promise.resolve();

async function postgres(stateDir: string, runName: string): Promise<Part<string>> {
  const given = process.env['DATABASE_URL'];
  if (given !== undefined && given !== '') return { value: given, stop: () => dropDatabases(given, runName) };
  const server = await startLocalPostgres({ stateDir, log: console.log });
  return { value: server.url, stop: () => server.stop() };
}

/** On a developer's machine the rest can be tested without a broker; on CI nothing may be left out. */
async function kafka(stateDir: string): Promise<Part<{ brokers: string; missing: string }>> {
  const given = process.env['KAFKA_BROKERS'];
  if (given !== undefined && given !== '')
    return { value: { brokers: given, missing: '' }, stop: nothingToStop };
  try {
    const broker = await startLocalKafka({ stateDir, heap: 'dev', log: console.log });
    return { value: { brokers: broker.brokers, missing: '' }, stop: () => broker.stop('now') };
  } catch (error) {
    if (CI || !isKafkaUnavailable(error)) throw error;
    console.log(renderError(error));
    return { value: { brokers: '', missing: `no Kafka: ${error.message}` }, stop: nothingToStop };
  }
}

/** A Postgres that is not ours keeps nothing of the run. */
async function dropDatabases(url: string, runName: string): Promise<void> {
  const client = new pg.Client(url);
  await client.connect();
  const found = await client.query<{ datname: string }>(
    'SELECT datname FROM pg_database WHERE starts_with(datname, $1)',
    [runName],
  );
  for (const { datname } of found.rows) await client.query(`DROP DATABASE "${datname}" WITH (FORCE)`);
  await client.end();
}

/** Folders of runs that were killed; their servers died with them. */
function removeAbandoned(): void {
  for (const name of readdirSync(tmpdir())) {
    const pid = name.startsWith(PREFIX) ? Number(name.slice(PREFIX.length).split('-')[0]) : 0;
    if (pid === 0 || identify(pid) !== undefined) continue;
    try {
      rmSync(join(tmpdir(), name), { recursive: true, force: true });
    } catch {
      // Another user's.
    }
  }
}
