// `npm run bench:keyed`: windows, rows that change, shared scans, tasks, state by size and recovery, on servers of its own; bench/README.md
// says what and how. Fails when two sides of a comparison have different results, or when ten queries of one file read their topic more
// than once.
//
//     npm run bench:keyed -- --part scans --events 200000 --rounds 1 --keys 1000,100000

import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { format, resolveConfig } from 'prettier';
import type { KeyedResults } from './keyed-results.ts';
import { keyedText } from './keyed-results.ts';
import { loadBids } from './load-bids.ts';
import { runChild } from './measurement.ts';
import { startParts } from './parts.ts';
import { measurePlacements } from './placements.ts';
import { measureRecovery } from './recovery.ts';
import { measureScans } from './scans.ts';
import type { StateTimes } from './state-times.ts';
import { CASES } from './state-times.ts';
import { measureUpserts } from './upserts.ts';
import { measureWindows } from './windows-over-kafka.ts';

const RESULTS = join(import.meta.dirname, 'results', 'keyed.md');
const TOPIC = 'bids';
/** Of the table of upserts, so many operations a key. */
const OPERATIONS_A_KEY = 10;

const { values: flags } = parseArgs({
  options: {
    events: { type: 'string', default: '3000000' },
    rounds: { type: 'string', default: '3' },
    keys: { type: 'string', default: '1000,100000,1000000,10000000' },
    /** windows, upserts, scans, tasks, state or recovery; all when left out, and only then kept as a result. */
    part: { type: 'string' },
  },
});
const [events, rounds] = [Number(flags.events), Number(flags.rounds)];
const operations = Math.ceil(events / 3);
const sizes = flags.keys.split(',').map(Number);
const wants = (part: string): boolean => flags.part === undefined || flags.part === part;

async function measureStates(): Promise<readonly StateTimes[]> {
  const results: StateTimes[] = [];
  for (const name of Object.keys(CASES))
    for (const keys of sizes) {
      const times = await runChild<StateTimes>('run-state.ts', [name, String(keys)], {});
      console.log(`${name}, ${keys} keys: ${times.nanosecondsPerRow.toFixed(0)} ns a row`);
      results.push(times);
    }
  return results;
}

const parts = await startParts();
try {
  if (wants('windows') || wants('scans') || wants('tasks'))
    await loadBids(parts.brokers.split(','), TOPIC, events);
  const results: KeyedResults = {
    rounds,
    events,
    windows: wants('windows') ? await measureWindows(parts, TOPIC, rounds) : undefined,
    upserts: wants('upserts')
      ? await measureUpserts(parts, operations, Math.ceil(operations / OPERATIONS_A_KEY), rounds)
      : undefined,
    scans: wants('scans') ? await measureScans(parts, TOPIC, events, rounds) : undefined,
    placements: wants('tasks') ? await measurePlacements(parts, TOPIC, rounds) : undefined,
    state: wants('state') ? await measureStates() : undefined,
    recovery: wants('recovery') ? await measureRecovery(parts, sizes, rounds) : undefined,
  };
  const text = keyedText(results);
  if (flags.part === undefined) {
    mkdirSync(dirname(RESULTS), { recursive: true });
    writeFileSync(RESULTS, await format(text, { ...(await resolveConfig(RESULTS)), filepath: RESULTS }));
  }
  console.log(text);
  const oneFile = results.scans?.find(({ name }) => name.includes('one file'));
  if (oneFile !== undefined && oneFile.reads !== 1) {
    console.log(`ten views in one file read the topic ${oneFile.reads} times`);
    process.exitCode = 1;
  }
} finally {
  await parts.stop();
}
