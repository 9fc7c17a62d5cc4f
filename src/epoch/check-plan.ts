// What must hold of a write plan before it may touch the database. A violation is a defect of the engine, and committing
// it would make the defect durable.

import { MillraceError } from '../errors.ts';
import { MAX_PART_BYTES } from '../postgres/write-step.ts';
import type { WritePlan } from './write-plan.ts';

/** `epoch` and `ts` are the last committed ones. */
export function checkPlan(plan: WritePlan, epoch: number, ts: bigint): void {
  require(plan.epoch === epoch + 1, `epoch ${plan.epoch} does not follow ${epoch}`);
  require(plan.ts > ts, 'the time of the epoch does not advance');
  for (const segment of plan.state.segments) {
    require(segment.task < plan.tasks, `a segment of task ${segment.task}, which is none`);
    require(segment.bytes.length <= MAX_PART_BYTES, `a segment of ${segment.bytes.length} bytes`);
    const fold = plan.state.folds.find(({ task }) => task === segment.task);
    if (segment.kind === 'snapshot')
      require(segment.piece === true || fold !== undefined, 'a snapshot that replaces nothing');
    else require(fold?.through !== plan.epoch, 'a delta of an epoch that the snapshot contains');
  }
  for (const { task, through, pieces } of plan.state.folds) {
    require(through <= plan.epoch &&
      (pieces !== true || through < plan.epoch), `a snapshot of epoch ${through}, which is yet to come`);
    const snapshots = [...plan.state.segments, ...plan.state.ahead].filter(
      (segment) => segment.task === task && segment.kind === 'snapshot',
    );
    // A task that is no more: the others hold what it had. Pieces: earlier epochs have written them.
    if (task >= plan.tasks || pieces === true) continue;
    require(snapshots.length > 0, `segments of task ${task} superseded by nothing`);
  }
  for (const stored of plan.state.ahead)
    require(stored.kind === 'snapshot' || stored.epoch === plan.epoch, 'a delta of another epoch');
  // A single row that is larger cannot be cut.
  for (const part of plan.changelog)
    require(part.bytes.length <= MAX_PART_BYTES ||
      part.rows === 1, `a change-log part of ${part.bytes.length} bytes`);
}

function require(holds: boolean, violation: string): void {
  if (holds) return;
  throw new MillraceError({
    code: 'INVALID_WRITE_PLAN',
    message: `the write plan of an epoch is not sound: ${violation}`,
    domain: 'internal',
  });
}
