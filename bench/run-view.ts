// Rows into a view: the whole engine in this process, from a submitted statement to the last committed epoch; then COPY, as `\copy` of
// psql does it, of as many of the view's rows into a table without a key.
//
//     node bench/run-view.ts <topic> <query>     (KAFKA_BROKERS, DATABASE_URL)

import { once } from 'node:events';
import pg from 'pg';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';
import { openEngine } from '../src/cli/open-engine.ts';
import { readConfig } from '../src/config.ts';
import { stopwatch } from './measurement.ts';
import { sourceSql } from './queries.ts';
import { VIEW_QUERIES } from './view-queries.ts';

export interface ViewMeasurement {
  readonly events: number;
  /** Net rows that the commits inserted and updated. */
  readonly rows: number;
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly peakBytes: number;
  readonly epochs: number;
  /** For as many rows. */
  readonly copySeconds: number;
}

const [topic = '', name = ''] = process.argv.slice(2);
const query = VIEW_QUERIES.find((one) => one.name === name)!;
const config = readConfig(process.env);
const open = await openEngine(config, config.databaseUrl!, config.kafkaBrokers!, (_, message, fields) => {
  console.error(message, fields);
});

async function fillView(): Promise<Omit<ViewMeasurement, 'copySeconds'>> {
  let [events, rows, epochs] = [0, 0, 0];
  const end = stopwatch();
  const finished = new Promise<void>((resolve) => {
    open.onCommit((plan) => {
      epochs++;
      events += plan.statistics.rowsIn;
      rows += plan.statistics.rowsOut;
      if (plan.status === 'finished') resolve();
    });
  });
  await open.engine.submit(`${sourceSql(topic)}\nCREATE MATERIALIZED VIEW measured AS ${query.sql};`, {
    requester: 'bench',
  });
  await finished;
  return { events, rows, epochs, ...end() };
}

/** Reads the view's rows as text once, and writes them until there are `rows`. */
async function copyInto(client: pg.Client, rows: number): Promise<number> {
  const chunks: Buffer[] = [];
  for await (const chunk of client.query(copyTo('COPY (SELECT * FROM measured) TO STDOUT')))
    chunks.push(chunk as Buffer);
  const { rows: counted } = await client.query<{ n: string }>('SELECT count(*) AS n FROM measured');
  await client.query('CREATE TABLE plain AS SELECT * FROM measured WITH NO DATA');
  const begun = performance.now();
  for (let left = Math.round(rows / Number(counted[0]!.n)); left > 0; left--) {
    const stream = client.query(copyFrom('COPY plain FROM STDIN'));
    for (const chunk of chunks) if (!stream.write(chunk)) await once(stream, 'drain');
    stream.end();
    await once(stream, 'finish');
  }
  return (performance.now() - begun) / 1000;
}

const filled = await fillView();
const client = new pg.Client(config.databaseUrl!);
await client.connect();
const copySeconds = await copyInto(client, filled.rows);
await client.end();
process.stdout.write(`${JSON.stringify({ ...filled, copySeconds })}\n`);
await open.close();
