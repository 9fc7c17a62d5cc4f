// Opens a view of another pipeline as an input of a task, where the last committed epoch left it.

import { isKept } from '../catalog/definition.ts';
import type { FollowNode } from '../physical/graph.ts';
import type { Pool } from '../postgres/pool.ts';
import type { FollowedLog } from '../task/log-input.ts';
import { LogInput } from '../task/log-input.ts';
import type { ViewLayout } from '../views/view-layout.ts';
import type { LogPosition } from '../views/view-log.ts';
import { ViewLog } from '../views/view-log.ts';
import { numberOf } from './catalog-store.ts';
import type { CommitBell } from './commit-bell.ts';
import { parsePosition, readerName } from './readers.ts';
import type { TaskSetup } from './task-setup.ts';
import { layoutOfView } from './view-layouts.ts';

export interface LogWorld {
  open(layout: ViewLayout, position: LogPosition): FollowedLog;
}

/** Commits that `bell` tells of are read at once, others are looked for now and then. */
export function logsIn(pool: Pool, bell: CommitBell): LogWorld {
  return {
    open: (layout, position) =>
      new ViewLog({
        pool,
        layout,
        position,
        onCommit: (listener) => bell.listen(layout.pipelineId, listener),
      }),
  };
}

/** `owns`: this task reads it; the others only hear of its watermark. */
export function openLogInput(node: FollowNode, setup: TaskSetup, owns: boolean, world: LogWorld): LogInput {
  const view = setup.definitions.find(({ id }) => id === node.viewId);
  if (view === undefined || !isKept(view)) throw new Error(`no view ${node.viewId} for the task`);
  const layout = layoutOfView(view);
  const viewId = numberOf(view.id);
  const stored = setup.readerPositions.get(viewId);
  if (stored === undefined)
    throw new Error(`pipeline ${setup.pipelineId} is not registered as a reader of ${view.name}`);
  const position = parsePosition(layout, stored);
  return new LogInput({
    node: node.id,
    viewId,
    reader: readerName(setup.pipelineId),
    log: owns ? world.open(layout, position) : null,
    position,
    watermark: setup.sources.find(({ sourceId }) => sourceId === viewId)?.watermark ?? null,
  });
}
