// What is asked to hurt: nesting, cost, rows of megabytes, many subscriptions on one socket. Each is answered with a code and a status of
// the 400s, or in turns, and the service goes on.

import { once } from 'node:events';
import type { Client } from 'graphql-ws';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { InFlight } from '../../src/api/in-flight.ts';
import { checkNesting } from '../../src/api/nesting.ts';
import type { Fixture } from './fixture.ts';
import { ask, newFixture, socket } from './fixture.ts';

const MB = 1024 * 1024;
const ROWS = 8;

let fixture: Fixture;
const clients: Client[] = [];

beforeAll(async () => {
  fixture = await newFixture({ limits: { answerBytes: 4 * MB, bytesInFlight: 6 * MB } });
  const rows = Array.from({ length: ROWS }, (_, i) => ['x'.repeat(MB), BigInt(i)]);
  await fixture.committer(2).commit(rows, Array<number>(ROWS).fill(1));
});
afterEach(async () => {
  for (const client of clients.splice(0)) await client.dispose();
  expect(fixture.defects).toEqual([]);
});
afterAll(() => fixture.close());

function client(): Client {
  const made = socket(fixture.url);
  clients.push(made);
  return made;
}

async function refused(query: string, variables: object = {}): Promise<readonly [number, unknown, unknown]> {
  const { status, errors } = await ask(fixture.url, query, variables);
  return [status, errors[0]?.extensions['code'], typeof errors[0]?.extensions['hint']];
}

/** `open` so often, one in the other. */
function nested(open: string, inner: string, close: string, depth: number): string {
  return open.repeat(depth) + inner + close.repeat(depth);
}

describe('a document', () => {
  test('that costs too much is a mistake of who asks', async () => {
    const many = Array.from({ length: 100 }, (_, i) => `a${i}: things(limit: 1000) { id b s i d }`).join(' ');
    expect(await refused(`{ ${many} }`)).toEqual([400, 'LIMIT_EXCEEDED', 'string']);
  });

  test.each([
    ['fields', nested('{ a ', '', '}', 4000)],
    ['fields that do not end', '{ a '.repeat(4000)],
    ['lists', `{ things(where: ${nested('[', '', ']', 4000)}) { id } }`],
    ['filters', `{ things(where: ${nested('{ _not: ', '{}', ' }', 3000)}) { id } }`],
    ['types', `query ($a: ${nested('[', 'Int', ']', 4000)}) { catalog { name } }`],
  ])('of nested %s is refused before it is parsed, by HTTP and by WebSocket', async (_, query) => {
    expect(await refused(query)).toEqual([400, 'LIMIT_EXCEEDED', 'string']);
    await expect(client().iterate({ query }).next()).rejects.toMatchObject([
      { extensions: { code: 'LIMIT_EXCEEDED' } },
    ]);
  });

  test('with nested variables is refused', async () => {
    const where = JSON.parse(nested('{"_not":', '{}', '}', 2000)) as object;
    const query = 'query ($w: things_where) { things(where: $w) { id } }';
    const [status, code] = await refused(query, { w: where });
    expect([status, code]).toEqual([400, 'LIMIT_EXCEEDED']);
    const subscription = 'subscription ($w: things_where) { things(where: $w) { version } }';
    await expect(
      client()
        .iterate({ query: subscription, variables: { w: where } })
        .next(),
    ).rejects.toMatchObject([{ extensions: { code: 'LIMIT_EXCEEDED' } }]);
  });

  test('may have brackets in strings and comments', () => {
    const open = '{('.repeat(100);
    for (const text of [`"${open}\\"${open}"`, `"""${open} " "" \\""" ${open}"""`, `# ${open}\n`])
      expect(checkNesting(`{ a(b: ${text} 1) }`, 3), text).toBeNull();
    expect(checkNesting(`{ a(b: "" [[1]]) }`, 3)).not.toBeNull();
  });
});

describe('rows of megabytes', () => {
  test('are refused in one answer, together, and served a few at a time', async () => {
    expect(await refused('{ other_events { what } }')).toEqual([200, 'RESULT_TOO_LARGE', 'string']);
    const some = Array.from({ length: 5 }, (_, i) => `a${i}: other_events(limit: 1) { what }`);
    expect(await refused(`{ ${some.join(' ')} }`)).toEqual([200, 'RESULT_TOO_LARGE', 'string']);
    const { data } = await ask(fixture.url, '{ other_events(limit: 3) { what } }');
    expect((data['other_events'] as readonly { what: string }[]).map(({ what }) => what.length)).toEqual([
      MB,
      MB,
      MB,
    ]);
    await expect(
      client().iterate({ query: 'subscription { other_events { inserted { what } } }' }).next(),
    ).rejects.toMatchObject([{ extensions: { code: 'RESULT_TOO_LARGE' } }]);
  });

  test('reach twenty subscriptions of one socket in turns', async () => {
    const { url, close } = await fixture.restart({
      limits: { answerBytes: 16 * MB, bytesInFlight: 20 * MB },
    });
    const one = socket(url);
    clients.push(one);
    const query = 'subscription { other_events { version inserted { what } deleted { what } } }';
    type Message = { data: { other_events: { inserted: readonly { what: string }[] } } };
    const all = Array.from({ length: 20 }, () => one.iterate({ query }) as AsyncIterator<Message>);
    const next = (): Promise<readonly number[]> =>
      Promise.all(
        all.map(async (it) => ((await it.next()).value as Message).data.other_events.inserted.length),
      );
    expect(await next()).toEqual(Array<number>(20).fill(ROWS));
    await fixture.committer(2).commit([['y'.repeat(3 * MB), 99n]], [1]);
    expect(await next()).toEqual(Array<number>(20).fill(1));
    await one.dispose();
    await close();
  });
});

describe('sockets that read nothing', () => {
  test(
    'hold what there is room for together, and are cut when others wait',
    { timeout: 30_000 },
    async () => {
      const { url, close } = await fixture.restart({
        limits: {
          answerBytes: 16 * MB,
          bytesInFlight: 20 * MB,
          bytesInFlightOfAll: 40 * MB,
          slowPatienceMs: 500,
        },
      });
      const query = 'subscription { other_events { inserted { what } } }';
      const silent = await Promise.all(Array.from({ length: 6 }, () => silentSocket(url, query)));
      const reader = socket(url);
      clients.push(reader);
      const { value } = await reader
        .iterate<{ other_events: { inserted: readonly unknown[] } }>({ query })
        .next();
      expect(
        (value as { data: { other_events: { inserted: readonly unknown[] } } }).data.other_events.inserted
          .length,
      ).toBeGreaterThanOrEqual(ROWS);
      // What does not read does not see its end either.
      for (const one of silent) one.resume();
      await expect
        .poll(() => silent.filter(({ closed }) => closed()).length, { timeout: 10_000 })
        .toBeGreaterThan(0);
      for (const one of silent) one.end();
      await reader.dispose();
      await close();
    },
  );
});

/** A WebSocket that subscribes and reads nothing from then on. */
async function silentSocket(
  url: string,
  query: string,
): Promise<{ closed: () => boolean; resume: () => void; end: () => void }> {
  const made = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
  await once(made, 'open');
  let closed = false;
  made.on('close', () => (closed = true));
  made.on('error', () => undefined);
  made.send('{"type":"connection_init"}');
  await once(made, 'message');
  made.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query } }));
  made.pause();
  return { closed: () => closed, resume: () => made.resume(), end: () => made.terminate() };
}

describe('bytes in flight', () => {
  const settled = async (promise: Promise<void>): Promise<boolean> => {
    let done = false;
    void promise.then(() => (done = true));
    await new Promise((resolve) => setImmediate(resolve));
    return done;
  };

  test('are held in the order of coming, and never more than there is room for', async () => {
    const inFlight = new InFlight(10);
    const { signal } = new AbortController();
    const [a, b, c, d] = [1, 2, 3, 4].map(() => inFlight.share(signal));
    await a!.hold(6);
    await b!.hold(4);
    const third = c!.hold(3);
    const fourth = d!.hold(1);
    expect([await settled(third), await settled(fourth), inFlight.held]).toEqual([false, false, 10]);
    await a!.hold(4);
    expect([await settled(third), await settled(fourth), inFlight.held]).toEqual([false, false, 8]);
    b!.release();
    expect([await settled(third), await settled(fourth), inFlight.held]).toEqual([true, true, 8]);
    for (const share of [a!, b!, c!, d!]) share.release();
    expect(inFlight.held).toBe(0);
  });

  test('of a message larger than all of it: it goes alone', async () => {
    const inFlight = new InFlight(10);
    const { signal } = new AbortController();
    const [a, b] = [inFlight.share(signal), inFlight.share(signal)];
    await a.hold(1);
    const large = b.hold(50);
    expect(await settled(large)).toBe(false);
    a.release();
    expect([await settled(large), inFlight.held]).toEqual([true, 50]);
    b.release();
    b.release();
    expect(inFlight.held).toBe(0);
  });

  test('are not waited for by who is ended, and not held', async () => {
    const inFlight = new InFlight(10);
    const abort = new AbortController();
    const a = inFlight.share(new AbortController().signal);
    await a.hold(10);
    const ended = inFlight.share(abort.signal);
    const waiting = ended.hold(5);
    const after = inFlight.share(new AbortController().signal).hold(5);
    abort.abort();
    expect([await settled(waiting), await settled(after)]).toEqual([true, false]);
    a.release();
    expect([await settled(after), inFlight.held]).toEqual([true, 5]);
  });
});
