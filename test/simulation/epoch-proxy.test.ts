import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { migrate } from '../../src/postgres/migrations.ts';
import { Pool } from '../../src/postgres/pool.ts';
import type { FreshDatabase } from '../setup/parts.ts';
import { freshDatabase } from '../setup/parts.ts';
import type { RealSabotage } from './real-run.ts';
import { realRun } from './real-run.ts';

const RUNS = 110;
const AT_ONCE = 6;
const SABOTAGES: readonly RealSabotage[] = [
  'no-fence',
  'offsets-outside',
  'skip-segments',
  'reread-for-takeover',
];

let database: FreshDatabase;
let pool: Pool;

beforeAll(async () => {
  database = await freshDatabase();
  await migrate(database.url);
  pool = new Pool(database.url, { applicationName: 'test', max: AT_ONCE + 2 });
});

afterAll(async () => {
  await pool.close();
});

describe('the epoch commit against the real Postgres, through a proxy that cuts, delays and drops answers', () => {
  it(`gives the right answer in ${RUNS} runs`, { timeout: 180_000 }, async () => {
    const totals = { epochs: 0, processes: 0, fenced: 0 };
    const faults = new Map<string, number>();
    await inParallel(RUNS, async (seed) => {
      const report = await realRun(seed, pool).catch((error: unknown) => {
        throw new Error(`seed ${seed}: ${String(error)}`, { cause: error });
      });
      for (const key of ['epochs', 'processes', 'fenced'] as const) totals[key] += report[key];
      for (const fault of report.faults) faults.set(fault, (faults.get(fault) ?? 0) + 1);
      return true;
    });
    console.log(`real Postgres: ${JSON.stringify({ ...totals, ...Object.fromEntries(faults) })}`);
    for (const fault of ['cut', 'drop-answer', 'deliver-late', 'hang', 'delay', 'blackhole'])
      expect(faults.get(`commit ${fault}`)).toBeGreaterThan(0);
  });

  for (const sabotage of SABOTAGES)
    it(`notices ${sabotage}`, { timeout: 120_000 }, async () => {
      let caught: string | undefined;
      await inParallel(RUNS, async (seed) => {
        await realRun(seed, pool, sabotage).catch((error: unknown) => {
          caught ??= `by seed ${seed}: ${String(error).slice(0, 160)}`;
        });
        return caught === undefined;
      });
      console.log(`${sabotage}: caught ${caught}`);
      expect(caught).toBeDefined();
    });
});

/** Seeds 1 … n, a few at once, until one says false. */
async function inParallel(n: number, run: (seed: number) => Promise<boolean>): Promise<void> {
  let next = 1;
  const worker = async (): Promise<void> => {
    while (next <= n) if (!(await run(next++))) next = n + 1;
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}
