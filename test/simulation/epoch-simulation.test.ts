import { describe, expect, it } from 'vitest';
import { simulate } from './simulate.ts';
import type { Sabotage } from './simulated-postgres.ts';

const RUNS = 1_200;

describe('the epoch commit against a simulated Postgres', () => {
  it(`gives the right answer in ${RUNS} runs with crashes, cuts, lost answers and zombies`, async () => {
    const points = new Set<string>();
    const totals = { epochs: 0, processes: 0, fenced: 0, faults: 0 };
    for (let seed = 1; seed <= RUNS; seed++) {
      const report = await simulate(seed).catch((error: unknown) => {
        throw new Error(`seed ${seed}: ${String(error)}`, { cause: error });
      });
      for (const point of report.points) points.add(point);
      for (const key of ['epochs', 'processes', 'fenced', 'faults'] as const) totals[key] += report[key];
    }
    console.log(`simulation: ${JSON.stringify(totals)}, broke off at ${points.size} places`);
    for (const step of STEPS)
      expect([...points]).toEqual(expect.arrayContaining([`before ${step}`, `after ${step}`]));
    expect(totals.faults).toBeGreaterThan(RUNS * 5);
    expect(totals.fenced).toBeGreaterThan(RUNS / 10);
  });

  for (const sabotage of SABOTAGES())
    it(`notices ${sabotage}`, async () => {
      const caught = await firstFailure(sabotage);
      console.log(`${sabotage}: caught by seed ${caught.seed}: ${caught.message}`);
      expect(caught.seed).toBeLessThanOrEqual(RUNS);
    });
});

const STEPS = [
  ...['begin', 'fence', 'partitions', 'sources', 'open-fold', 'supersede', 'segment', 'manifest', 'view'],
  ...['changelog', 'late-rows', 'dead-letters', 'statistics', 'notify', 'commit'],
];

function SABOTAGES(): readonly Sabotage[] {
  return ['no-fence', 'offsets-outside', 'skip-segments', 'reread-for-takeover', 'takeover-of-anybodys'];
}

async function firstFailure(sabotage: Sabotage): Promise<{ seed: number; message: string }> {
  for (let seed = 1; seed <= RUNS; seed++)
    try {
      await simulate(seed, sabotage);
    } catch (error) {
      return { seed, message: String(error).slice(0, 160) };
    }
  return { seed: Infinity, message: 'never' };
}
