// A view as an input of another pipeline: loaded in small chunks under a committer that never rests, with readers that die and
// resume from what they have committed. After every step the input is the view as of one version, cut at a key.

import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, onTestFailed, test } from 'vitest';
import type { Batch } from '../../src/data/batch.ts';
import type { RowSchema } from '../../src/data/types.ts';
import * as types from '../../src/data/types.ts';
import type { Value } from '../../src/data/value.ts';
import { valueAt } from '../../src/data/value.ts';
import { rotateChangelog } from '../../src/epoch/changelog-rotation.ts';
import type { Connection } from '../../src/postgres/connection.ts';
import { connect } from '../../src/postgres/connection.ts';
import { migrate } from '../../src/postgres/migrations.ts';
import { Pool } from '../../src/postgres/pool.ts';
import { parsePlace } from '../../src/views/key-place.ts';
import { keyOf } from '../../src/views/row-change.ts';
import type { Loaded, LogPosition } from '../../src/views/view-log.ts';
import { ViewLog } from '../../src/views/view-log.ts';
import type { ViewLayout } from '../../src/views/view-layout.ts';
import { layoutView } from '../../src/views/view-layout.ts';
import { createViewTable } from '../../src/views/view-tables.ts';
import { freshDatabase } from '../setup/parts.ts';
import { Committer } from './committer.ts';
import type { Random } from './random-rows.ts';
import { exact, pick, randomValue, seeded } from './random-rows.ts';
import { testSeed } from '../setup/seed.ts';

const field = (name: string, type: types.SqlType, nullable = true) => ({ name, type, nullable });

const SHAPES: Readonly<Record<string, { readonly schema: RowSchema; readonly key: readonly number[] }>> = {
  'bigint, nullable': {
    schema: [field('k', types.BIGINT), field('v', types.TEXT)],
    key: [0],
  },
  'three columns with NULLs': {
    schema: [
      field('a', types.INTEGER),
      field('v', types.NUMERIC),
      field('b', types.TIMESTAMPTZ),
      field('c', types.DOUBLE, false),
    ],
    key: [0, 2, 3],
  },
  text: { schema: [field('k', types.TEXT), field('v', types.BIGINT)], key: [0] },
  'wide numeric': { schema: [field('k', types.NUMERIC), field('v', types.INTEGER)], key: [0] },
  'interval and date': {
    schema: [field('k', types.INTERVAL), field('d', types.DATE), field('v', types.BOOLEAN)],
    key: [0, 1],
  },
  'no key': { schema: [field('n', types.BIGINT, false), field('m', types.NUMERIC)], key: [] },
};

let pool: Pool;
let connection: Connection;

beforeAll(async () => {
  const { url } = await freshDatabase();
  await migrate(url);
  pool = new Pool(url, { applicationName: 'test readers', max: 6 });
  connection = await connect(url, { applicationName: 'test committer' });
});
afterAll(async () => {
  await connection.close();
  await pool.close();
});

let ids = 100;

async function newView(schema: RowSchema, key: readonly number[]): Promise<ViewLayout> {
  const viewId = ++ids;
  const { rows } = await pool.query<{ id: bigint }>(
    `INSERT INTO millrace.pipelines (name) VALUES ($1) RETURNING id`,
    [`p${viewId}`],
  );
  const pipelineId = Number(rows[0]!.id);
  const layout = layoutView({
    viewId,
    pipelineId,
    schemaName: 'public',
    name: `v${viewId}`,
    schema,
    visible: schema.length,
    key,
    appendOnly: false,
  });
  await pool.transaction((c) => createViewTable(c, layout));
  return layout;
}

type Row = readonly Value[];

/** Commits random changes, and remembers the rows of every version. */
class Writer {
  readonly versions: (readonly string[])[] = [[]];
  readonly committer: Committer;
  private readonly layout: ViewLayout;
  private readonly rows = new Map<string, Row>();
  private readonly random: Random;

  constructor(layout: ViewLayout, random: Random) {
    this.layout = layout;
    this.random = random;
    this.committer = new Committer(connection, layout, []);
  }

  async commit(): Promise<void> {
    const changed: Row[] = [];
    const diffs: number[] = [];
    const touched = new Set<string>();
    for (let n = Math.floor(this.random() * 6); n > 0; n--) {
      const row = this.layout.schema.map((column) => randomValue(this.random, column));
      const key = keyOf(this.layout, row);
      if (touched.has(key)) continue;
      touched.add(key);
      const before = this.rows.get(key);
      if (before !== undefined) {
        changed.push(before);
        diffs.push(-1);
        this.rows.delete(key);
        if (this.random() < 0.4) continue;
      }
      changed.push(row);
      diffs.push(1);
      this.rows.set(key, row);
    }
    await this.committer.commit(changed, diffs);
    this.versions.push([...this.rows.values()].map(exact).sort());
  }
}

/** What a pipeline holds of its input, and where it stands: what it commits together. */
interface Held {
  readonly weights: ReadonlyMap<string, number>;
  readonly position: LogPosition;
}

function added(weights: ReadonlyMap<string, number>, batches: readonly Batch[]): Map<string, number> {
  const sum = new Map(weights);
  for (const batch of batches)
    for (let r = 0; r < batch.rows; r++) {
      const row = exact(batch.columns.map((column, c) => valueAt(column, r, batch.schema[c]!.type)));
      const weight = (sum.get(row) ?? 0) + (batch.diffs === null ? 1 : batch.diffs[r]!);
      if (weight === 0) sum.delete(row);
      else sum.set(row, weight);
    }
  return sum;
}

/** As the position comes back from the database. */
function reread(layout: ViewLayout, { epoch, loaded }: LogPosition): LogPosition {
  if (loaded.kind === 'all') return { epoch, loaded };
  const texts = JSON.parse(JSON.stringify(loaded.place?.texts ?? null)) as (string | null)[] | null;
  const again: Loaded = { kind: 'up to', place: texts === null ? null : parsePlace(layout, texts), rows: 0 };
  return { epoch, loaded: again };
}

const NOTHING: LogPosition = { epoch: 0, loaded: { kind: 'up to', place: null, rows: 0 } };

async function follow(
  layout: ViewLayout,
  writer: Writer,
  random: Random,
  until: () => boolean,
): Promise<number> {
  let committed: Held = { weights: new Map(), position: NOTHING };
  let deaths = 0;
  const isThrough = ({ position }: Held): boolean =>
    until() && position.loaded.kind === 'all' && position.epoch === writer.committer.epoch;
  while (!isThrough(committed)) {
    const log = new ViewLog({
      pool,
      layout,
      position: reread(layout, committed.position),
      onCommit: () => () => {},
      chunkRows: 1 + Math.floor(random() * 4),
    });
    let held = committed;
    for (let steps = 1 + Math.floor(random() * 12); steps > 0;) {
      const step = log.take();
      if (step === undefined) {
        if (isThrough(held)) break;
        await sleep(1);
        continue;
      }
      held = { weights: added(held.weights, step.batches()), position: step.position };
      check(held, writer);
      if (random() < 0.5) committed = held;
      steps--;
    }
    if (until()) committed = held;
    deaths++;
    await log.close();
  }
  return deaths;
}

function check({ weights, position }: Held, writer: Writer): void {
  const version = writer.versions[position.epoch];
  // The last commit may be durable before this test has noted it.
  if (version === undefined) return;
  expect([...weights.values()].every((weight) => weight === 1)).toBe(true);
  const rows = [...weights.keys()].sort();
  if (position.loaded.kind === 'all') expect(rows).toEqual(version);
  else expect(rows.filter((row) => !version.includes(row))).toEqual([]);
}

describe('a view is loaded while it changes, and followed', () => {
  test.each(Object.keys(SHAPES))('%s', async (name) => {
    const seed = testSeed();
    onTestFailed(() => {
      process.stdout.write(`${name}: seed ${seed}\n`);
    });
    const random = seeded(seed);
    const { schema, key } = SHAPES[name]!;
    const layout = await newView(schema, key);
    const writer = new Writer(layout, seeded(seed + 1));
    for (let n = 0; n < 30; n++) await writer.commit();
    let done = false;
    const writing = (async () => {
      for (let n = 0; n < 60; n++) {
        await writer.commit();
        await sleep(pick(random, [0, 1, 3]));
      }
      done = true;
    })();
    const deaths = await follow(layout, writer, seeded(seed + 2), () => done);
    await writing;
    expect(deaths).toBeGreaterThan(key.length === 0 ? 1 : 2);
  });
});

test('a reader that was left behind by the change log is told, and never skips', async () => {
  const layout = await newView(SHAPES['bigint, nullable']!.schema, [0]);
  const writer = new Writer(layout, seeded(1));
  for (let n = 0; n < 5; n++) await writer.commit();
  await pool.query('INSERT INTO millrace.changelog_readers (reader, view_id, epoch) VALUES ($1, $2, 2)', [
    'test',
    layout.viewId,
  ]);
  const small = { keepMs: 0, periodMs: 0, maxBytes: 0 };
  await rotateChangelog(pool, small);
  await rotateChangelog(pool, small);
  const { rows } = await pool.query<{ lost: boolean }>(
    'SELECT lost FROM millrace.changelog_readers WHERE view_id = $1',
    [layout.viewId],
  );
  expect(rows).toEqual([{ lost: true }]);
  const log = new ViewLog({
    pool,
    layout,
    position: { epoch: 2, loaded: { kind: 'all' } },
    onCommit: () => () => {},
  });
  let failure: unknown;
  while (failure === undefined) {
    try {
      expect(log.take()).toBeUndefined();
      await sleep(1);
    } catch (error) {
      failure = error;
    }
  }
  expect(failure).toMatchObject({ code: 'READER_LOST', retryable: true });
  await log.close();
});
