// The line that shows that it runs: events per second, lag, watermark, commit latency. On a terminal it is one line, rewritten; in a
// pipe a plain line every few seconds.

import type { DiskWatch } from './disk-watch.ts';
import type { OpenEngine } from './open-engine.ts';
import type { Output } from './output.ts';
import { paint } from './output.ts';
import { readTroubles } from './troubles.ts';

const TERMINAL_MS = 500;
const PIPE_MS = 5000;
const TROUBLES_MS = 2000;
/** More pipelines than these are counted, and only those that do not run are named. */
const NAMED = 3;
const QUIET: ReadonlySet<string> = new Set(['running', 'finished']);

export interface LiveLine {
  stop(): void;
}

export function startLiveLine(open: OpenEngine, disk: DiskWatch, output: Output): LiveLine {
  const terminal = process.stdout.isTTY && !output.json;
  const latencies: number[] = [];
  let rows = 0;
  open.onCommit((plan, ms) => {
    rows += plan.statistics.rowsIn;
    latencies.push(ms);
    if (latencies.length > 500) latencies.shift();
  });
  let before = { rows: 0, at: performance.now() };
  let troubles: ReadonlyMap<string, string> = new Map();
  const look = (): void =>
    // A database that is away says so elsewhere.
    void readTroubles(open.pool).then(
      (found) => (troubles = found),
      () => {},
    );
  look();
  const show = (): void => {
    const now = performance.now();
    const rate = Math.round(((rows - before.rows) * 1000) / (now - before.at));
    before = { rows, at: now };
    const figures = figuresOf(open, rate, latencies, troubles);
    const line = lineOf(figures, disk.trouble());
    if (terminal)
      process.stdout.write(`\r\u001b[2K${shade(line.slice(0, (process.stdout.columns || 120) - 1))}`);
    else output.tell({ event: 'live', ...figures, disk: disk.bytes }, line);
  };
  const timer = setInterval(show, terminal ? TERMINAL_MS : PIPE_MS);
  const looking = setInterval(look, TROUBLES_MS);
  return {
    stop() {
      clearInterval(timer);
      clearInterval(looking);
      if (terminal) process.stdout.write('\n');
    },
  };
}

interface Figures {
  readonly eventsPerSecond: number;
  readonly lag: number;
  /** The lowest of all sources, as text; null before the first. */
  readonly watermark: string | null;
  /** Median, in milliseconds. */
  readonly commitMs: number;
  readonly pipelines: string;
}

/** What is wrong stands out. */
function shade(line: string): string {
  return line.replace(/\b(failed|degraded)\b/g, (word) => paint('red', word));
}

function figuresOf(
  open: OpenEngine,
  rate: number,
  latencies: readonly number[],
  troubles: ReadonlyMap<string, string>,
): Figures {
  const tasks = open.engine.pipelines().flatMap(({ runner }) => runner.task?.task ?? []);
  const lag = tasks.reduce((sum, { totals }) => sum + totals.lag, 0);
  const marks = tasks.flatMap((task) => task.watermarks());
  const lowest = marks.length === 0 ? null : marks.reduce((a, b) => (a < b ? a : b));
  const sorted = [...latencies].sort((a, b) => a - b);
  const p50 = sorted[Math.floor(sorted.length / 2)] ?? 0;
  const pipelines = open.engine.pipelines().map(({ name, state, percent, runner }) => {
    if (percent !== null) return { name, state: `${state} ${percent} %` };
    if (runner.recovery === null) return { name, state };
    const { doneBytes, totalBytes } = runner.recovery;
    return { name, state: `recovering ${Math.floor((100 * doneBytes) / totalBytes)} %` };
  });
  return {
    eventsPerSecond: rate,
    lag,
    watermark: lowest === null ? null : watermarkText(lowest),
    commitMs: Math.round(p50 * 10) / 10,
    pipelines: pipelinesText(pipelines, troubles),
  };
}

function lineOf(figures: Figures, trouble: string | null): string {
  return [
    `${figures.eventsPerSecond} events/s`,
    `lag ${figures.lag}`,
    `watermark ${figures.watermark ?? '–'}`,
    `commit ${figures.commitMs.toFixed(1)} ms`,
    figures.pipelines,
    ...(trouble === null ? [] : [trouble]),
  ].join(' · ');
}

/** Few pipelines by name, many as "17 running, 1 failed: x"; what they go on in spite of behind their names. */
export function pipelinesText(
  pipelines: readonly { readonly name: string; readonly state: string }[],
  troubles: ReadonlyMap<string, string>,
): string {
  const noted = (name: string): string => (troubles.has(name) ? ` (${troubles.get(name)})` : '');
  if (pipelines.length <= NAMED)
    return pipelines.map(({ name, state }) => `${name} ${state}${noted(name)}`).join(', ');
  const counts = [...Map.groupBy(pipelines, ({ state }) => state)].map(([state, group]) => {
    const named = group.filter(({ name }) => !QUIET.has(state) || troubles.has(name));
    const names = named.map(({ name }) => `${name}${noted(name)}`).join(', ');
    return `${group.length} ${state}${names === '' ? '' : `: ${names}`}`;
  });
  return counts.join(', ');
}

function watermarkText(micros: bigint): string {
  const ms = Number(micros / 1000n);
  return Math.abs(ms) > 8.64e15 ? 'end' : new Date(ms).toISOString().replace('T', ' ').replace('Z', '');
}
