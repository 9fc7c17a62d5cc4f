// Two services on one database: one leads, the other stands by, and leads within seconds when the first ends, is killed, or hangs.
// One that wakes up again and is no longer the leader does no harm.

import { expect, it } from 'vitest';
import { migrate } from '../../src/postgres/migrations.ts';
import type { Connection } from '../../src/postgres/connection.ts';
import { freshDatabase } from '../setup/parts.ts';
import { until } from './eventually.ts';
import type { Service } from './service.ts';
import { launchService, openConnection, startService, submit } from './service.ts';

const STREAM = `CREATE SOURCE bid (auction BIGINT, price BIGINT)
  WITH (connector = 'nexmark', nexmark.table = 'bid', nexmark.rate = '1000') FORMAT PLAIN ENCODE JSON;
CREATE MATERIALIZED VIEW bids AS SELECT count(*) AS n FROM bid;`;

async function count(connection: Connection): Promise<number> {
  const { rows } = await connection.query<{ n: bigint }>('SELECT n FROM bids');
  return Number(rows[0]?.n ?? 0);
}

/** On a database of its own; its view has rows. */
async function startLeader() {
  const { url } = await freshDatabase();
  await migrate(url);
  const connection = await openConnection(url);
  const service = await startService({ databaseUrl: url, brokers: [] });
  await submit(connection, STREAM);
  await until('rows', async () => (await count(connection)) > 100);
  return { url, connection, service };
}

async function standBy(url: string): Promise<Service> {
  const service = await launchService({ databaseUrl: url, brokers: [] });
  await until('it stands by', () => service.output().includes('standing by: millrace lead'), service.output);
  expect(service.output()).not.toContain('Ctrl-C');
  return service;
}

function led(service: Service): boolean {
  return service.output().lastIndexOf('Ctrl-C') > service.output().lastIndexOf('standing by');
}

/** It leads, and its pipelines go on. */
async function untilLeads(service: Service, connection: Connection): Promise<void> {
  const before = await count(connection);
  await until('it leads', () => service.output().includes('Ctrl-C'), service.output, 20_000);
  await until(
    'the view goes on',
    async () => (await count(connection)) > before + 100,
    service.output,
    10_000,
  );
}

it(
  'the one that stands by leads when the leader ends, is killed or hangs',
  { timeout: 180_000 },
  async () => {
    const { url, connection, service: a } = await startLeader();
    const b = await standBy(url);
    // One that stands by changes nothing for the leader.
    const before = await count(connection);
    await until('the leader goes on', async () => (await count(connection)) > before + 200, a.output);

    expect(await a.stop()).toBe(0);
    await untilLeads(b, connection);

    const c = await standBy(url);
    process.kill(b.pid, 'SIGSTOP');
    await untilLeads(c, connection);
    process.kill(b.pid, 'SIGCONT');
    await until('it knows that it leads no more', () => /another service leads/.test(b.output()), b.output);
    await until('it stands by again', () => !led(b), b.output);
    const after = await count(connection);
    await until('the new leader goes on', async () => (await count(connection)) > after + 200, c.output);
    const { rows } = await connection.query<{ n: bigint; read: bigint }>(
      `SELECT b.n, q.next_offset AS read FROM bids b, millrace.partition_progress q`,
    );
    expect(rows[0]!.n).toBe(rows[0]!.read);

    await c.killOutright();
    await untilLeads(b, connection);
    expect(await b.stop()).toBe(0);
  },
);

it(
  'one that hung while another led and is gone again knows what that one did',
  { timeout: 180_000 },
  async () => {
    const { url, connection, service: a } = await startLeader();
    const b = await standBy(url);
    process.kill(a.pid, 'SIGSTOP');
    await untilLeads(b, connection);
    await submit(
      connection,
      'CREATE MATERIALIZED VIEW prices AS SELECT count(*) AS n FROM bid WHERE price > 0',
    );
    await b.killOutright();
    process.kill(a.pid, 'SIGCONT');

    const prices = async (): Promise<number> => {
      const { rows } = await connection.query<{ n: bigint }>('SELECT n FROM prices');
      return Number(rows[0]?.n ?? 0);
    };
    const before = await prices();
    await until('what the other made goes on', async () => (await prices()) > before + 100, a.output, 30_000);
    const after = await count(connection);
    await until('so does the rest', async () => (await count(connection)) > after + 100, a.output, 30_000);
    expect(await a.stop()).toBe(0);
  },
);

it('a pipeline that is fenced goes on where nobody else leads', { timeout: 120_000 }, async () => {
  const { connection, service } = await startLeader();
  await connection.query('UPDATE millrace.pipelines SET generation = generation + 1');
  await until('it is fenced', () => service.output().includes('is fenced'), service.output);
  const before = await count(connection);
  await until('it goes on', async () => (await count(connection)) > before + 100, service.output, 30_000);
  expect(await service.stop()).toBe(0);
});
