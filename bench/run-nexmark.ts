// One Nexmark query, in this process, from its topics to a blackhole: how fast, with how much memory, and how much state it held.
//
//     node bench/run-nexmark.ts <query>     (KAFKA_BROKERS, DATABASE_URL)

import { openEngine } from '../src/cli/open-engine.ts';
import { readConfig } from '../src/config.ts';
import { report, stopwatch } from './measurement.ts';
import type { Measurement } from './measurement.ts';
import { asBlackhole, nexmarkQueries, nexmarkSources, withSources } from './nexmark-queries.ts';

export interface NexmarkRun extends Measurement {
  /** The most bytes of state in each quarter of the events. */
  readonly stateBytes: readonly number[];
}

const [name = ''] = process.argv.slice(2);
const query = nexmarkQueries().find((one) => one.name === name)!;
const bounded = (topic: string): string =>
  `connector = 'kafka', topic = '${topic}', scan.startup.mode = 'earliest', scan.bounded.mode = 'latest-offset'`;
const sources = `${nexmarkSources()}${query.sql}`;
const config = readConfig(process.env);
const open = await openEngine(config, config.databaseUrl!, config.kafkaBrokers!, (_, message, fields) =>
  console.error(message, fields),
);
let epochs = 0;
let events = 0;
const held: { readonly events: number; readonly bytes: number }[] = [];
const end = stopwatch();
const finished = new Promise<void>((resolve) => {
  open.onCommit((plan) => {
    epochs++;
    events += plan.statistics.rowsIn;
    // The last epoch closes all that is open.
    if (plan.status === 'finished') return resolve();
    held.push({ events, bytes: plan.statistics.stateBytes });
  });
});
await open.engine.submit(asBlackhole(withSources(sources, bounded)), { requester: 'bench' });
await finished;
const used = end();
const { rows } = await open.pool.query<{ rows: string; checksum: string }>(
  `SELECT position ->> 'rows' AS rows, position ->> 'checksum' AS checksum FROM millrace.sink_positions`,
);
const { rows: bad } = await open.pool.query<{ n: string }>(
  'SELECT (SELECT count(*) FROM millrace.dead_letters) + (SELECT count(*) FROM millrace.late_rows) AS n',
);
if (Number(bad[0]!.n) !== 0) throw new Error(`${bad[0]!.n} records were refused or late`);
const stateBytes = [0, 0, 0, 0];
for (const epoch of held) {
  const quarter = Math.min(3, Math.floor((epoch.events * 4) / events));
  stateBytes[quarter] = Math.max(stateBytes[quarter]!, epoch.bytes);
}
const measured: NexmarkRun = {
  events,
  rows: Number(rows[0]!.rows),
  checksum: rows[0]!.checksum,
  epochs,
  stateBytes,
  ...used,
};
report(measured);
await open.close();
