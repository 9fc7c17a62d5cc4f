// Subscriptions over real WebSockets: a snapshot, then changes that match the filter; after a lost connection the cursor goes
// on without a gap; clients, errors and limits of the socket.

import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from 'graphql-ws';
import { afterAll, afterEach, beforeAll, describe, expect, onTestFailed, test } from 'vitest';
import { WebSocket } from 'ws';
import type { ViewRow } from '../../src/views/row-change.ts';
import { ChangeFeed } from '../../src/views/change-feed.ts';
import type { Committer } from '../views/committer.ts';
import { seeded } from '../views/random-rows.ts';
import type { Fixture } from './fixture.ts';
import { newFixture, socket } from './fixture.ts';
import { testSeed } from '../setup/seed.ts';

let fixture: Fixture;
let committer: Committer;
const model = new Map<string, bigint>();
const clients: Client[] = [];

beforeAll(async () => {
  fixture = await newFixture({ limits: { subscriptionsPerConnection: 3, snapshotRows: 500 } });
  committer = fixture.committer(1);
});
afterEach(async () => {
  for (const client of clients.splice(0)) await client.dispose();
});
afterAll(() => fixture.close());

interface Row {
  readonly colour: string | null;
  readonly count: string;
}
interface Changes {
  readonly version: string;
  readonly cursor: string;
  readonly snapshot: boolean;
  readonly inserted: readonly Row[];
  readonly updated: readonly { readonly before: Row; readonly after: Row }[];
  readonly deleted: readonly Row[];
}

const FIELDS =
  'version cursor snapshot inserted { colour count } updated { before { colour count } after { colour count } } deleted { colour count }';

function client(url = fixture.url, parameters: Record<string, unknown> = {}): Client {
  const made = socket(url, parameters);
  clients.push(made);
  return made;
}

function follow(
  of: Client,
  args = '',
  variables: Record<string, unknown> = {},
  head = '',
): AsyncIterableIterator<Changes> {
  const messages = of.iterate<{ by_colour: Changes }>({
    query: `subscription ${head} { by_colour${args} { ${FIELDS} } }`,
    variables,
  });
  return (async function* () {
    for await (const { data, errors } of messages) {
      if (errors !== undefined) throw new Error(JSON.stringify(errors));
      yield data!.by_colour;
    }
  })();
}

async function next(of: AsyncIterator<Changes>): Promise<Changes> {
  return (await of.next()).value as Changes;
}

/** Sets counts by colour; null deletes. */
async function set(changes: Record<string, number | null>): Promise<void> {
  const rows: ViewRow[] = [];
  const diffs: number[] = [];
  for (const [colour, count] of Object.entries(changes)) {
    const old = model.get(colour);
    if (old !== undefined) (rows.push([colour, old]), diffs.push(-1));
    model.delete(colour);
    if (count === null) continue;
    (rows.push([colour, BigInt(count)]), diffs.push(1));
    model.set(colour, BigInt(count));
  }
  await committer.commit(rows, diffs);
}

describe('following a view', () => {
  test('snapshot, then inserts, updates and deletes with their versions', async () => {
    await set({ red: 1, green: 2 });
    const changes = follow(client());
    const first = await next(changes);
    expect(first).toMatchObject({
      snapshot: true,
      version: String(committer.epoch),
      updated: [],
      deleted: [],
    });
    expect(first.inserted).toHaveLength(2);
    await set({ red: 5, blue: 1, green: null });
    expect(await next(changes)).toMatchObject({
      snapshot: false,
      version: String(committer.epoch),
      inserted: [{ colour: 'blue', count: '1' }],
      updated: [{ before: { colour: 'red', count: '1' }, after: { colour: 'red', count: '5' } }],
      deleted: [{ colour: 'green', count: '2' }],
    });
  });

  test('a row that begins to match is inserted, one that ceases is deleted, others are silent', async () => {
    await set({ red: 1, green: 20 });
    const changes = follow(client(), '(where: $w)', { w: { count: { _gt: 10 } } }, '($w: by_colour_where)');
    expect((await next(changes)).inserted).toEqual([{ colour: 'green', count: '20' }]);
    await set({ red: 2 });
    await set({ red: 30, green: 21 });
    expect(await next(changes)).toMatchObject({
      inserted: [{ colour: 'red', count: '30' }],
      updated: [{ after: { count: '21' } }],
    });
    await set({ red: 3 });
    expect(await next(changes)).toMatchObject({ inserted: [], deleted: [{ colour: 'red', count: '30' }] });
  });

  test('one key of many: only its commits arrive', async () => {
    const changes = follow(client(), '(where: { colour: { _eq: "pink" } })');
    await next(changes);
    for (let i = 0; i < 5; i++) await set({ red: 100 + i });
    await set({ pink: 1, red: 7 });
    expect(await next(changes)).toMatchObject({
      version: String(committer.epoch),
      inserted: [{ colour: 'pink' }],
    });
  });

  test('commits of another process arrive by notification', async () => {
    const { url, close } = await fixture.restart({ feed: new ChangeFeed() });
    const changes = follow(client(url));
    await next(changes);
    await set({ red: 1000 });
    expect(await next(changes)).toMatchObject({ updated: [{ after: { count: '1000' } }] });
    await close();
  });
});

describe('resuming', () => {
  test('20 times cut off while epochs are committed: no gap, no loss', async () => {
    const seed = testSeed();
    onTestFailed(() => console.log(`seed ${seed}`));
    const random = seeded(seed);
    let stop = false;
    const committing = (async () => {
      while (!stop) {
        await set({
          [`c${Math.floor(random() * 20)}`]: random() < 0.3 ? null : Math.floor(random() * 1000),
          extra: Math.floor(random() * 1e6),
        });
        await sleep(2);
      }
    })();
    const replica = new Map<string | null, string>();
    let after: string | null = null;
    let version = -1;
    const apply = (message: Changes): void => {
      expect(Number(message.version)).toBeGreaterThan(version);
      version = Number(message.version);
      after = message.cursor;
      expect(message.snapshot).toBe(replica.size === 0);
      for (const { colour, count } of message.deleted) {
        expect(replica.get(colour)).toBe(count);
        replica.delete(colour);
      }
      for (const { before, after: row } of message.updated) {
        expect(replica.get(before.colour)).toBe(before.count);
        replica.set(row.colour, row.count);
      }
      for (const { colour, count } of message.inserted) {
        expect(replica.has(colour)).toBe(false);
        replica.set(colour, count);
      }
    };
    for (let round = 0; round < 20; round++) {
      const one = client();
      const changes = follow(one, '(after: $after)', { after }, '($after: String)');
      for (let i = 1 + Math.floor(random() * 4); i > 0; i--) apply(await next(changes));
      if (random() < 0.5) one.terminate();
      else await changes.return?.();
      await sleep(random() * 20);
    }
    stop = true;
    await committing;
    const last = follow(client(), '(after: $after)', { after }, '($after: String)');
    await set({ end: 1 });
    while (version < committer.epoch) apply(await next(last));
    expect(Object.fromEntries(replica)).toEqual(
      Object.fromEntries([...model].map(([k, v]) => [k, String(v)])),
    );
  });

  test('cursors that cannot be resumed', async () => {
    const failure = (after: string) =>
      follow(client(), '(after: $after)', { after }, '($after: String)').next();
    await expect(failure('nonsense')).rejects.toMatchObject([{ extensions: { code: 'INVALID_CURSOR' } }]);
    await expect(failure(Buffer.from('2.9.1').toString('base64url'))).rejects.toMatchObject([
      { extensions: { code: 'CURSOR_EXPIRED', hint: expect.any(String) as string } },
    ]);
  });
});

describe('limits of a socket', () => {
  test('subscriptions of a connection, the snapshot, the document', async () => {
    const one = client();
    const held = [follow(one), follow(one), follow(one)];
    for (const changes of held) await next(changes);
    await expect(follow(one).next()).rejects.toMatchObject([{ extensions: { code: 'LIMIT_EXCEEDED' } }]);
    await held[0]!.return?.();
    await sleep(100);
    expect((await next(follow(one))).snapshot).toBe(true);
    await expect(
      one.iterate({ query: 'subscription { by_colour { nonsense } }' }).next(),
    ).rejects.toMatchObject([{ extensions: { code: 'INVALID_DOCUMENT' } }]);
    await set(Object.fromEntries(Array.from({ length: 600 }, (_, i) => [`many${i}`, i])));
    await expect(follow(client()).next()).rejects.toMatchObject([
      { extensions: { code: 'RESULT_TOO_LARGE' } },
    ]);
  });

  test('a closed socket leaves nothing behind', async () => {
    const metric = async (): Promise<number> => {
      const text = await (await fetch(`${fixture.url}/metrics`)).text();
      return Number(/^millrace_api_subscriptions (\d+)/m.exec(text)![1]);
    };
    const changes = follow(client(), '(where: { colour: { _eq: "red" } })');
    await next(changes);
    expect(await metric()).toBeGreaterThan(0);
    for (const one of clients) one.terminate();
    for (let i = 0; i < 50 && (await metric()) > 0; i++) await sleep(20);
    expect(await metric()).toBe(0);
  });

  test('with a token: by header, by connection parameters, or not at all', async () => {
    const token = 'sixteen-characters-and-more';
    const { url, close } = await fixture.restart({ token });
    const where = '(where: { colour: { _eq: "red" } })';
    expect((await next(follow(client(url, { authorization: `Bearer ${token}` }), where))).snapshot).toBe(
      true,
    );
    for (const parameters of [{}, { authorization: 'Bearer wrong-wrong-wrong-wrong' }])
      await expect(follow(client(url, parameters), where).next()).rejects.toMatchObject([
        { extensions: { code: 'UNAUTHENTICATED' } },
      ]);
    const refused = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws', {
      headers: { authorization: 'Bearer wrong' },
    });
    expect(
      await new Promise((resolve) =>
        refused.on('unexpected-response', (_, response) => resolve(response.statusCode)),
      ),
    ).toBe(401);
    await close();
  });

  test('a page of another site cannot open a socket', async () => {
    const refused = new WebSocket(`${fixture.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws', {
      headers: { origin: 'https://evil.example' },
    });
    expect(
      await new Promise((resolve) =>
        refused.on('unexpected-response', (_, response) => resolve(response.statusCode)),
      ),
    ).toBe(403);
  });
});
