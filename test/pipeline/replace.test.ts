// CREATE OR REPLACE on a real topic: the new version is built beside the old one, which is served until both change places in one
// commit; the way back; what reads it; what is refused.

import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import type { OpenEngine } from '../../src/cli/open-engine.ts';
import { until } from '../integration/eventually.ts';
import { openConnection } from '../integration/service.ts';
import { newTopic, produce, withAdmin } from '../kafka/live.ts';
import { describeKafka, kafkaBrokers } from '../setup/parts.ts';
import { openTestEngine, verdicts } from './engine-fixture.ts';
import {
  ask,
  columnsOf,
  fullTotals,
  MORE_TOTALS,
  Orders,
  plainTotals,
  rowsOf,
  TOTALS,
  untilRows,
  untilSwapped,
} from './replace-fixture.ts';

async function openWith(orders: Orders, view = TOTALS): Promise<OpenEngine & { databaseUrl: string }> {
  const open = await openTestEngine({ brokers: kafkaBrokers() });
  await ask(open, `${orders.source()} CREATE ${view};`);
  return open;
}

/** Asks again and again, on a connection of its own, until stopped; what it saw. */
async function watch(
  url: string,
  query: string,
): Promise<{ stop: () => Promise<readonly (readonly number[])[]> }> {
  const connection = await openConnection(url);
  const seen: number[][] = [];
  let on = true;
  const watching = (async () => {
    while (on) {
      const { rows } = await connection.query<Record<string, bigint | null>>(query);
      seen.push(Object.values(rows[0]!).map((value) => Number(value ?? 0)));
      await sleep(2);
    }
  })();
  return {
    stop: async () => {
      on = false;
      await watching;
      return seen;
    },
  };
}

describeKafka('CREATE OR REPLACE MATERIALIZED VIEW', () => {
  it('serves the old version until the new one has caught up, and never less than before', async () => {
    const orders = await Orders.open();
    await orders.produce(20_000);
    const open = await openWith(orders);
    await untilRows(open, 'totals', () => plainTotals(orders));
    const watched = await watch(
      open.databaseUrl,
      'SELECT count(*)::bigint AS items, sum(n)::bigint AS orders FROM totals',
    );
    let producing = true;
    const production = (async () => {
      while (producing) await orders.produce(50);
    })();
    const [answer] = await ask(open, `CREATE OR REPLACE ${MORE_TOTALS}`);
    expect(answer!.notices.join()).toMatch(/until then the old one is served/);
    expect(await columnsOf(open, 'totals')).toEqual(['item', 'n']);
    await untilSwapped(open);
    expect(await columnsOf(open, 'totals')).toEqual(['item', 'n', 'total']);
    await sleep(100);
    producing = false;
    await production;
    await untilRows(open, 'totals', () => fullTotals(orders));
    const seen = await watched.stop();
    expect(seen.length).toBeGreaterThan(20);
    for (const [items, count] of seen) {
      expect(items).toBe(10);
      expect(count).toBeGreaterThanOrEqual(20_000);
    }
    expect(seen.map(([, count]) => count)).toEqual(seen.map(([, count]) => count!).toSorted((a, b) => a - b));
  });

  it('waits for transactions that would see the new table as it was before it was complete', async () => {
    const orders = await Orders.open();
    await orders.produce(2000);
    const open = await openWith(orders);
    await untilRows(open, 'totals', () => plainTotals(orders));
    const long = await openConnection(open.databaseUrl);
    await long.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
    await long.query('SELECT 1');
    await ask(open, `CREATE OR REPLACE ${MORE_TOTALS}`);
    await until('it waits for the transaction', async () => {
      const { rows } = await open.pool.query<{ waiting: string | null }>(
        'SELECT waiting FROM millrace.replacements',
      );
      return /transactions that began before/.test(rows[0]?.waiting ?? '');
    });
    const { rows } = await long.query<{ n: bigint }>('SELECT sum(n)::bigint AS n FROM totals');
    expect(rows[0]!.n).toBe(2000n);
    const status = await open.pool.query(
      'SELECT status, percent, why, hidden FROM millrace.status ORDER BY id',
    );
    expect(status.rows).toEqual([
      { status: 'running', percent: null, why: null, hidden: false },
      {
        status: 'bootstrapping',
        percent: 99,
        why: expect.stringMatching(/is built beside what is served; waits for 1 transactions/) as string,
        hidden: true,
      },
    ]);
    const pipelines = () => open.engine.pipelines().map(({ state, percent }) => [state, percent]);
    await until(
      'this process knows',
      () => JSON.stringify(pipelines()) === '[["running",null],["bootstrapping",99]]',
      () => JSON.stringify(pipelines()),
    );
    await long.query('COMMIT');
    await untilSwapped(open);
    expect(await rowsOf(open, 'totals')).toEqual(fullTotals(orders));
    await until('the old one rests', async () => {
      const { rows: after } = await open.pool.query('SELECT status, why FROM millrace.status ORDER BY id');
      const wanted = [
        { status: 'paused', why: 'is the version before, kept for an undo' },
        { status: 'running', why: null },
      ];
      return JSON.stringify(after) === JSON.stringify(wanted);
    });
  });

  it('holds no view while it waits for an epoch that is being committed, which needs it', async () => {
    const orders = await Orders.open();
    await orders.produce(100);
    const open = await openWith(orders);
    await untilRows(open, 'totals', () => plainTotals(orders));
    const before = await openConnection(open.databaseUrl);
    await before.script('BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM totals;');
    await ask(open, `CREATE OR REPLACE ${MORE_TOTALS}`);
    await until('only old transactions are in the way', async () => {
      const { rows } = await open.pool.query<{ waiting: string | null }>(
        'SELECT waiting FROM millrace.replacements',
      );
      return rows[0]?.waiting?.includes('transactions that began before') === true;
    });

    // As an epoch locks: its pipeline first, and then what it writes.
    const epoch = await openConnection(open.databaseUrl);
    await epoch.script('BEGIN; SELECT FROM millrace.pipelines ORDER BY id FOR UPDATE;');
    await before.script('COMMIT');
    await until('the swap waits for the epoch', async () => {
      const { rowCount } = await open.pool.query(
        `SELECT FROM pg_stat_activity
          WHERE wait_event_type = 'Lock' AND query LIKE 'SELECT FROM millrace.pipelines%FOR UPDATE'`,
      );
      return rowCount > 0;
    });
    await epoch.script('LOCK TABLE totals IN ROW EXCLUSIVE MODE NOWAIT; COMMIT;');
    await untilSwapped(open);
    await untilRows(open, 'totals', () => fullTotals(orders));
  });

  it('can be undone, and redone: the version before goes on from where it was', async () => {
    const orders = await Orders.open();
    await orders.produce(1000);
    const open = await openWith(orders);
    await untilRows(open, 'totals', () => plainTotals(orders));
    await ask(open, `CREATE OR REPLACE ${MORE_TOTALS}`);
    await untilSwapped(open);
    const states = (): string =>
      open.engine
        .pipelines()
        .map(({ state }) => state)
        .join();
    await until('the old one rests', () => states() === 'paused,running', states);
    // After a restart, too.
    const { rows: stored } = await open.pool.query('SELECT paused FROM millrace.pipelines ORDER BY id');
    expect(stored).toEqual([{ paused: true }, { paused: false }]);
    await orders.produce(1000);
    await untilRows(open, 'totals', () => fullTotals(orders));
    await ask(open, 'ALTER MATERIALIZED VIEW totals ROLLBACK');
    await untilSwapped(open);
    expect(await rowsOf(open, 'totals')).toEqual(plainTotals(orders));
    await until('the new one rests', () => states() === 'running,paused', states);
    await orders.produce(500);
    await untilRows(open, 'totals', () => plainTotals(orders));
    await ask(open, 'ALTER MATERIALIZED VIEW totals ROLLBACK');
    await untilSwapped(open);
    expect(await rowsOf(open, 'totals')).toEqual(fullTotals(orders));
    await ask(open, 'ALTER MATERIALIZED VIEW totals DROP PREVIOUS VERSION');
    expect(states()).toBe('running');
    await expect(ask(open, 'ALTER MATERIALIZED VIEW totals ROLLBACK')).rejects.toMatchObject({
      code: 'NO_PREVIOUS_VERSION',
    });
    const { rows } = await open.pool.query(`SELECT FROM pg_tables WHERE schemaname = 'millrace_data'`);
    expect(rows).toHaveLength(1);
  });

  it('is cancelled by ROLLBACK and by DROP while it is built', async () => {
    const orders = await Orders.open();
    await orders.produce(1000);
    const open = await openWith(orders);
    await untilRows(open, 'totals', () => plainTotals(orders));
    const held = await openConnection(open.databaseUrl);
    await held.query('BEGIN ISOLATION LEVEL REPEATABLE READ');
    await held.query('SELECT FROM totals');
    await ask(open, `CREATE OR REPLACE ${MORE_TOTALS}`);
    await expect(ask(open, `CREATE OR REPLACE ${MORE_TOTALS}`)).rejects.toMatchObject({
      code: 'BEING_REPLACED',
    });
    await expect(ask(open, 'CREATE MATERIALIZED VIEW few AS SELECT item FROM totals')).rejects.toMatchObject({
      code: 'BEING_REPLACED',
    });
    await expect(ask(open, 'ALTER MATERIALIZED VIEW totals DROP PREVIOUS VERSION')).rejects.toMatchObject({
      code: 'BEING_REPLACED',
    });
    await ask(open, 'ALTER MATERIALIZED VIEW totals ROLLBACK');
    expect(open.engine.pipelines()).toHaveLength(1);
    await ask(open, `CREATE OR REPLACE ${MORE_TOTALS}`);
    await held.query('COMMIT');
    await ask(open, 'DROP MATERIALIZED VIEW totals');
    expect(open.engine.pipelines()).toHaveLength(0);
    for (const table of ['replacements', 'view_tables', 'pipelines'])
      expect((await open.pool.query(`SELECT FROM millrace.${table}`)).rows).toHaveLength(0);
  });

  it('builds what reads it anew over the new version, and swaps all in one commit', async () => {
    const orders = await Orders.open();
    await orders.produce(3000);
    const open = await openWith(orders);
    await ask(
      open,
      `CREATE VIEW seen AS SELECT item, n * 2 AS twice FROM totals;
       CREATE MATERIALIZED VIEW doubled AS SELECT * FROM seen;
       CREATE MATERIALIZED VIEW other AS SELECT count(*) AS orders FROM orders;`,
    );
    await ask(open, 'CREATE MATERIALIZED VIEW sums AS SELECT sum(twice) AS twice FROM doubled');
    await untilRows(open, 'sums', () => ['(6000)']);
    const watched = await watch(
      open.databaseUrl,
      `SELECT (SELECT twice::bigint FROM sums) AS sums, (SELECT sum(twice)::bigint FROM doubled) AS doubled`,
    );
    await ask(
      open,
      `CREATE OR REPLACE MATERIALIZED VIEW totals AS SELECT item, count(*) + 100 AS n, max(amount) AS most FROM orders GROUP BY item`,
    );
    await untilSwapped(open);
    const doubled = [...orders.byItem].map(([item, { n }]) => `("${item}",${(n + 100) * 2})`).toSorted();
    expect(await rowsOf(open, 'doubled')).toEqual(doubled);
    expect(await rowsOf(open, 'sums')).toEqual(['(8000)']);
    expect(await rowsOf(open, 'other')).toEqual(['(3000)']);
    const seen = await watched.stop();
    // All of one version, at any time.
    expect(new Set(seen.map((pair) => pair.join()))).toEqual(new Set(['6000,6000', '8000,8000']));
    await orders.produce(1000);
    await untilRows(open, 'sums', () => ['(10000)']);
    await ask(open, 'ALTER MATERIALIZED VIEW totals ROLLBACK');
    await untilSwapped(open);
    expect(await rowsOf(open, 'sums')).toEqual(['(8000)']);
  });

  it('is refused where readers would not find their columns, and where sinks or the same submission read it', async () => {
    const orders = await Orders.open();
    const open = await openWith(orders);
    await ask(open, 'CREATE MATERIALIZED VIEW few AS SELECT item FROM totals WHERE n < 3');
    const refusals: readonly (readonly [string, RegExp])[] = [
      [`SELECT item, count(*)::text AS n FROM orders GROUP BY item`, /column "n".*materialized view few/],
      [`SELECT count(*) AS n, item FROM orders GROUP BY item`, /column "item".*materialized view few/],
    ];
    for (const [query, message] of refusals)
      await expect(ask(open, `CREATE OR REPLACE MATERIALIZED VIEW totals AS ${query}`)).rejects.toMatchObject(
        {
          code: 'DEPENDENT_OBJECTS',
          message: expect.stringMatching(message) as string,
        },
      );
    await ask(
      open,
      `CREATE MATERIALIZED VIEW a AS SELECT item FROM orders; CREATE MATERIALIZED VIEW b AS SELECT item FROM a;
       CREATE MATERIALIZED VIEW c AS SELECT item, amount FROM orders;`,
    );
    await expect(
      ask(open, 'CREATE OR REPLACE MATERIALIZED VIEW a AS SELECT item, 1 AS one FROM orders'),
    ).rejects.toMatchObject({
      code: 'DEPENDENT_OBJECTS',
      message: expect.stringMatching(/materialized view b is computed with it/) as string,
    });
    await ask(
      open,
      `CREATE SINK k FROM c WITH (connector = 'kafka', topic = '${orders.topic}') FORMAT PLAIN ENCODE JSON`,
    );
    await expect(
      ask(open, 'CREATE OR REPLACE MATERIALIZED VIEW c AS SELECT item, amount, 1 AS one FROM orders'),
    ).rejects.toMatchObject({
      code: 'DEPENDENT_OBJECTS',
      message: expect.stringMatching(/sink k would have to take back/) as string,
    });
    await expect(
      ask(open, 'DROP MATERIALIZED VIEW few; CREATE OR REPLACE MATERIALIZED VIEW b AS SELECT item FROM a'),
    ).rejects.toMatchObject({ code: 'SQL_UNSUPPORTED' });
    await expect(ask(open, 'CREATE OR REPLACE VIEW totals AS SELECT item FROM orders')).rejects.toMatchObject(
      {
        code: 'WRONG_OBJECT_TYPE',
      },
    );
    // In Postgres, too, something may be made of it.
    await open.pool.query('CREATE VIEW of_b AS SELECT item FROM b');
    await expect(
      ask(open, 'CREATE OR REPLACE MATERIALIZED VIEW b AS SELECT item AS thing FROM a'),
    ).rejects.toMatchObject({ code: 'INCOMPATIBLE_COLUMNS' });
    expect((await open.pool.query('SELECT FROM millrace.replacements')).rows).toEqual([]);
  });

  it('is refused when the topic no longer has what the old version began with, unless it is forced', async () => {
    const orders = await Orders.open(1);
    await orders.produce(100, 1);
    const open = await openWith(orders);
    await untilRows(open, 'totals', () => plainTotals(orders));
    await withAdmin((admin) => admin.deleteRecordsBefore(orders.topic, new Map([[0, 40]])));
    await expect(ask(open, `CREATE OR REPLACE ${MORE_TOTALS}`)).rejects.toMatchObject({
      code: 'HISTORY_LOST',
      message: expect.stringMatching(/began at offset 0 .* begins at 40/) as string,
    });
    expect(await rowsOf(open, 'totals')).toEqual(plainTotals(orders));
    const [answer] = await ask(open, `CREATE OR REPLACE FORCE ${MORE_TOTALS}`);
    expect(answer!.notices.join()).toMatch(/lacks what is gone.*begins at 40/);
    await untilSwapped(open);
    const { rows } = await open.pool.query<{ n: bigint }>('SELECT sum(n)::bigint AS n FROM totals');
    expect(rows[0]!.n).toBe(60n);
    // The version before has what is gone; it goes on only from where it stood.
    await ask(open, 'ALTER MATERIALIZED VIEW totals ROLLBACK');
    await untilSwapped(open);
    expect(await rowsOf(open, 'totals')).toEqual(plainTotals(orders));
    await ask(open, 'ALTER MATERIALIZED VIEW totals ROLLBACK');
    await untilSwapped(open);
    await orders.produce(50, 1);
    await withAdmin((admin) => admin.deleteRecordsBefore(orders.topic, new Map([[0, 120]])));
    await expect(ask(open, 'ALTER MATERIALIZED VIEW totals ROLLBACK')).rejects.toMatchObject({
      code: 'HISTORY_LOST',
    });
  });

  it('begins where the old version began, whatever the source says of its start', async () => {
    const orders = await Orders.open(1);
    await orders.produce(70, 1);
    const open = await openTestEngine({ brokers: kafkaBrokers() });
    await ask(open, `${orders.source('orders', ", scan.startup.mode = 'latest'")} CREATE ${TOTALS};`);
    await until('it has begun', async () => {
      const { rows } = await open.pool.query<{ begin_offset: bigint }>(
        'SELECT begin_offset FROM millrace.partition_progress',
      );
      return rows[0]?.begin_offset === 70n;
    });
    orders.byItem.clear();
    await orders.produce(30, 1);
    await untilRows(open, 'totals', () => plainTotals(orders));
    await ask(open, `CREATE OR REPLACE ${MORE_TOTALS}`);
    await untilSwapped(open);
    expect(await rowsOf(open, 'totals')).toEqual(fullTotals(orders));
  });

  it('leaves what was submitted with it as it is, also when the version before goes', async () => {
    const orders = await Orders.open();
    await orders.produce(1000);
    const open = await openWith(
      orders,
      `${TOTALS}; CREATE MATERIALIZED VIEW sum AS SELECT sum(amount)::bigint AS total FROM orders`,
    );
    const total = (): readonly string[] => [
      `(${[...orders.byItem.values()].reduce((sum, item) => sum + item.total, 0)})`,
    ];
    await untilRows(open, 'sum', total);
    await ask(open, `CREATE OR REPLACE ${MORE_TOTALS}`);
    await untilSwapped(open);
    await orders.produce(500);
    await untilRows(open, 'sum', total);
    // Its pipeline goes on, so there is nothing to wait for.
    await ask(open, 'ALTER MATERIALIZED VIEW totals ROLLBACK');
    await untilSwapped(open);
    await untilRows(open, 'totals', () => plainTotals(orders));
    await ask(open, 'ALTER MATERIALIZED VIEW totals ROLLBACK');
    await untilSwapped(open);
    await ask(open, 'ALTER MATERIALIZED VIEW totals DROP PREVIOUS VERSION');
    await orders.produce(500);
    await untilRows(open, 'sum', total);
    await untilRows(open, 'totals', () => fullTotals(orders));
    expect(open.engine.pipelines().map(({ members }) => members.map(({ name }) => name))).toEqual([
      ['sum'],
      ['totals'],
    ]);
  });

  it('holds for tables, windows that close and several tasks, as Postgres says', async () => {
    const orders = await Orders.open();
    const open = await openTestEngine({ brokers: kafkaBrokers() });
    const users = await newTopic({ partitions: 2 });
    const user = (id: number, city: string) => ({
      key: String(id),
      value: JSON.stringify({ id, city }),
      partition: id % 2,
    });
    const produceUsers = (city: string) =>
      produce(
        users,
        Array.from({ length: 200 }, (_, id) => user(id, `${city} ${id % 3}`)),
      );
    await produceUsers('Lima');
    const at = (id: number): string => new Date(Date.UTC(2026, 0, 1) + id * 10).toISOString();
    let sent = 0;
    const produceTimed = (n: number) =>
      produce(
        orders.topic,
        Array.from({ length: n }, () => ({
          value: JSON.stringify({ id: sent, item: `item ${sent % 7}`, at: at(sent) }),
          partition: sent++ % 2,
        })),
      );
    await produceTimed(3000);
    const table = (more: string) =>
      `TABLE users (id BIGINT PRIMARY KEY, city TEXT${more}) WITH (connector = 'kafka', topic = '${users}') FORMAT UPSERT ENCODE JSON`;
    const windows = (more: string) =>
      `MATERIALIZED VIEW per_second WITH (parallelism = 2, isolation = 'inline') AS SELECT item, window_start, count(*) AS n${more}
         FROM TUMBLE(timed, at, INTERVAL '1 second') GROUP BY item, window_start, window_end EMIT ON WINDOW CLOSE`;
    await ask(
      open,
      `CREATE ${table('')};
       CREATE SOURCE timed (id BIGINT, item TEXT, at TIMESTAMPTZ, WATERMARK FOR at AS at - INTERVAL '1 second')
         WITH (connector = 'kafka', topic = '${orders.topic}', idle_timeout = '300 ms') FORMAT PLAIN ENCODE JSON;
       CREATE ${windows('')};`,
    );
    await ask(open, 'CREATE MATERIALIZED VIEW cities AS SELECT city, count(*) AS n FROM users GROUP BY city');
    await untilRows(open, 'cities', () => ['("Lima 0",67)', '("Lima 1",67)', '("Lima 2",66)']);
    await until('windows have closed', async () => (await rowsOf(open, 'per_second')).length > 7 * 20);
    const closed = (await rowsOf(open, 'per_second')).length;
    await ask(
      open,
      `CREATE OR REPLACE ${table(', age INT')}; CREATE OR REPLACE ${windows(', max(id) AS last')}`,
    );
    await produceUsers('Oslo');
    await produceTimed(2000);
    await untilSwapped(open);
    expect((await rowsOf(open, 'per_second')).length).toBeGreaterThanOrEqual(closed);
    expect(await columnsOf(open, 'users')).toEqual(['id', 'city', 'age']);
    await untilRows(open, 'cities', () => ['("Oslo 0",67)', '("Oslo 1",67)', '("Oslo 2",66)']);
    await until('all windows have closed', async () => (await rowsOf(open, 'per_second')).length > 7 * 45);
    await open.engine.stop();
    const found = await verdicts(open);
    expect([...found.keys()].toSorted()).toEqual(['cities', 'per_second', 'users']);
    for (const [view, { differences }] of found) expect(differences, view).toEqual([]);
  });

  it('takes the place of sources, tables and views: what reads them is built anew', async () => {
    const orders = await Orders.open();
    await orders.produce(500);
    const open = await openWith(orders);
    await ask(open, 'CREATE OR REPLACE VIEW dear AS SELECT item FROM orders WHERE amount > 10');
    await ask(open, 'CREATE MATERIALIZED VIEW dear_items AS SELECT DISTINCT item FROM dear');
    await ask(open, 'CREATE OR REPLACE VIEW dear AS SELECT item FROM orders WHERE amount > 100000');
    await untilSwapped(open);
    await untilRows(open, 'dear_items', () => []);
    await ask(
      open,
      orders
        .source()
        .replace('CREATE SOURCE', 'CREATE OR REPLACE SOURCE')
        .replace('item TEXT', 'item VARCHAR(6)'),
    ).then(
      () => expect.unreachable(),
      (error: unknown) => expect(error).toMatchObject({ code: 'DEPENDENT_OBJECTS' }),
    );
    await ask(
      open,
      orders
        .source()
        .replace('CREATE SOURCE', 'CREATE OR REPLACE SOURCE')
        .replace('item TEXT', 'item TEXT, more INT'),
    );
    await untilSwapped(open);
    await untilRows(open, 'totals', () => plainTotals(orders));
    await orders.produce(500);
    await untilRows(open, 'totals', () => plainTotals(orders));
  });
});
