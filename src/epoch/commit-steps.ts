// A write plan as the ordered steps of one transaction. Pure: the same steps are executed by Postgres and, in the tests,
// by a simulated one.
//
// The fence is the first statement: it raises unless this generation still owns the pipeline and epoch n − 1 was the
// last, and takes a row lock that a takeover waits for. Everything behind it is skipped by the server when it raises.

import type { ChangelogPart, WriteStep } from '../postgres/write-step.ts';
import type {
  DeadLetter,
  EpochStatistics,
  Fold,
  LateRow,
  PartitionProgress,
  PipelineStatus,
  ReplayedRecord,
  Segment,
  SourceProgress,
  StoredSegment,
  ViewErrorChange,
  WritePlan,
} from './write-plan.ts';

export interface Fence {
  readonly generation: number;
  readonly epoch: number;
  readonly ts: bigint;
  readonly status: PipelineStatus;
  readonly tasks: number;
  /** The fold whose table takes deltas after this epoch. */
  readonly fold: number;
}

export type CommitStep =
  | { readonly kind: 'begin' }
  | { readonly kind: 'fence'; readonly fence: Fence }
  | { readonly kind: 'partitions'; readonly rows: readonly PartitionProgress[] }
  | { readonly kind: 'sources'; readonly rows: readonly SourceProgress[] }
  | { readonly kind: 'open-fold'; readonly fold: number }
  | { readonly kind: 'supersede'; readonly folds: readonly Fold[] }
  | { readonly kind: 'segment'; readonly stored: StoredSegment; readonly bytes: Buffer }
  | { readonly kind: 'manifest'; readonly added: readonly StoredSegment[] }
  | { readonly kind: 'view'; readonly viewId: number; readonly step: WriteStep }
  | { readonly kind: 'changelog'; readonly epoch: number; readonly part: ChangelogPart }
  | { readonly kind: 'late-rows'; readonly epoch: number; readonly rows: readonly LateRow[] }
  | { readonly kind: 'replayed'; readonly rows: readonly ReplayedRecord[] }
  | { readonly kind: 'dead-letters'; readonly rows: readonly DeadLetter[] }
  | { readonly kind: 'view-errors'; readonly rows: readonly ViewErrorChange[] }
  | { readonly kind: 'statistics'; readonly of: EpochFacts }
  | { readonly kind: 'notify'; readonly epoch: number }
  | { readonly kind: 'commit' };

export interface EpochFacts extends EpochStatistics {
  readonly epoch: number;
  readonly ts: bigint;
  readonly lateRows: number;
  readonly deadLetters: number;
}

/** Who writes: the generation that owns the pipeline, and the fold that its deltas go to. */
export interface Writer {
  readonly generation: number;
  readonly fold: number;
}

/** Raw bytes of late rows and dead letters are sent in statements of about this size. */
const CHUNK_BYTES = 4 * 1024 * 1024;
const CHUNK_ROWS = 10_000;

export function commitSteps(plan: WritePlan, writer: Writer): readonly CommitStep[] {
  const fold = foldAfter(plan, writer.fold);
  const fence: Fence = {
    generation: writer.generation,
    epoch: plan.epoch,
    ts: plan.ts,
    status: plan.status,
    tasks: plan.tasks,
    fold,
  };
  const steps: CommitStep[] = [{ kind: 'begin' }, { kind: 'fence', fence }];
  if (plan.partitions.length > 0) steps.push({ kind: 'partitions', rows: plan.partitions });
  if (plan.sources.length > 0) steps.push({ kind: 'sources', rows: plan.sources });
  steps.push(...stateSteps(plan, writer.generation, fold, fold !== writer.fold));
  for (const { viewId, steps: writes } of plan.views)
    for (const step of writes) steps.push({ kind: 'view', viewId, step });
  for (const part of plan.changelog) steps.push({ kind: 'changelog', epoch: plan.epoch, part });
  for (const rows of chunks(plan.lateRows)) steps.push({ kind: 'late-rows', epoch: plan.epoch, rows });
  const { replayed = [] } = plan;
  if (replayed.length > 0) steps.push({ kind: 'replayed', rows: replayed });
  for (const rows of chunks(deadLettersByKey(plan.deadLetters))) steps.push({ kind: 'dead-letters', rows });
  const errors = consolidate(plan.viewErrors);
  if (errors.length > 0) steps.push({ kind: 'view-errors', rows: errors });
  steps.push({ kind: 'statistics', of: factsOf(plan) });
  if (isNews(plan)) steps.push({ kind: 'notify', epoch: plan.epoch });
  steps.push({ kind: 'commit' });
  return steps;
}

/** A commit that publishes snapshots opens the next fold. */
export function foldAfter(plan: WritePlan, fold: number): number {
  return plan.state.folds.length > 0 ? fold + 2 : fold;
}

/** Where segments go that are written ahead: a table of its own, so that no commit ever meets a half-made one. */
export function foldAhead(fold: number): number {
  return fold + 1;
}

function stateSteps(plan: WritePlan, generation: number, fold: number, isNewFold: boolean): CommitStep[] {
  const { segments, ahead, folds } = plan.state;
  const steps: CommitStep[] = [];
  if (isNewFold || plan.epoch === 1) steps.push({ kind: 'open-fold', fold });
  if (folds.length > 0) steps.push({ kind: 'supersede', folds });
  const inline = segments.map((segment) => ({
    stored: storedAs(segment, plan, generation, fold),
    bytes: segment.bytes,
  }));
  for (const { stored, bytes } of inline) steps.push({ kind: 'segment', stored, bytes });
  const added = [...inline.map(({ stored }) => stored), ...ahead];
  if (added.length > 0) steps.push({ kind: 'manifest', added });
  return steps;
}

function storedAs(segment: Segment, plan: WritePlan, generation: number, fold: number): StoredSegment {
  const { task, kind, part, bytes } = segment;
  return { task, epoch: plan.epoch, kind, part, generation, fold, size: bytes.length };
}

function factsOf(plan: WritePlan): EpochFacts {
  return {
    ...plan.statistics,
    epoch: plan.epoch,
    ts: plan.ts,
    lateRows: plan.lateRows.length,
    deadLetters: plan.deadLetters.length,
  };
}

/** Waking every listener for epochs without news costs a lock that all committing writers of the server share. */
function isNews(plan: WritePlan): boolean {
  return plan.views.length > 0 || plan.changelog.length > 0 || plan.status === 'finished';
}

function* chunks<Row extends { readonly raw: Buffer | null }>(rows: readonly Row[]): Generator<Row[]> {
  let open: Row[] = [];
  let bytes = 0;
  for (const row of rows) {
    open.push(row);
    bytes += row.raw?.length ?? 0;
    if (bytes < CHUNK_BYTES && open.length < CHUNK_ROWS) continue;
    yield open;
    open = [];
    bytes = 0;
  }
  if (open.length > 0) yield open;
}

/** In one order everywhere, so that two pipelines that meet the same bad records cannot deadlock. */
function deadLettersByKey(rows: readonly DeadLetter[]): readonly DeadLetter[] {
  return rows.toSorted((a, b) => a.sourceId - b.sourceId || a.partition - b.partition || a.offset - b.offset);
}

/** One change per key, as one statement cannot change a row twice; what cancels out is not written. */
function consolidate(changes: readonly ViewErrorChange[]): readonly ViewErrorChange[] {
  const byKey = new Map<string, ViewErrorChange>();
  for (const change of changes) {
    const { viewId, sqlstate, message, expression, row } = change;
    const key = JSON.stringify([viewId, sqlstate, message, expression, row]);
    const before = byKey.get(key)?.weight ?? 0;
    byKey.set(key, { ...change, weight: before + change.weight });
  }
  return [...byKey.values()].filter(({ weight }) => weight !== 0);
}
