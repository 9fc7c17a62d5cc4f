// The line that shows that it runs: events per second, lag, watermark, commit latency. On a terminal it is one line, rewritten; in a
// pipe a plain line every few seconds.

import type { OpenEngine } from './open-engine.ts';

const TERMINAL_MS = 500;
const PIPE_MS = 5000;

export interface LiveLine {
  stop(): void;
}

export function startLiveLine(open: OpenEngine): LiveLine {
  const terminal = process.stdout.isTTY;
  const latencies: number[] = [];
  let rows = 0;
  open.onCommit((plan, ms) => {
    rows += plan.statistics.rowsIn;
    latencies.push(ms);
    if (latencies.length > 500) latencies.shift();
  });
  let before = { rows: 0, at: performance.now() };
  const show = (): void => {
    const now = performance.now();
    const rate = Math.round(((rows - before.rows) * 1000) / (now - before.at));
    before = { rows, at: now };
    const line = lineOf(open, rate, latencies);
    process.stdout.write(
      terminal ? `\r\u001b[2K${line.slice(0, (process.stdout.columns || 120) - 1)}` : `${line}\n`,
    );
  };
  const timer = setInterval(show, terminal ? TERMINAL_MS : PIPE_MS);
  return {
    stop() {
      clearInterval(timer);
      if (terminal) process.stdout.write('\n');
    },
  };
}

function lineOf(open: OpenEngine, rate: number, latencies: readonly number[]): string {
  const tasks = open.engine.pipelines().flatMap(({ runner }) => runner.task?.task ?? []);
  const lag = tasks.reduce((sum, { totals }) => sum + totals.lag, 0);
  const marks = tasks.flatMap((task) => task.watermarks());
  const lowest = marks.length === 0 ? null : marks.reduce((a, b) => (a < b ? a : b));
  const sorted = [...latencies].sort((a, b) => a - b);
  const p50 = sorted[Math.floor(sorted.length / 2)] ?? 0;
  const states = open.engine.pipelines().map(({ name, state, runner }) => {
    if (runner.recovery === null) return `${name} ${state}`;
    const { doneBytes, totalBytes } = runner.recovery;
    return `${name} recovering ${Math.floor((100 * doneBytes) / totalBytes)} %`;
  });
  return [
    `${rate} events/s`,
    `lag ${lag}`,
    `watermark ${lowest === null ? '–' : watermarkText(lowest)}`,
    `commit ${p50.toFixed(1)} ms`,
    states.join(', '),
  ].join(' · ');
}

function watermarkText(micros: bigint): string {
  const ms = Number(micros / 1000n);
  return Math.abs(ms) > 8.64e15 ? 'end' : new Date(ms).toISOString().replace('T', ' ').replace('Z', '');
}
