// The physical graph: what a pipeline runs. Nodes are immutable, listed in topological order (inputs first), and carry the
// properties that the planner derived: row shape, stream key, append-only-ness, watermark columns; beside them stands which task
// has their rows. Nothing here runs; operators/compile.ts turns each node into an operator.

import type { Fractions } from '../data/fractions.ts';
import type { RowSchema } from '../data/types.ts';
import type { ExpandingShape } from '../data/window-shape.ts';
import type { BoundExpr } from '../expr/bound.ts';
import type { Horizons } from '../expr/join-times.ts';
import type { AggregateName } from '../expr/resolve/aggregate-names.ts';
import type { Counting, FrameEdge, JoinType, OverFrame, OverFunctionName } from '../logical/node.ts';

export type { FrameEdge, OverFrame };

export type NodeId = number;

/** What every node knows about its output. */
export interface NodeBase {
  readonly id: NodeId;
  readonly schema: RowSchema;
  /**
   * Columns that identify a row of the output: at any time at most one row with weight 1 per stream key. Empty when there is at
   * most one row, and where nothing downstream needs a key (scans and maps below aggregates, inputs of sinks).
   */
  readonly streamKey: readonly number[];
  /** No row ever leaves: diffs are +1 throughout. */
  readonly appendOnly: boolean;
  /** Columns whose values never fall below the watermark once it has passed them (event-time attributes). */
  readonly watermarkColumns: readonly number[];
  /** For EXPLAIN: what of the text this node does, such as `WHERE price > 100`. */
  readonly label: string;
}

/** A system column that a scan can add after the declared ones. */
export type ScanSystemColumn = 'partition' | 'offset' | 'timestamp' | 'key' | 'headers' | 'operation';

export interface ScanNode extends NodeBase {
  readonly kind: 'scan';
  /** Id of the source in the catalog. */
  readonly sourceId: string;
  readonly sourceName: string;
  /** The declared columns that are decoded, as indexes into the source's columns; `schema` starts with these, in this order. */
  readonly columns: readonly number[];
  /**
   * Then these, the INCLUDE columns that are used first; then, when something downstream needs a stream key, `partition` (integer)
   * and `offset` (bigint) as the last two. So a field can occur twice. `key` is text, `timestamp` timestamptz,
   * `headers` an array of rows.
   */
  readonly system: readonly ScanSystemColumn[];
  /** Event time, bound to this node's schema; absent when the source has no watermark. `timeColumn` may be a system column. */
  readonly watermark: { readonly timeColumn: number; readonly expr: BoundExpr } | null;
}

/** The rows of a view of another pipeline: they are loaded, then its change log is followed. All of its columns, hidden ones too. */
export interface FollowNode extends NodeBase {
  readonly kind: 'follow';
  readonly viewId: string;
  readonly viewName: string;
  readonly pipelineId: string;
}

/**
 * A table: operations by key in, changes out. The row is the input's columns but the last, `operation`, which says what becomes of the
 * row of a key (it is set, or deleted, or all rows go).
 */
export interface NormalizeNode extends NodeBase {
  readonly kind: 'normalize';
  readonly input: NodeId;
  readonly key: readonly number[];
  readonly operation: number;
  /** An operation may concern all keys. */
  readonly truncates: boolean;
  readonly fingerprint: string;
}

/** Filter and projection in one generated loop. Tumbling windows are two expressions here (`tumble_start`, `+ size`). */
export interface MapNode extends NodeBase {
  readonly kind: 'map';
  readonly input: NodeId;
  readonly filter: BoundExpr | null;
  /** One per column of `schema`, bound to the input's schema. */
  readonly exprs: readonly BoundExpr[];
}

/** HOP and CUMULATE: every row once for each window that its time falls in. Keeps nothing. */
export interface ExpandNode extends NodeBase {
  readonly kind: 'expand';
  readonly input: NodeId;
  /** Column of the input. */
  readonly time: number;
  readonly shape: ExpandingShape;
  /** What each column of `schema` is: a column of the input, or a bound of the window. */
  readonly gives: readonly (number | 'start' | 'end')[];
}

/** Every row as often as a bigint column of it says, numbered from 1; not where it is NULL. Keeps nothing. */
export interface RepeatNode extends NodeBase {
  readonly kind: 'repeat';
  readonly input: NodeId;
  /** Column of the input. */
  readonly count: number;
  /** What each column of `schema` is: a column of the input, or the number of the copy. */
  readonly gives: readonly (number | 'ordinal')[];
}

/**
 * UNION ALL. All inputs have the shape of `schema`. A branch number column keeps stream keys apart when one is needed; without it
 * the same input may occur more than once, and its rows count as often.
 */
export interface UnionNode extends NodeBase {
  readonly kind: 'union';
  readonly inputs: readonly NodeId[];
}

/**
 * SESSION: rows that are equal in the columns `partition` and follow each other in `time` by less than `gap` (microseconds) are one
 * window. A row is given again when the bounds of its window change, or, with `onClose`, once when it is closed.
 */
export interface SessionNode extends NodeBase {
  readonly kind: 'session';
  readonly input: NodeId;
  readonly time: number;
  readonly gap: bigint;
  readonly partition: readonly number[];
  readonly gives: ExpandNode['gives'];
  /** The time is held by a watermark: closed sessions leave state. */
  readonly frees: boolean;
  readonly onClose: boolean;
  readonly fingerprint: string;
}

/**
 * Rows are there between two times of the epoch clock: from the last of their times of entering until the first of their times of
 * leaving; never where one of these is NULL. Gives the first columns of the input.
 */
export interface TemporalNode extends NodeBase {
  readonly kind: 'temporal';
  readonly input: NodeId;
  /** The time is that of a timestamptz column of the input, plus `shift` microseconds. */
  readonly conditions: readonly {
    readonly kind: 'enters' | 'leaves';
    readonly column: number;
    readonly shift: bigint;
  }[];
  readonly fingerprint: string;
}

export type AggregateFunction = AggregateName;

export interface AggregateCall {
  readonly fn: AggregateFunction;
  /** Input column; null for count(*). */
  readonly arg: number | null;
  /** Input column of the second argument, where rows are added up by two: it is not NULL where the first one is not. */
  readonly second?: number;
  /** Of percentiles. */
  readonly fractions?: Fractions;
  /** DISTINCT: equal arguments count once. Then `multiset` is given. */
  readonly distinct?: true;
  /** The multiset of the node, by index, from which the call is computed; without one, rows are added up and forgotten. */
  readonly multiset?: number;
  /** string_agg: what stands before a text that is not the first: always the same (bytes as hex), or column `n` of the multiset. */
  readonly separator?: string | { readonly hex: string } | { readonly column: number };
  /** Of values that are put together: the columns of the multiset that hold them; the first one where it is not said. */
  readonly reads?: readonly number[];
}

/** The rows of each group, kept by what calls of the aggregate read of them. */
export interface AggregateMultiset {
  /** Input columns. Rows whose first one is NULL are left out: it is the argument of the calls, or says that FILTER lets a row in. */
  readonly columns: readonly number[];
  /** No row is left out. */
  readonly keepsNulls?: true;
  /** By columns of the multiset; null: nobody asks for an order. */
  readonly order: readonly MultisetOrder[] | null;
  readonly fingerprint: string;
}

export interface MultisetOrder {
  readonly column: number;
  readonly descending: boolean;
  readonly nullsFirst: boolean;
}

/**
 * GROUP BY. `schema` is the key columns, then one column per call (its type is the call's result type). Without calls it
 * gives each key once; without keys there is one group, which exists from the first epoch on, also without input (count 0,
 * the others NULL), so that its row is emitted once at the end of that epoch at the latest.
 * `window` names the key column that holds the exclusive end of the group's window: the group's state is freed, and with
 * `onClose` its row is emitted, when the watermark reaches that end.
 */
export interface AggregateNode extends NodeBase {
  readonly kind: 'aggregate';
  readonly input: NodeId;
  readonly keys: readonly number[];
  readonly calls: readonly AggregateCall[];
  readonly multisets: readonly AggregateMultiset[];
  /** Input rows may leave again: groups count their rows, and go with the last one. */
  readonly retracts: boolean;
  /** Index into `keys` (not into the input) of the window end. */
  readonly window: { readonly endKey: number; readonly onClose: boolean } | null;
  /** Identity of its state table across restarts and versions: fingerprint of the sub-plan, column ids, operator version. */
  readonly fingerprint: string;
}

/**
 * Pairs of rows with equal keys that meet `residual`, as the left row followed by the right one; outer joins also give each row of
 * their side that has no partner, with NULLs for it; semi and anti joins give the rows of the left side that have one, or none.
 * Without keys every pair is looked at. Both inputs are kept, each row as long as `frees` says: it bounds pairs by time, so that
 * its column is never NULL where they match.
 */
export interface JoinNode extends NodeBase {
  readonly kind: 'join';
  readonly type: JoinType;
  readonly left: NodeId;
  readonly right: NodeId;
  /** Columns of either input, pairwise of one type. */
  readonly leftKeys: readonly number[];
  readonly rightKeys: readonly number[];
  /** Per key: NULL equals NULL (IS NOT DISTINCT FROM). */
  readonly nullSafe: readonly boolean[];
  /** Bound to the two rows side by side, as they are before one may be missing. */
  readonly residual: BoundExpr | null;
  /** Null: rows of the side are kept as long as they are in its input. */
  readonly frees: Horizons;
  /** Rows without a partner are given once, when they are freed. */
  readonly onClose: boolean;
  /** How many columns of `schema` are the right row's: none of a semi or anti join. */
  readonly rightWidth: number;
  /** Of its two state tables, `<fingerprint>-left` and `<fingerprint>-right`. */
  readonly fingerprint: string;
}

/**
 * Each left row with the nearest right row among those with equal keys: of the right rows whose `rightTime` is not behind its
 * `leftTime` (`before`) the last one, otherwise of those whose is not before it the first one.
 */
export interface AsOfNode extends NodeBase {
  readonly kind: 'as of';
  readonly type: 'inner' | 'left';
  readonly left: NodeId;
  readonly right: NodeId;
  readonly leftKeys: readonly number[];
  readonly rightKeys: readonly number[];
  readonly nullSafe: readonly boolean[];
  /** Columns of either input, of one type. Where one is NULL the row matches nothing. */
  readonly leftTime: number;
  readonly rightTime: number;
  readonly before: boolean;
  /** Equal times are near. */
  readonly inclusive: boolean;
  /** Columns that tell right rows at one time apart: the greatest is the nearest (with `before`), or the least. */
  readonly rightOrder: readonly number[];
  /**
   * Once the watermark has reached its time plus this, a left row keeps its partner and is freed; and a right row has taken the place of
   * those before it, which are freed. Null: kept.
   */
  readonly frees: { readonly left: bigint | null; readonly right: bigint | null };
  /** A left row is given once, when it is freed. */
  readonly onClose: boolean;
  readonly rightWidth: number;
  /** Of its two state tables, `<fingerprint>-left` and `<fingerprint>-right`. */
  readonly fingerprint: string;
}

/** The end of a view: its rows in Postgres. */
export interface MaterializeNode extends NodeBase {
  readonly kind: 'materialize';
  readonly input: NodeId;
  readonly viewId: string;
  readonly viewName: string;
  /** The first `visible` columns are the view's; the rest is hidden and only part of the key. */
  readonly visible: number;
  /** Natural unique key: columns of `schema`. Empty: at most one row (a global aggregate). */
  readonly key: readonly number[];
}

export interface SinkNode extends NodeBase {
  readonly kind: 'sink';
  readonly input: NodeId;
  readonly sinkId: string;
  readonly sinkName: string;
  readonly visible: number;
  /** Unique key of its rows where the sink has a change log; null: it takes rows as they come. */
  readonly key: readonly number[] | null;
}

export interface OrderKey {
  readonly column: number;
  readonly descending: boolean;
  readonly nullsFirst: boolean;
}

/**
 * Of each partition the rows at places offset + 1 … offset + limit in an order; what the order leaves open goes by the whole row.
 * With `numbered` the row's place is a last column.
 */
export interface TopNNode extends NodeBase {
  readonly kind: 'top n';
  readonly input: NodeId;
  readonly partition: readonly number[];
  readonly order: readonly OrderKey[];
  /** Null: all behind `offset`. */
  readonly limit: number | null;
  readonly offset: number;
  /** By what `limit` counts, and which number the last column has; absent: row by row. Of ranks the offset is 0. */
  readonly counts?: Counting;
  readonly numbered: boolean;
  /** Rows behind the last place are dropped: the input only grows. */
  readonly forgets: boolean;
  readonly fingerprint: string;
}

export interface OverCall {
  readonly fn: OverFunctionName;
  /** Input columns: the value, and what stands for it where there is none (lag, lead); a pair; a text and its separator. */
  readonly args: readonly number[];
  /** The last argument is a condition: only rows for which it is true count. */
  readonly filtered?: true;
  /** The last argument is what `count` is for its row, an integer; NULL makes the value NULL. */
  readonly counted?: true;
  /** Buckets of ntile, distance of lag and lead (negative: the other way), n of nth_value; 0 otherwise. */
  readonly count: number;
  readonly frame: OverFrame;
}

/** The columns of the input, then one per call: what the row's partition gives it in this order. */
export interface OverNode extends NodeBase {
  readonly kind: 'over';
  readonly input: NodeId;
  readonly partition: readonly number[];
  readonly order: readonly OrderKey[];
  readonly calls: readonly OverCall[];
  readonly fingerprint: string;
}

/** Rows go to the task that needs them. Gives the columns `columns` of its input. */
export interface ExchangeNode extends NodeBase {
  readonly kind: 'exchange';
  readonly input: NodeId;
  readonly columns: readonly number[];
  /** Columns of `schema` whose hash says the key group, and so the task; null: all rows go to the first task. */
  readonly by: readonly number[] | null;
}

export type PhysicalNode =
  | ScanNode
  | FollowNode
  | NormalizeNode
  | MapNode
  | ExpandNode
  | RepeatNode
  | UnionNode
  | AggregateNode
  | JoinNode
  | AsOfNode
  | TemporalNode
  | SessionNode
  | TopNNode
  | OverNode
  | ExchangeNode
  | MaterializeNode
  | SinkNode;

/**
 * Which task has a row of a node's output. `told` has one entry for each thing that says the task: the columns of the node's
 * schema of which any one tells it. Rows that agree in one column of each entry are on one task; null: nothing in a row tells.
 */
export type Distribution =
  /** The one that owns the key group of a hash. */
  | { readonly kind: 'hash'; readonly told: Told }
  /** The one that reads its partition. */
  | { readonly kind: 'source'; readonly told: Told }
  /** Branches of a union differ. */
  | { readonly kind: 'mixed'; readonly told: Told }
  /** The first one. */
  | { readonly kind: 'single' };

export type Told = readonly (readonly number[])[] | null;

/** Nodes that no exchange parts: they run together, without waiting for other tasks. */
export interface Fragment {
  readonly nodes: readonly NodeId[];
  /** Fragments of a level read exchanges of lower levels only. An exchange belongs to the fragment that fills it. */
  readonly level: number;
}

export interface PhysicalGraph {
  readonly nodes: readonly PhysicalNode[];
  /** One per node, in their order. */
  readonly distributions: readonly Distribution[];
  readonly fragments: readonly Fragment[];
}
