// Snapshot, then follow, under a committer that never rests: whenever a follower begins, however it is fed and however
// slowly it reads, the rows that it has put together are those of its version. 200 followers, none wrong.

import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, onTestFailed, test } from 'vitest';
import type { RowSchema } from '../../src/data/types.ts';
import * as types from '../../src/data/types.ts';
import type { Connection } from '../../src/postgres/connection.ts';
import { connect } from '../../src/postgres/connection.ts';
import { migrate } from '../../src/postgres/migrations.ts';
import { Pool } from '../../src/postgres/pool.ts';
import { ChangeFeed } from '../../src/views/change-feed.ts';
import type { ChangeTail } from '../../src/views/change-tail.ts';
import { tailChanges } from '../../src/views/change-tail.ts';
import { decodeCursor, encodeCursor } from '../../src/views/cursor.ts';
import { mergeByKey, PendingChanges } from '../../src/views/pending-changes.ts';
import type { ViewRow } from '../../src/views/row-change.ts';
import { equalityText, keyOf } from '../../src/views/row-change.ts';
import type { FollowEvent, FollowOptions } from '../../src/views/view-follower.ts';
import { followView } from '../../src/views/view-follower.ts';
import type { ViewLayout } from '../../src/views/view-layout.ts';
import { layoutView } from '../../src/views/view-layout.ts';
import { createViewTable } from '../../src/views/view-tables.ts';
import { freshDatabase } from '../setup/parts.ts';
import { Committer } from './committer.ts';
import { exact, seeded } from './random-rows.ts';
import { testSeed } from '../setup/seed.ts';

const SCHEMA: RowSchema = [
  { name: 'k', type: types.BIGINT, nullable: false },
  { name: 'colour', type: types.TEXT, nullable: true },
  { name: 'amount', type: types.NUMERIC, nullable: false },
];
const COLOURS = ['red', 'green', 'blue', null];

let pool: Pool;
let connection: Connection;
let tail: ChangeTail;
const local = new ChangeFeed();
const remote = new ChangeFeed();
const failures: unknown[] = [];

beforeAll(async () => {
  const { url } = await freshDatabase();
  await migrate(url);
  pool = new Pool(url, { applicationName: 'test followers', max: 6 });
  connection = await connect(url, { applicationName: 'test committer' });
  tail = tailChanges(pool, remote, (error) => failures.push(error));
  await tail.ready;
});
afterAll(async () => {
  await tail.close();
  await connection.close();
  await pool.close();
});

async function newView(viewId: number): Promise<ViewLayout> {
  const { rows } = await pool.query<{ id: bigint }>(
    `INSERT INTO millrace.pipelines (name) VALUES ($1) RETURNING id`,
    [`p${viewId}`],
  );
  const layout = layoutView({
    viewId,
    pipelineId: Number(rows[0]!.id),
    schemaName: 'public',
    name: `v${viewId}`,
    schema: SCHEMA,
    visible: 3,
    key: [0],
    appendOnly: false,
  });
  await createViewTable(connection, layout);
  return layout;
}

function options(layout: ViewLayout, some: Partial<FollowOptions>): FollowOptions {
  return {
    pool,
    feed: local,
    layout,
    after: null,
    where: null,
    interest: null,
    maxSnapshot: { rows: 10_000, bytes: 1e9 },
    maxPending: { rows: 10_000, bytes: 1e9 },
    signal: new AbortController().signal,
    ...some,
  };
}

/** The rows of a view, put together from events. Every change must fit what is there. */
class Replica {
  readonly rows = new Map<string, ViewRow>();
  readonly #layout: ViewLayout;
  epoch = -1;

  constructor(layout: ViewLayout) {
    this.#layout = layout;
  }

  apply(event: FollowEvent, keep: (row: ViewRow) => boolean): void {
    expect(event.epoch).toBeGreaterThan(this.epoch);
    this.epoch = event.epoch;
    if (event.kind === 'snapshot') for (const row of event.rows) this.rows.set(keyOf(this.#layout, row), row);
    else
      for (const { key, before, after } of event.changes) {
        const had = before !== null && keep(before);
        expect(exact(this.rows.get(key) ?? [])).toBe(exact(had ? before : []));
        if (after !== null && keep(after)) this.rows.set(key, after);
        else this.rows.delete(key);
      }
  }

  text(): string[] {
    return [...this.rows.values()].map(exact).sort();
  }
}

describe('200 followers while epochs are committed', () => {
  test('each has the rows of its version', async () => {
    const seed = testSeed();
    onTestFailed(() => console.log(`seed ${seed}`));
    const random = seeded(seed);
    const layout = await newView(1);
    const committer = new Committer(connection, layout, [local]);
    const model = new Map<bigint, ViewRow>();
    const history = new Map<number, ViewRow[]>([[0, []]]);
    let stop = false;
    const committing = (async () => {
      while (!stop) {
        const [rows, diffs]: [ViewRow[], number[]] = [[], []];
        for (let i = Math.floor(random() * 8); i > 0; i--) {
          const k = BigInt(Math.floor(random() * 40));
          const old = model.get(k);
          if (old !== undefined) (rows.push(old), diffs.push(-1));
          model.delete(k);
          if (random() < 0.3) continue;
          const row: ViewRow = [
            k,
            COLOURS[Math.floor(random() * 4)]!,
            { unscaled: BigInt(Math.floor(random() * 100)), scale: 1 },
          ];
          model.set(k, row);
          (rows.push(row), diffs.push(1));
        }
        history.set(committer.epoch + 1, [...model.values()]);
        await committer.commit(rows, diffs);
        if (random() < 0.3) await sleep(random() * 3);
      }
    })();

    async function follower(): Promise<void> {
      await sleep(random() * 2000);
      const abort = new AbortController();
      const colour = random() < 0.4 ? COLOURS[Math.floor(random() * 3)]! : null;
      const keep = (row: ViewRow): boolean => colour === null || row[1] === colour;
      const replica = new Replica(layout);
      const wanted = 2 + Math.floor(random() * 6);
      const some: Partial<FollowOptions> = {
        feed: random() < 0.5 ? local : remote,
        signal: abort.signal,
        where: colour === null ? null : { text: 'colour = $1', values: [colour] },
        interest: colour === null || random() < 0.5 ? null : { column: 1, value: equalityText(colour) },
        maxPending: { rows: random() < 0.3 ? 12 : 10_000, bytes: random() < 0.3 ? 2000 : 1e9 },
      };
      let after: number | null = null;
      let events = 0;
      const slow = random() < 0.2;
      while (events < wanted) {
        try {
          const leaveAt = events + 1 + Math.floor(random() * wanted);
          for await (const event of followView(options(layout, { ...some, after }))) {
            replica.apply(event, keep);
            expect(replica.text(), `epoch ${event.epoch}`).toEqual(
              history.get(event.epoch)!.filter(keep).map(exact).sort(),
            );
            if (++events >= leaveAt || events >= wanted) break;
            if (slow) await sleep(random() * 30);
          }
        } catch (error) {
          expect(error).toMatchObject({ code: 'SLOW_SUBSCRIBER', retryable: true });
        }
        after = decodeCursor(layout, encodeCursor(layout, replica.epoch));
        if (random() < 0.5) await sleep(random() * 20);
      }
      abort.abort();
    }

    const results = await Promise.allSettled(Array.from({ length: 200 }, follower));
    stop = true;
    await committing;
    expect(results.filter((r) => r.status === 'rejected').map((r) => r.reason as unknown)).toEqual([]);
    expect(results.length).toBe(200);
    expect(committer.epoch).toBeGreaterThan(20);
    expect(failures).toEqual([]);
  }, 60_000);
});

describe('the ends of following', () => {
  test('cursors: past retention, from a restored database, of another view, not a cursor', async () => {
    const layout = await newView(2);
    const committer = new Committer(connection, layout, [local]);
    for (let i = 0; i < 4; i++) await committer.commit([[BigInt(i), 'red', { unscaled: 1n, scale: 0 }]], [1]);
    await pool.query('INSERT INTO millrace.changelog_trimmed VALUES ($1, 3)', [layout.viewId]);
    const first = (after: number) => followView(options(layout, { after })).next();
    await expect(first(2)).rejects.toMatchObject({ code: 'CURSOR_EXPIRED' });
    await expect(first(5)).rejects.toMatchObject({ code: 'CURSOR_EXPIRED' });
    expect((await first(3)).value).toMatchObject({ kind: 'changes', epoch: 4 });
    expect(() => decodeCursor({ ...layout, viewId: 77 }, encodeCursor(layout, 3))).toThrow(
      expect.objectContaining({ code: 'CURSOR_EXPIRED' }),
    );
    expect(() => decodeCursor(layout, 'nonsense')).toThrow(
      expect.objectContaining({ code: 'INVALID_CURSOR' }),
    );
  });

  test('a dropped view and an abort end it, a large snapshot is refused', async () => {
    const layout = await newView(3);
    const committer = new Committer(connection, layout, [local]);
    await committer.commit(
      [
        [1n, 'red', { unscaled: 1n, scale: 0 }],
        [2n, 'red', { unscaled: 1n, scale: 0 }],
      ],
      [1, 1],
    );
    for (const maxSnapshot of [
      { rows: 1, bytes: 1e9 },
      { rows: 10, bytes: 1 },
    ])
      await expect(followView(options(layout, { maxSnapshot })).next()).rejects.toMatchObject({
        code: 'RESULT_TOO_LARGE',
      });
    const dropped = followView(options(layout, {}));
    await dropped.next();
    const waiting = dropped.next();
    await sleep(5);
    local.end(layout.viewId, 'gone');
    await expect(waiting).rejects.toMatchObject({ code: 'CURSOR_EXPIRED' });
    const abort = new AbortController();
    const aborted = followView(options(layout, { signal: abort.signal }));
    await aborted.next();
    const last = aborted.next();
    abort.abort();
    expect(await last).toEqual({ done: true, value: undefined });
  });

  test('a follower resumes over more change log than fits a page', async () => {
    const layout = await newView(4);
    const committer = new Committer(connection, layout, []);
    for (let i = 0; i < 70; i++)
      await committer.commit([[BigInt(i), 'red', { unscaled: 1n, scale: 0 }]], [1]);
    const follower = followView(options(layout, { after: 0 }));
    for (let i = 1; i <= 70; i++) expect((await follower.next()).value).toMatchObject({ epoch: i });
  });

  test('a follower resumes over commits that are larger than a page, each of them whole', async () => {
    const layout = await newView(5);
    const committer = new Committer(connection, layout, []);
    const sizes = [1, 3, 12, 1, 1, 9, 2];
    const text = 'x'.repeat(1024 * 1024);
    let id = 0;
    for (const size of sizes) {
      const rows = Array.from({ length: size }, () => [BigInt(id++), text, { unscaled: 1n, scale: 0 }]);
      await committer.commit(
        rows,
        rows.map(() => 1),
      );
    }
    const follower = followView(options(layout, { after: 0 }));
    for (const [i, size] of sizes.entries()) {
      const { value } = await follower.next();
      expect(value).toMatchObject({ kind: 'changes', epoch: i + 1 });
      expect(value).toHaveProperty('changes.length', size);
    }
  });
});

test('waiting commits are merged by key, and what came and went leaves nothing', () => {
  const row = (k: number, v: number): ViewRow => [BigInt(k), v];
  const change = (key: number, before: number | null, after: number | null) => ({
    key: String(key),
    before: before === null ? null : row(key, before),
    after: after === null ? null : row(key, after),
  });
  expect(
    mergeByKey([
      change(1, null, 1),
      change(2, 5, null),
      change(1, 1, 2),
      change(3, null, 1),
      change(3, 1, null),
      change(2, null, 6),
    ]),
  ).toEqual([change(1, null, 2), change(2, 5, 6)]);
  // Three rows, or thirty bytes when a row has ten.
  for (const limits of [
    { rows: 3, bytes: 1000 },
    { rows: 100, bytes: 30 },
  ]) {
    const pending = new PendingChanges(limits);
    expect(pending.add(1, [change(1, null, 1), change(2, null, 1)], 20)).toBe(true);
    expect(pending.add(2, [change(1, 1, 2)], 10)).toBe(true);
    expect(pending.add(3, [change(1, 2, 3)], 10)).toBe(true);
    expect(pending.add(4, [change(7, null, 1), change(8, null, 1)], 20)).toBe(false);
    expect(pending.take()).toMatchObject({
      first: 1,
      epoch: 3,
      changes: [change(1, null, 3), change(2, null, 1)],
    });
    expect(pending.isEmpty).toBe(true);
    expect(pending.add(5, [change(9, null, 1)], 30)).toBe(true);
  }
});
