// What a statement means once names and types are resolved: the second rung of the ladder. Expressions are bound to the row
// of the relation below them (data flows up); aggregates are calls in a list, not expressions.

import type { TimeAttribute } from '../data/time-attribute.ts';
import { heldUntil } from '../data/time-attribute.ts';
import type { Fractions } from '../data/fractions.ts';
import type { Field } from '../data/types.ts';
import type { WindowShape } from '../data/window-shape.ts';
import type { TextSpan } from '../errors.ts';
import type { BoundExpr } from '../expr/bound.ts';
import type { AggregateName } from '../expr/resolve/aggregate-names.ts';
import type { KeptDef, SourceDef, TableDef } from '../catalog/definition.ts';

export interface BoundColumn extends Field {
  readonly time: TimeAttribute | null;
}

export type BoundQuery = BoundSelect | BoundUnion | BoundSetOperation | BoundTopN;

export interface BoundSelect {
  readonly kind: 'select';
  readonly columns: readonly BoundColumn[];
  readonly from: BoundRelation;
  readonly where: BoundExpr | null;
  /** What WHERE says about now(); all of it holds for a row that is there. */
  readonly whereNow: readonly TemporalCondition[];
  readonly group: BoundGroup | null;
  /** Bound to the group's row: its keys, then its calls. */
  readonly having: BoundExpr | null;
  readonly havingNow: readonly TemporalCondition[];
  /** Each adds a column to the row behind HAVING: the group's when there is one, otherwise that of `from`. */
  readonly numberings: readonly BoundNumbering[];
  readonly overs: readonly BoundOver[];
  /** One per column, bound to the row with its numberings. */
  readonly outputs: readonly BoundExpr[];
  /** SELECT DISTINCT. */
  readonly distinct?: true;
  readonly span: TextSpan;
}

/** A row enters, or leaves, at the time `expr` plus `shift` microseconds; never where it is NULL. `expr` is a timestamptz. */
export interface TemporalCondition {
  readonly kind: 'enters' | 'leaves';
  readonly expr: BoundExpr;
  readonly shift: bigint;
}

export interface BoundGroup {
  /** Bound to the row of `from`. No keys: one group, which exists without rows, too. */
  readonly keys: readonly BoundExpr[];
  readonly keyNames: readonly string[];
  readonly calls: readonly BoundAggregate[];
  /** Absent: there is one grouping, of all keys, and nobody asks for it. */
  readonly groupings?: BoundGroupings;
}

/** GROUPING SETS, ROLLUP and CUBE: every row of `from` is in a group of each grouping. In its row, keys that it does not have are NULL. */
export interface BoundGroupings {
  /** Indexes of keys. */
  readonly sets: readonly (readonly number[])[];
  /** Of each GROUPING(…), an integer behind the calls of the group's row: its arguments, as indexes of keys. */
  readonly calls: readonly (readonly number[])[];
}

export interface BoundAggregate extends Field {
  readonly fn: AggregateName;
  /** Bound to the row of `from`, as are the others; null for count(*). */
  readonly arg: BoundExpr | null;
  /** The second argument: the separator of string_agg, the value of a member, the x of a regression. */
  readonly second: BoundExpr | null;
  /** Only of aggregates that keep NULLs: elsewhere FILTER is part of the argument, and what is filtered out is NULL. */
  readonly filter: BoundExpr | null;
  readonly distinct: boolean;
  /** Only of calls whose value depends on it. Of ordered-set aggregates: by the argument. */
  readonly order: readonly BoundOrder[];
  /** Of percentiles. */
  readonly fractions?: Fractions;
}

export interface BoundOrder {
  readonly expr: BoundExpr;
  readonly descending: boolean;
  readonly nullsFirst: boolean;
}

/** row_number(): the place of a row among those that agree in `partition`, from 1; a bigint. Ties go by the whole row. */
export interface BoundNumbering {
  readonly partition: readonly BoundExpr[];
  readonly order: readonly BoundOrder[];
}

export type OverFunctionName =
  | 'rank'
  | 'dense_rank'
  | 'percent_rank'
  | 'cume_dist'
  | 'ntile'
  | 'lag'
  | 'lead'
  | 'first_value'
  | 'last_value'
  | 'nth_value'
  | AggregateName;

/**
 * Where a frame begins or ends: at the partition's, at the peers of the row, so many rows or groups of peers from it (negative: before),
 * or at a value that is so far from its own along the order: digits, a number, microseconds, `Infinity`, with a sign.
 */
export type FrameEdge =
  | { readonly kind: 'unbounded' }
  | { readonly kind: 'peers' }
  | { readonly kind: 'row' | 'group'; readonly offset: number }
  | { readonly kind: 'range'; readonly offset: string };

export interface OverFrame {
  readonly start: FrameEdge;
  readonly end: FrameEdge;
  /** What of the row's peers is left out. */
  readonly exclude?: 'current row' | 'group' | 'ties';
}

export interface BoundOverCall extends Field {
  readonly fn: OverFunctionName;
  /** The value, and what stands for it where there is none (lag, lead); a pair of a regression or a member; a text and its separator. */
  readonly args: readonly BoundExpr[];
  /** The last argument is a condition: only rows for which it is true count. */
  readonly filtered?: true;
  /** The last argument is what `count` is for its row, an integer; NULL makes the value NULL. */
  readonly counted?: true;
  /** Buckets of ntile, distance of lag and lead, n of nth_value; 0 otherwise. */
  readonly count: number;
  readonly frame: OverFrame;
}

/** Window functions of one window: a column per call. */
export interface BoundOver extends BoundNumbering {
  readonly calls: readonly BoundOverCall[];
}

/**
 * What the rows of a partition are counted by where it is not one by one: `ties` takes the peers of the last row with it, `ranks` and
 * `dense ranks` go by rank() and dense_rank().
 */
export type Counting = 'ties' | 'ranks' | 'dense ranks';

export interface OutputOrder {
  /** Index into the columns of the input. */
  readonly column: number;
  readonly descending: boolean;
  readonly nullsFirst: boolean;
}

/** ORDER BY … LIMIT … OFFSET, and DISTINCT ON: of each partition the rows behind the first `offset`, `limit` of them (null: all). */
export interface BoundTopN {
  readonly kind: 'top n';
  readonly input: BoundQuery;
  readonly partition: readonly number[];
  readonly order: readonly OutputOrder[];
  readonly limit: number | null;
  readonly offset: number;
  /** FETCH FIRST … WITH TIES. */
  readonly counts?: 'ties';
  /** The first columns of the input. */
  readonly columns: readonly BoundColumn[];
  readonly span: TextSpan;
}

/** UNION ALL; the branches have the types of `columns`. */
export interface BoundUnion {
  readonly kind: 'union';
  readonly columns: readonly BoundColumn[];
  readonly branches: readonly BoundQuery[];
  readonly span: TextSpan;
}

/** Each row once: of either, of both, or of the left query only. NULLs are equal here. */
export interface BoundSetOperation {
  readonly kind: 'set operation';
  readonly operator: 'union' | 'intersect' | 'except';
  /** Each row as often as both have it, or the left query more often than the right one. Not of a union. */
  readonly all: boolean;
  readonly columns: readonly BoundColumn[];
  readonly left: BoundQuery;
  readonly right: BoundQuery;
  readonly span: TextSpan;
}

export type BoundRelation =
  | BoundSource
  | BoundOne
  | BoundDerived
  | BoundViewRead
  | BoundVersions
  | BoundWindows
  | BoundJoin
  | BoundRepeated;

/** One row that is always there: what stands in FROM where a query has none. */
export interface BoundOne {
  readonly kind: 'one';
  readonly alias: '';
  readonly columns: readonly BoundColumn[];
}

export interface BoundSource {
  readonly kind: 'source';
  readonly source: SourceDef;
  readonly alias: string;
  readonly columns: readonly BoundColumn[];
  /** The expression is bound to the source's row. */
  readonly watermark: { readonly column: number; readonly expr: BoundExpr } | null;
}

/** A subquery in FROM, or a view that was inlined. */
export interface BoundDerived {
  readonly kind: 'derived';
  readonly query: BoundQuery;
  readonly alias: string;
  readonly columns: readonly BoundColumn[];
}

/** A materialized view: the rows that it keeps, not its text again. */
export interface BoundViewRead {
  readonly kind: 'view read';
  readonly view: KeptDef;
  /** It belongs to the reader's own pipeline: what feeds it feeds the reader. Otherwise its change log is followed. */
  readonly shared: boolean;
  readonly alias: string;
  readonly columns: readonly BoundColumn[];
  /** Its rows may leave again. */
  readonly changing: boolean;
}

/** What a table's records made of its rows, one version after the other, each at its time: only on the right of a temporal join. */
export interface BoundVersions {
  readonly kind: 'versions';
  readonly table: TableDef;
  readonly alias: string;
  readonly columns: readonly BoundColumn[];
  /** Bound to the table's row. */
  readonly watermark: { readonly column: number; readonly expr: BoundExpr };
}

/** A window table: the input's columns, then window_start and window_end. */
export interface BoundWindows {
  readonly kind: 'windows';
  readonly input: BoundRelation;
  readonly timeColumn: number;
  readonly shape: WindowShape;
  readonly alias: string;
  readonly columns: readonly BoundColumn[];
}

/** Each row of `input` with the rows that functions of FROM, or VALUES, give for it: as many as `count` says. */
export interface BoundRepeated {
  readonly kind: 'repeated';
  readonly input: BoundRelation;
  /** Computed once for each row of the input, behind its columns. */
  readonly inputs: readonly BoundExpr[];
  /** A bigint over the row of the input and `inputs`. */
  readonly count: BoundExpr;
  /** The added columns, over that row and the number of the copy, from 1; none: the rows that meet the condition, once. */
  readonly values: readonly BoundExpr[];
  /** What ON says, over `columns`. */
  readonly condition: BoundExpr | null;
  readonly alias: string;
  /** Those of the input, then the added ones. */
  readonly columns: readonly BoundColumn[];
}

export type JoinType = 'inner' | 'left' | 'right' | 'full' | SemiJoinType;
/** Rows of the left side that have a partner, or none: EXISTS and IN. The row is the left one. */
export type SemiJoinType = 'semi' | 'anti';

/** The columns of `left`, those of `right` (not of a semi or anti join), then the merged ones that are computed. */
export interface BoundJoin {
  readonly kind: 'join';
  /** CROSS JOIN and a comma are an inner join without a condition. */
  readonly type: JoinType;
  readonly left: BoundRelation;
  readonly right: BoundRelation;
  /** Bound to the two rows side by side, as they are before one may be missing. */
  readonly condition: BoundExpr | null;
  /** ASOF JOIN (inner or left): of the rows that meet the condition, which compares for equality, only the nearest one. */
  readonly nearest: Nearest | null;
  readonly merged: readonly MergedColumn[];
  /** `USING (…) AS alias`. */
  readonly mergedAlias: string | undefined;
  /** The right side was no table of FROM but a subquery in an expression: its names mean nothing outside. */
  readonly hiddenRight: boolean;
  /** The right side may read the left row, as columns with `outer` 1. Not of a right or full join. */
  readonly lateral: boolean;
  readonly alias: string;
  readonly columns: readonly BoundColumn[];
}

/** The right row with the greatest value up to the left one's, or with the least from there on; of equal ones the last by stream key. */
export interface Nearest {
  /** Each bound to its own row, of one type. */
  readonly left: BoundExpr;
  readonly right: BoundExpr;
  /** The right value is not greater than the left one; otherwise it is not less. */
  readonly before: boolean;
  /** It may be equal. */
  readonly inclusive: boolean;
}

/** A column of USING: shown once in place of two. */
export interface MergedColumn {
  readonly name: string;
  /** Where it is in either side's row. */
  readonly left: number;
  readonly right: number;
  /** Over the joined row; null: it is the one of the side that is always there. */
  readonly expr: BoundExpr | null;
}

/** Does a watermark come with its rows? A view's does where it shows a time that it holds. */
export function isTimed(relation: BoundRelation): boolean {
  switch (relation.kind) {
    case 'source':
      return relation.watermark !== null;
    case 'versions':
      return true;
    case 'view read':
      return relation.columns.some(({ time }) => heldUntil(time) !== null);
    case 'one':
      return false;
    case 'derived':
      return queryIsTimed(relation.query);
    case 'windows':
    case 'repeated':
      return isTimed(relation.input);
    case 'join':
      return isTimed(relation.left) && isTimed(relation.right);
  }
}

function queryIsTimed(query: BoundQuery): boolean {
  switch (query.kind) {
    case 'select':
      return isTimed(query.from);
    case 'union':
      return query.branches.every(queryIsTimed);
    case 'set operation':
      return queryIsTimed(query.left) && queryIsTimed(query.right);
    case 'top n':
      return queryIsTimed(query.input);
  }
}

/** Does the query keep state: does it aggregate, or look at the clock, anywhere? Then its rows change (unless they wait for a close). */
export function isStateful(query: BoundQuery): boolean {
  if (query.kind === 'set operation' || query.kind === 'top n') return true;
  if (query.kind === 'union') return query.branches.some(isStateful);
  const { group, distinct, whereNow, numberings, overs, from } = query;
  if (numberings.length + overs.length > 0) return true;
  return group !== null || distinct === true || whereNow.length > 0 || relationIsStateful(from);
}

export function relationIsStateful(relation: BoundRelation): boolean {
  switch (relation.kind) {
    case 'source':
    case 'versions':
    case 'one':
      return false;
    case 'derived':
      return isStateful(relation.query);
    case 'view read':
      return relation.changing;
    case 'windows':
      return relation.shape.kind === 'session' || relationIsStateful(relation.input);
    case 'repeated':
      return relationIsStateful(relation.input);
    case 'join':
      return (
        relation.type !== 'inner' ||
        relation.lateral ||
        relation.nearest !== null ||
        relationIsStateful(relation.left) ||
        relationIsStateful(relation.right)
      );
  }
}
