// Opens the engine on a database whose pipelines were stopped, until all of them run: what reading the state back takes.
//
//     node bench/run-recovery.ts     (DATABASE_URL)

import { setTimeout as sleep } from 'node:timers/promises';
import { openEngine } from '../src/cli/open-engine.ts';
import { readConfig } from '../src/config.ts';
import { stopwatch } from './measurement.ts';

export interface RecoveryRun {
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly peakBytes: number;
  /** Of segments in Postgres. */
  readonly storedBytes: number;
}

const config = readConfig(process.env);
const end = stopwatch();
const open = await openEngine(config, config.databaseUrl!, [], () => undefined);
while (open.engine.pipelines().some(({ state }) => state !== 'running')) await sleep(1);
const used = end();
const { rows } = await open.pool.query<{ bytes: string }>(
  'SELECT coalesce(sum(size), 0)::text AS bytes FROM millrace.segments',
);
await open.close();
process.stdout.write(`${JSON.stringify({ ...used, storedBytes: Number(rows[0]!.bytes) })}\n`);
