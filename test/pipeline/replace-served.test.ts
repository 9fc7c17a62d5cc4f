// What GraphQL and files have of a replacement: the type, subscriptions that go on, verbs; changed files.

import type { Client } from 'graphql-ws';
import { expect, it, onTestFinished } from 'vitest';
import { startApi } from '../../src/api/server.ts';
import type { OpenEngine } from '../../src/cli/open-engine.ts';
import type { Deployment } from '../../src/pipeline/deployments.ts';
import { deployFiles } from '../../src/pipeline/deployments.ts';
import { socket } from '../api/fixture.ts';
import { describeKafka, kafkaBrokers } from '../setup/parts.ts';
import { openTestEngine } from './engine-fixture.ts';
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

interface Row {
  readonly item: string;
  readonly n: string;
}
interface Changes {
  readonly snapshot: boolean;
  readonly cursor: string;
  readonly inserted: readonly Row[];
  readonly updated: readonly { readonly after: Row }[];
}

const FIELDS = 'snapshot cursor inserted { item n } updated { after { item n } }';

function follow(client: Client, args = ''): AsyncIterableIterator<Changes> {
  const messages = client.iterate<{ totals: Changes }>({
    query: `subscription { totals${args} { ${FIELDS} } }`,
  });
  return (async function* () {
    for await (const { data, errors } of messages) {
      if (errors !== undefined) throw new Error(String(errors[0]!.extensions!['code']));
      yield data!.totals;
    }
  })();
}

async function serve(
  open: OpenEngine & { databaseUrl: string },
): Promise<{ client: Client; post: (query: string) => Promise<unknown> }> {
  const { databaseUrl, engine: control, feed } = open;
  const server = await startApi({ databaseUrl, control, feed, port: 0 });
  const client = socket(server.url);
  onTestFinished(async () => {
    await client.dispose();
    await server.close();
  });
  const post = async (query: string): Promise<unknown> => {
    const response = await fetch(`${server.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query }),
    });
    return response.json();
  };
  return { client, post };
}

/** Takes messages into `rows` until there are `orders` in them; how many snapshots came. */
async function takeUntil(
  changes: AsyncIterator<Changes>,
  rows: Map<string, number>,
  orders: () => number,
): Promise<number> {
  let snapshots = 0;
  while ([...rows.values()].reduce((sum, n) => sum + n, 0) !== orders()) {
    const next = await changes.next();
    if (next.done === true) throw new Error('the subscription has ended');
    const { snapshot, inserted, updated } = next.value;
    if (snapshot) {
      snapshots++;
      rows.clear();
    }
    for (const { item, n } of [...inserted, ...updated.map(({ after }) => after)]) rows.set(item, Number(n));
  }
  return snapshots;
}

describeKafka('what is replaced, as it is served', () => {
  it('has subscriptions that go on with the new version, from a snapshot of it', async () => {
    const orders = await Orders.open();
    await orders.produce(2000);
    const open = await openTestEngine({ brokers: kafkaBrokers() });
    await ask(open, `${orders.source()} CREATE ${TOTALS};`);
    await untilRows(open, 'totals', () => plainTotals(orders));
    const { client, post } = await serve(open);
    const all = follow(client);
    const rows = new Map<string, number>();
    expect(await takeUntil(all, rows, () => 2000)).toBe(1);
    const some = follow(client, '(where: { item: { _eq: "item 3" } })');
    const three = new Map<string, number>();
    expect(await takeUntil(some, three, () => 200)).toBe(1);
    const { cursor } = (await follow(client).next()).value as Changes;

    await ask(open, `CREATE OR REPLACE ${MORE_TOTALS}`);
    await untilSwapped(open);
    await orders.produce(1000);
    expect(await takeUntil(all, rows, () => 3000)).toBe(1);
    expect(await takeUntil(some, three, () => 300)).toBe(1);
    expect(await post('{ totals(where: { item: { _eq: "item 3" } }) { n total } }')).toMatchObject({
      data: { totals: [{ n: '300' }] },
    });
    await expect(follow(client, `(after: "${cursor}")`).next()).rejects.toMatchObject([
      { extensions: { code: 'CURSOR_EXPIRED' } },
    ]);

    expect(await post('mutation { rollback(name: "totals") { command notices } }')).toMatchObject({
      data: { rollback: { command: 'ROLLBACK' } },
    });
    await untilSwapped(open);
    await orders.produce(500);
    expect(await takeUntil(all, rows, () => 3500)).toBe(1);
    await post('mutation { dropPreviousVersion(name: "totals") { command } }');
    expect(open.engine.pipelines()).toHaveLength(1);

    await ask(open, 'CREATE OR REPLACE MATERIALIZED VIEW totals AS SELECT DISTINCT amount FROM orders');
    await untilSwapped(open);
    for (const ended of [all, some])
      await expect(takeUntil(ended, rows, () => -1)).rejects.toMatchObject([
        { extensions: { code: 'VIEW_REPLACED' } },
      ]);
  });

  it('is what a changed file replaces, with what other files read of it', async () => {
    const orders = await Orders.open();
    await orders.produce(1000);
    const open = await openTestEngine({ brokers: kafkaBrokers() });
    const a = (text: string): string => `${orders.source()}\n${text};`;
    const readers = 'CREATE MATERIALIZED VIEW doubled AS SELECT item, n * 2 AS twice FROM totals';
    const deploy = async (text: string): Promise<readonly Deployment[]> =>
      deployFiles(
        open.pool,
        open.engine,
        [
          { name: 'a.sql', text },
          { name: 'b.sql', text: readers },
        ],
        'queries',
      );
    const outcomes = async (text: string): Promise<readonly string[]> =>
      (await deploy(text)).map(({ outcome }) => outcome);
    expect(await outcomes(a(`CREATE ${TOTALS}`))).toEqual(['deployed', 'deployed']);
    await untilRows(open, 'doubled', () =>
      [...orders.byItem].map(([item, { n }]) => `("${item}",${2 * n})`).toSorted(),
    );
    const source = open.engine.catalog.find({ name: 'orders' })!.id;
    expect(await outcomes(a(`CREATE ${MORE_TOTALS}`))).toEqual(['replacing', 'unchanged']);
    // Changed again, before or after the swap: the last text counts.
    const last =
      'CREATE MATERIALIZED VIEW totals AS SELECT item, count(*) + 1 AS n FROM orders GROUP BY item';
    expect((await outcomes(a(last)))[0]).toBe('replacing');
    await untilSwapped(open);
    await untilRows(open, 'doubled', () =>
      [...orders.byItem].map(([item, { n }]) => `("${item}",${2 * (n + 1)})`).toSorted(),
    );
    expect(open.engine.catalog.find({ name: 'orders' })!.id).toBe(source);
    expect(await outcomes(a(last))).toEqual(['unchanged', 'unchanged']);
    // What the file no longer has goes with the swap, what is new in it comes with it.
    await ask(open, 'ALTER MATERIALIZED VIEW totals DROP PREVIOUS VERSION');
    const other = `${orders.source()}
      CREATE MATERIALIZED VIEW totals AS SELECT item, n FROM counts; CREATE MATERIALIZED VIEW counts AS SELECT 1;`;
    expect((await deploy(other))[0]!.error).toMatchObject({ code: 'UNKNOWN_RELATION' });
    const two = a(`CREATE MATERIALIZED VIEW counts AS SELECT item, count(*) AS n FROM orders GROUP BY item;
      CREATE MATERIALIZED VIEW totals AS SELECT item, n FROM counts`);
    expect(await outcomes(two)).toEqual(['replacing', 'unchanged']);
    await untilSwapped(open);
    expect(await rowsOf(open, 'counts')).toEqual(plainTotals(orders));
    await ask(open, 'DROP MATERIALIZED VIEW doubled');
    const gone = await deployFiles(
      open.pool,
      open.engine,
      [{ name: 'a.sql', text: a('CREATE MATERIALIZED VIEW counts AS SELECT item FROM orders') }],
      'queries',
    );
    expect(gone[0]).toMatchObject({ outcome: 'replacing' });
    await untilSwapped(open);
    expect(open.engine.catalog.find({ name: 'totals' })).toBeUndefined();
    await expect(columnsOf(open, 'totals')).rejects.toThrow(/does not exist/);
    await ask(open, 'ALTER MATERIALIZED VIEW counts ROLLBACK');
    await untilSwapped(open);
    expect(await rowsOf(open, 'totals')).toEqual(plainTotals(orders));
    expect(fullTotals(orders)).toHaveLength(10);
  });
});
