// The API beside the engine, and the addresses that the banner shows.

import { startApi } from '../api/server.ts';
import type { MetricSample } from '../api/metrics.ts';
import type { Config } from '../config.ts';
import { stablePort } from '../dev/ports.ts';
import type { Log } from './log.ts';
import type { OpenEngine } from './open-engine.ts';

export interface ServedApi {
  /** By name. */
  readonly addresses: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

export async function serveApi(config: Config, open: OpenEngine, log: Log): Promise<ServedApi> {
  const { port } = await stablePort(config.stateDir, {
    name: 'api',
    fixed: config.apiPort ?? undefined,
    preferred: 4000,
  });
  const server = await startApi({
    databaseUrl: open.pool.url,
    control: open.engine,
    feed: open.feed,
    host: config.apiHost,
    port,
    ...(config.apiToken === null ? {} : { token: config.apiToken }),
    notReady: () => notReady(open),
    metrics: () => metricsOf(open),
    logDefect: (error) =>
      log('error', 'a defect in the API', { error: error instanceof Error ? error.stack : String(error) }),
  });
  return {
    addresses: { GraphQL: `${server.url}/graphql`, GraphiQL: `${server.url}/graphiql` },
    close: () => server.close(),
  };
}

function notReady(open: OpenEngine): string | null {
  const starting = open.engine.pipelines().filter(({ state }) => state === 'starting');
  return starting.length === 0 ? null : `starting: ${starting.map(({ name }) => name).join(', ')}`;
}

/** What the pipelines of this process say of themselves. */
function metricsOf(open: OpenEngine): readonly MetricSample[] {
  return open.engine.pipelines().flatMap(({ name, state, percent, runner }) => {
    const labels = { pipeline: name };
    const up: MetricSample = {
      name: 'millrace_pipeline_up',
      help: 'The pipeline runs (1) or not (0)',
      kind: 'gauge',
      labels,
      value: state === 'running' || state === 'bootstrapping' ? 1 : 0,
    };
    const bootstrapped: MetricSample = {
      name: 'millrace_pipeline_bootstrapped_ratio',
      help: 'How much it has of what it loads or is built from (1: all of it)',
      kind: 'gauge',
      labels,
      value: (percent ?? 100) / 100,
    };
    const assembled = runner.task;
    if (assembled === null) return [up, bootstrapped];
    const { totals } = assembled.task;
    const counter = (suffix: string, help: string, value: number): MetricSample => ({
      name: `millrace_pipeline_${suffix}`,
      help,
      kind: 'counter',
      labels,
      value,
    });
    return [
      up,
      bootstrapped,
      counter('rows_in_total', 'Records taken since the task started', totals.rowsIn),
      counter('bytes_in_total', 'Bytes of record values taken', totals.bytesIn),
      counter('rows_out_total', 'Net changes of views and rows of sinks', totals.rowsOut),
      counter('epochs_total', 'Epochs ended', totals.epochs),
      counter('late_rows_total', 'Rows that came after the watermark', totals.lateRows),
      counter('dead_letters_total', 'Records that could not be decoded', totals.deadLetters),
      {
        name: 'millrace_pipeline_lag',
        help: 'Records not yet taken',
        kind: 'gauge',
        labels,
        value: totals.lag,
      },
      {
        name: 'millrace_pipeline_state_bytes',
        help: 'Bytes of operator state',
        kind: 'gauge',
        labels,
        value: totals.stateBytes,
      },
      {
        name: 'millrace_pipeline_memory_bytes',
        help: 'Bytes of operator state and buffers, which max_memory bounds',
        kind: 'gauge',
        labels,
        value: totals.memoryBytes,
      },
    ];
  });
}
