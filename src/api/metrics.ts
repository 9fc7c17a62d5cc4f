// Prometheus metrics: of the process, of this door, of what the engine tells, and how far every pipeline is.

import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client';
import type { Pool } from '../postgres/pool.ts';

/** One number that the engine tells at the time of a scrape. */
export interface MetricSample {
  readonly name: string;
  readonly help: string;
  readonly kind: 'counter' | 'gauge';
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface ApiMetrics {
  readonly contentType: string;
  countRequest(kind: 'ok' | 'error'): void;
  render(): Promise<string>;
}

export function newApiMetrics(
  pool: Pool,
  subscriptions: () => number,
  engine: () => readonly MetricSample[],
): ApiMetrics {
  const own = new Registry();
  collectDefaultMetrics({ register: own });
  const requests = new Counter({
    name: 'millrace_api_requests_total',
    help: 'GraphQL requests answered',
    labelNames: ['outcome'],
    registers: [own],
  });
  new Gauge({
    name: 'millrace_api_subscriptions',
    help: 'Open GraphQL subscriptions',
    registers: [own],
    collect() {
      this.set(subscriptions());
    },
  });
  return {
    contentType: own.contentType,
    countRequest: (outcome) => requests.inc({ outcome }),
    async render() {
      const told = registryOf([...engine(), ...(await lagSamples(pool))]);
      return (await own.metrics()) + (await told.metrics());
    },
  };
}

/** The samples of one scrape, grouped by name. */
function registryOf(samples: readonly MetricSample[]): Registry {
  const registry = new Registry();
  const made = new Map<string, Counter | Gauge>();
  for (const { name, help, kind, labels, value } of samples) {
    let metric = made.get(name);
    if (metric === undefined) {
      const options = { name, help, labelNames: Object.keys(labels), registers: [registry] };
      metric = kind === 'counter' ? new Counter(options) : new Gauge(options);
      made.set(name, metric);
    }
    metric.inc(labels, value);
  }
  return registry;
}

/** Nothing while Postgres is away: that is what /health/ready tells. */
async function lagSamples(pool: Pool): Promise<MetricSample[]> {
  const { rows } = await pool
    .query<{ pipeline: string; source: bigint; partition: number; lag: bigint | null; delay: number | null }>(
      `SELECT pipeline, source_id AS source, partition, lag,
              CASE WHEN isfinite(watermark) THEN extract(epoch FROM now() - watermark)::float8 END AS delay
         FROM millrace.lag LIMIT 10000`,
    )
    .catch(() => ({ rows: [] }));
  return rows.flatMap(({ pipeline, source, partition, lag, delay }) => {
    const labels = { pipeline, source: String(source), partition: String(partition) };
    const gauge = (name: string, help: string, value: number): MetricSample => ({
      name,
      help,
      kind: 'gauge',
      labels,
      value,
    });
    const samples: MetricSample[] = [];
    if (lag !== null)
      samples.push(
        gauge('millrace_lag_records', 'Records between a pipeline and the end of a partition', Number(lag)),
      );
    if (delay !== null)
      samples.push(gauge('millrace_watermark_delay_seconds', 'Clock less watermark of a source', delay));
    return samples;
  });
}
