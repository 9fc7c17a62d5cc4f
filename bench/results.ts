// The page that is kept in results/: tables in Markdown, written by the run.

import { cpus, loadavg, totalmem } from 'node:os';
import { megabytes, perCpuSecond, perSecond, thousands } from './median.ts';
import type { ServiceTimes } from './service-times.ts';
import { table } from './tables.ts';
import type { Throughput } from './throughput.ts';
import type { ViewWriting } from './view-writing.ts';

export interface Results {
  readonly rounds: number;
  readonly throughput: Throughput | undefined;
  readonly views: readonly ViewWriting[] | undefined;
  readonly service: ServiceTimes | undefined;
}

export function resultsText({ rounds, throughput, views, service }: Results): string {
  const sections = [heading(rounds)];
  if (throughput !== undefined) sections.push(throughputText(throughput));
  if (views !== undefined) sections.push(viewsText(views));
  if (service !== undefined) sections.push(serviceText(service));
  return sections.join('\n');
}

function heading(rounds: number): string {
  const memory = Math.round(totalmem() / 2 ** 30);
  return `# Results of \`npm run bench\`

Written by the run; bench/README.md says how to read it. Medians of ${rounds} rounds on ${cpus().length} shared virtual cores with ${memory} GB of
memory (Linux, x86-64), which broker, Postgres, load and whatever else the machine does share; Node ${process.versions.node}. Rates per
CPU-second (user and system time of all threads of the process) and their ratios are the figures to compare; rates per second and
latencies depend on what else runs: when it ended, the load average was ${loadavg()[1]!.toFixed(1)}.
`;
}

function throughputText({ events, bytes, compared, reader }: Throughput): string {
  const rows = compared.map(({ query, millrace, floor, ...times }) => [
    `${query.name}: ${query.what}`,
    perSecond(millrace),
    perCpuSecond(millrace),
    perSecond(floor),
    perCpuSecond(floor),
    `**${times.perCpuSecond.toFixed(1)}** (${query.least})`,
    times.perSecond.toFixed(1),
    megabytes(millrace.peakBytes),
    String(millrace.epochs),
    `${millrace.rows.toLocaleString('en')} \`${millrace.checksum}\``,
  ]);
  return `## Events per second

${events.toLocaleString('en')} bids as JSON, ${(bytes / events).toFixed(0)} bytes each. Row counts and checksums of Millrace and the floor are equal in every run.

${table(
  [
    'query',
    'Millrace events/s',
    'per CPU-second',
    'floor events/s',
    'per CPU-second',
    'times the floor per CPU-second (must)',
    'per second',
    'peak memory',
    'epochs',
    'rows and checksum',
  ],
  rows,
)}
The record-batch reader alone, values not looked at: ${perSecond(reader)} events/s, ${perCpuSecond(reader)} per CPU-second.
`;
}

function viewsText(views: readonly ViewWriting[]): string {
  const rows = views.map(({ query, events, rows: written, ...rates }) => [
    `${query.name}: ${query.what}`,
    events.toLocaleString('en'),
    written.toLocaleString('en'),
    thousands(rates.rowsPerSecond),
    thousands(rates.copyRowsPerSecond),
    megabytes(rates.peakBytes),
  ]);
  return `## Rows into a view

From a submitted statement to the last commit, with change log, state and offsets; beside \`COPY … FROM STDIN\` of as many of its rows into a
table without a key.

${table(['view', 'events', 'rows written', 'rows/s', 'COPY rows/s', 'peak memory'], rows)}`;
}

function serviceText({ latencies, peakBytes, ready }: ServiceTimes): string {
  const ms = (value: number): string => `${value.toFixed(1)} ms`;
  const rows = latencies.map(({ rate, p50, p95, p99, max }) => [
    rate.toLocaleString('en'),
    ...[p50, p95, p99, max].map(ms),
  ]);
  const peak = peakBytes === undefined ? '' : ` Peak memory of the service: ${megabytes(peakBytes)}.`;
  return `## From produced to received

A producer, the service, and a GraphQL subscription over a WebSocket to a view that passes the events on; every event is counted, from when
it was due. p95 must be below 250 ms, and should be below 50.${peak}

${table(['events/s', 'p50', 'p95', 'p99', 'longest'], rows)}
## Start to ready

${table(
  ['', 'seconds'],
  [
    ['the service, Postgres and Kafka running', ready.alone.toFixed(1)],
    ['everything built in, first start', ready.first.toFixed(1)],
    ['everything built in, second start', ready.second.toFixed(1)],
  ],
)}`;
}
