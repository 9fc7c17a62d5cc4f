// The door of this folder: a statement of a submission → what it means, against the catalog as the statements before it left it.

import type { Catalog } from '../catalog/catalog.ts';
import type { IdLetter } from '../catalog/change.ts';
import type {
  Definition,
  FunctionDef,
  MaterializedViewDef,
  SinkDef,
  SourceDef,
  TableDef,
  ViewDef,
} from '../catalog/definition.ts';
import { DEFAULT_SCHEMA } from '../catalog/catalog.ts';
import type {
  CreateFunction,
  CreateMaterializedView,
  CreateSink,
  CreateSource,
  CreateTable,
  CreateView,
  ExplainStage,
  Statement,
} from '../sql/statement.ts';
import type { ReaderSchema } from '../catalog/format.ts';
import type { TextSpan } from '../errors.ts';
import type { BoundQuery } from './bound.ts';
import type { BoundCommand } from './command.ts';
import { bindCommand } from './command.ts';
import { bindFunctionDefinition, sameFunction } from './create-function.ts';
import { rootContext } from './context.ts';
import { requireClosingWindows } from './emit.ts';
import { invalidDefinition, unsupported, withHint } from './fail.ts';
import { Options } from './options.ts';
import {
  checkName,
  checkViewColumns,
  existing,
  existingFunction,
  named,
  refuseRowColumns,
  wrongKind,
} from './names.ts';
import { bindQuery } from './query.ts';
import { bindSinkConnector } from './sink.ts';
import { bindSinkInput } from './sink-input.ts';
import type { SaidTasks } from './task-options.ts';
import { readTaskOptions } from './task-options.ts';
import { bindSourceDefinition } from './source.ts';
import { bindTableDefinition } from './table.ts';

export interface StatementContext {
  readonly catalog: Catalog;
  /** The whole submitted text, which the places in the statement point into. */
  readonly text: string;
  /** The pipeline that the submission's views and sinks will belong to. */
  readonly pipelineId: string;
  /** Only to be shown: a name that is taken does not matter. */
  readonly explaining: boolean;
  /** What the schema registry says of sources, by the offset of their statements. */
  readonly schemas?: ReadonlyMap<number, ReaderSchema> | undefined;
  /** Ids of what CREATE takes the place of without saying so: what a file had made before it changed. */
  readonly replacing?: ReadonlySet<string> | undefined;
}

type Creating = Extract<BoundStatement, { readonly kind: `create ${string}` }>;

/** It makes something that has a name from then on. */
export function isCreating(bound: BoundStatement): bound is Creating {
  return bound.kind.startsWith('create ');
}

export type BoundStatement =
  | { readonly kind: 'create source'; readonly definition: SourceDef }
  | { readonly kind: 'create table'; readonly definition: TableDef }
  | { readonly kind: 'create view'; readonly definition: ViewDef; readonly query: BoundQuery }
  | { readonly kind: 'create function'; readonly definition: FunctionDef }
  /** Key, hidden columns and append-only-ness of the definition are known once the plan is. */
  | {
      readonly kind: 'create materialized view';
      readonly definition: MaterializedViewDef;
      readonly query: BoundQuery;
      readonly tasks: SaidTasks;
    }
  | {
      readonly kind: 'create sink';
      readonly definition: SinkDef;
      readonly query: BoundQuery;
      readonly onClose: boolean;
      /** Where its format is written: what does not fit the plan is told there. */
      readonly formatSpan: TextSpan;
    }
  | { readonly kind: 'query'; readonly query: BoundQuery; readonly onClose: boolean }
  | {
      readonly kind: 'explain';
      readonly stage: ExplainStage;
      readonly syntax: Statement;
      readonly statement: BoundStatement;
    }
  | BoundCommand
  /** A file has it as it was. */
  | { readonly kind: 'unchanged'; readonly definition: Definition }
  | { readonly kind: 'nothing'; readonly notice: string };

export function bindStatement(statement: Statement, context: StatementContext): BoundStatement {
  try {
    return bind(statement, context);
  } catch (error) {
    throw withHint(error);
  }
}

function bind(statement: Statement, context: StatementContext): BoundStatement {
  switch (statement.kind) {
    case 'CreateSource':
    case 'CreateTable':
    case 'CreateView':
    case 'CreateMaterializedView':
    case 'CreateSink':
    case 'CreateFunction':
      return bindCreate(statement, context);
    case 'QueryStatement': {
      if (!context.explaining) {
        throw unsupported(
          'a query by itself',
          statement.span,
          'CREATE MATERIALIZED VIEW name AS … keeps its result; read views through Postgres; EXPLAIN shows its plan',
        );
      }
      const query = bindQuery(statement.query, rootContext(context.catalog, context.pipelineId));
      const onClose = statement.emit.mode === 'on window close';
      if (onClose) requireClosingWindows(query, statement.emit.span ?? statement.span);
      return { kind: 'query', query, onClose };
    }
    case 'Explain': {
      if (statement.analyze) {
        throw unsupported(
          'EXPLAIN ANALYZE of a statement',
          statement.span,
          'EXPLAIN ANALYZE name is about a materialized view, table or sink that runs; EXPLAIN shows the plan of a query',
        );
      }
      // Views of the same submission are shown as those of another: their plan is not part of this one.
      const inner = bind(statement.statement, { ...context, pipelineId: 'p0', explaining: true });
      if (!('query' in inner) && inner.kind !== 'create source' && inner.kind !== 'create table') {
        throw unsupported(
          'EXPLAIN of this statement',
          statement.statement.span,
          'it explains queries and CREATE statements',
        );
      }
      if (inner.kind === 'create sink' && inner.definition.follows !== null) {
        throw unsupported(
          'EXPLAIN of a sink that follows a materialized view',
          statement.statement.span,
          'it computes nothing: EXPLAIN the query of the view',
        );
      }
      return {
        kind: 'explain',
        stage: statement.stage ?? 'physical',
        syntax: statement.statement,
        statement: inner,
      };
    }
    default:
      return bindCommand(statement, context.catalog);
  }
}

type Create = CreateSource | CreateTable | CreateView | CreateMaterializedView | CreateSink | CreateFunction;

function bindCreate(statement: Create, context: StatementContext): BoundStatement {
  checkName(statement.name);
  const taken =
    statement.kind === 'CreateFunction'
      ? existingFunction(statement.name, context.catalog)
      : existing(statement.name, context.catalog);
  if (taken !== undefined && !context.explaining) {
    const known = bindTaken(statement, taken, context);
    if (known !== undefined) return known;
  }
  switch (statement.kind) {
    case 'CreateSource':
      return {
        kind: 'create source',
        definition: bindSourceDefinition(
          statement,
          identity(statement, context, 's'),
          context.text,
          context.schemas?.get(statement.span.offset),
        ),
      };
    case 'CreateTable':
      return {
        kind: 'create table',
        // A pipeline of its own: whoever reads it follows its one change log.
        definition: bindTableDefinition(
          statement,
          identity(statement, context, 't'),
          context.explaining ? context.pipelineId : `p${context.catalog.nextId + 1}`,
          context.schemas?.get(statement.span.offset),
        ),
      };
    case 'CreateView':
      return createView(statement, context);
    case 'CreateMaterializedView':
      return createMaterializedView(statement, context);
    case 'CreateSink':
      return createSink(statement, context);
    case 'CreateFunction': {
      const definition = functionOf(statement, context);
      return { kind: 'create function', definition };
    }
  }
}

/** The name is taken: undefined when the statement takes the place of what has it. */
function bindTaken(
  statement: Create,
  taken: Definition,
  context: StatementContext,
): BoundStatement | undefined {
  const fromFile = context.replacing?.has(taken.id) === true;
  const replaces = 'orReplace' in statement && statement.orReplace;
  const isFunction = statement.kind === 'CreateFunction';
  if ((fromFile || (isFunction && replaces)) && isSame(statement, taken, context))
    return { kind: 'unchanged', definition: taken };
  if (fromFile || replaces) {
    if (KINDS[statement.kind] !== taken.kind) throw wrongKind(statement.name, taken, KINDS[statement.kind]);
    return undefined;
  }
  if (!statement.ifNotExists) throw named(statement.name, taken);
  return { kind: 'nothing', notice: `relation "${taken.name}" already exists, skipping` };
}

const KINDS: Readonly<Record<Create['kind'], Definition['kind']>> = {
  CreateSource: 'source',
  CreateTable: 'table',
  CreateView: 'view',
  CreateMaterializedView: 'materialized view',
  CreateSink: 'sink',
  CreateFunction: 'function',
};

/** Inputs stay what they are while their text does, functions while they do the same; queries are made again with what they read. */
function isSame(statement: Create, taken: Definition, context: StatementContext): boolean {
  const { kind, text } = taken;
  if (statement.kind === 'CreateFunction')
    return kind === 'function' && sameFunction(functionOf(statement, context), taken);
  const isInput = statement.kind === 'CreateSource' || statement.kind === 'CreateTable';
  return isInput && KINDS[statement.kind] === kind && text === textOf(statement, context);
}

function textOf(statement: Create, { text }: StatementContext): string {
  return text.slice(statement.span.offset, statement.span.end);
}

function identity(
  statement: Create,
  context: StatementContext,
  letter: IdLetter,
): Pick<Definition, 'id' | 'schema' | 'name' | 'text'> {
  return {
    id: `${letter}${context.catalog.nextId}`,
    schema: statement.name.schema?.name ?? DEFAULT_SCHEMA,
    name: statement.name.name.name,
    text: textOf(statement, context),
  };
}

function functionOf(statement: CreateFunction, context: StatementContext): FunctionDef {
  return bindFunctionDefinition(statement, identity(statement, context, 'f'), context.text, context.catalog);
}

function createView(statement: CreateView, context: StatementContext): BoundStatement {
  const reads = rootContext(context.catalog, context.pipelineId);
  const query = bindQuery(statement.query, reads);
  const columns = checkViewColumns(query, statement.columns, statement.query);
  const definition: ViewDef = {
    kind: 'view',
    ...identity(statement, context, 'v'),
    dependsOn: [...reads.reads],
    columns,
  };
  return { kind: 'create view', definition, query };
}

function createMaterializedView(
  statement: CreateMaterializedView,
  context: StatementContext,
): BoundStatement {
  const reads = rootContext(context.catalog, context.pipelineId);
  const query = bindQuery(statement.query, reads);
  const columns = checkViewColumns(query, statement.columns, statement.query);
  refuseRowColumns(columns, statement);
  const onClose = statement.emit.mode === 'on window close';
  if (onClose) requireClosingWindows(query, statement.emit.span ?? statement.span);
  const tasks = readViewOptions(statement);
  const definition: MaterializedViewDef = {
    kind: 'materialized view',
    ...identity(statement, context, 'm'),
    dependsOn: [...reads.reads],
    columns,
    hidden: [],
    key: [],
    appendOnly: false,
    emit: onClose ? 'on window close' : 'on change',
    pipelineId: context.pipelineId,
  };
  return { kind: 'create materialized view', definition, query, tasks };
}

function readViewOptions(statement: CreateMaterializedView): SaidTasks {
  const options = new Options(statement.options, statement.name.span);
  const ttl = options.find('state_ttl');
  if (ttl !== undefined) {
    throw unsupported(
      'state_ttl',
      ttl.span,
      'EMIT ON WINDOW CLOSE and windows under a watermark free state exactly',
    );
  }
  const tasks = readTaskOptions(options);
  options.finish();
  return tasks;
}

function createSink(statement: CreateSink, context: StatementContext): BoundStatement {
  const reads = rootContext(context.catalog, context.pipelineId);
  const connector = bindSinkConnector(statement);
  const input = bindSinkInput(statement, reads, connector.connector === 'kafka');
  const { query, follows, onClose, closeSpan } = input;
  if (onClose) requireClosingWindows(query, closeSpan);
  const columns = checkViewColumns(
    query,
    [],
    statement.input.kind === 'query' ? statement.input.query : undefined,
  );
  if (columns.length === 0) throw invalidDefinition('a sink needs at least one column', statement.name.span);
  const definition: SinkDef = {
    kind: 'sink',
    ...identity(statement, context, 'k'),
    dependsOn: [...reads.reads],
    columns,
    hidden: [],
    key: [],
    appendOnly: false,
    connector,
    follows: follows?.id ?? null,
    pipelineId: follows?.pipelineId ?? context.pipelineId,
  };
  const formatSpan = statement.format?.formatSpan ?? statement.name.span;
  return { kind: 'create sink', definition, query, onClose, formatSpan };
}
