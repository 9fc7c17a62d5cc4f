// The judge of random queries looks amid the run: a version that lags behind the offsets that it was committed with is caught, whatever
// the query is made of.

import { afterAll, beforeAll, expect, it } from 'vitest';
import { freshDatabase } from '../setup/parts.ts';
import { testSeed } from '../setup/seed.ts';
import { Dice } from './dice.ts';
import { Judge } from './judge.ts';
import { play } from './play.ts';
import { randomRecords } from './records.ts';
import type { Script } from './script.ts';
import type { Table } from './tables.ts';
import { declaration } from './tables.ts';
import { compareAll } from './verdict.ts';

const SEED = testSeed();

const columns: Table['columns'] = [
  { name: 'id', type: 'big', nullable: false },
  { name: 'at', type: 'time', nullable: true },
  { name: 'int0', type: 'int', nullable: true },
  { name: 'text1', type: 'text', nullable: true },
];
const TABLES: readonly Table[] = [
  { name: 'a', kind: 'stream', key: [], columns },
  { name: 'b', kind: 'upsert', key: ['id'], columns },
];

const QUERIES: Readonly<Record<string, string>> = {
  'a join': 'SELECT x.id AS c0, y.text1 AS c1 FROM a AS x LEFT JOIN b AS y ON x.int0 = y.int0',
  'a window function':
    'SELECT id AS c0, sum(int0) OVER (PARTITION BY text1 ORDER BY id ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) AS c1 FROM b',
  'first rows':
    'SELECT id AS c0, at AS c1 FROM (SELECT *, row_number() OVER (PARTITION BY int0 ORDER BY id DESC, at) AS place FROM b) AS q WHERE place < 3',
  windows: `SELECT window_end AS c0, count(*) AS c1 FROM HOP(a, at, INTERVAL '1 second', INTERVAL '3 seconds') GROUP BY window_end`,
  'windows that close': `SELECT window_end AS c0, count(*) AS c1 FROM TUMBLE(a, at, INTERVAL '1 second') GROUP BY window_end EMIT ON WINDOW CLOSE`,
  sessions: `SELECT id AS c0, window_start AS c1, window_end AS c2 FROM SESSION(a PARTITION BY int0, at, INTERVAL '2 seconds')`,
};

let judged: Judge;
beforeAll(async () => {
  judged = await Judge.open((await freshDatabase()).url);
});
afterAll(() => judged.close());

it.each(Object.entries(QUERIES))(`%s (SEED=${SEED})`, async (_name, query) => {
  const dice = new Dice(SEED);
  const script: Script = {
    sources: TABLES.map(declaration),
    query,
    logs: TABLES.map((table) => randomRecords(dice, table, 2)),
    optimize: true,
    tasks: 2,
    maxChunk: 1,
    maxEpochBytes: 300,
    crash: 0,
    seed: SEED,
  };
  const versions = await play(script, 1);
  expect(await compareAll(script, versions, judged)).toBe('same');
  const rows = versions.map(({ views }) => views.get('v')!.rows.join('\n'));
  const changed = rows.findIndex((text, i) => i > 0 && i < rows.length - 1 && text !== rows[i - 1]);
  expect(changed, 'a version amid the run with another answer').toBeGreaterThan(0);
  const { rows: before } = versions[changed - 1]!.views.get('v')!;
  const views = new Map([['v', { ...versions[changed]!.views.get('v')!, rows: before }]]);
  const late = { ...versions[changed]!, views };
  expect(await compareAll(script, versions.with(changed, late), judged)).toMatchObject({ way: 'differs' });
});
