// The Kafka reader alone, through a socket: an existing topic from its start to its end, records counted, values not looked at.
//
//     node bench/kafka-reader.ts 127.0.0.1:9092 bids [rounds]
import { KafkaCluster } from '../src/connectors/kafka/cluster.ts';
import { openReader } from '../src/connectors/kafka/open-reader.ts';

const [brokers = '127.0.0.1:9092', topic = 'bids', rounds = '3'] = process.argv.slice(2);
const cluster = new KafkaCluster({ brokers: brokers.split(',') });
for (let round = 0; round < Number(rounds); round++) {
  const cpu = process.cpuUsage();
  const start = performance.now();
  const reader = await openReader({ cluster, topic, start: { kind: 'earliest' }, end: { kind: 'latest' } });
  let records = 0;
  let bytes = 0;
  await new Promise<void>((resolve, reject) => {
    const pump = (): void => {
      try {
        for (let chunk = reader.take(); chunk !== undefined; chunk = reader.take()) {
          const { columns } = chunk;
          records += columns.count;
          if (columns.count > 0) bytes += columns.valueEnd[columns.count - 1]! - columns.valueStart[0]!;
        }
      } catch (error) {
        reject(error as Error);
      }
      if (reader.finished) resolve();
    };
    reader.onReady(pump);
    pump();
  });
  const seconds = (performance.now() - start) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  await reader.close();
  const cpuSeconds = (user + system) / 1e6;
  console.log(
    `${records} records, ${(bytes / 1e6).toFixed(0)} MB: ${(records / seconds / 1e6).toFixed(2)} M/s, ` +
      `${(records / cpuSeconds / 1e6).toFixed(2)} M per CPU-second, ${(process.memoryUsage().rss / 1e6).toFixed(0)} MB resident`,
  );
}
await cluster.close();
