// Hopping and session windows beside the tumbling count, over the same topic, in one run.

import type { BenchParts } from './parts.ts';
import type { Measurement } from './measurement.ts';
import { measure } from './measurement.ts';
import { medianOf, shown } from './median.ts';
import type { OwnQuery } from './more-queries.ts';
import { WINDOWS } from './more-queries.ts';

export interface WindowTimes {
  readonly query: OwnQuery;
  readonly run: Measurement;
}

export async function measureWindows(
  parts: BenchParts,
  topic: string,
  rounds: number,
): Promise<readonly WindowTimes[]> {
  const runs = WINDOWS.map((): Measurement[] => []);
  for (let round = 0; round < rounds; round++)
    for (const [i, { name }] of WINDOWS.entries()) {
      const settings = { KAFKA_BROKERS: parts.brokers, DATABASE_URL: await parts.freshDatabase() };
      const run = await measure('millrace', [topic, name], settings);
      if (run.checksum !== (runs[i]![0] ?? run).checksum) throw new Error(`${name}: another result`);
      console.log(`${name.padEnd(26)} ${shown(run)}`);
      runs[i]!.push(run);
    }
  return WINDOWS.map((query, i) => ({ query, run: medianOf(runs[i]!) }));
}
