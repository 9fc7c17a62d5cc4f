// The statements that make nothing: DROP, ALTER, SHOW, DESCRIBE, EXPLAIN ANALYZE.

import type { Catalog } from '../catalog/catalog.ts';
import { withDependents } from '../catalog/change.ts';
import { didYouMean } from '../catalog/near.ts';
import type { Definition, RelationDef, SourceDef } from '../catalog/definition.ts';
import { isKept, sourceRow } from '../catalog/definition.ts';
import type { RowSchema } from '../data/types.ts';
import type { TextSpan } from '../errors.ts';
import { MillraceError } from '../errors.ts';
import type { Alter, Analyze, Describe, Drop, ObjectType, Show, ShowCreate } from '../sql/statement.ts';
import type { ObjectName } from '../sql/names.ts';
import { unknownRelation, unsupported, wrongObjectType } from './fail.ts';
import { existing, existingFunction } from './names.ts';
import { Options } from './options.ts';
import { redactedText } from './redact.ts';
import type { SaidTasks } from './task-options.ts';
import { readTaskOptions } from './task-options.ts';

export type BoundCommand =
  /** Readers before what they read: the order in which to remove them. Empty when IF EXISTS found nothing. */
  | {
      readonly kind: 'drop';
      readonly definitions: readonly Definition[];
      readonly notices: readonly string[];
    }
  | {
      readonly kind: 'alter';
      readonly definition: Definition;
      readonly action: 'pause' | 'resume';
      readonly pipelineId: string;
    }
  | {
      readonly kind: 'alter tasks';
      readonly definition: Definition;
      readonly tasks: SaidTasks;
      readonly pipelineId: string;
    }
  | { readonly kind: 'replay'; readonly source: SourceDef }
  /** Back to the version before the last replacement, or never back to it. */
  | {
      readonly kind: 'rollback' | 'drop previous';
      readonly definition: Definition;
      readonly replacement: number;
    }
  /** What it has done since its pipeline runs. */
  | { readonly kind: 'analyze'; readonly definition: Definition; readonly pipelineId: string }
  | { readonly kind: 'show'; readonly what: Show['what'] }
  | { readonly kind: 'show create'; readonly definition: Definition; readonly text: string }
  | { readonly kind: 'describe'; readonly definition: RelationDef; readonly columns: RowSchema };

type Command = Drop | Alter | Analyze | Show | ShowCreate | Describe;

export function bindCommand(statement: Command, catalog: Catalog): BoundCommand {
  switch (statement.kind) {
    case 'Drop':
      return bindDrop(statement, catalog);
    case 'Alter':
      return bindAlter(statement, catalog);
    case 'Analyze':
      return bindAnalyze(statement, catalog);
    case 'Show':
      return { kind: 'show', what: statement.what };
    case 'ShowCreate': {
      const definition = find(statement.name, statement.object, catalog);
      return { kind: 'show create', definition, text: redactedText(definition.text) };
    }
    case 'Describe': {
      const definition = findRelation(statement.name, catalog);
      const columns = definition.kind === 'source' ? sourceRow(definition) : definition.columns;
      return { kind: 'describe', definition, columns };
    }
  }
}

function findRelation(name: ObjectName, catalog: Catalog): RelationDef {
  const found = existing(name, catalog);
  if (found === undefined) throw unknownRelation(name.name.name, catalog.near(name.name.name), name.span);
  return found;
}

function find(name: ObjectName, object: ObjectType, catalog: Catalog): Definition {
  if (object === 'function') {
    const found = existingFunction(name, catalog);
    if (found === undefined) throw noFunction(name, catalog);
    return found;
  }
  const found = findRelation(name, catalog);
  if (found.kind !== object) {
    throw wrongObjectType(
      `"${found.name}" is not a ${object}, it is a ${found.kind}`,
      name.span,
      `name it as ${found.kind.toUpperCase()} ${found.name}`,
    );
  }
  return found;
}

function isMissing(name: ObjectName, object: ObjectType, catalog: Catalog): boolean {
  return (object === 'function' ? existingFunction(name, catalog) : existing(name, catalog)) === undefined;
}

function noFunction(name: ObjectName, catalog: Catalog): MillraceError {
  const known = catalog.list().flatMap((one) => (one.kind === 'function' ? [one.name] : []));
  return new MillraceError({
    code: 'UNKNOWN_FUNCTION',
    message: `function ${name.name.name} does not exist`,
    hint: didYouMean(name.name.name, known) ?? 'SHOW FUNCTIONS lists what was created',
    span: name.span,
  });
}

function bindDrop(statement: Drop, catalog: Catalog): BoundCommand {
  const notices: string[] = [];
  const roots: Definition[] = [];
  for (const name of statement.names) {
    if (statement.ifExists && isMissing(name, statement.object, catalog)) {
      notices.push(`${statement.object} "${name.name.name}" does not exist, skipping`);
    } else {
      roots.push(find(name, statement.object, catalog));
    }
  }
  const all = withDependents(
    catalog,
    roots.map((root) => root.id),
  );
  const others = all.filter((definition) => !roots.includes(definition));
  const label = ({ id, kind, name }: Definition): string =>
    `${kind} ${name}${catalog.version(id)?.hidden === true ? ' (its other version)' : ''}`;
  if (others.length > 0 && statement.behavior === 'restrict') {
    const list = others.map(label).join(', ');
    throw new MillraceError({
      code: 'DEPENDENT_OBJECTS',
      message: `cannot drop ${statement.object} ${roots.map((root) => root.name).join(', ')}: ${list} read it`,
      hint: 'drop them first, or write DROP … CASCADE',
      span: statement.names[0]!.span,
    });
  }
  return { kind: 'drop', definitions: all, notices };
}

function bindAlter(statement: Alter, catalog: Catalog): BoundCommand {
  const definition = find(statement.name, statement.object, catalog);
  const { action } = statement;
  if (action.kind === 'rollback' || action.kind === 'drop previous') {
    const version = catalog.version(definition.id);
    if (version === undefined) throw neverReplaced(definition, statement.name.span);
    return { kind: action.kind, definition, replacement: version.replacement };
  }
  if (action.kind === 'replay') {
    if (definition.kind === 'source') return { kind: 'replay', source: definition };
    throw unsupported(
      `ALTER ${statement.object.toUpperCase()} … REPLAY DEAD LETTERS`,
      statement.name.span,
      'dead letters are those of a source: ALTER SOURCE name REPLAY DEAD LETTERS',
    );
  }
  if (!isKept(definition) && definition.kind !== 'sink') {
    throw unsupported(
      `ALTER ${statement.object.toUpperCase()} … ${action.kind.toUpperCase()}`,
      statement.name.span,
      'what runs, and can be paused, are materialized views, tables and sinks',
    );
  }
  const { pipelineId } = definition;
  if (action.kind !== 'set') return { kind: 'alter', definition, action: action.kind, pipelineId };
  const options = new Options(action.options, statement.span);
  const tasks = readTaskOptions(options);
  options.finish();
  return { kind: 'alter tasks', definition, tasks, pipelineId };
}

function bindAnalyze({ name }: Analyze, catalog: Catalog): BoundCommand {
  const definition = findRelation(name, catalog);
  if (isKept(definition) || definition.kind === 'sink')
    return { kind: 'analyze', definition, pipelineId: definition.pipelineId };
  throw unsupported(
    `EXPLAIN ANALYZE of a ${definition.kind}`,
    name.span,
    'what runs, and is measured, are materialized views, tables and sinks',
  );
}

function neverReplaced({ kind, name }: Definition, span: TextSpan): MillraceError {
  return new MillraceError({
    code: 'NO_PREVIOUS_VERSION',
    message: `there is no other version of ${kind} "${name}"`,
    hint: 'CREATE OR REPLACE keeps the version before until it is dropped, or replaced again; millrace.replacements lists them',
    span,
  });
}
