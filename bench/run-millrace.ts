// Millrace: the whole engine in this process, from a submitted statement to the last committed epoch. Row count and checksum are
// read from Postgres, where the epochs' commits put them.
//
//     node bench/run-millrace.ts <topic> <query>     (KAFKA_BROKERS, DATABASE_URL)

import { openEngine } from '../src/cli/open-engine.ts';
import { readConfig } from '../src/config.ts';
import { report, stopwatch } from './measurement.ts';
import { queryNamed } from './more-queries.ts';
import { sourceSql } from './queries.ts';

const [topic = '', name = ''] = process.argv.slice(2);
const query = queryNamed(name);
const config = readConfig(process.env);
const open = await openEngine(config, config.databaseUrl!, config.kafkaBrokers!, (_, message, fields) =>
  console.error(message, fields),
);
let epochs = 0;
let events = 0;
const end = stopwatch();
const finished = new Promise<void>((resolve) => {
  open.onCommit((plan) => {
    epochs++;
    events += plan.statistics.rowsIn;
    if (plan.status === 'finished') resolve();
  });
});
await open.engine.submit(
  `${sourceSql(topic)}\nCREATE SINK measured AS ${query.sql} WITH (connector = 'blackhole');`,
  { requester: 'bench' },
);
await finished;
const used = end();
const { rows } = await open.pool.query<{ rows: string; checksum: string }>(
  `SELECT position ->> 'rows' AS rows, position ->> 'checksum' AS checksum FROM millrace.sink_positions`,
);
const { rows: bad } = await open.pool.query<{ n: string }>(
  `SELECT (SELECT count(*) FROM millrace.dead_letters) + (SELECT count(*) FROM millrace.late_rows) AS n`,
);
if (Number(bad[0]!.n) !== 0) throw new Error(`${bad[0]!.n} records were refused or late`);
report({ events, rows: Number(rows[0]!.rows), checksum: rows[0]!.checksum, epochs, ...used });
await open.close();
