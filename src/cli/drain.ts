// Stops the pipelines for the check at the end of `start --seconds`: who is read before who reads, so that at the end every reader
// has followed what it reads to its last epoch.

import { setTimeout as sleep } from 'node:timers/promises';
import { isKept } from '../catalog/definition.ts';
import type { PipelineInfo } from '../pipeline/pipeline-info.ts';
import { numberOf } from '../pipeline/catalog-store.ts';
import type { OpenEngine } from './open-engine.ts';

/** They take something in. */
const STANDING: ReadonlySet<string> = new Set(['running', 'bootstrapping']);

/** False: not within the time. */
export async function stopInOrder(open: OpenEngine, deadline: number, signal: AbortSignal): Promise<boolean> {
  const left = new Map(open.engine.pipelines().map((info) => [info.id, info]));
  while (left.size > 0) {
    const free = [...left.values()].filter((info) => [...followed(open, info)].every((id) => !left.has(id)));
    for (const info of free) {
      while (STANDING.has(info.state) && (await isBehind(open, info))) {
        if (performance.now() > deadline) return false;
        await sleep(50, undefined, { signal });
      }
      await info.runner.stop();
      left.delete(info.id);
    }
  }
  return true;
}

/** The other pipelines whose views and tables a pipeline reads. */
function followed(open: OpenEngine, { id, members }: PipelineInfo): ReadonlySet<string> {
  const found = new Set<string>();
  const visit = (dependsOn: readonly string[]): void => {
    for (const read of dependsOn.flatMap((other) => open.engine.catalog.get(other) ?? []))
      if (isKept(read) && read.pipelineId !== id) found.add(read.pipelineId);
      else visit(read.dependsOn);
  };
  for (const member of members) visit(member.dependsOn);
  return found;
}

async function isBehind({ pool }: OpenEngine, { id }: PipelineInfo): Promise<boolean> {
  const { rowCount } = await pool.query(
    `SELECT FROM millrace.changelog_readers r
       JOIN millrace.view_tables v USING (view_id) JOIN millrace.pipelines p ON p.id = v.pipeline_id
      WHERE r.pipeline_id = $1 AND (r.epoch < p.epoch OR r.loading IS NOT NULL)`,
    [numberOf(id)],
  );
  return rowCount > 0;
}
