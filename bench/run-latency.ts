// From producing an event to receiving its row: a producer at a steady rate and a subscriber (GraphQL over a WebSocket) of a view that
// passes the events on, in one process, so that both read one clock. An event's time is when it was due, so that a producer
// that falls behind does not hide it.
//
//     node bench/run-latency.ts <topic> <events per second> <seconds>     (KAFKA_BROKERS, MILLRACE_URL)

import { setTimeout as sleep } from 'node:timers/promises';
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { openAdmin } from '../src/connectors/kafka/admin.ts';
import { openProducer } from '../src/connectors/kafka/producer.ts';
import { submitTo } from './service.ts';

const [topic = '', perSecond = '1000', lasting = '10'] = process.argv.slice(2);
const brokers = process.env['KAFKA_BROKERS']!.split(',');
const url = process.env['MILLRACE_URL']!;
const rate = Number(perSecond);
/** Not counted: everything is compiled at its beginning. */
const WARM_UP_SECONDS = 4;
const counted = rate * Number(lasting);
const skipped = rate * WARM_UP_SECONDS;
const total = skipped + counted;
const PARTITIONS = 4;
const PATIENCE_MS = 10_000;

export interface Latency {
  readonly rate: number;
  readonly events: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
}

const latencies = new Float64Array(total).fill(-1);
let received = 0;

async function prepare(): Promise<void> {
  const admin = await openAdmin({ brokers });
  await admin.createTopic({ topic, partitions: PARTITIONS, replicationFactor: 1 });
  await admin.close();
  await submitTo(
    url,
    `CREATE SOURCE ${topic} (id INTEGER, due DOUBLE PRECISION)
     WITH (connector = 'kafka', topic = '${topic}', scan.startup.mode = 'earliest') FORMAT PLAIN ENCODE JSON;
     CREATE MATERIALIZED VIEW ${topic}_rows AS SELECT id, due FROM ${topic};`,
  );
}

interface Changes {
  readonly snapshot: boolean;
  readonly inserted: readonly { readonly id: number; readonly due: number }[];
}

/** Resolves when the (empty) snapshot has come: from then on every row is seen. */
function subscribe(): Promise<() => void> {
  const client = createClient({ url: `${url.replace('http', 'ws')}/graphql`, webSocketImpl: WebSocket });
  const view = `${topic}_rows`;
  return new Promise((resolve, reject) => {
    client.subscribe<Record<string, Changes>>(
      { query: `subscription { ${view} { snapshot inserted { id due } } }` },
      {
        next: ({ data, errors }) => {
          if (errors !== undefined) reject(new Error(JSON.stringify(errors)));
          const now = performance.now();
          const changes = data![view]!;
          for (const { id, due } of changes.inserted) {
            if (latencies[id]! >= 0) throw new Error(`event ${id} came twice`);
            latencies[id] = now - due;
            received++;
          }
          if (changes.snapshot) resolve(() => void client.dispose());
        },
        error: reject,
        complete: () => undefined,
      },
    );
  });
}

/** Sends what is due, again and again. */
async function produceAll(): Promise<void> {
  const producer = await openProducer({ brokers });
  const begun = performance.now();
  for (let sent = 0; sent < total;) {
    const due = Math.min(total, Math.floor(((performance.now() - begun) / 1000) * rate));
    if (due === sent) {
      await sleep(1);
      continue;
    }
    const records = Array.from({ length: due - sent }, (_, i) => {
      const id = sent + i;
      return {
        value: `{"id":${id},"due":${begun + (id * 1000) / rate}}`,
        partition: id % PARTITIONS,
      };
    });
    sent = due;
    await producer.send(topic, records);
  }
  await producer.close();
}

await prepare();
const unsubscribe = await subscribe();
await produceAll();
const deadline = performance.now() + PATIENCE_MS;
while (received < total && performance.now() < deadline) await sleep(10);
unsubscribe();
if (received !== total) throw new Error(`${total - received} of ${total} events did not arrive`);

const sorted = latencies.slice(skipped).sort();
const quantile = (q: number): number => sorted[Math.min(counted - 1, Math.floor(q * counted))]!;
const result: Latency = {
  rate,
  events: counted,
  p50: quantile(0.5),
  p95: quantile(0.95),
  p99: quantile(0.99),
  max: sorted[counted - 1]!,
};
process.stdout.write(`${JSON.stringify(result)}\n`);
process.exit(0);
