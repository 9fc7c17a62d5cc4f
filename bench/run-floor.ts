// The floor: what one writes by hand with kafkajs. eachBatch, JSON.parse, plain objects, JSON.stringify of every output column, and
// the same checksum as the blackhole sink. The clock starts when the consumer has joined its group.
//
//     node bench/run-floor.ts <topic> <query> <events>     (KAFKA_BROKERS)

import { Kafka, logLevel } from 'kafkajs';
import { RowChecksum } from '../src/connectors/formats/row-checksum.ts';
import { report, stopwatch } from './measurement.ts';
import type { Bid } from './queries.ts';
import { QUERIES } from './queries.ts';

const [topic = '', name = '', events = '0'] = process.argv.slice(2);
const query = QUERIES.find((one) => one.name === name)!.floor();
const kafka = new Kafka({ brokers: process.env['KAFKA_BROKERS']!.split(','), logLevel: logLevel.ERROR });
const consumer = kafka.consumer({ groupId: `floor-${process.pid}-${Date.now()}` });

const checksum = new RowChecksum();
const bytes = Buffer.alloc(1 << 16);
const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
const put = (row: string): void => checksum.add(bytes, view, 0, bytes.write(row), 1);

await consumer.connect();
await consumer.subscribe({ topic, fromBeginning: true });
let seen = 0;
let end = stopwatch();
consumer.on(consumer.events.GROUP_JOIN, () => (end = stopwatch()));
await new Promise<void>((resolve, reject) => {
  const wanted = Number(events);
  consumer
    .run({
      eachBatch: ({ batch }) => {
        for (const message of batch.messages) query.take(JSON.parse(message.value!.toString()) as Bid, put);
        seen += batch.messages.length;
        if (seen >= wanted) resolve();
        return Promise.resolve();
      },
    })
    .catch(reject);
});
query.end(put);
const used = end();
report({ events: seen, rows: checksum.rows, checksum: checksum.digest, epochs: 0, ...used });
await consumer.disconnect();
