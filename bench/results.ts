// Medians, and the table that is kept in results/.

import { cpus } from 'node:os';
import type { Measurement } from './measurement.ts';
import type { BenchQuery } from './queries.ts';

export interface Compared {
  readonly query: BenchQuery;
  readonly millrace: Measurement;
  readonly floor: Measurement;
}

export interface Results {
  readonly events: number;
  readonly rounds: number;
  /** Of all values. */
  readonly bytes: number;
  readonly compared: readonly Compared[];
  readonly reader: Measurement;
}

/** The run in the middle by time on the processor; its wall time is the middle one of theirs. */
export function median(runs: readonly Measurement[]): Measurement {
  const middle = (values: readonly number[]): number =>
    [...values].sort((a, b) => a - b)[Math.floor((values.length - 1) / 2)]!;
  return {
    ...runs[0]!,
    seconds: middle(runs.map((run) => run.seconds)),
    cpuSeconds: middle(runs.map((run) => run.cpuSeconds)),
    peakBytes: middle(runs.map((run) => run.peakBytes)),
    epochs: middle(runs.map((run) => run.epochs)),
  };
}

const thousands = (n: number): string => Math.round(n / 1000).toLocaleString('en') + ' k';
const perSecond = ({ events, seconds }: Measurement): string => thousands(events / seconds);
const perCpuSecond = ({ events, cpuSeconds }: Measurement): string => thousands(events / cpuSeconds);
const megabytes = ({ peakBytes }: Measurement): string => `${(peakBytes / 1e6).toFixed(0)} MB`;

export function shown(run: Measurement): string {
  const output = run.checksum === '' ? '' : `, ${run.rows} rows ${run.checksum}`;
  const epochs = run.epochs === 0 ? '' : `, ${run.epochs} epochs`;
  return `${perSecond(run)}/s, ${perCpuSecond(run)} per CPU-second, ${megabytes(run)}${output}${epochs}`;
}

export function resultsText({ events, rounds, bytes, compared, reader }: Results): string {
  const lines = compared.map(({ query, millrace, floor }) =>
    row([
      `${query.name}: ${query.what}`,
      perSecond(millrace),
      perCpuSecond(millrace),
      perSecond(floor),
      perCpuSecond(floor),
      `${(floor.cpuSeconds / millrace.cpuSeconds).toFixed(1)} (${query.least})`,
      megabytes(millrace),
      String(millrace.epochs),
      `${millrace.rows.toLocaleString('en')} \`${millrace.checksum}\``,
    ]),
  );
  return `# Results of \`npm run bench\`

${events.toLocaleString('en')} Nexmark bids as JSON (${(bytes / events).toFixed(0)} bytes each), loaded beforehand into a topic of
four uncompressed partitions; medians of ${rounds} alternating runs, each in a process of its own that starts cold; ${cpus().length} shared
cores, which the broker, Postgres and the benchmark share, and Node ${process.versions.node}. Wall-clock rates depend on what else the
machine does; rates per CPU-second (all threads of the process) and their ratios are the figures to compare.

The floor is kafkajs \`eachBatch\`, \`JSON.parse\`, plain objects and \`JSON.stringify\`, without any commit of its output. Millrace runs the
whole engine, validates every declared column, and commits its epochs to Postgres during the run. Both put every row into the same checksum:
row counts and checksums of all runs are equal.

${row(['query', 'Millrace events/s', 'per CPU-second', 'floor events/s', 'per CPU-second', 'ratio per CPU-second (must)', 'peak memory', 'epochs', 'rows and checksum'])}
${row(Array.from({ length: 9 }, () => '---'))}
${lines.join('\n')}

The record-batch reader alone, values not looked at: ${perSecond(reader)} events/s, ${perCpuSecond(reader)} per CPU-second.
`;
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}
