// Random queries against Postgres: those that once failed, then new ones from the seed of the run, which is printed: so many that a run
// says the same of the same tree, or for a set time (FUZZ_SECONDS).
// What fails is made small and kept under regressions. `npm run fuzz` goes on without an end.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freshDatabase } from '../setup/parts.ts';
import { testSeed } from '../setup/seed.ts';
import { emptyBag, hunt, summary } from './hunt.ts';
import { Judge } from './judge.ts';
import { regressions, store } from './regressions.ts';
import { judge } from './verdict.ts';

/** Without a set time: this many, within ample time. */
const CASES = process.env['FUZZ_SECONDS'] === undefined ? 250 : Infinity;
const SECONDS = Number(process.env['FUZZ_SECONDS'] ?? 120);
const SEED = testSeed();
const SHRINK_MS = 60_000;

let judged: Judge;
beforeAll(async () => {
  judged = await Judge.open((await freshDatabase()).url);
});
afterAll(() => judged.close());

describe('what once failed', () => {
  it.each(regressions())('%s', async (_name, script) => {
    expect(await judge(script, judged)).toMatchObject({ kind: script.answer ?? 'same' });
  });
});

it(
  `random queries are answered as by Postgres, at committed versions and at the end (SEED=${SEED})`,
  async () => {
    const end = performance.now() + SECONDS * 1000;
    const bag = emptyBag();
    const until = (): boolean => bag.cases >= CASES || performance.now() > end;
    const caught = await hunt({ firstSeed: SEED, until, shrinkMs: SHRINK_MS }, judged, bag);
    console.log(`fuzz from seed ${SEED}: ${summary(bag)}`);
    if (caught !== null)
      throw new Error(
        `seed ${caught.seed} ${caught.wrong.way}, kept as ${store(caught)}:\n${caught.script.query}\n${caught.wrong.detail}`,
      );
    expect(bag.withRows).toBeGreaterThan(bag.cases / 3);
  },
  SECONDS * 1000 + SHRINK_MS + 60_000,
);
