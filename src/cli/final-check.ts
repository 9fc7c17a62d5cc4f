// The end of `start --seconds`: the pipelines come to the end of what was produced, stop, and Postgres is asked about every view.

import { setTimeout as sleep } from 'node:timers/promises';
import { MillraceError, renderError } from '../errors.ts';
import type { Verdict } from './check.ts';
import { checkViews } from './check.ts';
import { stopInOrder } from './drain.ts';
import type { OpenEngine } from './open-engine.ts';
import type { Output } from './output.ts';
import { paint } from './output.ts';

const DRAIN_MS = 60_000;

/** Exit codes: nothing differs, but not everything could be compared. */
const UNCHECKED = 3;

/** Exit code of the process. */
export async function drainAndCheck(open: OpenEngine, signal: AbortSignal, output: Output): Promise<number> {
  try {
    await drain(open, signal);
    await open.engine.stop();
    return await check(open, signal, output);
  } catch (error) {
    if (!signal.aborted) throw error;
    const words = 'the check was interrupted: views without a verdict were not compared';
    output.tell({ event: 'interrupted' }, words);
    return 1;
  }
}

async function drain(open: OpenEngine, signal: AbortSignal): Promise<void> {
  const deadline = performance.now() + DRAIN_MS;
  const lags = () => open.engine.pipelines().map(({ runner }) => runner.task?.task.totals.lag ?? 0);
  await sleep(500, undefined, { signal });
  while (lags().some((lag) => lag > 0)) {
    if (performance.now() > deadline) throw notDrained();
    await sleep(50, undefined, { signal });
  }
  if (!(await stopInOrder(open, deadline, signal))) throw notDrained();
}

async function check(open: OpenEngine, signal: AbortSignal, output: Output): Promise<number> {
  const kinds = new Set<Verdict['kind']>();
  output.say('');
  await checkViews(open, {
    signal,
    checking: (view) => output.say(`checking   ${view}`),
    checked: (verdict) => {
      kinds.add(verdict.kind);
      output.tell({ event: 'verdict', ...told(verdict) }, verdictLines(verdict));
    },
  });
  const failed = open.engine.pipelines().filter(({ state }) => state === 'failed');
  for (const { name, cause } of failed)
    output.tell(
      { event: 'failed', pipeline: name, cause: renderError(cause) },
      `${paint('red', 'FAILED')}     pipeline ${name}\n${renderError(cause)}`,
    );
  if (kinds.has('different') || failed.length > 0) return 1;
  return kinds.has('unchecked') ? UNCHECKED : 0;
}

function told(verdict: Verdict): Record<string, unknown> {
  if (verdict.kind === 'unchecked') return { ...verdict };
  const { rows, expectedRows, differences } = verdict.comparison;
  return { view: verdict.view, kind: verdict.kind, rows, expectedRows, differences };
}

function verdictLines(verdict: Verdict): string[] {
  if (verdict.kind === 'unchecked')
    return [`${paint('yellow', 'unchecked')}  ${verdict.view}: ${verdict.why}`];
  const { rows, expectedRows, differences } = verdict.comparison;
  const word = verdict.kind === 'equal' ? paint('green', 'equal    ') : paint('red', 'DIFFERENT');
  return [
    `${word}  ${verdict.view}: ${rows} rows, Postgres says ${expectedRows}`,
    ...differences.map((line) => `           ${line}`),
  ];
}

function notDrained(): MillraceError {
  return new MillraceError({
    code: 'NOT_DRAINED',
    domain: 'external',
    message: `the pipelines did not reach the end of their input within ${DRAIN_MS / 1000} s`,
    hint: 'look at millrace.lag and at the log (MILLRACE_LOG_LEVEL=info)',
  });
}
