// The page of `npm run bench:keyed` in results/: keyed state, windows, tables, shared scans, tasks.

import { cpus } from 'node:os';
import type { About } from './kept.ts';
import { replaced } from './kept.ts';
import { megabytes, perCpuSecond, perSecond, thousands } from './median.ts';
import type { PlacementTimes } from './placements.ts';
import type { RecoveryTimes } from './recovery.ts';
import type { ScanTimes } from './scans.ts';
import type { StateTimes } from './state-times.ts';
import { table } from './tables.ts';
import type { UpsertTimes } from './upserts.ts';
import type { WindowTimes } from './windows-over-kafka.ts';

export type KeyedPart = 'windows' | 'upserts' | 'scans' | 'placements' | 'state' | 'recovery';

export interface KeyedResults {
  /** By part. */
  readonly about: Readonly<Partial<Record<KeyedPart, About>>>;
  readonly windows: readonly WindowTimes[] | undefined;
  readonly upserts: UpsertTimes | undefined;
  readonly scans: readonly ScanTimes[] | undefined;
  readonly placements: readonly PlacementTimes[] | undefined;
  readonly state: readonly StateTimes[] | undefined;
  readonly recovery: readonly RecoveryTimes[] | undefined;
}

export function keyedText(results: KeyedResults): string {
  const { windows, upserts, scans, placements, state, recovery } = results;
  const sections = [heading()];
  const add = (part: KeyedPart, text: string): void => {
    const { rounds, events, load } = results.about[part]!;
    const size = part === 'state' ? '' : `Medians of ${rounds} rounds, ${events.toLocaleString('en')} bids. `;
    sections.push(text.replace('\n\n', `\n\n${size}Load average at the end ${load.toFixed(1)}.\n\n`));
  };
  if (windows !== undefined) add('windows', windowsText(windows));
  if (upserts !== undefined) add('upserts', upsertsText(upserts));
  if (scans !== undefined) add('scans', scansText(scans));
  if (placements !== undefined) add('placements', placementsText(placements));
  if (state !== undefined) add('state', stateText(state));
  if (recovery !== undefined) add('recovery', recoveryText(recovery));
  return sections.join('\n');
}

/** Parts that were measured again take the place of what was kept of them; states of other sizes stay. */
export function merged(before: KeyedResults, fresh: KeyedResults): KeyedResults {
  const bySize = <T extends { readonly keys: number; readonly name?: string }>(
    old: readonly T[] | undefined,
    now: readonly T[] | undefined,
  ): readonly T[] | undefined =>
    old === undefined || now === undefined
      ? (now ?? old)
      : replaced(old, now, ({ name, keys }) => `${name} ${keys}`).toSorted((a, b) =>
          a.name === b.name ? a.keys - b.keys : 0,
        );
  return {
    about: { ...before.about, ...fresh.about },
    windows: fresh.windows ?? before.windows,
    upserts: fresh.upserts ?? before.upserts,
    scans: fresh.scans ?? before.scans,
    placements: fresh.placements ?? before.placements,
    state: bySize(before.state, fresh.state),
    recovery: bySize(before.recovery, fresh.recovery),
  };
}

const ratio = (value: number): string => value.toFixed(2);

function heading(): string {
  return `# Results of \`npm run bench:keyed\`

Written by the run; bench/README.md says how to read it. ${cpus().length} virtual cores, which broker and Postgres share with whatever else the machine
does; Node ${process.versions.node}; bids as JSON. Compare rates per CPU-second, and the ratios: all sides of one were measured in one run. Rates
per second say how busy the machine was.
`;
}

function windowsText(windows: readonly WindowTimes[]): string {
  const base = windows[0]!.run;
  const rows = windows.map(({ query, run }) => [
    `${query.name}: ${query.what}`,
    perSecond(run),
    perCpuSecond(run),
    ratio(base.cpuSeconds / run.cpuSeconds),
    run.rows.toLocaleString('en'),
    megabytes(run.peakBytes),
  ]);
  const head = ['query', 'events/s', 'per CPU-second', 'of the tumbling count', 'rows', 'peak memory'];
  return `## Windows\n\n${table(head, rows)}`;
}

function upsertsText({ events, keys, ...runs }: UpsertTimes): string {
  const rows = (
    [
      ['the aggregate over a stream that only grows', runs.growing],
      ['the table alone: rows by key, view and change log', runs.table],
      ['the table and the aggregate that follows it', runs.followed],
    ] as const
  ).map(([name, run]) => [
    name,
    perSecond(run),
    perCpuSecond(run),
    ratio(runs.growing.cpuSeconds / run.cpuSeconds),
    megabytes(run.peakBytes),
  ]);
  return `## An aggregate over rows that change

${events.toLocaleString('en')} upserts of ${keys.toLocaleString('en')} keys; count, sum and maximum by one of 1,000 values. At the end the view equals the query over the table.

${table(['', 'operations/s', 'per CPU-second', 'of the first', 'peak memory'], rows)}`;
}

function scansText(scans: readonly ScanTimes[]): string {
  const one = scans[0]!.run;
  const rows = scans.map(({ name, views, run, reads }) => [
    name,
    ratio(reads),
    run.seconds.toFixed(2),
    run.cpuSeconds.toFixed(2),
    ratio(run.cpuSeconds / one.cpuSeconds),
    thousands((run.events / reads / run.cpuSeconds) * views),
  ]);
  const head = [
    '',
    'times the topic was read',
    'seconds',
    'CPU-seconds',
    'of one view',
    'events × views per CPU-second',
  ];
  return `## Ten queries and one scan\n\n${table(head, rows)}`;
}

function placementsText(placements: readonly PlacementTimes[]): string {
  const rows = placements.map(({ query, placement, run, times }) => [
    `${query.name}: ${query.what}`,
    placement,
    perSecond(run),
    run.cpuSeconds.toFixed(2),
    ratio(times),
  ]);
  const head = ['query', 'tasks', 'events/s', 'CPU-seconds of the service', 'times the events/s of one task'];
  return `## One task and two\n\n${table(head, rows)}`;
}

function stateText(state: readonly StateTimes[]): string {
  const rows = state.map((one) => [
    one.name,
    one.keys.toLocaleString('en'),
    one.nanosecondsPerRow.toFixed(0),
    megabytes(one.heldBytes),
    (one.heldBytes / one.slots).toFixed(0),
    one.longestMs.toFixed(0),
    megabytes(one.storedBytes),
    one.writeMs.toFixed(0),
    one.readMs.toFixed(0),
  ]);
  const head = [
    '',
    'keys',
    'ns per row',
    'state',
    'bytes per group or row',
    'longest batch, ms',
    'stored',
    'ms to write',
    'ms to read',
  ];
  return `## State by its size

In one thread, without Kafka and Postgres; every key comes twice, in an order that no cache likes.

${table(head, rows)}`;
}

function recoveryText(recovery: readonly RecoveryTimes[]): string {
  const rows = recovery.map(({ keys, fill, recovery: run }) => [
    keys.toLocaleString('en'),
    megabytes(fill.stateBytes),
    (fill.stateBytes / keys).toFixed(0),
    megabytes(run.storedBytes),
    run.seconds.toFixed(2),
    run.cpuSeconds.toFixed(2),
    megabytes(run.peakBytes),
  ]);
  const head = [
    'keys',
    'state',
    'bytes per key',
    'stored in Postgres',
    'seconds until it runs',
    'CPU-seconds',
    'peak memory',
  ];
  return `## Recovery

A pipeline of one count, sum and maximum by key is stopped; a new process opens it. Opening the engine is in it.

${table(head, rows)}`;
}
