// Our own syntax tree of queries and expressions: what a text says, before any name is resolved. It belongs to no
// dialect and to no parser library; every node is plain readonly data with the place in the text it was written at.
// Names (names.ts) are folded as in PostgreSQL: lower case unless quoted. Operandless expressions are in literals.ts,
// statements in statement.ts.

import type { TextSpan } from '../errors.ts';
import type {
  ColumnReference,
  Star,
  NumberLiteral,
  StringLiteral,
  BitStringLiteral,
  BooleanLiteral,
  NullLiteral,
  TypedLiteral,
  Parameter,
  SqlValue,
} from './literals.ts';
import type { Identifier, ObjectName, TypeName } from './names.ts';

interface Node {
  readonly span: TextSpan;
}

// ---------------------------------------------------------------- queries

/** A whole query: WITH, a body, and what orders and cuts its result. */
export interface Query extends Node {
  readonly kind: 'Query';
  readonly with: WithClause | undefined;
  readonly body: QueryBody;
  readonly orderBy: readonly OrderItem[];
  /** `LIMIT ALL` and no limit are both undefined. */
  readonly limit: Expression | undefined;
  /** FETCH FIRST n ROWS WITH TIES. */
  readonly withTies: boolean;
  readonly offset: Expression | undefined;
}

export type QueryBody = Select | SetOperation | Values;

export interface WithClause extends Node {
  readonly recursive: boolean;
  readonly tables: readonly CommonTable[];
}

export interface CommonTable extends Node {
  readonly name: Identifier;
  readonly columns: readonly Identifier[];
  readonly materialized: 'default' | 'always' | 'never';
  readonly query: Query;
}

export interface Select extends Node {
  readonly kind: 'Select';
  readonly distinct: Distinct;
  readonly targets: readonly Target[];
  /** The comma-separated items; empty without FROM. */
  readonly from: readonly FromItem[];
  readonly where: Expression | undefined;
  readonly groupBy: readonly GroupItem[];
  /** GROUP BY DISTINCT: equal grouping sets once. */
  readonly groupDistinct: boolean;
  readonly having: Expression | undefined;
  readonly windows: readonly NamedWindow[];
}

export type Distinct =
  | { readonly kind: 'all' }
  | { readonly kind: 'distinct' }
  | { readonly kind: 'on'; readonly expressions: readonly Expression[] };

/** One output of SELECT: an expression (Star and FieldStar included) and its alias. */
export interface Target extends Node {
  readonly expression: Expression;
  readonly alias: Identifier | undefined;
}

export type GroupItem = Expression | GroupingSet;

/** `()`, ROLLUP (…), CUBE (…), GROUPING SETS (…). A parenthesised `(a, b)` element is an implicit Row. */
export interface GroupingSet extends Node {
  readonly kind: 'GroupingSet';
  readonly form: 'empty' | 'rollup' | 'cube' | 'sets';
  readonly items: readonly GroupItem[];
}

export interface SetOperation extends Node {
  readonly kind: 'SetOperation';
  readonly operator: 'union' | 'intersect' | 'except';
  readonly all: boolean;
  readonly left: Query;
  readonly right: Query;
}

export interface Values extends Node {
  readonly kind: 'Values';
  readonly rows: readonly (readonly Expression[])[];
}

export interface OrderItem extends Node {
  readonly expression: Expression;
  readonly direction: 'asc' | 'desc';
  /** As written; undefined means PostgreSQL's default: last for asc, first for desc. */
  readonly nulls: 'first' | 'last' | undefined;
}

// ---------------------------------------------------------------- FROM

export type FromItem = TableReference | Join | SubqueryTable | FunctionTable | WindowTable;

export interface TableAlias extends Node {
  readonly name: Identifier;
  readonly columns: readonly Identifier[];
}

export interface TableReference extends Node {
  readonly kind: 'TableReference';
  readonly name: ObjectName;
  readonly alias: TableAlias | undefined;
  /** FOR SYSTEM_TIME AS OF expression. */
  readonly asOf: Expression | undefined;
}

export interface Join extends Node {
  readonly kind: 'Join';
  /** A comma in FROM is not a Join; CROSS JOIN is `cross`. */
  readonly type: 'inner' | 'left' | 'right' | 'full' | 'cross';
  /** ASOF JOIN, ASOF LEFT JOIN. */
  readonly asOf: boolean;
  readonly left: FromItem;
  readonly right: FromItem;
  readonly condition: JoinCondition | undefined;
  /** `(a JOIN b ON …) AS j`. */
  readonly alias: TableAlias | undefined;
}

export type JoinCondition =
  | { readonly kind: 'on'; readonly expression: Expression }
  | {
      readonly kind: 'using';
      readonly columns: readonly Identifier[];
      /** `USING (a) AS u`. */
      readonly alias: Identifier | undefined;
    }
  | { readonly kind: 'natural' };

export interface SubqueryTable extends Node {
  readonly kind: 'SubqueryTable';
  readonly query: Query;
  readonly lateral: boolean;
  readonly alias: TableAlias | undefined;
}

/** `unnest(a) WITH ORDINALITY AS u(x, n)`; ROWS FROM (f(), g()) has several calls. */
export interface FunctionTable extends Node {
  readonly kind: 'FunctionTable';
  /** Mostly FunctionCall; PostgreSQL also allows CURRENT_DATE and its like, COALESCE, casts. */
  readonly calls: readonly Expression[];
  readonly rowsFrom: boolean;
  readonly ordinality: boolean;
  readonly lateral: boolean;
  readonly alias: TableAlias | undefined;
}

/** TUMBLE, HOP, CUMULATE, SESSION over a table: its columns plus window_start and window_end. */
export interface WindowTable extends Node {
  readonly kind: 'WindowTable';
  readonly window: TimeWindow;
  readonly input: TableReference | SubqueryTable;
  readonly timeColumn: ColumnReference;
  readonly alias: TableAlias | undefined;
}

export type TimeWindow =
  | { readonly kind: 'tumble'; readonly size: Expression; readonly offset: Expression | undefined }
  | {
      readonly kind: 'hop';
      readonly slide: Expression;
      readonly size: Expression;
      readonly offset: Expression | undefined;
    }
  | {
      readonly kind: 'cumulate';
      readonly step: Expression;
      readonly size: Expression;
      readonly offset: Expression | undefined;
    }
  | { readonly kind: 'session'; readonly gap: Expression; readonly partitionBy: readonly ColumnReference[] };

// ---------------------------------------------------------------- OVER

export interface NamedWindow extends Node {
  readonly name: Identifier;
  readonly specification: WindowSpecification;
}

/** OVER w (no parentheses). */
export interface WindowName extends Node {
  readonly kind: 'WindowName';
  readonly name: Identifier;
}

export interface WindowSpecification extends Node {
  readonly kind: 'WindowSpecification';
  /** OVER (w ORDER BY …): the window that is refined. */
  readonly base: Identifier | undefined;
  readonly partitionBy: readonly Expression[];
  readonly orderBy: readonly OrderItem[];
  readonly frame: Frame | undefined;
}

export interface Frame {
  readonly mode: 'rows' | 'range' | 'groups';
  readonly start: FrameBound;
  readonly end: FrameBound;
  readonly exclude: 'none' | 'current row' | 'group' | 'ties';
}

export type FrameBound =
  | { readonly kind: 'unbounded preceding' | 'current row' | 'unbounded following' }
  | { readonly kind: 'preceding' | 'following'; readonly offset: Expression };

// ---------------------------------------------------------------- expressions

export type Expression =
  | ColumnReference
  | Star
  | NumberLiteral
  | StringLiteral
  | BitStringLiteral
  | BooleanLiteral
  | NullLiteral
  | TypedLiteral
  | Parameter
  | SqlValue
  | Unary
  | Binary
  | Logical
  | Not
  | IsNull
  | IsBoolean
  | IsDistinct
  | Between
  | InList
  | InSubquery
  | Exists
  | Quantified
  | QuantifiedSubquery
  | Like
  | Case
  | Coalesce
  | NullIf
  | MinMax
  | Cast
  | FunctionCall
  | Extract
  | AtTimeZone
  | Collate
  | ArrayConstructor
  | ArraySubquery
  | Row
  | Subscript
  | Slice
  | FieldAccess
  | FieldStar
  | ScalarSubquery
  | Grouping;

export type ExpressionKind = Expression['kind'];

export interface Unary extends Node {
  readonly kind: 'Unary';
  readonly operator: string;
  readonly operand: Expression;
}

/** Arithmetic, comparison (`!=` is `<>`), `||`, `~`, `->`, … */
export interface Binary extends Node {
  readonly kind: 'Binary';
  readonly operator: string;
  readonly left: Expression;
  readonly right: Expression;
}

/** `a AND b AND c` is one node with three operands. */
export interface Logical extends Node {
  readonly kind: 'Logical';
  readonly operator: 'and' | 'or';
  readonly operands: readonly Expression[];
}

export interface Not extends Node {
  readonly kind: 'Not';
  readonly operand: Expression;
}

export interface IsNull extends Node {
  readonly kind: 'IsNull';
  readonly operand: Expression;
  readonly negated: boolean;
}

export interface IsBoolean extends Node {
  readonly kind: 'IsBoolean';
  readonly operand: Expression;
  readonly test: 'true' | 'false' | 'unknown';
  readonly negated: boolean;
}

/** `left IS [NOT] DISTINCT FROM right`; negated is IS NOT DISTINCT FROM. */
export interface IsDistinct extends Node {
  readonly kind: 'IsDistinct';
  readonly left: Expression;
  readonly right: Expression;
  readonly negated: boolean;
}

export interface Between extends Node {
  readonly kind: 'Between';
  readonly operand: Expression;
  readonly low: Expression;
  readonly high: Expression;
  readonly symmetric: boolean;
  readonly negated: boolean;
}

export interface InList extends Node {
  readonly kind: 'InList';
  readonly operand: Expression;
  readonly items: readonly Expression[];
  readonly negated: boolean;
}

export interface InSubquery extends Node {
  readonly kind: 'InSubquery';
  readonly operand: Expression;
  readonly query: Query;
  readonly negated: boolean;
}

export interface Exists extends Node {
  readonly kind: 'Exists';
  readonly query: Query;
}

/** `operand operator ANY|ALL (array)`; SOME is ANY. LIKE is `~~`, ILIKE `~~*`, their negations `!~~`, `!~~*`. */
export interface Quantified extends Node {
  readonly kind: 'Quantified';
  readonly operand: Expression;
  readonly operator: string;
  readonly quantifier: 'any' | 'all';
  readonly array: Expression;
}

export interface QuantifiedSubquery extends Node {
  readonly kind: 'QuantifiedSubquery';
  readonly operand: Expression;
  readonly operator: string;
  readonly quantifier: 'any' | 'all';
  readonly query: Query;
}

export interface Like extends Node {
  readonly kind: 'Like';
  readonly form: 'like' | 'ilike' | 'similar to';
  readonly operand: Expression;
  readonly pattern: Expression;
  readonly escape: Expression | undefined;
  readonly negated: boolean;
}

export interface Case extends Node {
  readonly kind: 'Case';
  /** CASE operand WHEN value …; undefined when the branches are conditions. */
  readonly operand: Expression | undefined;
  readonly branches: readonly { readonly when: Expression; readonly then: Expression }[];
  readonly otherwise: Expression | undefined;
}

export interface Coalesce extends Node {
  readonly kind: 'Coalesce';
  readonly arguments: readonly Expression[];
}

export interface NullIf extends Node {
  readonly kind: 'NullIf';
  readonly left: Expression;
  readonly right: Expression;
}

export interface MinMax extends Node {
  readonly kind: 'MinMax';
  readonly function: 'greatest' | 'least';
  readonly arguments: readonly Expression[];
}

export interface Cast extends Node {
  readonly kind: 'Cast';
  readonly operand: Expression;
  readonly type: TypeName;
}

/**
 * A call by name. SQL's special spellings become the functions PostgreSQL calls for them: POSITION(a IN b) is
 * position(b, a), SUBSTRING(x FROM 2 FOR 3) substring(x, 2, 3), TRIM(LEADING a FROM b) ltrim(b, a).
 */
export interface FunctionCall extends Node {
  readonly kind: 'FunctionCall';
  readonly name: ObjectName;
  readonly arguments: readonly Argument[];
  /** count(*) */
  readonly star: boolean;
  readonly distinct: boolean;
  /** ORDER BY inside the parentheses, or of WITHIN GROUP. */
  readonly orderBy: readonly OrderItem[];
  readonly withinGroup: boolean;
  readonly filter: Expression | undefined;
  readonly over: WindowName | WindowSpecification | undefined;
}

export interface Argument extends Node {
  /** `name => value` */
  readonly name: Identifier | undefined;
  readonly value: Expression;
  readonly variadic: boolean;
}

/** EXTRACT(field FROM source); the field in lower case. */
export interface Extract extends Node {
  readonly kind: 'Extract';
  readonly field: string;
  readonly source: Expression;
}

export interface AtTimeZone extends Node {
  readonly kind: 'AtTimeZone';
  readonly operand: Expression;
  readonly zone: Expression;
}

export interface Collate extends Node {
  readonly kind: 'Collate';
  readonly operand: Expression;
  readonly collation: ObjectName;
}

export interface ArrayConstructor extends Node {
  readonly kind: 'ArrayConstructor';
  readonly elements: readonly Expression[];
}

export interface ArraySubquery extends Node {
  readonly kind: 'ArraySubquery';
  readonly query: Query;
}

/** ROW(a, b) (explicit) or (a, b). */
export interface Row extends Node {
  readonly kind: 'Row';
  readonly fields: readonly Expression[];
  readonly explicit: boolean;
}

export interface Subscript extends Node {
  readonly kind: 'Subscript';
  readonly operand: Expression;
  readonly index: Expression;
}

export interface Slice extends Node {
  readonly kind: 'Slice';
  readonly operand: Expression;
  readonly lower: Expression | undefined;
  readonly upper: Expression | undefined;
}

/** `(row).field` */
export interface FieldAccess extends Node {
  readonly kind: 'FieldAccess';
  readonly operand: Expression;
  readonly field: Identifier;
}

/** `(row).*` */
export interface FieldStar extends Node {
  readonly kind: 'FieldStar';
  readonly operand: Expression;
}

export interface ScalarSubquery extends Node {
  readonly kind: 'ScalarSubquery';
  readonly query: Query;
}

/** GROUPING(a, b) */
export interface Grouping extends Node {
  readonly kind: 'Grouping';
  readonly arguments: readonly Expression[];
}
