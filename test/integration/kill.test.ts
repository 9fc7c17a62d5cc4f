// kill -9 of the service while it runs every file of queries/: at a chosen statement of an epoch's transaction, with that
// transaction rolled back or left to commit after its writer's death, and at any moment under load. Whatever happens, views and tables
// equal the same SQL run by Postgres over what was produced. What follows views of other pipelines commits after them, and is killed at
// a statement of its own.

import { expect, it } from 'vitest';
import type { Connection } from '../../src/postgres/connection.ts';
import { migrate } from '../../src/postgres/migrations.ts';
import { describeKafka, freshDatabase } from '../setup/parts.ts';
import { countAttempts, lastAttempted, readAttempts } from './attempts.ts';
import type { Gate } from './commit-gate.ts';
import { CommitGate } from './commit-gate.ts';
import type { DemoInput } from './demo-input.ts';
import { openDemoInput } from './demo-input.ts';
import { until } from './eventually.ts';
import type { Service } from './service.ts';
import { folder, launchService, openConnection, startService } from './service.ts';

const PORTION = 900;
/** Two files over sources, a table, and the views over it and over one of those files. */
const PIPELINES = 4;

/** Only who follows a view of another pipeline writes it in an epoch. */
const READERS = 'millrace.changelog_readers';

interface Stand {
  readonly epochs: ReadonlyMap<number, number>;
  readonly generations: ReadonlyMap<number, number>;
  /** Records that are committed as read, of all sources. */
  readonly read: number;
}

interface Scene {
  readonly input: DemoInput;
  readonly watcher: Connection;
  readonly holder: Connection;
  readonly start: () => Promise<Service>;
}

async function stand(watcher: Connection): Promise<Stand> {
  const { rows } = await watcher.query<{ id: string; epoch: string; generation: string }>(
    'SELECT id::text, epoch::text, generation::text FROM millrace.pipelines ORDER BY id',
  );
  const { rows: offsets } = await watcher.query<{ read: string }>(
    'SELECT coalesce(sum(next_offset), 0)::text AS read FROM millrace.partition_progress',
  );
  return {
    epochs: new Map(rows.map((row) => [Number(row.id), Number(row.epoch)])),
    generations: new Map(rows.map((row) => [Number(row.id), Number(row.generation)])),
    read: Number(offsets[0]!.read),
  };
}

/** Pipelines that read topics, and those that follow views of others. */
async function pipelines(watcher: Connection) {
  const { rows } = await watcher.query<{ id: string; following: boolean }>(
    `SELECT id::text, EXISTS (SELECT FROM millrace.changelog_readers r WHERE r.pipeline_id = p.id) AS following
       FROM millrace.pipelines p ORDER BY p.id`,
  );
  const ids = (wanted: boolean): number[] =>
    rows.flatMap(({ id, following }) => (following === wanted ? [Number(id)] : []));
  return { reading: ids(false), following: ids(true) };
}

/** Produces, and waits until every pipeline has committed some of it. */
async function commitSomething({ input, watcher }: Scene): Promise<void> {
  const before = await stand(watcher);
  await input.produce(PORTION);
  await until('every pipeline has committed since the last kill', async () => {
    const now = await stand(watcher);
    const all = [...now.epochs].every(([id, epoch]) => epoch > (before.epochs.get(id) ?? 0));
    return now.epochs.size === PIPELINES && all && now.read > before.read;
  });
}

/** Kills the service between the first statement and the COMMIT of an epoch of these pipelines; the transactions roll back. */
async function killBetween(
  scene: Scene,
  service: Service,
  table: Gate,
  pipelines: readonly number[],
): Promise<void> {
  const { input, watcher, holder } = scene;
  const gate = await CommitGate.close(holder, watcher, table);
  await input.produce(PORTION);
  const standing = await gate.awaitPipelines(pipelines);
  await service.killOutright();
  const dead = await gate.standing();
  expect(dead, 'the dead service still stands in its transactions').toEqual(
    expect.arrayContaining([...standing]),
  );
  await gate.rollBack(dead);
  await gate.open();
  const { epochs, generations } = await stand(watcher);
  for (const { pipelineId, epoch } of standing) {
    expect(epochs.get(pipelineId), 'the epoch is not committed').toBe(epoch);
    expect(await lastAttempted(watcher, pipelineId), 'but was begun').toBe(epoch + 1);
  }
  const begun = (await readAttempts(watcher)).begun;
  await scene.start();
  await until('the epochs are there', async () => {
    const now = await stand(watcher);
    return standing.every(({ pipelineId, epoch }) => now.epochs.get(pipelineId)! > epoch);
  });
  const now = await stand(watcher);
  for (const { pipelineId } of standing)
    expect(now.generations.get(pipelineId)).toBeGreaterThan(generations.get(pipelineId)!);
  expect((await readAttempts(watcher)).begun - begun, 'begun again').toBeGreaterThanOrEqual(standing.length);
}

/** Kills the service in the same place, but lets the transactions go on: what was in the sockets may still commit. */
async function killInDoubt(
  scene: Scene,
  service: Service,
  table: Gate,
  pipelines: readonly number[],
): Promise<void> {
  const { input, watcher, holder } = scene;
  const gate = await CommitGate.close(holder, watcher, table);
  await input.produce(PORTION);
  await gate.awaitPipelines(pipelines);
  await service.killOutright();
  const next = scene.start();
  await gate.open();
  await next;
}

describeKafka('queries/ under kill -9', () => {
  it('equals Postgres, with epochs begun again and nothing doubled', { timeout: 240_000 }, async () => {
    const { url } = await freshDatabase();
    await migrate(url);
    const watcher = await openConnection(url);
    const holder = await openConnection(url);
    await countAttempts(watcher);
    const place = folder('kill');
    const input = await openDemoInput(place, 7);
    const options = { databaseUrl: url, queries: input.queries, stateDir: folder('state') };
    let service: Service | undefined;
    const start = async (): Promise<Service> => (service = await startService(options));
    const scene: Scene = { input, watcher, holder, start };

    await start();
    const { reading, following } = await pipelines(watcher);
    expect([reading.length, following.length]).toEqual([PIPELINES - 1, 1]);
    for (const table of ['millrace.partition_progress', 'millrace.changelog', 'millrace.epochs'] as const) {
      await commitSomething(scene);
      await killBetween(scene, service!, table, reading);
    }
    await commitSomething(scene);
    await killBetween(scene, service!, READERS, following);
    await commitSomething(scene);
    await killInDoubt(scene, service!, 'millrace.epochs', reading);
    await commitSomething(scene);
    await killInDoubt(scene, service!, READERS, following);
    for (let anywhere = 0; anywhere < 2; anywhere++) {
      await commitSomething(scene);
      const producing = input.produce(2 * PORTION);
      await service!.killOutright();
      await producing;
      await start();
    }
    await commitSomething(scene);
    await service!.killOutright();

    const last = await launchService({ ...options, seconds: 1 });
    expect(await last.ended, last.output()).toBe(0);
    for (const view of input.views)
      expect(last.output()).toMatch(new RegExp(`^equal +${view}: \\d+ rows`, 'm'));
    expect(last.output()).not.toContain('DIFFERENT');

    const { begun, committed } = await readAttempts(watcher);
    expect(begun - committed, 'epochs begun more than once').toBeGreaterThanOrEqual(3 * reading.length + 1);
    await expectCounts(watcher, input);
  });
});

/** Counted without the oracle: every record is read once, and every row is either counted or late. */
async function expectCounts(watcher: Connection, { sent }: DemoInput): Promise<void> {
  const { rows } = await watcher.query<{ bids: string; events: string; read: string }>(
    `WITH late AS (
       SELECT c.name FROM millrace.late_rows l JOIN millrace.catalog c ON c.id = 's' || l.source_id)
     SELECT ((SELECT bids FROM bid_totals) + (SELECT count(*) FROM late WHERE name = 'bid'))::text AS bids,
            ((SELECT sum(events) FROM events_per_minute) +
             (SELECT count(*) FROM late WHERE name <> 'flights'))::text AS events,
            (SELECT sum(next_offset) FROM millrace.partition_progress WHERE pipeline_id = ANY ($1::bigint[]))::text AS read`,
    [(await pipelines(watcher)).reading],
  );
  const auctions = sent['bid']! + sent['auction']! + sent['person']!;
  expect(rows[0]).toEqual({
    bids: String(sent['bid']),
    events: String(auctions),
    read: String(auctions + sent['flights']! + sent['airports']!),
  });
}
