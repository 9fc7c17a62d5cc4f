// The answer of each statement of a submission that was carried out.

import type { Catalog } from '../catalog/catalog.ts';
import type { Definition } from '../catalog/definition.ts';
import { displayName } from '../catalog/definition.ts';
import { consistencyNote } from '../physical/consistency.ts';
import { unboundedNote } from '../physical/unbounded.ts';
import { explain } from '../plan.ts';
import type { PlannedStatement, Submission } from '../plan.ts';
import type { Answer } from './answer.ts';
import { analyzed } from './analyze.ts';
import { answer } from './answer.ts';
import type { PipelineInfo } from './pipeline-info.ts';
import { explainCode } from './explain-code.ts';
import { describeLine, describeTable, showTable } from './show.ts';

export interface Shown {
  readonly catalog: Catalog;
  pipelines(): readonly PipelineInfo[];
}

/** `replayed`: what was done for REPLAY DEAD LETTERS, by id of the source. `lost`: what the topics of what is replaced lack. */
export function answersOf(
  submission: Submission,
  shown: Shown,
  replayed: ReadonlyMap<string, string>,
  lost: readonly string[],
): readonly Answer[] {
  return submission.statements.map((statement) => {
    const own = answerOf(statement, shown, replayed);
    const replacing = replacingNotices(statement, submission, lost);
    return { ...own, notices: [...own.notices, ...replacing, ...runNotices(statement, submission)] };
  });
}

/** What is hidden is not there for anybody yet. */
function replacingNotices(
  { bound }: PlannedStatement,
  { catalog }: Submission,
  lost: readonly string[],
): readonly string[] {
  if (!bound.kind.startsWith('create') || !('definition' in bound)) return [];
  if (catalog.version(bound.definition.id)?.hidden !== true) return [];
  const what = `${bound.definition.kind} ${displayName(bound.definition)}`;
  return [
    `the new ${what} takes effect when what is built beside the old version has caught up (millrace.replacements); until then the old one is served`,
    ...lost.map((missing) => `the new version lacks what is gone: ${missing}`),
  ];
}

/** For a text in another dialect: what each of its statements is in PostgreSQL. */
export function withUnderstood(
  answers: readonly Answer[],
  { statements }: Submission,
  sql: string,
): readonly Answer[] {
  return answers.map((each, i) => {
    const { offset, end } = statements[i]!.syntax.span;
    return { ...each, understood: sql.slice(offset, end) };
  });
}

/** What is to be known of something that runs from now on. */
function runNotices({ bound }: PlannedStatement, { pipeline }: Submission): readonly string[] {
  if (pipeline === null || (bound.kind !== 'create materialized view' && bound.kind !== 'create sink'))
    return [];
  const notes = [consistencyNote(pipeline.graph), unboundedNote(pipeline.graph, bound.definition.id)];
  return notes.filter((note) => note !== null);
}

function answerOf({ bound }: PlannedStatement, shown: Shown, replayed: ReadonlyMap<string, string>): Answer {
  switch (bound.kind) {
    case 'create source':
    case 'create table':
    case 'create view':
    case 'create materialized view':
    case 'create sink':
    case 'create function':
      return answer(bound.kind.toUpperCase(), { names: [displayName(bound.definition)] });
    case 'drop':
      return answer('DROP', {
        names: bound.definitions.map((definition) => `${definition.kind} ${displayName(definition)}`),
        notices: bound.notices,
      });
    case 'unchanged':
      return answer('NOTICE', { notices: [`${displayName(bound.definition)} stays as it is`] });
    case 'rollback':
    case 'drop previous':
      return answer(bound.kind === 'rollback' ? 'ROLLBACK' : 'DROP PREVIOUS VERSION', {
        names: [displayName(bound.definition)],
        notices: bound.kind === 'rollback' ? [rollbackNotice(bound.definition, shown.catalog)] : [],
      });
    case 'alter tasks':
      return answer('ALTER', { names: [displayName(bound.definition)] });
    case 'alter':
      return answer(bound.action.toUpperCase(), { names: [displayName(bound.definition)] });
    case 'replay':
      return answer('REPLAY DEAD LETTERS', {
        names: [displayName(bound.source)],
        notices: [replayed.get(bound.source.id) ?? ''],
      });
    case 'nothing':
      return answer('NOTICE', { notices: [bound.notice] });
    case 'analyze':
      return analyzed(bound.definition, bound.pipelineId, shown.catalog, shown.pipelines());
    case 'show create':
      return answer('SHOW CREATE', { text: bound.text });
    case 'describe':
      return answer('DESCRIBE', {
        notices: [describeLine(bound.definition, shown.pipelines())],
        table: describeTable(bound.definition),
      });
    case 'show':
      return answer('SHOW', { table: showTable(bound.what, shown.catalog.list(), shown.pipelines()) });
    case 'explain':
      return answer('EXPLAIN', {
        text: bound.stage === 'code' ? explainCode(bound) : explain(bound),
      });
    case 'query':
      throw new Error('a query by itself is refused when it is bound');
  }
}

function rollbackNotice({ id, kind, name }: Definition, catalog: Catalog): string {
  return catalog.version(id) === undefined
    ? `what was built beside ${kind} ${name} is dropped; it goes on as it was`
    : `the version before of ${kind} ${name} takes its name when it has caught up (millrace.replacements)`;
}
