// The answer of each statement of a submission that was carried out.

import type { Catalog } from '../catalog/catalog.ts';
import { displayName } from '../catalog/definition.ts';
import { consistencyNote } from '../physical/consistency.ts';
import { unboundedNote } from '../physical/unbounded.ts';
import { explain } from '../plan.ts';
import type { PlannedStatement, Submission } from '../plan.ts';
import type { Answer } from './answer.ts';
import { answer } from './answer.ts';
import type { PipelineInfo } from './pipeline-info.ts';
import { explainCode } from './explain-code.ts';
import { describeLine, describeTable, showTable } from './show.ts';

export interface Shown {
  readonly catalog: Catalog;
  pipelines(): readonly PipelineInfo[];
}

/** `replayed`: what was done for REPLAY DEAD LETTERS, by id of the source. */
export function answersOf(
  submission: Submission,
  shown: Shown,
  replayed: ReadonlyMap<string, string>,
): readonly Answer[] {
  return submission.statements.map((statement) => {
    const own = answerOf(statement, shown, replayed);
    return { ...own, notices: [...own.notices, ...runNotices(statement, submission)] };
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
      return answer(bound.kind.toUpperCase(), { names: [displayName(bound.definition)] });
    case 'drop':
      return answer('DROP', {
        names: bound.definitions.map((definition) => `${definition.kind} ${displayName(definition)}`),
        notices: bound.notices,
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
