// The whole ladder on one screen: text → Statement (parse) → BoundStatement (bind) → LogicalPlan (rewrite) → PhysicalGraph (lower).
// Every rung is a value that prints (explain.ts); the last one, generated code, is made of the graph by operators/compile.ts.
//
// One submission (one call, one file) is one pipeline: its materialized views and sinks share scans and sub-plans, commit together
// and are consistent with each other, also where they share no input. Who wants them apart submits them apart.

import type { BoundStatement } from './binder/statement.ts';
import { bindStatement, isCreating } from './binder/statement.ts';
import { printBound } from './binder/print.ts';
import { checkSinkFormat } from './binder/sink-format.ts';
import { combineTasks } from './binder/task-options.ts';
import type { Catalog } from './catalog/catalog.ts';
import type { CatalogChange } from './catalog/change.ts';
import { apply } from './catalog/change.ts';
import type { ReaderSchema } from './catalog/format.ts';
import type { TaskOptions } from './catalog/task-options.ts';
import { MillraceError } from './errors.ts';
import type { LogicalPlan, LogicalRoot } from './logical/node.ts';
import { rewrite } from './logical/rewrite.ts';
import { printLogical } from './logical/print.ts';
import { explainedRoot, rootOf, tableRoot } from './logical/roots.ts';
import type { PhysicalGraph } from './physical/graph.ts';
import { lower } from './physical/lower.ts';
import { withPlanned } from './physical/planned.ts';
import { printGraph } from './physical/print.ts';
import type { Dialect } from './sql/dialect/dialect.ts';
import { withNumberSums } from './sql/dialect/number-sums.ts';
import { parseStatement, parseStatements } from './sql/parse.ts';
import { printSyntax } from './sql/print.ts';
import type { Statement } from './sql/statement.ts';

/** Texts in another dialect come here first: what they mean in PostgreSQL is what is planned, stored and shown. */
export { understand } from './sql/dialect/understand.ts';

export interface PlanOptions {
  /** False leaves out rewrites, sharing and fusing: the reference for metamorphic tests. */
  readonly optimize?: boolean;
  /** In which the text was written before it was PostgreSQL. */
  readonly dialect?: Dialect | undefined;
  /** What the schema registry says of sources, by the offset of their statements. */
  readonly schemas?: ReadonlyMap<number, ReaderSchema>;
  /** Ids of what CREATE takes the place of without saying so. */
  readonly replacing?: ReadonlySet<string>;
}

export interface PipelinePlan {
  readonly id: string;
  readonly logical: LogicalPlan;
  readonly graph: PhysicalGraph;
}

export interface PlannedStatement {
  readonly syntax: Statement;
  readonly bound: BoundStatement;
}

export interface Submission {
  readonly statements: readonly PlannedStatement[];
  /** What the statements do to the catalog, and the catalog after that. */
  readonly changes: readonly CatalogChange[];
  readonly catalog: Catalog;
  /** Each new table is a pipeline of its own. */
  readonly tables: readonly PipelinePlan[];
  /** The new pipeline of all else; null when nothing else in the submission runs. */
  readonly pipeline: PipelinePlan | null;
  /** As how many tasks it is to run, and where. */
  readonly tasks: TaskOptions;
}

/** Plans a text of one or more statements, each against the catalog as those before it left it. Throws a MillraceError with its place. */
export function planSubmission(text: string, catalog: Catalog, options: PlanOptions = {}): Submission {
  try {
    const pipelineId = `p${catalog.nextId}`;
    let current = catalog;
    const changes: CatalogChange[] = [];
    const planned: LogicalRoot[] = [];
    const tables: PipelinePlan[] = [];
    const statements = parseStatements(text).map((parsed): PlannedStatement => {
      const syntax = options.dialect === 'mysql' ? withNumberSums(parsed) : parsed;
      const { schemas, replacing } = options;
      const context = { catalog: current, text, pipelineId, explaining: false, schemas, replacing };
      const bound = bindStatement(syntax, context);
      checkView(bound, planned, options);
      const root = rootOf(bound);
      if (bound.kind === 'create table')
        tables.push(planRoots(bound.definition.pipelineId, [root!], options));
      else if (root !== undefined) planned.push(root);
      const steps = changesOf(bound, current);
      changes.push(...steps);
      current = apply(current, steps);
      return { syntax, bound };
    });
    const dropped = new Set(changes.flatMap((change) => (change.kind === 'drop' ? [change.id] : [])));
    const kept = tables.filter(({ logical }) => !dropped.has(logical.roots[0]!.id));
    const roots = planned.filter((root) => !dropped.has(root.id));
    const tasks = combineTasks(statements.flatMap(saidTasks));
    if (roots.length === 0) {
      checkSinkFormats(statements, current);
      return { statements, changes, catalog: current, tables: kept, pipeline: null, tasks };
    }
    const pipeline = planRoots(pipelineId, roots, options);
    const whole = changes.map((change) => withPlanned(change, pipeline.graph));
    const after = apply(catalog, whole);
    checkSinkFormats(statements, after);
    return { statements, changes: whole, catalog: after, tables: kept, pipeline, tasks };
  } catch (error) {
    throw error instanceof MillraceError ? error.withSql(text) : error;
  }
}

/** The same pipeline again from the texts in the catalog: after a restart, or when some of its members were dropped. */
export function planPipeline(catalog: Catalog, pipelineId: string, options: PlanOptions = {}): PipelinePlan {
  const roots = catalog.pipeline(pipelineId).flatMap((member): readonly LogicalRoot[] => {
    if (member.kind === 'table') return [tableRoot(member)];
    const { id, text } = member;
    // Its own name is taken, by itself: that does not matter here.
    const context = { catalog: seenBy(id, catalog), text, pipelineId, explaining: true };
    const root = rootOf(bindStatement(parseStatement(text), context));
    return root === undefined ? [] : [{ ...root, id }];
  });
  return planRoots(pipelineId, roots, options);
}

/** What is hidden reads what is hidden with it. */
function seenBy(id: string, catalog: Catalog): Catalog {
  const version = catalog.version(id);
  return version?.hidden === true ? catalog.flipped(version.replacement) : catalog;
}

/** The rungs below the binder, for roots that run as one pipeline. */
export function planRoots(
  id: string,
  roots: readonly LogicalRoot[],
  options: PlanOptions = {},
): PipelinePlan {
  const optimize = options.optimize ?? true;
  const logical = optimize ? rewrite({ roots }) : { roots };
  return { id, logical, graph: lower(logical, { optimize }) };
}

/**
 * What EXPLAIN answers, for every rung but CODE: generated code is made of `explainedPlan` by operators/compile.ts, which this
 * file does not know.
 */
export function explain(bound: ExplainStatement, options: PlanOptions = {}): string {
  switch (bound.stage) {
    case 'ast':
      return printSyntax(bound.syntax);
    case 'bound':
      return printBound(bound.statement);
    case 'logical':
      return printLogical(explainedPlan(bound, options).logical);
    case 'physical':
    case 'code':
      return printGraph(explainedPlan(bound, options).graph);
  }
}

export type ExplainStatement = Extract<BoundStatement, { kind: 'explain' }>;

/** The plan of the statement that EXPLAIN is about; empty for a source. */
export function explainedPlan(bound: ExplainStatement, options: PlanOptions = {}): PipelinePlan {
  const root = explainedRoot(bound.statement);
  return planRoots('explain', root === undefined ? [] : [root], options);
}

/** What is wrong with a view's text is told where it is written, not where the view is read. */
function checkView(bound: BoundStatement, before: readonly LogicalRoot[], options: PlanOptions): void {
  if (bound.kind === 'create view') planRoots('view', [...before, explainedRoot(bound)!], options);
}

/** Whether a format fits a sink is known only when its key is. */
function checkSinkFormats(statements: readonly PlannedStatement[], catalog: Catalog): void {
  for (const { bound } of statements)
    if (bound.kind === 'create sink') checkSinkFormat(bound.definition.id, catalog, bound.formatSpan);
}

function saidTasks({ syntax, bound }: PlannedStatement) {
  if (syntax.kind !== 'CreateMaterializedView' || bound.kind !== 'create materialized view') return [];
  return [{ tasks: bound.tasks, options: syntax.options }];
}

/** What has the name of something new makes way for it: the binder has seen that it may. */
function changesOf(bound: BoundStatement, catalog: Catalog): readonly CatalogChange[] {
  if (bound.kind === 'drop') return bound.definitions.map(({ id }) => ({ kind: 'drop', id }));
  if (!isCreating(bound)) return [];
  const { definition } = bound;
  const before = catalog.same(definition);
  const added: CatalogChange = { kind: 'add', definition };
  return before === undefined ? [added] : [{ kind: 'drop', id: before.id }, added];
}
