// The demo on a machine without Kafka: text by text, and as a whole.

import { dirname } from 'node:path';
import { describe, expect, it } from 'vitest';
import { withoutBroker } from '../../src/cli/without-broker.ts';
import { launchService } from '../integration/service.ts';
import { freshDatabase } from '../setup/parts.ts';

const source = (options: string): string =>
  `CREATE SOURCE s (id BIGINT) WITH (${options}) FORMAT PLAIN ENCODE JSON;`;
const run = (text: string) => withoutBroker({ name: 'a.sql', text }, 500)?.text ?? null;

describe('a file without a broker', () => {
  it('reads the generator in place of the topics of the demo, each source its table', () => {
    const made = run(
      `-- é\n${source(`connector = 'kafka', topic = 'nexmark-bid'`)}\n${source(`topic='nexmark-person', connector='kafka'`)}`,
    );
    const generator = (table: string, partitions: number): string =>
      source(
        `connector = 'nexmark', nexmark.table = '${table}', nexmark.rate = '500', nexmark.partitions = '${partitions}'`,
      );
    expect(made).toBe(`-- é\n${generator('bid', 4)}\n${generator('person', 1)}`);
  });

  it.each([
    ['another topic', source(`connector = 'kafka', topic = 'orders'`), null],
    [
      'a broker of its own',
      source(`connector = 'kafka', topic = 'x', properties.bootstrap.server = 'h:1'`),
      'same',
    ],
    ['no Kafka at all', source(`connector = 'file', path = 'x'`), 'same'],
    ['what cannot be read', 'CREATE SORCE', 'same'],
  ])('%s', (_, text, becomes) => {
    expect(run(text)).toBe(becomes === null ? null : text);
  });

  it('is deployed, runs, and equals Postgres on a machine without Java', { timeout: 90_000 }, async () => {
    const { url } = await freshDatabase();
    const service = await launchService({
      databaseUrl: url,
      queries: 'queries',
      seconds: 2,
      env: { KAFKA_BROKERS: '', JAVA_HOME: '', PATH: dirname(process.execPath) },
    });
    expect(await service.ended, service.output()).toBe(0);
    expect(service.output()).toContain('error[NO_JDK]');
    expect(service.output()).toContain('flights.sql: not deployed, it reads topics and there is no broker');
    expect(service.output()).toMatch(/^nexmark.sql: deployed bid, auction, person, /m);
    expect(service.output()).toMatch(/^equal +bids_per_auction: [1-9]\d* rows/m);
  });
});
