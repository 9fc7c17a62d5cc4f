// The record-batch reader alone: fetched, checked, cut into columns; values are not looked at.
//
//     node bench/run-reader.ts <topic>     (KAFKA_BROKERS)

import { KafkaCluster } from '../src/connectors/kafka/cluster.ts';
import { openReader } from '../src/connectors/kafka/open-reader.ts';
import { report, stopwatch } from './measurement.ts';

const [topic = ''] = process.argv.slice(2);
const cluster = new KafkaCluster({ brokers: process.env['KAFKA_BROKERS']!.split(',') });
await cluster.topicNames();
const end = stopwatch();
const reader = await openReader({ cluster, topic, start: { kind: 'earliest' }, end: { kind: 'latest' } });
let events = 0;
await new Promise<void>((resolve, reject) => {
  const pump = (): void => {
    try {
      for (let chunk = reader.take(); chunk !== undefined; chunk = reader.take())
        events += chunk.columns.count;
    } catch (error) {
      reject(error as Error);
    }
    if (reader.finished) resolve();
  };
  reader.onReady(pump);
  pump();
});
const used = end();
report({ events, rows: 0, checksum: '', epochs: 0, ...used });
await reader.close();
await cluster.close();
