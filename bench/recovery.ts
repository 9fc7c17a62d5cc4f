// State by its size: bytes per key in memory and as stored, and how long it takes until a pipeline that was stopped runs again.

import { runChild } from './measurement.ts';
import { middle } from './median.ts';
import type { BenchParts } from './parts.ts';
import type { RecoveryRun } from './run-recovery.ts';
import type { SubmissionRun } from './run-submissions.ts';

export interface RecoveryTimes {
  readonly keys: number;
  readonly fill: SubmissionRun;
  readonly recovery: RecoveryRun;
}

/** Generated, so that reading is no part of it; every key comes twice. */
const submission = (keys: number): string =>
  `CREATE SOURCE s (n BIGINT) WITH (connector = 'datagen', fields.n.kind = 'sequence') FORMAT PLAIN ENCODE JSON;
   CREATE SINK keyed AS SELECT n % ${keys} AS k, count(*) AS c, sum(n) AS total, max(n) AS last FROM s GROUP BY n % ${keys}
     WITH (connector = 'blackhole');`;

export async function measureRecovery(
  parts: BenchParts,
  sizes: readonly number[],
  rounds: number,
): Promise<readonly RecoveryTimes[]> {
  const results: RecoveryTimes[] = [];
  for (const keys of sizes) {
    const settings = { DATABASE_URL: await parts.freshDatabase(), MILLRACE_PIPELINE_MEMORY_MB: '16000' };
    const asked = { texts: [submission(keys)], check: null, rows: Math.max(2 * keys, 1_000_000) };
    const fill = await runChild<SubmissionRun>('run-submissions.ts', [JSON.stringify(asked)], settings);
    const runs: RecoveryRun[] = [];
    for (let round = 0; round < rounds; round++)
      runs.push(await runChild<RecoveryRun>('run-recovery.ts', [], settings));
    const recovery: RecoveryRun = {
      seconds: middle(runs.map((run) => run.seconds)),
      cpuSeconds: middle(runs.map((run) => run.cpuSeconds)),
      peakBytes: middle(runs.map((run) => run.peakBytes)),
      storedBytes: middle(runs.map((run) => run.storedBytes)),
    };
    console.log(
      `${keys} keys: ${(fill.stateBytes / keys).toFixed(0)} bytes a key, recovered in ${recovery.seconds.toFixed(2)} s, ${recovery.cpuSeconds.toFixed(2)} CPU-seconds`,
    );
    results.push({ keys, fill, recovery });
  }
  return results;
}
