// `npm run bench:keyed`: windows, rows that change, shared scans, tasks, state by size and recovery, on servers of its own; bench/README.md
// says what and how. Fails when two sides of a comparison have different results, or when ten queries of one file read their topic more
// than once.
//
//     npm run bench:keyed -- --part scans --events 200000 --rounds 1 --keys 1000,100000
//     npm run bench:keyed -- --part state --keys 10000000 --keep

import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import type { About } from './kept.ts';
import { readKept, writeKept } from './kept.ts';
import type { KeyedResults } from './keyed-results.ts';
import { keyedText, merged } from './keyed-results.ts';
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

const TOPIC = 'bids';
/** Of the table of upserts, so many operations a key. */
const OPERATIONS_A_KEY = 10;

const { values: flags } = parseArgs({
  options: {
    events: { type: 'string', default: '3000000' },
    rounds: { type: 'string', default: '3' },
    keys: { type: 'string', default: '1000,100000,1000000,10000000' },
    /** windows, upserts, scans, tasks, state or recovery; all when left out. */
    part: { type: 'string' },
    /** Of a part: it takes the place of what results/keyed.md had of it. The whole is kept anyway. */
    keep: { type: 'boolean', default: false },
  },
});
const [events, rounds] = [Number(flags.events), Number(flags.rounds)];
const operations = Math.ceil(events / 3);
const sizes = flags.keys.split(',').map(Number);
const wants = (part: string): boolean => flags.part === undefined || flags.part === part;

/** Of the part that has just been measured. */
const about = (): About => ({ rounds, events, load: loadavg()[1]! });

/** Undefined when it is not wanted. */
async function part<T>(
  name: string,
  measure: () => Promise<T>,
): Promise<{ readonly found: T; readonly about: About } | undefined> {
  return wants(name) ? { found: await measure(), about: about() } : undefined;
}

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
  const windows = await part('windows', () => measureWindows(parts, TOPIC, rounds));
  const upserts = await part('upserts', () =>
    measureUpserts(parts, operations, Math.ceil(operations / OPERATIONS_A_KEY), rounds),
  );
  const scans = await part('scans', () => measureScans(parts, TOPIC, events, rounds));
  const placements = await part('tasks', () => measurePlacements(parts, TOPIC, rounds));
  const state = await part('state', measureStates);
  const recovery = await part('recovery', () => measureRecovery(parts, sizes, rounds));
  const measured = Object.entries({ windows, upserts, scans, placements, state, recovery }).flatMap(
    ([name, one]) => (one === undefined ? [] : [[name, one.about] as const]),
  );
  const results: KeyedResults = {
    about: Object.fromEntries(measured),
    windows: windows?.found,
    upserts: upserts?.found,
    scans: scans?.found,
    placements: placements?.found,
    state: state?.found,
    recovery: recovery?.found,
  };
  const text = keyedText(results);
  if (flags.part === undefined || flags.keep) {
    const before = flags.part === undefined ? undefined : readKept<KeyedResults>('keyed');
    const kept = before === undefined ? results : merged(before, results);
    await writeKept('keyed', kept, keyedText(kept));
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
