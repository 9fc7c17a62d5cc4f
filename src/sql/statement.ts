// The statements of Millrace as syntax: what may be written at the top level of a submitted text.
// Queries and expressions inside them are in ast.ts.

import type { TextSpan } from '../errors.ts';
import type { Expression, Query } from './ast.ts';
import type { Identifier, ObjectName, TypeName } from './names.ts';

interface Node {
  /** A statement's span covers its text without the closing semicolon. */
  readonly span: TextSpan;
}

export type Statement =
  | CreateSource
  | CreateTable
  | CreateView
  | CreateMaterializedView
  | CreateSink
  | CreateFunction
  | Drop
  | Alter
  | Show
  | ShowCreate
  | Describe
  | Explain
  | Analyze
  | QueryStatement;

export type StatementKind = Statement['kind'];

/** What DROP, ALTER and SHOW CREATE name. */
export type ObjectType = 'source' | 'table' | 'view' | 'materialized view' | 'sink' | 'function';

/** CREATE [OR REPLACE [FORCE]] */
export interface Replace {
  readonly orReplace: boolean;
  /** Also when the history of its topics no longer reaches back to where the old version began. */
  readonly force: boolean;
}

/** What the columns, the place and the format of an input are: the same clauses for CREATE SOURCE and CREATE TABLE. */
interface InputDefinition extends Node, Replace {
  readonly name: ObjectName;
  readonly ifNotExists: boolean;
  readonly columns: readonly ColumnDefinition[];
  /** From a column's PRIMARY KEY or from PRIMARY KEY (a, b); empty without. */
  readonly primaryKey: readonly Identifier[];
  readonly watermark: WatermarkDefinition | undefined;
  readonly includes: readonly IncludeColumn[];
  readonly options: readonly Option[];
  readonly format: FormatClause | undefined;
}

export interface CreateSource extends InputDefinition {
  readonly kind: 'CreateSource';
}

export interface CreateTable extends InputDefinition {
  readonly kind: 'CreateTable';
}

export interface ColumnDefinition extends Node {
  readonly name: Identifier;
  readonly type: TypeName;
  readonly notNull: boolean;
  /** `c type AS (expression)` or GENERATED ALWAYS AS (expression). */
  readonly generated: Expression | undefined;
}

/** WATERMARK FOR column AS expression */
export interface WatermarkDefinition extends Node {
  readonly column: Identifier;
  readonly expression: Expression;
}

/** INCLUDE KEY AS k; without AS the name is `_millrace_` and the word in lower case. */
export interface IncludeColumn extends Node {
  readonly field: 'key' | 'timestamp' | 'offset' | 'partition' | 'headers';
  readonly name: Identifier;
}

/** `topic = 'bids'`; dotted keys are one text. The key is folded like an identifier. */
export interface Option extends Node {
  readonly key: string;
  readonly keySpan: TextSpan;
  readonly value: string;
  /** How the value was written: 'x', 12, TRUE, or a bare word. */
  readonly form: 'string' | 'number' | 'boolean' | 'word';
  readonly valueSpan: TextSpan;
}

/** FORMAT PLAIN ENCODE JSON (…), both words in upper case. */
export interface FormatClause extends Node {
  readonly format: string;
  readonly formatSpan: TextSpan;
  readonly encode: string;
  readonly encodeSpan: TextSpan;
  readonly options: readonly Option[];
}

/** When results appear; `span` is undefined when nothing was written, which means on change. */
export interface EmitClause {
  readonly mode: 'on change' | 'on window close';
  readonly span: TextSpan | undefined;
}

export interface CreateView extends Node, Replace {
  readonly kind: 'CreateView';
  readonly name: ObjectName;
  readonly ifNotExists: boolean;
  readonly columns: readonly Identifier[];
  readonly query: Query;
}

export interface CreateMaterializedView extends Node, Replace {
  readonly kind: 'CreateMaterializedView';
  readonly name: ObjectName;
  readonly ifNotExists: boolean;
  readonly columns: readonly Identifier[];
  readonly query: Query;
  readonly emit: EmitClause;
  readonly options: readonly Option[];
}

export interface CreateSink extends Node {
  readonly kind: 'CreateSink';
  readonly name: ObjectName;
  readonly ifNotExists: boolean;
  readonly input: SinkInput;
  readonly options: readonly Option[];
  readonly format: FormatClause | undefined;
}

export interface CreateFunction extends Node, Replace {
  readonly kind: 'CreateFunction';
  readonly name: ObjectName;
  readonly ifNotExists: false;
  readonly parameters: readonly FunctionParameter[];
  readonly returns: TypeName;
  /** NULL when an argument is NULL, without looking at the body. */
  readonly strict: boolean;
  readonly language: 'sql' | 'javascript';
  readonly body: FunctionBody;
}

export interface FunctionParameter extends Node {
  readonly name: Identifier;
  readonly type: TypeName;
  /** DEFAULT expression */
  readonly fallback: Expression | undefined;
}

/** SQL is read, other languages are not. */
export type FunctionBody =
  | { readonly kind: 'expression'; readonly expression: Expression }
  | { readonly kind: 'text'; readonly text: string; readonly span: TextSpan };

export type SinkInput =
  | { readonly kind: 'relation'; readonly name: ObjectName }
  | { readonly kind: 'query'; readonly query: Query; readonly emit: EmitClause };

export interface Drop extends Node {
  readonly kind: 'Drop';
  readonly object: ObjectType;
  readonly names: readonly ObjectName[];
  readonly ifExists: boolean;
  readonly behavior: 'restrict' | 'cascade';
}

export interface Alter extends Node {
  readonly kind: 'Alter';
  readonly object: ObjectType;
  readonly name: ObjectName;
  readonly action: AlterAction;
}

export type AlterAction =
  | { readonly kind: 'pause' }
  | { readonly kind: 'resume' }
  /** REPLAY DEAD LETTERS */
  | { readonly kind: 'replay' }
  /** ROLLBACK: back to the version before the last replacement. */
  | { readonly kind: 'rollback' }
  /** DROP PREVIOUS VERSION */
  | { readonly kind: 'drop previous' }
  | { readonly kind: 'set'; readonly options: readonly Option[] };

export interface Show extends Node {
  readonly kind: 'Show';
  readonly what: 'sources' | 'tables' | 'views' | 'materialized views' | 'sinks' | 'functions' | 'pipelines';
}

/** SHOW CREATE MATERIALIZED VIEW mv */
export interface ShowCreate extends Node {
  readonly kind: 'ShowCreate';
  readonly object: ObjectType;
  readonly name: ObjectName;
}

export interface Describe extends Node {
  readonly kind: 'Describe';
  readonly name: ObjectName;
}

/** EXPLAIN ANALYZE mv: what runs has a name. */
export interface Analyze extends Node {
  readonly kind: 'Analyze';
  readonly name: ObjectName;
}

export type ExplainStage = 'ast' | 'bound' | 'logical' | 'physical' | 'code';

export interface Explain extends Node {
  readonly kind: 'Explain';
  readonly analyze: boolean;
  /** Undefined: the reader's choice was left open, the physical plan is shown. */
  readonly stage: ExplainStage | undefined;
  readonly statement: Statement;
}

/** A query by itself: what EXPLAIN takes, and an ad-hoc SELECT. */
export interface QueryStatement extends Node {
  readonly kind: 'QueryStatement';
  readonly query: Query;
  readonly emit: EmitClause;
}
