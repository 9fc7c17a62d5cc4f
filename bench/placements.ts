// One task against two, in threads and in processes: a query that does little beside fetching, and one that computes. Runs alternate, each in
// a process of its own; the checksums must agree. CPU-seconds are those of the service's process, so those of child processes are not
// in them.

import type { BenchParts } from './parts.ts';
import type { Measurement } from './measurement.ts';
import { measure } from './measurement.ts';
import { medianOf, shown } from './median.ts';
import { SHARED_WORK } from './more-queries.ts';
import type { OwnQuery } from './more-queries.ts';

const PLACEMENTS = [
  { name: 'one task, main thread', parallelism: '1', isolation: 'inline' },
  { name: 'one task, thread', parallelism: '1', isolation: 'thread' },
  { name: 'two tasks, threads', parallelism: '2', isolation: 'thread' },
  { name: 'two tasks, processes', parallelism: '2', isolation: 'process' },
] as const;

export interface PlacementTimes {
  readonly query: OwnQuery;
  readonly placement: string;
  readonly run: Measurement;
  /** Events per second, as a multiple of those of one task on the main thread. */
  readonly times: number;
}

export async function measurePlacements(
  parts: BenchParts,
  topic: string,
  rounds: number,
): Promise<readonly PlacementTimes[]> {
  const results: PlacementTimes[] = [];
  for (const query of SHARED_WORK) results.push(...(await measureQuery(parts, topic, query, rounds)));
  return results;
}

async function measureQuery(
  parts: BenchParts,
  topic: string,
  query: OwnQuery,
  rounds: number,
): Promise<readonly PlacementTimes[]> {
  const runs = PLACEMENTS.map((): Measurement[] => []);
  for (let round = 0; round < rounds; round++)
    for (const [i, { name, parallelism, isolation }] of PLACEMENTS.entries()) {
      const run = await measure('millrace', [topic, query.name], {
        KAFKA_BROKERS: parts.brokers,
        DATABASE_URL: await parts.freshDatabase(),
        MILLRACE_PARALLELISM: parallelism,
        MILLRACE_ISOLATION: isolation,
      });
      const first = runs[0]![0] ?? run;
      if (run.checksum !== first.checksum || run.rows !== first.rows)
        throw new Error(`${query.name}, ${name}: another result`);
      console.log(`${query.name}, ${name.padEnd(22)} ${shown(run)}`);
      runs[i]!.push(run);
    }
  const medians = runs.map(medianOf);
  return PLACEMENTS.map(({ name }, i) => {
    const run = medians[i]!;
    return { query, placement: name, run, times: medians[0]!.seconds / run.seconds };
  });
}
