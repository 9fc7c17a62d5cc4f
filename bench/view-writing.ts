// How fast rows get into views, beside COPY.

import { loadBids } from './load-bids.ts';
import { runChild } from './measurement.ts';
import { middle } from './median.ts';
import type { BenchParts } from './parts.ts';
import type { ViewMeasurement } from './run-view.ts';
import type { ViewQuery } from './view-queries.ts';
import { VIEW_QUERIES } from './view-queries.ts';

export interface ViewWriting {
  readonly query: ViewQuery;
  readonly events: number;
  readonly rows: number;
  readonly rowsPerSecond: number;
  readonly copyRowsPerSecond: number;
  readonly peakBytes: number;
}

const TOPIC = 'view_bids';

export async function measureViews(
  parts: BenchParts,
  events: number,
  rounds: number,
): Promise<readonly ViewWriting[]> {
  await loadBids(parts.brokers.split(','), TOPIC, events);
  const results: ViewWriting[] = [];
  for (const query of VIEW_QUERIES) {
    const runs: ViewMeasurement[] = [];
    for (let round = 0; round < rounds; round++) {
      const DATABASE_URL = await parts.freshDatabase();
      const settings = { KAFKA_BROKERS: parts.brokers, DATABASE_URL };
      const run = await runChild<ViewMeasurement>('run-view.ts', [TOPIC, query.name], settings);
      if (run.events !== events) throw new Error(`${query.name}: ${run.events} events instead of ${events}`);
      runs.push(run);
      console.log(`${query.name}  ${(run.rows / run.seconds).toFixed(0)} rows/s in ${run.epochs} epochs`);
    }
    results.push({
      query,
      events,
      rows: middle(runs.map((run) => run.rows)),
      rowsPerSecond: middle(runs.map((run) => run.rows / run.seconds)),
      copyRowsPerSecond: middle(runs.map((run) => run.rows / run.copySeconds)),
      peakBytes: middle(runs.map((run) => run.peakBytes)),
    });
  }
  console.log('');
  return results;
}
