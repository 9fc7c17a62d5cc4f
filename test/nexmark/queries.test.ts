// All of Nexmark's queries over the generator's events against Postgres, which runs the same text over the same events: as one task, and
// as two that are killed five times.

import { describe, expect, it } from 'vitest';
import { asView, nexmarkQueries, nexmarkSources, withSources } from '../../bench/nexmark-queries.ts';
import { countBefore, NEXMARK_TABLES, tableOfEvent } from '../../src/connectors/nexmark/event-order.ts';
import { DEFAULT_OPTIONS, NexmarkGenerator } from '../../src/connectors/nexmark/generator.ts';
import { ByteWriter } from '../../src/connectors/formats/byte-writer.ts';
import type { CellResult } from '../metamorphic/cell-run.ts';
import { runCell } from '../metamorphic/cell-run.ts';
import { FIVE_KILLS } from '../metamorphic/kills.ts';
import { testSeed } from '../setup/seed.ts';
import type { Logs, MemoryRecord } from '../task/memory-input.ts';

const SEED = testSeed();
const EVENTS = Number(process.env['NEXMARK_EVENTS'] ?? 2500);
/** Few, so that windows of ten seconds open and close. */
const EVENTS_PER_SECOND = 50;
const PARTITIONS = 2;

/** Joins, windows, sessions, places and sets. */
const KEEPING = ['q4', 'q5', 'q6', 'q7', 'q8', 'q9', 'q11', 'q16', 'q19'];

/** The world of the test finds a source's log by its seed. */
const LOGS = [...NEXMARK_TABLES.map((table) => `nexmark-${table}`), 'nexmark-side-input'];
const inMemory = (topic: string): string =>
  `connector = 'nexmark', nexmark.table = 'bid', nexmark.seed = '${LOGS.indexOf(topic)}'`;

function streams(): readonly MemoryRecord[][][] {
  const generator = new NexmarkGenerator({
    ...DEFAULT_OPTIONS,
    seed: SEED,
    eventsPerSecond: EVENTS_PER_SECOND,
  });
  const made = NEXMARK_TABLES.map(() => Array.from({ length: PARTITIONS }, (): MemoryRecord[] => []));
  const bytes = new ByteWriter(4096);
  for (let index = 0; index < EVENTS; index++) {
    const table = tableOfEvent(index);
    bytes.reset();
    generator.write(index, bytes);
    const value = Buffer.from(bytes.bytes.subarray(0, bytes.used)).toString();
    const partition = countBefore(table, index) % PARTITIONS;
    const record = { key: null, value, timestamp: generator.timeOf(index) };
    made[NEXMARK_TABLES.indexOf(table)]![partition]!.push(record);
  }
  return made;
}

function sideInput(): readonly MemoryRecord[][] {
  const side = Array.from({ length: 10_000 }, (_, key) => JSON.stringify({ key, value: `value ${key}` }));
  return [side];
}

/** Epochs are cut by what all logs hold: only those that are read belong there. */
function run(sql: string, of: readonly Logs[], tasks: 1 | 2, kills: 0 | 5): Promise<CellResult> {
  return runCell(
    withSources(sql, inMemory),
    of,
    { batch: 'default', tasks, optimize: true, kills },
    SEED,
    true,
  );
}

describe(`Nexmark as Postgres has it (SEED=${SEED}, ${EVENTS} events)`, () => {
  const queries = nexmarkQueries();
  const all = nexmarkSources() + queries.map(({ sql }) => asView(sql)).join('\n');
  const known: Record<string, readonly string[]> = {};

  it('has queries 0 to 22', () => {
    expect(queries.map(({ name }) => name)).toEqual(Array.from({ length: 23 }, (_, n) => `q${n}`));
  });

  it('as one task', async () => {
    const { views } = await run(all, [...streams(), sideInput()], 1, 0);
    expect(Object.keys(views)).toEqual(queries.map(({ name }) => name));
    for (const [name, rows] of Object.entries(views)) expect(rows.length, name).toBeGreaterThan(0);
    Object.assign(known, views);
  }, 120_000);

  it('those that keep most, as two tasks that are killed five times', async () => {
    const some = queries.filter(({ name }) => KEEPING.includes(name));
    const { views, kills } = await run(
      nexmarkSources() + some.map(({ sql }) => sql).join('\n'),
      streams(),
      2,
      5,
    );
    expect(kills).toEqual(FIVE_KILLS);
    expect(Object.keys(views)).toEqual(KEEPING);
    for (const [name, rows] of Object.entries(views)) expect(rows, name).toEqual(known[name]);
  }, 120_000);
});
