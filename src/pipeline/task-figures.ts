// What the tasks have done, kept in Postgres for millrace.tasks. Best effort and beside the commits: a figure that is lost is written
// again a second later.

import { titleOf } from '../physical/print.ts';
import { planPipeline } from '../plan.ts';
import type { Pool } from '../postgres/pool.ts';
import type { TaskTotals } from '../task/task-totals.ts';
import { numberOf } from './catalog-store.ts';
import type { Engine } from './engine.ts';

const WRITE_EVERY_MS = 1000;

export interface TaskFigures {
  /** Writes the last ones. */
  stop(): Promise<void>;
}

export function recordTaskFigures(
  pool: Pool,
  engine: Engine,
  log: (level: 'warn', message: string, fields: Record<string, unknown>) => void,
): TaskFigures {
  /** By pipeline: of which totals, and as of which of their epochs, was written last. */
  const written = new Map<string, { readonly totals: TaskTotals; readonly epochs: number }>();
  const write = async (): Promise<void> => {
    for (const { id, runner } of engine.pipelines()) {
      const { totals } = runner;
      const last = written.get(id);
      if (totals === null || totals.epochs === 0) continue;
      if (last?.totals === totals && last.epochs === totals.epochs) continue;
      written.set(id, { totals, epochs: totals.epochs });
      await writeFigures(pool, numberOf(id), totals, titles(engine, id));
    }
  };
  let running: Promise<void> | null = null;
  const attempt = (): Promise<void> =>
    (running ??= write()
      .catch((error: unknown) => log('warn', 'figures of tasks were not written', { error: String(error) }))
      .finally(() => (running = null)));
  const timer = setInterval(() => void attempt(), WRITE_EVERY_MS);
  return {
    async stop() {
      clearInterval(timer);
      await running;
      await attempt();
    },
  };
}

/** By node. */
function titles(engine: Engine, id: string): ReadonlyMap<number, string> {
  const { graph } = planPipeline(engine.catalog, id);
  return new Map(graph.nodes.map((node) => [node.id, titleOf(node)]));
}

async function writeFigures(
  pool: Pool,
  pipelineId: number,
  totals: TaskTotals,
  what: ReadonlyMap<number, string>,
): Promise<void> {
  const rows = totals.figures.map((figures, task) => ({
    task,
    rows_in: totals.rowsByTask[task],
    rows_sent: figures.rowsSent.reduce((sum, [, sent]) => sum + sent, 0),
    state_bytes: figures.stateBytes,
    nodes: figures.nodes.map(({ node, rowsOut }) => ({ node, what: what.get(node), rows: rowsOut })),
  }));
  // A pipeline that was dropped meanwhile has no row to refer to.
  await pool.query(
    `INSERT INTO millrace.task_figures AS f (pipeline_id, task, rows_in, rows_sent, state_bytes, nodes)
     SELECT p.id, t.* FROM millrace.pipelines p,
            jsonb_to_recordset($2::jsonb) AS t(task int, rows_in bigint, rows_sent bigint, state_bytes bigint, nodes jsonb)
      WHERE p.id = $1
     ON CONFLICT (pipeline_id, task) DO UPDATE SET rows_in = excluded.rows_in, rows_sent = excluded.rows_sent,
       state_bytes = excluded.state_bytes, nodes = excluded.nodes, updated_at = now()`,
    [pipelineId, JSON.stringify(rows)],
  );
  await pool.query('DELETE FROM millrace.task_figures WHERE pipeline_id = $1 AND task >= $2', [
    pipelineId,
    rows.length,
  ]);
}
