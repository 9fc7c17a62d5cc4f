// `npm run bench`: everything that is measured, on servers of its own; bench/README.md says what and how. Fails when outputs differ,
// or when Millrace is below what it must reach.
//
//     npm run bench -- --events 3000000 --rounds 3 --part throughput --query q1

import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { format, resolveConfig } from 'prettier';
import { startParts } from './parts.ts';
import type { Results } from './results.ts';
import { resultsText } from './results.ts';
import { measureService } from './service-times.ts';
import { measureThroughput } from './throughput.ts';
import { measureViews } from './view-writing.ts';

const RESULTS = join(import.meta.dirname, 'results', 'README.md');
const MOST_P95_MS = 250;

const { values: flags } = parseArgs({
  options: {
    events: { type: 'string', default: '3000000' },
    'view-events': { type: 'string', default: '500000' },
    rounds: { type: 'string', default: '3' },
    /** throughput, views or service; all when left out. */
    part: { type: 'string' },
    query: { type: 'string' },
    /** Writes a CPU profile of every Millrace run into this folder; nothing is then kept as a result. */
    profile: { type: 'string' },
  },
});
const rounds = Number(flags.rounds);
const partial = flags.part !== undefined || flags.query !== undefined || flags.profile !== undefined;
const wants = (part: string): boolean => flags.part === undefined || flags.part === part;

function tooSlow({ throughput, service }: Results): string[] {
  const slow: string[] = [];
  for (const { query, perCpuSecond, perSecond } of throughput?.compared ?? [])
    if (Math.min(perCpuSecond, perSecond) < query.least)
      slow.push(`${query.name} is below ${query.least} times the floor`);
  for (const { rate, p95 } of service?.latencies ?? [])
    if (p95 > MOST_P95_MS) slow.push(`at ${rate} events/s the p95 is above ${MOST_P95_MS} ms`);
  return slow;
}

const parts = await startParts();
try {
  const { profile, query } = flags;
  const nodeFlags =
    profile === undefined ? [] : ['--cpu-prof', '--cpu-prof-interval=500', `--cpu-prof-dir=${profile}`];
  const events = Number(flags.events);
  const results: Results = {
    rounds,
    throughput: wants('throughput')
      ? await measureThroughput(parts, { events, rounds, query, nodeFlags })
      : undefined,
    views: wants('views') ? await measureViews(parts, Number(flags['view-events']), rounds) : undefined,
    service: wants('service') ? await measureService(parts, rounds) : undefined,
  };
  const text = resultsText(results);
  if (!partial) {
    mkdirSync(dirname(RESULTS), { recursive: true });
    writeFileSync(RESULTS, await format(text, { ...(await resolveConfig(RESULTS)), filepath: RESULTS }));
  }
  console.log(text);
  for (const line of tooSlow(results)) {
    console.log(line);
    process.exitCode = 1;
  }
} finally {
  await parts.stop();
}
