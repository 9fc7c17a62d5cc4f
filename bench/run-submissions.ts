// The whole engine in this process, from submitted texts to the end of their pipelines, or until enough was read. What is to be done
// comes as JSON on the command line.
//
//     node bench/run-submissions.ts '{ "texts": [...], "check": "SELECT ...", "rows": null }'     (KAFKA_BROKERS, DATABASE_URL)

import { openEngine } from '../src/cli/open-engine.ts';
import { readConfig } from '../src/config.ts';
import type { Measurement } from './measurement.ts';
import { report, stopwatch } from './measurement.ts';

export interface Submissions {
  readonly texts: readonly string[];
  /** A query for one text, which must be the same whenever the same is asked; null: nothing to compare. */
  readonly check: string | null;
  /** Stops when so many rows were read; null: when all pipelines have finished. */
  readonly rows: number | null;
}

export interface SubmissionRun extends Measurement {
  readonly pipelines: number;
  /** In memory, at the last epoch. */
  readonly stateBytes: number;
}

const { texts, check, rows: enough } = JSON.parse(process.argv[2]!) as Submissions;
const config = readConfig(process.env);
const open = await openEngine(
  config,
  config.databaseUrl!,
  config.kafkaBrokers ?? [],
  (_, message, fields) => {
    if (fields['error'] !== undefined) console.error(message, fields);
  },
);
const finished = new Set<number>();
const stateBytes = new Map<number, number>();
let [epochs, events, rows] = [0, 0, 0];
const end = stopwatch();
const done = new Promise<void>((resolve) => {
  open.onCommit(({ pipelineId, statistics, status }) => {
    epochs++;
    events += statistics.rowsIn;
    rows += statistics.rowsOut;
    stateBytes.set(pipelineId, statistics.stateBytes);
    if (status === 'finished') finished.add(pipelineId);
    if (enough === null ? finished.size >= wanted() : events >= enough) resolve();
  });
});
let submitted = 0;
const wanted = (): number => (submitted < texts.length ? Infinity : open.engine.pipelines().length);
for (const text of texts) {
  await open.engine.submit(text, { requester: 'bench' });
  submitted++;
}
await done;
const used = end();
const checksum = check === null ? '' : (await open.pool.query<{ checksum: string }>(check)).rows[0]!.checksum;
const pipelines = open.engine.pipelines().length;
await open.close();
const held = [...stateBytes.values()].reduce((sum, bytes) => sum + bytes, 0);
report({ events, rows, checksum, epochs, ...used, pipelines, stateBytes: held } as SubmissionRun);
