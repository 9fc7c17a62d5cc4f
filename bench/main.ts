// `npm run bench`: Millrace beside the floor (kafkajs and JSON.parse by hand) and beside its own reader, over the same bids in the
// same topic. Runs alternate, each in a process of its own, so that a busy machine slows all of them; the medians are compared.
// Fails when outputs differ, or when Millrace is below what it must reach.
//
//     npm run bench -- --events 1000000 --rounds 3 --query q1

import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { loadBids } from './load-bids.ts';
import type { Measurement } from './measurement.ts';
import { measure } from './measurement.ts';
import { startParts } from './parts.ts';
import type { BenchParts } from './parts.ts';
import type { BenchQuery } from './queries.ts';
import { QUERIES } from './queries.ts';
import type { Compared } from './results.ts';
import { median, resultsText, shown } from './results.ts';

const TOPIC = 'bids';
const RESULTS = join(import.meta.dirname, 'results', 'README.md');

const { values: flags } = parseArgs({
  options: {
    events: { type: 'string', default: '1000000' },
    rounds: { type: 'string', default: '3' },
    query: { type: 'string' },
    /** Writes a CPU profile of every Millrace run into this folder; nothing is then kept as a result. */
    profile: { type: 'string' },
  },
});
const events = Number(flags.events);
const rounds = Number(flags.rounds);
const profile =
  flags.profile === undefined
    ? []
    : ['--cpu-prof', '--cpu-prof-interval=500', `--cpu-prof-dir=${flags.profile}`];

async function compare(parts: BenchParts, query: BenchQuery): Promise<Compared> {
  const millrace: Measurement[] = [];
  const floor: Measurement[] = [];
  const settings = { KAFKA_BROKERS: parts.brokers };
  for (let round = 0; round < rounds; round++) {
    const DATABASE_URL = await parts.freshDatabase();
    const ours = await measure('millrace', [TOPIC, query.name], { ...settings, DATABASE_URL }, profile);
    const theirs = await measure('floor', [TOPIC, query.name, flags.events], settings);
    console.log(`${query.name}  millrace ${shown(ours)}\n${query.name}  floor    ${shown(theirs)}`);
    assertSame(query, ours, theirs);
    millrace.push(ours);
    floor.push(theirs);
  }
  const compared = { query, millrace: median(millrace), floor: median(floor) };
  console.log(`${query.name}  ${ratio(compared).toFixed(2)} times the floor per CPU-second\n`);
  return compared;
}

function assertSame(query: BenchQuery, ours: Measurement, theirs: Measurement): void {
  const same = ours.rows === theirs.rows && ours.checksum === theirs.checksum;
  if (same && ours.events === events && theirs.events === events) return;
  throw new Error(
    `${query.name}: Millrace has ${ours.rows} rows ${ours.checksum} of ${ours.events} events, ` +
      `the floor ${theirs.rows} rows ${theirs.checksum} of ${theirs.events}`,
  );
}

function ratio({ millrace, floor }: Compared): number {
  return floor.cpuSeconds / millrace.cpuSeconds;
}

const parts = await startParts();
try {
  const bytes = await loadBids(parts.brokers.split(','), TOPIC, events);
  console.log(`${events} bids, ${(bytes / events).toFixed(0)} bytes each, in four partitions\n`);
  const compared: Compared[] = [];
  for (const query of QUERIES)
    if (flags.query === undefined || flags.query === query.name) compared.push(await compare(parts, query));
  const reads: Measurement[] = [];
  for (let round = 0; round < rounds; round++)
    reads.push(await measure('reader', [TOPIC], { KAFKA_BROKERS: parts.brokers }));
  const reader = median(reads);
  console.log(`reader alone  ${shown(reader)}`);
  const text = resultsText({ events, rounds, bytes, compared, reader });
  if (flags.query === undefined && flags.profile === undefined) {
    mkdirSync(dirname(RESULTS), { recursive: true });
    writeFileSync(RESULTS, text);
  }
  console.log(`\n${text}`);
  for (const one of compared)
    if (ratio(one) < one.query.least) {
      console.log(`${one.query.name} is below ${one.query.least} times the floor`);
      process.exitCode = 1;
    }
} finally {
  await parts.stop();
}
