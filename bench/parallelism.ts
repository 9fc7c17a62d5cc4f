// One task against two, in threads and in processes: the tumbling count over the same topic. Runs alternate, each in a process of its
// own; the checksums must agree. CPU-seconds are those of the service's process, so those of child processes are not in them.
//
//     node bench/parallelism.ts [events] [rounds]

import { loadBids } from './load-bids.ts';
import type { Measurement } from './measurement.ts';
import { measure } from './measurement.ts';
import { medianOf, shown } from './median.ts';
import { startParts } from './parts.ts';

const TOPIC = 'bids';
const [events = '2000000', rounds = '3'] = process.argv.slice(2);

const PLACEMENTS = [
  { name: 'one task, main thread', parallelism: '1', isolation: 'inline' },
  { name: 'one task, thread', parallelism: '1', isolation: 'thread' },
  { name: 'two tasks, threads', parallelism: '2', isolation: 'thread' },
  { name: 'two tasks, processes', parallelism: '2', isolation: 'process' },
] as const;

const parts = await startParts();
try {
  await loadBids(parts.brokers.split(','), TOPIC, Number(events));
  const runs = PLACEMENTS.map((): Measurement[] => []);
  for (let round = 0; round < Number(rounds); round++)
    for (const [i, { name, parallelism, isolation }] of PLACEMENTS.entries()) {
      const run = await measure('millrace', [TOPIC, 'count'], {
        KAFKA_BROKERS: parts.brokers,
        DATABASE_URL: await parts.freshDatabase(),
        MILLRACE_PARALLELISM: parallelism,
        MILLRACE_ISOLATION: isolation,
      });
      console.log(`${name.padEnd(22)} ${shown(run)}`);
      const first = runs[0]![0];
      if (first !== undefined && (run.checksum !== first.checksum || run.rows !== first.rows))
        throw new Error(`${name}: another result`);
      runs[i]!.push(run);
    }
  const medians = runs.map(medianOf);
  PLACEMENTS.forEach(({ name }, i) => {
    const times = medians[0]!.seconds / medians[i]!.seconds;
    console.log(`${name.padEnd(22)} ${times.toFixed(2)} times the events per second of one task`);
  });
} finally {
  await parts.stop();
}
