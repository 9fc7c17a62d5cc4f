// State of windows over ten million events (or as many as the first argument says): bytes and groups at every tenth of them, and events per
// second of one thread. Events are made in memory: neither Kafka nor Postgres is measured here.

import { EMPTY_CATALOG } from '../src/catalog/catalog.ts';
import type { Batch } from '../src/data/batch.ts';
import { newBatch } from '../src/data/batch.ts';
import type { Column } from '../src/data/column.ts';
import { compileGraph } from '../src/operators/compile.ts';
import { PassingExchange } from '../src/operators/exchange.ts';
import type { ScanNode } from '../src/physical/graph.ts';
import { planSubmission } from '../src/plan.ts';
import { StateKeeper } from '../src/task/state-keeper.ts';

const SOURCE = `CREATE SOURCE s (k BIGINT, v BIGINT, ts TIMESTAMPTZ NOT NULL, WATERMARK FOR ts AS ts - INTERVAL '1 second')
WITH (connector = 'kafka', topic = 's') FORMAT PLAIN ENCODE JSON;`;

const QUERIES: Readonly<Record<string, string>> = {
  tumble: `SELECT k, window_end, count(*) FROM TUMBLE(s, ts, INTERVAL '10 seconds') GROUP BY k, window_end`,
  hop: `SELECT k, window_end, count(*) FROM HOP(s, ts, INTERVAL '2 seconds', INTERVAL '10 seconds') GROUP BY k, window_end EMIT ON WINDOW CLOSE`,
  session: `SELECT v, window_end FROM SESSION(s PARTITION BY k, ts, INTERVAL '100 milliseconds')`,
};

const ROWS = 2000;
const EVENTS_PER_SECOND = 20_000;
/** Per second; other keys come in the next one. */
const KEYS = 1000;
const SECOND = 1_000_000;

function words(column: Column): BigInt64Array {
  if (column.layout !== 'i64') throw new Error('the columns are bigint and timestamps');
  return column.values;
}

function valueOf(column: string, event: number): number {
  const second = Math.floor(event / EVENTS_PER_SECOND);
  if (column === 'ts') return Math.floor((event / EVENTS_PER_SECOND) * SECOND);
  return column === 'k' ? ((event * 7919) % KEYS) + KEYS * second : event;
}

function fill(batch: Batch, scan: ScanNode, first: number): void {
  scan.schema.forEach(({ name }, c) => {
    const column = batch.columns[c]!;
    if (column.layout === 'i32') return;
    const values = words(column);
    for (let i = 0; i < ROWS; i++) {
      values[i] = BigInt(valueOf(name, first + i));
    }
    column.nulls = null;
  });
  batch.rows = ROWS;
}

function measure(name: string, query: string, events: number): void {
  const { pipeline } = planSubmission(`${SOURCE} CREATE MATERIALIZED VIEW v AS ${query};`, EMPTY_CATALOG);
  const { graph } = pipeline!;
  const scan = graph.nodes.find((node): node is ScanNode => node.kind === 'scan')!;
  let out = 0;
  const { dataflow, tables } = compileGraph(graph, {
    end: () => ({ push: (batch) => void (out += batch.rows) }),
    errors: { error: () => undefined },
    exchange: (node) => new PassingExchange(node),
    isFirst: true,
  });
  const keeper = new StateKeeper(0, tables);
  const batch = newBatch(scan.schema, ROWS);
  const begun = process.cpuUsage();
  const tenth = Math.ceil(events / 10 / ROWS) * ROWS;
  let epoch = 0;
  for (let first = 0; first < tenth * 10; first += ROWS) {
    fill(batch, scan, first);
    dataflow.push(scan.id, batch);
    const watermark = BigInt(Math.floor(((first + ROWS) / EVENTS_PER_SECOND - 1) * SECOND));
    epoch++;
    for (let level = 0; level < dataflow.levelCount; level++)
      dataflow.endLevel(level, () => watermark, BigInt(epoch));
    keeper.endEpoch(epoch);
    if ((first + ROWS) % tenth === 0)
      console.log(
        `${name.padEnd(8)} ${String(first + ROWS).padStart(9)} events  ${keeper.bytes()} bytes  ${keeper.keys()} keys`,
      );
  }
  const { user, system } = process.cpuUsage(begun);
  const seconds = (user + system) / SECOND;
  console.log(
    `${name.padEnd(8)} ${Math.round((tenth * 10) / seconds)} events per second of CPU, ${out} changes\n`,
  );
}

const events = Number(process.argv[2] ?? 10_000_000);
for (const [name, query] of Object.entries(QUERIES)) measure(name, query, events);
