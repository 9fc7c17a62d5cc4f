// What a submission replaces, as a plan: the new version of what it names, and of everything that reads that, made again from its
// text over the new version. Pure: what comes of it is for others to do.

import type { Catalog } from '../../catalog/catalog.ts';
import type { CatalogChange } from '../../catalog/change.ts';
import { apply, withDependents } from '../../catalog/change.ts';
import type { Definition } from '../../catalog/definition.ts';
import { isKept } from '../../catalog/definition.ts';
import type { TaskOptions } from '../../catalog/task-options.ts';
import { MillraceError } from '../../errors.ts';
import type { PipelinePlan, Submission } from '../../plan.ts';
import { planSubmission } from '../../plan.ts';
import { checkReaders, checkReplaced } from './columns.ts';
import { beingReplaced, gone, ownReaders, readBySinks, readerFails, unsupportedBeside } from './refusals.ts';

export interface NewPipeline {
  readonly plan: PipelinePlan;
  readonly name: string;
  readonly tasks: TaskOptions;
}

/** What a submission comes to. */
export interface Undertaking {
  readonly submission: Submission;
  readonly pipelines: readonly NewPipeline[];
  /** Set when the new version is built beside the old one; then what the submission changes is hidden until it is swapped. */
  readonly replacement: number | null;
}

export interface Existing {
  readonly catalog: Catalog;
  readonly nameOf: (pipelineId: string) => string;
  readonly tasksOf: (pipelineId: string) => TaskOptions;
  /** The replacement waits for its swap. */
  readonly isOpen: (replacement: number) => boolean;
}

/** `removed`: ids of what goes with the swap, without a new version. */
export function planReplacement(
  submission: Submission,
  own: readonly NewPipeline[],
  removed: readonly string[],
  existing: Existing,
): Undertaking {
  const before = existing.catalog;
  const replaced = replacedBy(submission, before);
  const roots = [...replaced, ...removed];
  if (roots.length === 0) return { submission, pipelines: own, replacement: null };
  const readers = readersOf(roots, before);
  refuse(submission, readers, { replaced, removed }, existing);
  checkReplaced(replaced, readers, before, submission.catalog);
  const steps: CatalogChange[] = [...removed, ...readers.map(({ id }) => id)].map((id) => ({
    kind: 'drop',
    id,
  }));
  let catalog = apply(submission.catalog, steps);
  const pipelines = [...own];
  for (const group of groupsOf(readers, before)) {
    const again = replan(group, catalog);
    steps.push(...again.changes);
    catalog = again.catalog;
    pipelines.push(...again.pipelines(existing));
  }
  checkReaders(readers, catalog);
  const changes = lasting([...submission.changes, ...steps]);
  if (pipelines.length === 0)
    return { submission: { ...submission, changes, catalog }, pipelines, replacement: null };
  const replacement = Number(pipelines[0]!.plan.id.slice(1));
  const hidden = changes.map((change) => beside(change, replacement));
  return {
    submission: { ...submission, changes: hidden, catalog: apply(before, hidden) },
    pipelines,
    replacement,
  };
}

/** Ids whose names the submission gives to others. */
export function replacedBy({ statements, changes }: Submission, before: Catalog): readonly string[] {
  const dropped = new Set(
    statements.flatMap(({ bound }) => (bound.kind === 'drop' ? bound.definitions.map(({ id }) => id) : [])),
  );
  return changes.flatMap((change) =>
    change.kind === 'drop' && !dropped.has(change.id) && before.get(change.id) !== undefined
      ? [change.id]
      : [],
  );
}

function beside(change: CatalogChange, replacement: number): CatalogChange {
  if (change.kind === 'add') return { ...change, version: { replacement, hidden: true } };
  if (change.kind === 'drop')
    return { kind: 'version', id: change.id, version: { replacement, hidden: false } };
  return change;
}

/** Without what came and went within the submission. */
function lasting(changes: readonly CatalogChange[]): readonly CatalogChange[] {
  const added = new Set(changes.flatMap((change) => (change.kind === 'add' ? [change.definition.id] : [])));
  const passing = new Set(
    changes.flatMap((change) => (change.kind === 'drop' && added.has(change.id) ? [change.id] : [])),
  );
  return changes.filter((change) => !passing.has(change.kind === 'add' ? change.definition.id : change.id));
}

/** All that must be made again: what reads the roots, directly or not, with the pipelines that it is part of. In order of creation. */
function readersOf(roots: readonly string[], catalog: Catalog): readonly Definition[] {
  const found = new Set(roots);
  for (let before = -1; before < found.size;) {
    before = found.size;
    for (const { id } of withDependents(catalog, [...found])) {
      if (catalog.version(id)?.hidden === true) continue;
      found.add(id);
      const definition = catalog.get(id)!;
      // What is part of the pipeline of a root stays there: only that root leaves it.
      if (!isKept(definition) || roots.includes(id)) continue;
      for (const member of catalog.pipeline(definition.pipelineId)) found.add(member.id);
    }
  }
  return catalog.list().filter(({ id }) => found.has(id) && !roots.includes(id));
}

interface Named {
  readonly replaced: readonly string[];
  readonly removed: readonly string[];
}

function refuse(
  { statements }: Submission,
  readers: readonly Definition[],
  { replaced, removed }: Named,
  { catalog, isOpen }: Existing,
): void {
  const names = (ids: readonly string[]): readonly Definition[] => ids.flatMap((id) => catalog.get(id) ?? []);
  for (const { bound, syntax } of statements)
    if (['drop', 'alter', 'alter tasks', 'replay', 'create sink'].includes(bound.kind))
      throw unsupportedBeside(bound.kind, syntax.span);
  const lost = withDependents(catalog, removed).filter(({ id }) =>
    readers.some((reader) => reader.id === id),
  );
  if (lost.length > 0) throw gone(lost);
  const sinks = readers.filter(({ kind }) => kind === 'sink');
  if (sinks.length > 0) throw readBySinks(names(replaced), sinks);
  const homes = new Set(names([...replaced, ...removed]).flatMap(pipelineIdOf));
  const own = withDependents(catalog, replaced).filter(
    (reader) => readers.includes(reader) && pipelineIdOf(reader).some((id) => homes.has(id)),
  );
  if (own.length > 0) throw ownReaders(names(replaced), own);
  // What the roots themselves are part of is over with this, or they are refused.
  const touched = new Set([...replaced, ...removed].map((id) => catalog.version(id)?.replacement));
  const busy = readers.find(({ id }) => {
    const version = catalog.version(id);
    return version !== undefined && isOpen(version.replacement) && !touched.has(version.replacement);
  });
  if (busy !== undefined) throw beingReplaced(busy);
}

function pipelineIdOf(definition: Definition): readonly string[] {
  return 'pipelineId' in definition ? [definition.pipelineId] : [];
}

/** What was submitted together: a plain view, or all of a pipeline with the plain views between its members. */
function groupsOf(readers: readonly Definition[], catalog: Catalog): readonly (readonly Definition[])[] {
  const left = [...readers];
  const groups: (readonly Definition[])[] = [];
  while (left.length > 0) {
    const [pipelineId] = pipelineIdOf(left[0]!);
    const members = pipelineId === undefined ? [left[0]!] : catalog.pipeline(pipelineId);
    const last = left.findLastIndex(({ id }) => members.some((member) => member.id === id));
    groups.push(left.splice(0, last + 1));
  }
  return groups;
}

interface Again {
  readonly changes: readonly CatalogChange[];
  readonly catalog: Catalog;
  readonly pipelines: (existing: Existing) => readonly NewPipeline[];
}

function replan(group: readonly Definition[], catalog: Catalog): Again {
  const text = group.map((definition) => definition.text).join(';\n');
  const again = planAgain(group, text, catalog);
  const plan = again.pipeline;
  const old = group.flatMap(pipelineIdOf)[0];
  return {
    changes: again.changes,
    catalog: again.catalog,
    pipelines: ({ nameOf, tasksOf }) =>
      plan === null || old === undefined ? [] : [{ plan, name: nameOf(old), tasks: tasksOf(old) }],
  };
}

function planAgain(group: readonly Definition[], text: string, catalog: Catalog): Submission {
  try {
    return planSubmission(text, catalog);
  } catch (error) {
    throw error instanceof MillraceError ? readerFails(group, error) : error;
  }
}
