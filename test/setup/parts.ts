// What a test file asks for when it needs the real parts.
//
//     const { url } = await freshDatabase();           // in beforeAll: a database of its own
//     describeKafka('fetch loop', () => {              // skipped by name and reason where there is no broker
//       const topic = uniqueTopic('bids');
//     });

import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { describe, inject } from 'vitest';

export interface FreshDatabase {
  readonly url: string;
  readonly name: string;
  /** Not needed for tidiness: the whole server goes at the end of the run. */
  drop(): Promise<void>;
}

/** A new, empty database on the Postgres of this run; its user is a superuser. */
export async function freshDatabase(): Promise<FreshDatabase> {
  const server = inject('databaseUrl');
  const name = `${inject('runName')}_${randomBytes(4).toString('hex')}`;
  await execute(server, `CREATE DATABASE "${name}"`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  return { url: url.href, name, drop: () => execute(server, `DROP DATABASE "${name}" WITH (FORCE)`) };
}

async function execute(url: string, sql: string): Promise<void> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

/** A group of tests that need a broker. */
export function describeKafka(name: string, tests: () => void): void {
  if (inject('kafkaBrokers') !== '') describe(name, tests);
  else describe.skip(`${name} (${inject('kafkaMissing')})`, tests);
}

/** "host:port,…" for clients; inside describeKafka it is never empty. */
export function kafkaBrokers(): string[] {
  return inject('kafkaBrokers')
    .split(',')
    .filter((broker) => broker !== '');
}

/** A topic name that no other test uses; the caller creates the topic. */
export function uniqueTopic(label = 'topic'): string {
  return `${label}-${randomBytes(6).toString('hex')}`;
}
