// From a text to what it comes to: planned, with the replacements that it ends, and those that it begins.

import type { Catalog } from '../../catalog/catalog.ts';
import type { CatalogChange } from '../../catalog/change.ts';
import { apply, withDependents } from '../../catalog/change.ts';
import type { Definition } from '../../catalog/definition.ts';
import { isInput } from '../../catalog/definition.ts';
import { AS_CONFIGURED } from '../../catalog/task-options.ts';
import { MillraceError } from '../../errors.ts';
import type { PlanOptions, Submission } from '../../plan.ts';
import { planSubmission } from '../../plan.ts';
import { beingReplaced, neverCatchesUp } from './refusals.ts';
import type { Existing, NewPipeline, Undertaking } from './replan.ts';
import { planReplacement, replacedBy } from './replan.ts';

export interface Wanted {
  readonly text: string;
  /** Of the new pipeline; by default that of its first member. */
  readonly name?: string | undefined;
  /** Ids of what a file had made before it changed. */
  readonly replacing?: readonly string[] | undefined;
  readonly schemas?: PlanOptions['schemas'];
  readonly dialect?: PlanOptions['dialect'];
}

export interface Prepared extends Undertaking {
  /** Replacements that are over with this. */
  readonly ended: readonly number[];
}

export function prepare(wanted: Wanted, existing: Existing): Prepared {
  const { isOpen } = existing;
  const ended: number[] = [];
  let endings: readonly CatalogChange[] = [];
  for (let catalog = existing.catalog; ;) {
    const planned = plan(wanted, { ...existing, catalog });
    const touched = touchedBy(planned.submission, catalog);
    const open = touched.filter(({ replacement }) => isOpen(replacement));
    if (open.length > 0 && wanted.replacing === undefined) refuseUnlessDropped(planned.submission, open);
    if (touched.length === 0) {
      refuseReadersOf(planned.submission, catalog, isOpen);
      const changes = [...endings, ...planned.submission.changes];
      return { ...planned, submission: { ...planned.submission, changes }, ended };
    }
    const over = new Set(touched.map(({ replacement }) => replacement));
    ended.push(...over);
    endings = [...endings, ...[...over].flatMap((replacement) => endingOf(replacement, catalog))];
    catalog = apply(existing.catalog, endings);
  }
}

function plan(wanted: Wanted, existing: Existing): Undertaking {
  const { catalog } = existing;
  const files = (wanted.replacing ?? []).filter((id) => catalog.get(id) !== undefined);
  const { dialect } = wanted;
  const options = wanted.schemas === undefined ? { dialect } : { dialect, schemas: wanted.schemas };
  const submission = planSubmission(wanted.text, catalog, { ...options, replacing: new Set(files) });
  if (writes(files, submission, catalog)) return anew(wanted, files, options, existing);
  const stays = new Set(
    submission.statements.flatMap(({ bound }) => (bound.kind === 'unchanged' ? [bound.definition.id] : [])),
  );
  const replaced = replacedBy(submission, catalog);
  const removed = files.filter((id) => !stays.has(id) && !replaced.includes(id));
  const planned = planReplacement(submission, ownPipelines(submission, wanted.name), removed, existing);
  const paced = planned.replacement === null ? undefined : pacedInput(planned);
  if (paced === undefined) return planned;
  if (files.length > 0) return anew(wanted, files, options, existing);
  throw neverCatchesUp(paced);
}

/** A generator that never ends and makes so many rows a second: who begins again is behind for ever. */
function pacedInput({ pipelines, submission }: Undertaking): Definition | undefined {
  const scanned = pipelines.flatMap(({ plan: { graph } }) =>
    graph.nodes.flatMap((node) =>
      node.kind === 'scan' ? (submission.catalog.get(node.sourceId) ?? []) : [],
    ),
  );
  return scanned.filter(isInput).find(({ connector }) => {
    if (connector.connector === 'nexmark') return connector.rate !== null && connector.events === null;
    return connector.connector === 'datagen' && connector.rate !== null && connector.rows === null;
  });
}

/** A file that has, or had, sinks: what they have written cannot be taken back, so there is nothing to swap. */
function writes(files: readonly string[], { statements }: Submission, catalog: Catalog): boolean {
  if (files.length === 0) return false;
  return (
    files.some((id) => catalog.get(id)?.kind === 'sink') ||
    statements.some(({ bound }) => bound.kind === 'create sink')
  );
}

/** What the file had made is dropped and made again, all at once. */
function anew(
  { text, name }: Wanted,
  files: readonly string[],
  options: PlanOptions,
  { catalog }: Existing,
): Undertaking {
  const all = withDependents(catalog, files);
  const others = all.filter(({ id }) => !files.includes(id) && catalog.version(id)?.hidden !== true);
  if (others.length > 0) throw stillRead(others);
  const drops = all.map(({ id }): CatalogChange => ({ kind: 'drop', id }));
  const planned = planSubmission(text, apply(catalog, drops), options);
  const submission = { ...planned, changes: [...drops, ...planned.changes] };
  return { submission, pipelines: ownPipelines(planned, name), replacement: null };
}

function ownPipelines(submission: Submission, name: string | undefined): readonly NewPipeline[] {
  const { tables, pipeline, tasks, catalog } = submission;
  return (pipeline === null ? tables : [...tables, pipeline]).map((plan) => {
    const first = catalog.pipeline(plan.id)[0]!;
    // A table's is its own.
    return { plan, tasks, name: first.kind === 'table' ? first.name : (name ?? first.name) };
  });
}

interface Touched {
  readonly id: string;
  readonly replacement: number;
}

function touchedBy({ changes }: Submission, catalog: Catalog): readonly Touched[] {
  return changes.flatMap((change) => {
    if (change.kind === 'add') return [];
    const version = catalog.version(change.id);
    return version === undefined ? [] : [{ id: change.id, replacement: version.replacement }];
  });
}

function refuseUnlessDropped({ changes, catalog }: Submission, open: readonly Touched[]): void {
  const dropped = new Set(changes.flatMap((change) => (change.kind === 'drop' ? [change.id] : [])));
  const other = open.find(({ id }) => !dropped.has(id));
  const definition = other === undefined ? undefined : catalog.get(other.id);
  if (definition !== undefined) throw beingReplaced(definition);
}

/** Who begins to read what is about to be swapped would be left with the old one. */
function refuseReadersOf(
  { changes }: Submission,
  catalog: Catalog,
  isOpen: (replacement: number) => boolean,
): void {
  for (const change of changes) {
    if (change.kind !== 'add') continue;
    for (const id of change.definition.dependsOn) {
      const version = catalog.version(id);
      if (version !== undefined && isOpen(version.replacement)) throw beingReplaced(catalog.get(id)!);
    }
  }
}

/** Nothing but the end of a replacement. */
export function ending(replacement: number, before: Catalog): Prepared {
  const changes = endingOf(replacement, before);
  const catalog = apply(before, changes);
  const tasks = AS_CONFIGURED;
  return {
    submission: { statements: [], changes, catalog, tables: [], pipeline: null, tasks },
    pipelines: [],
    replacement: null,
    ended: [replacement],
  };
}

/** Its hidden version goes, the other is an only one again. */
function endingOf(replacement: number, catalog: Catalog): readonly CatalogChange[] {
  const all = catalog.versions(replacement);
  const hidden = all.filter(({ id }) => catalog.version(id)!.hidden).map(({ id }) => id);
  const order = withDependents(catalog, hidden).filter(({ id }) => hidden.includes(id));
  return [
    ...order.map(({ id }): CatalogChange => ({ kind: 'drop', id })),
    ...all
      .filter(({ id }) => !hidden.includes(id))
      .map(({ id }): CatalogChange => ({ kind: 'version', id, version: null })),
  ];
}

function stillRead(others: readonly Definition[]): MillraceError {
  const names = others.map((other) => `${other.kind} ${other.name}`).join(', ');
  return new MillraceError({
    code: 'DEPENDENT_OBJECTS',
    message: `what is to be replaced is still read by ${names}`,
    hint: 'drop those first, or put them in the same file',
  });
}
