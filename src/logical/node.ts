// The nodes of the logical plan. Make them with the functions below: they derive the columns.

import type { TimeAttribute } from '../data/time-attribute.ts';
import { heldUntil } from '../data/time-attribute.ts';
import { BIGINT, BOOLEAN, INTEGER } from '../data/types.ts';
import type { WindowShape } from '../data/window-shape.ts';
import type { BoundExpr } from '../expr/bound.ts';
import { ownColumn } from '../expr/outer.ts';
import type {
  BoundAggregate,
  BoundColumn,
  JoinType,
  SemiJoinType,
  BoundOverCall,
  Counting,
  FrameEdge,
  Nearest,
  OutputOrder,
  OverFrame,
  OverFunctionName,
  TemporalCondition,
} from '../binder/bound.ts';
import { joinedColumns, nearestColumns } from '../binder/joined-columns.ts';
import { besideClock } from '../binder/now.ts';
import { withoutWatermark } from '../binder/watermarked.ts';
import type { KeptDef, SourceDef, TableDef } from '../catalog/definition.ts';

/** A column with what it has to do with event time: as the binder found it. */
export type LogicalColumn = BoundColumn;
export type LogicalTime = TimeAttribute;
export type LogicalCall = BoundAggregate;
export type { Counting, FrameEdge, JoinType, Nearest, OverFrame, OverFunctionName };

interface NodeBase {
  readonly columns: readonly LogicalColumn[];
}

export interface LogicalScan extends NodeBase {
  readonly kind: 'scan';
  readonly source: SourceDef;
  /** Which of the source's row (declared columns, then included ones) are read. */
  readonly reads: readonly number[];
  /** `column` is an index into the source's row, and the expression is bound to it, whatever is read. */
  readonly watermark: { readonly column: number; readonly expr: BoundExpr } | null;
}

/** The rows that a materialized view keeps. */
export interface LogicalViewRead extends NodeBase {
  readonly kind: 'view read';
  readonly view: KeptDef;
  /** Its root is in the same plan: its rows are computed there, once for all who read them. */
  readonly shared: boolean;
}

export interface LogicalFilter extends NodeBase {
  readonly kind: 'filter';
  readonly input: LogicalNode;
  readonly condition: BoundExpr;
}

export interface LogicalProject extends NodeBase {
  readonly kind: 'project';
  readonly input: LogicalNode;
  readonly exprs: readonly BoundExpr[];
}

/** The input's columns, then window_start and window_end. A row without a time is in no window. */
export interface LogicalWindows extends NodeBase {
  readonly kind: 'windows';
  readonly input: LogicalNode;
  readonly timeColumn: number;
  readonly shape: WindowShape;
  /** Of sessions: rows are given once, when their session is closed, rather than with each change. */
  readonly onClose: boolean;
}

/** Rows are there between two times of the clock: now() in WHERE or HAVING, solved. See TemporalCondition. */
export interface LogicalTemporal extends NodeBase {
  readonly kind: 'temporal';
  readonly input: LogicalNode;
  readonly conditions: readonly TemporalCondition[];
}

/** Keys, then calls. No keys: exactly one row, also over no input. */
export interface LogicalAggregate extends NodeBase {
  readonly kind: 'aggregate';
  readonly input: LogicalNode;
  readonly keys: readonly BoundExpr[];
  readonly calls: readonly BoundAggregate[];
  /** Emit a group once, when its window closes, rather than each change. */
  readonly onClose: boolean;
}

/** The left row, then the right one (not of semi and anti joins). `condition` is bound to both as they are; null: every pair. */
export interface LogicalJoin extends NodeBase {
  readonly kind: 'join';
  readonly type: JoinType;
  readonly left: LogicalNode;
  readonly right: LogicalNode;
  readonly condition: BoundExpr | null;
  /** A row without a partner is given once, when none can come any more, rather than until one comes. */
  readonly onClose: boolean;
}

/** Each left row with the nearest of the right rows that meet `condition` (equalities); without one it is left out, or alone. */
export interface LogicalAsOf extends NodeBase {
  readonly kind: 'as of';
  readonly type: 'inner' | 'left';
  readonly left: LogicalNode;
  readonly right: LogicalNode;
  readonly condition: BoundExpr | null;
  readonly nearest: Nearest;
  /** A row is given once, when no nearer one can come any more. */
  readonly onClose: boolean;
}

/** Of each partition the rows behind the first `offset`, `limit` of them (null: all), with their place as a last column when `numbered`. */
export interface LogicalTopN extends NodeBase {
  readonly kind: 'top n';
  readonly input: LogicalNode;
  readonly partition: readonly number[];
  readonly order: readonly OutputOrder[];
  readonly limit: number | null;
  readonly offset: number;
  /** Counted by ranks (their number is then the last column) or with ties; absent: row by row. */
  readonly counts?: Counting;
  readonly numbered: boolean;
}

export interface LogicalOverCall extends Omit<BoundOverCall, 'args'> {
  /** Columns of the input. */
  readonly args: readonly number[];
}

/** The input's columns, then the values of window functions. */
export interface LogicalOver extends NodeBase {
  readonly kind: 'over';
  readonly input: LogicalNode;
  readonly partition: readonly number[];
  readonly order: readonly OutputOrder[];
  readonly calls: readonly LogicalOverCall[];
}

/** Every row as often as a bigint column of it says, with the number of the copy, from 1, as a last column. */
export interface LogicalRepeat extends NodeBase {
  readonly kind: 'repeat';
  readonly input: LogicalNode;
  readonly count: number;
}

/** UNION ALL. */
export interface LogicalUnion extends NodeBase {
  readonly kind: 'union';
  readonly inputs: readonly LogicalNode[];
}

/** The rows of a table, as its input changes them: only in the pipeline of the table itself. */
export interface LogicalTableInput extends NodeBase {
  readonly kind: 'table input';
  readonly table: TableDef;
}

/** The versions of a table's rows in its records: the table's columns, then what became of the row. */
export interface LogicalVersions extends NodeBase {
  readonly kind: 'versions';
  readonly table: TableDef;
  readonly watermark: { readonly column: number; readonly expr: BoundExpr };
}

/** One row, which is always there: what a query without FROM reads. Its one column says nothing. */
export interface LogicalOne extends NodeBase {
  readonly kind: 'one';
}

/** Nodes without inputs. */
export type LogicalLeaf = LogicalScan | LogicalViewRead | LogicalVersions | LogicalTableInput | LogicalOne;

export type LogicalNode =
  | LogicalLeaf
  | LogicalFilter
  | LogicalProject
  | LogicalWindows
  | LogicalRepeat
  | LogicalAggregate
  | LogicalJoin
  | LogicalAsOf
  | LogicalTemporal
  | LogicalTopN
  | LogicalOver
  | LogicalUnion;

/** Where a plan ends: what is computed is kept as a view or handed to a sink. */
export interface LogicalRoot {
  readonly kind: 'materialize' | 'sink';
  readonly id: string;
  readonly name: string;
  /** Names of its columns, which the head of the statement may have given. */
  readonly columns: readonly string[];
  /** Its changes are kept by key: a view, and a sink with a change log of its own. */
  readonly keyed: boolean;
  readonly input: LogicalNode;
}

/** What was submitted together. */
export interface LogicalPlan {
  readonly roots: readonly LogicalRoot[];
}

export function scan(
  source: SourceDef,
  row: readonly LogicalColumn[],
  reads: readonly number[],
  watermark: LogicalScan['watermark'],
): LogicalScan {
  return { kind: 'scan', source, reads, watermark, columns: reads.map((index) => row[index]!) };
}

export function viewRead(view: KeptDef, shared: boolean, columns: readonly LogicalColumn[]): LogicalViewRead {
  return { kind: 'view read', view, shared, columns };
}

/** Of what deletes a row only the key is there. */
export function versions(
  table: TableDef,
  columns: readonly LogicalColumn[],
  watermark: LogicalVersions['watermark'],
): LogicalVersions {
  const operation = { name: '_operation', type: INTEGER, nullable: false, time: null };
  return { kind: 'versions', table, watermark, columns: [...columns, operation] };
}

export function tableInput(table: TableDef): LogicalTableInput {
  return { kind: 'table input', table, columns: table.columns.map((column) => ({ ...column, time: null })) };
}

export const ONE: LogicalOne = {
  kind: 'one',
  columns: [{ name: '_one', type: BIGINT, nullable: false, time: null }],
};

export function filter(input: LogicalNode, condition: BoundExpr): LogicalFilter {
  return { kind: 'filter', input, condition, columns: input.columns };
}

export function project(
  input: LogicalNode,
  exprs: readonly BoundExpr[],
  names: readonly string[],
): LogicalProject {
  const columns = exprs.map((expr, i) => ({
    name: names[i]!,
    type: expr.type,
    nullable: expr.nullable,
    time: input.columns[ownColumn(expr) ?? -1]?.time ?? null,
  }));
  return { kind: 'project', input, exprs, columns };
}

export function windows(
  input: LogicalNode,
  timeColumn: number,
  shape: WindowShape,
  added: readonly LogicalColumn[],
  onClose: boolean,
): LogicalWindows {
  const columns = shape.kind === 'session' ? withoutWatermark(input.columns) : input.columns;
  return { kind: 'windows', input, timeColumn, shape, onClose, columns: [...columns, ...added] };
}

/** Its rows come and go by the clock: the watermark says nothing about them any more. */
export function temporal(input: LogicalNode, conditions: readonly TemporalCondition[]): LogicalTemporal {
  return { kind: 'temporal', input, conditions, columns: besideClock(input.columns, conditions) };
}

export function repeat(input: LogicalNode, count: number): LogicalRepeat {
  const ordinal: LogicalColumn = { name: 'ordinal', type: BIGINT, nullable: false, time: null };
  return { kind: 'repeat', input, count, columns: [...input.columns, ordinal] };
}

export function aggregate(
  input: LogicalNode,
  keys: readonly BoundExpr[],
  keyNames: readonly string[],
  calls: readonly BoundAggregate[],
  onClose: boolean,
): LogicalAggregate {
  const keyColumns = project(input, keys, keyNames).columns;
  const callColumns = calls.map(({ name, type, nullable }) => ({ name, type, nullable, time: null }));
  return { kind: 'aggregate', input, keys, calls, onClose, columns: [...keyColumns, ...callColumns] };
}

export function isSemi(type: JoinType): type is SemiJoinType {
  return type === 'semi' || type === 'anti';
}

export function topN(
  input: LogicalNode,
  form: Pick<LogicalTopN, 'partition' | 'order' | 'limit' | 'offset' | 'counts' | 'numbered'>,
): LogicalTopN {
  // A row can come forward at any time after its own.
  const columns: LogicalColumn[] = input.columns.map((column) => ({ ...column, time: null }));
  if (form.numbered)
    columns.push({ name: numberName(form.counts), type: BIGINT, nullable: false, time: null });
  return { kind: 'top n', input, ...form, columns };
}

function numberName(counts: Counting | undefined): string {
  return counts === 'ranks' ? 'rank' : counts === 'dense ranks' ? 'dense_rank' : 'row_number';
}

export function over(
  input: LogicalNode,
  partition: readonly number[],
  order: readonly OutputOrder[],
  calls: readonly LogicalOverCall[],
): LogicalOver {
  const columns = [
    ...input.columns.map((column) => ({ ...column, time: null })),
    ...calls.map(({ name, type, nullable }) => ({ name, type, nullable, time: null })),
  ];
  return { kind: 'over', input, partition, order, calls, columns };
}

export function join(
  type: JoinType,
  left: LogicalNode,
  right: LogicalNode,
  condition: BoundExpr | null,
  onClose: boolean,
): LogicalJoin {
  const columns = joinedColumns(type, left.columns, right.columns, condition);
  return { kind: 'join', type, left, right, condition, onClose, columns };
}

export function asOf(
  left: LogicalNode,
  right: LogicalNode,
  form: Pick<LogicalAsOf, 'type' | 'condition' | 'nearest' | 'onClose'>,
): LogicalAsOf {
  const columns = nearestColumns(form.type, left.columns, right.columns, form.nearest);
  return { kind: 'as of', left, right, ...form, columns };
}

export function union(inputs: readonly LogicalNode[], columns: readonly LogicalColumn[]): LogicalUnion {
  return { kind: 'union', inputs, columns };
}

export function isLeaf(node: LogicalNode): node is LogicalLeaf {
  return ['scan', 'view read', 'versions', 'table input', 'one'].includes(node.kind);
}

/** Does a watermark come with its rows? A view's does where it shows a time that it holds. */
export function isTimed(node: LogicalNode): boolean {
  switch (node.kind) {
    case 'scan':
      return node.watermark !== null;
    case 'versions':
      return true;
    case 'view read':
      return node.columns.some(({ time }) => heldUntil(time) !== null);
    case 'table input':
    case 'one':
      return false;
    default:
      return inputsOf(node).every(isTimed);
  }
}

/** Each column as an expression over the row that it is of. */
export function columnsAsExprs(columns: readonly LogicalColumn[]): readonly BoundExpr[] {
  return columns.map(({ name, type, nullable }, index) => ({ kind: 'column', index, name, type, nullable }));
}

export function inputsOf(node: LogicalNode): readonly LogicalNode[] {
  if (isLeaf(node)) return [];
  switch (node.kind) {
    case 'union':
      return node.inputs;
    case 'join':
    case 'as of':
      return [node.left, node.right];
    default:
      return [node.input];
  }
}

/** The same node over other inputs of the same columns. */
export function withInputs(node: LogicalNode, inputs: readonly LogicalNode[]): LogicalNode {
  if (isLeaf(node)) return node;
  switch (node.kind) {
    case 'union':
      return { ...node, inputs };
    case 'join':
    case 'as of':
      return { ...node, left: inputs[0]!, right: inputs[1]! };
    default:
      return { ...node, input: inputs[0]! };
  }
}

/** Rewrites bottom-up: inputs first, then the node over them. */
export function rewriteUp(node: LogicalNode, f: (node: LogicalNode) => LogicalNode): LogicalNode {
  return f(
    withInputs(
      node,
      inputsOf(node).map((input) => rewriteUp(input, f)),
    ),
  );
}

/** The operands of a conjunction, left to right. */
export function conjuncts(condition: BoundExpr): readonly BoundExpr[] {
  return condition.kind === 'and' ? condition.args.flatMap(conjuncts) : [condition];
}

/** All of them, evaluated in this order; undefined when there are none. */
export function conjunction(parts: readonly BoundExpr[]): BoundExpr | undefined {
  if (parts.length <= 1) return parts[0];
  return { kind: 'and', args: parts, type: BOOLEAN, nullable: parts.some((part) => part.nullable) };
}
