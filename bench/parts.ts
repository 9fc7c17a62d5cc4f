// The servers of a benchmark: a Postgres and a Kafka broker of its own in a temporary folder, gone when it ends.

import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { startLocalKafka } from '../src/dev/kafka.ts';
import { startLocalPostgres } from '../src/dev/postgres.ts';

export interface BenchParts {
  readonly brokers: string;
  /** A new, empty database: its address. */
  freshDatabase(): Promise<string>;
  stop(): Promise<void>;
}

export async function startParts(): Promise<BenchParts> {
  const stateDir = mkdtempSync(join(tmpdir(), 'millrace-bench-'));
  chmodSync(stateDir, 0o755); // Root runs Postgres as another user, who must be able to walk in.
  const log = (line: string): void => console.error(line);
  const postgres = await startLocalPostgres({ stateDir, log });
  const kafka = await startLocalKafka({ stateDir, heap: 'bench', log }).catch(async (error: unknown) => {
    await postgres.stop();
    throw error;
  });
  let databases = 0;
  return {
    brokers: kafka.brokers,
    async freshDatabase() {
      const name = `bench_${++databases}`;
      const client = new pg.Client(postgres.url);
      await client.connect();
      await client.query(`CREATE DATABASE "${name}"`);
      await client.end();
      const url = new URL(postgres.url);
      url.pathname = `/${name}`;
      return url.href;
    },
    async stop() {
      await kafka.stop('now');
      await postgres.stop();
      rmSync(stateDir, { recursive: true, force: true });
    },
  };
}
