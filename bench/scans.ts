// Ten views over one topic: one of them, all in one file (one pipeline, one scan), and each submitted by itself (ten pipelines, ten
// scans). How often the topic was read is counted.

import type { BenchParts } from './parts.ts';
import { runChild } from './measurement.ts';
import { medianOf, shown } from './median.ts';
import { sourceSql } from './queries.ts';
import type { SubmissionRun, Submissions } from './run-submissions.ts';

const VIEWS = 10;

export interface ScanTimes {
  readonly name: string;
  readonly views: number;
  readonly run: SubmissionRun;
  /** How often every record was read and decoded. */
  readonly reads: number;
}

const viewSql = (i: number): string =>
  `CREATE MATERIALIZED VIEW v${i} AS
     SELECT bidder % ${11 + i} AS k, count(*) AS bids, sum(price) AS total, max(auction) AS last FROM bid GROUP BY bidder % ${11 + i};`;

const CHECK = `SELECT md5(string_agg(v::text, ',' ORDER BY k)) AS checksum FROM v0 AS v`;

function submissions(topic: string): readonly (Submissions & Pick<ScanTimes, 'name' | 'views'>)[] {
  const views = Array.from({ length: VIEWS }, (_, i) => viewSql(i));
  const source = sourceSql(topic);
  const rest = { check: CHECK, rows: null };
  return [
    { name: 'one view', views: 1, texts: [`${source}\n${views[0]}`], ...rest },
    { name: 'ten views in one file', views: VIEWS, texts: [`${source}\n${views.join('\n')}`], ...rest },
    { name: 'ten views, each by itself', views: VIEWS, texts: [source, ...views], ...rest },
  ];
}

export async function measureScans(
  parts: BenchParts,
  topic: string,
  events: number,
  rounds: number,
): Promise<readonly ScanTimes[]> {
  const kinds = submissions(topic);
  const runs = kinds.map((): SubmissionRun[] => []);
  for (let round = 0; round < rounds; round++)
    for (const [i, { name, ...asked }] of kinds.entries()) {
      const settings = { KAFKA_BROKERS: parts.brokers, DATABASE_URL: await parts.freshDatabase() };
      const run = await runChild<SubmissionRun>('run-submissions.ts', [JSON.stringify(asked)], settings);
      if (run.checksum !== (runs[0]![0] ?? run).checksum) throw new Error(`${name}: another result`);
      console.log(`${name.padEnd(26)} ${shown(run)}`);
      runs[i]!.push(run);
    }
  return kinds.map(({ name, views }, i) => {
    const run = runs[i]!;
    return { name, views, run: { ...run[0]!, ...medianOf(run) }, reads: run[0]!.events / events };
  });
}
