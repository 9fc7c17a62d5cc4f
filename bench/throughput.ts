// Millrace beside the floor (kafkajs and JSON.parse by hand) and beside its own reader, over the same bids in the same topic. Runs
// alternate, each in a process of its own, so that a busy machine slows all of them; the medians are compared.

import { loadBids } from './load-bids.ts';
import type { Measurement } from './measurement.ts';
import { measure } from './measurement.ts';
import type { BenchParts } from './parts.ts';
import type { BenchQuery } from './queries.ts';
import { QUERIES } from './queries.ts';
import { medianOf, shown } from './median.ts';

export interface ThroughputOptions {
  readonly events: number;
  readonly rounds: number;
  readonly query: string | undefined;
  /** Flags of Node for Millrace's runs, such as those of a profiler. */
  readonly nodeFlags: readonly string[];
}

export interface Compared {
  readonly query: BenchQuery;
  readonly millrace: Measurement;
  readonly floor: Measurement;
  /** How much more events Millrace does than the floor. */
  readonly perCpuSecond: number;
  readonly perSecond: number;
}

export interface Throughput {
  readonly events: number;
  /** Of all values. */
  readonly bytes: number;
  readonly compared: readonly Compared[];
  readonly reader: Measurement;
}

const TOPIC = 'bids';

export async function measureThroughput(parts: BenchParts, options: ThroughputOptions): Promise<Throughput> {
  const { events, rounds } = options;
  const bytes = await loadBids(parts.brokers.split(','), TOPIC, events);
  console.log(`${events} bids, ${(bytes / events).toFixed(0)} bytes each, in four partitions\n`);
  const compared: Compared[] = [];
  for (const query of QUERIES)
    if (options.query === undefined || options.query === query.name)
      compared.push(await compare(parts, query, options));
  const reads: Measurement[] = [];
  for (let round = 0; round < rounds; round++)
    reads.push(await measure('reader', [TOPIC], { KAFKA_BROKERS: parts.brokers }));
  const reader = medianOf(reads);
  console.log(`reader alone  ${shown(reader)}\n`);
  return { events, bytes, compared, reader };
}

async function compare(
  parts: BenchParts,
  query: BenchQuery,
  { events, rounds, nodeFlags }: ThroughputOptions,
): Promise<Compared> {
  const ours: Measurement[] = [];
  const theirs: Measurement[] = [];
  const settings = { KAFKA_BROKERS: parts.brokers };
  for (let round = 0; round < rounds; round++) {
    const DATABASE_URL = await parts.freshDatabase();
    const one = await measure('millrace', [TOPIC, query.name], { ...settings, DATABASE_URL }, nodeFlags);
    const other = await measure('floor', [TOPIC, query.name, String(events)], settings);
    console.log(`${query.name}  millrace ${shown(one)}\n${query.name}  floor    ${shown(other)}`);
    assertSame(query, events, one, other);
    ours.push(one);
    theirs.push(other);
  }
  const [millrace, floor] = [medianOf(ours), medianOf(theirs)];
  const perCpuSecond = floor.cpuSeconds / millrace.cpuSeconds;
  const perSecond = floor.seconds / millrace.seconds;
  console.log(`${query.name}  ${perCpuSecond.toFixed(2)} times the floor per CPU-second\n`);
  return { query, millrace, floor, perCpuSecond, perSecond };
}

function assertSame(query: BenchQuery, events: number, ours: Measurement, theirs: Measurement): void {
  const same = ours.rows === theirs.rows && ours.checksum === theirs.checksum;
  if (same && ours.events === events && theirs.events === events) return;
  throw new Error(
    `${query.name}: Millrace has ${ours.rows} rows ${ours.checksum} of ${ours.events} events, ` +
      `the floor ${theirs.rows} rows ${theirs.checksum} of ${theirs.events}`,
  );
}
