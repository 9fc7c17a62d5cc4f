// What a user waits for: an event's way to a subscriber, and the service's way from its start to being ready.

import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runChild } from './measurement.ts';
import { middle } from './median.ts';
import type { BenchParts } from './parts.ts';
import type { Latency } from './run-latency.ts';
import { startService } from './service.ts';

const RATES = [1_000, 10_000];
const COUNTED_SECONDS = 10;

export interface ServiceTimes {
  readonly latencies: readonly Latency[];
  /** Of the service that carried these events. */
  readonly peakBytes: number | undefined;
  /** Seconds from its start until it is ready. */
  readonly ready: {
    /** Postgres and Kafka run already. */
    readonly alone: number;
    /** With its own Postgres and Kafka, which are made first. */
    readonly first: number;
    /** With those that an earlier start has made. */
    readonly second: number;
  };
}

export async function measureService(parts: BenchParts, rounds: number): Promise<ServiceTimes> {
  const runs: { latencies: Latency[]; peak: number | undefined; alone: number }[] = [];
  for (let round = 0; round < rounds; round++) runs.push(await carryEvents(parts, round));
  const latencies = RATES.map((_, i) => medianLatency(runs.map((run) => run.latencies[i]!)));
  const peaks = runs.flatMap(({ peak }) => peak ?? []);
  const { first, second } = await startEverything();
  return {
    latencies,
    peakBytes: peaks.length === 0 ? undefined : middle(peaks),
    ready: { alone: middle(runs.map(({ alone }) => alone)), first, second },
  };
}

async function carryEvents(parts: BenchParts, round: number) {
  return await inStateDir(async (stateDir) => {
    const settings = { KAFKA_BROKERS: parts.brokers, DATABASE_URL: await parts.freshDatabase() };
    const service = await startService({ ...settings, MILLRACE_DIR: stateDir });
    try {
      const latencies: Latency[] = [];
      for (const rate of RATES) {
        const args = [`ticks_${rate}_${round}`, String(rate), String(COUNTED_SECONDS)];
        const latency = await runChild<Latency>('run-latency.ts', args, {
          KAFKA_BROKERS: parts.brokers,
          MILLRACE_URL: service.url,
        });
        latencies.push(latency);
        console.log(
          `${rate} events/s  p50 ${latency.p50.toFixed(1)}  p95 ${latency.p95.toFixed(1)}  p99 ${latency.p99.toFixed(1)} ms`,
        );
      }
      return { latencies, peak: service.peakBytes(), alone: service.readySeconds };
    } finally {
      await service.stop();
    }
  });
}

function medianLatency(runs: readonly Latency[]): Latency {
  const of = (key: 'p50' | 'p95' | 'p99' | 'max'): number => middle(runs.map((run) => run[key]));
  return { ...runs[0]!, p50: of('p50'), p95: of('p95'), p99: of('p99'), max: of('max') };
}

async function startEverything(): Promise<{ first: number; second: number }> {
  return await inStateDir(async (stateDir) => {
    const seconds: number[] = [];
    for (let i = 0; i < 2; i++) {
      const service = await startService({ DATABASE_URL: '', KAFKA_BROKERS: '', MILLRACE_DIR: stateDir });
      seconds.push(service.readySeconds);
      await service.stop();
    }
    console.log(`start to ready: first ${seconds[0]!.toFixed(1)} s, second ${seconds[1]!.toFixed(1)} s\n`);
    return { first: seconds[0]!, second: seconds[1]! };
  });
}

async function inStateDir<T>(run: (stateDir: string) => Promise<T>): Promise<T> {
  const stateDir = mkdtempSync(join(tmpdir(), 'millrace-bench-'));
  chmodSync(stateDir, 0o755); // Root runs Postgres as another user, who must be able to walk in.
  try {
    return await run(stateDir);
  } finally {
    rmSync(stateDir, { recursive: true, force: true });
  }
}
