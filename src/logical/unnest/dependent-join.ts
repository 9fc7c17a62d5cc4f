// A join whose right side reads the row of the left one (LATERAL, subqueries in expressions) as joins of sides that do not.

import type { JoinType } from '../../binder/bound.ts';
import { BIGINT, BOOLEAN } from '../../data/types.ts';
import { bindCase, bindIsBoolean } from '../../expr/bind.ts';
import type { BoundExpr } from '../../expr/bound.ts';
import { ownColumn, raised, substituted } from '../../expr/outer.ts';
import { literal } from '../../expr/resolve/operand.ts';
import type { LogicalNode } from '../node.ts';
import { columnsAsExprs, conjunction, filter, isSemi, join, project, repeat } from '../node.ts';
import type { Domain } from './domain.ts';
import { domainOf } from './domain.ts';
import { isCorrelated, outerColumnsIn, raisedPlan } from './outer-reads.ts';
import { unnest } from './unnest.ts';
import type { Unnested } from './unnested.ts';
import { isTrue } from './unnested.ts';

export type DependentJoinType = Exclude<JoinType, 'right' | 'full'>;

/** `on` is over the left row and the right one; null: every pair. */
export function dependentJoin(
  type: DependentJoinType,
  left: LogicalNode,
  right: LogicalNode,
  on: BoundExpr | null,
): LogicalNode {
  if (!isCorrelated(right)) return join(type, left, raisedPlan(right, -1), on, false);
  const names = [...left.columns, ...right.columns].map(({ name }) => name);
  const beside = type === 'inner' ? besideRow(right, left) : null;
  if (beside !== null) {
    const rows = project(beside.node, [...columnsAsExprs(left.columns), ...beside.outputs], names);
    return isTrue(on) ? rows : filter(rows, on!);
  }
  let domain: Domain | undefined;
  const reads = [...new Set(outerColumnsIn(right).map(({ index }) => index))].sort((a, b) => a - b);
  const unnested = unnest(right, () => (domain ??= domainOf(left, reads)));
  return new Final(left, marked(unnested, type), names, on).join(type);
}

/** What stands over one row alone can be computed beside each row of `left`. */
function besideRow(
  right: LogicalNode,
  left: LogicalNode,
): { readonly node: LogicalNode; readonly outputs: readonly BoundExpr[] } | null {
  if (right.kind === 'one') return { node: left, outputs: [literal(0n, BIGINT)] };
  if (right.kind !== 'project' && right.kind !== 'filter' && right.kind !== 'repeat') return null;
  const below = besideRow(right.input, left);
  if (below === null) return null;
  const { node, outputs } = below;
  const own = columnsAsExprs(left.columns);
  const over = (expr: BoundExpr): BoundExpr =>
    substituted(expr, (column) => {
      if (column.outer === undefined) return outputs[column.index]!;
      return column.outer === 1 ? own[column.index]! : { ...column, outer: column.outer - 1 };
    });
  if (right.kind === 'filter') return { node: filter(node, over(right.condition)), outputs };
  if (right.kind === 'project') return { node, outputs: right.exprs.map(over) };
  const exprs = [...columnsAsExprs(node.columns), ...outputs];
  const computed = project(
    node,
    exprs,
    exprs.map((_, i) => node.columns[i]?.name ?? `value ${i + 1 - node.columns.length}`),
  );
  const repeated = repeat(computed, node.columns.length + right.count);
  return { node: repeated, outputs: columnsAsExprs(repeated.columns).slice(node.columns.length) };
}

/** Of a row that may be missing, a column says whether it is there, where it shows more than its columns. */
function marked(unnested: Unnested, type: DependentJoinType): Unnested {
  const { node, outputs, total } = unnested;
  if (type !== 'left' || total || outputs.every((output) => ownColumn(output) !== undefined)) return unnested;
  const there = literal(true, BOOLEAN);
  const names = [...node.columns.map(({ name }) => name), '_there'];
  return { ...unnested, node: project(node, [...columnsAsExprs(node.columns), there], names) };
}

/** The last step: the unnested subquery beside the outer row, where its conditions decide about pairs. */
class Final {
  private readonly left: LogicalNode;
  private readonly right: Unnested;
  private readonly node: LogicalNode;
  private readonly names: readonly string[];
  private readonly on: BoundExpr | null;

  constructor(left: LogicalNode, right: Unnested, names: readonly string[], on: BoundExpr | null) {
    this.left = left;
    this.right = right;
    this.node = raisedPlan(right.node, -1);
    this.names = names;
    this.on = isTrue(on) ? null : on;
  }

  join(type: DependentJoinType): LogicalNode {
    const { right, on } = this;
    const conditions = right.conditions.map((condition) => this.overPair(condition, false));
    if (right.total) return this.joinTotal(type, conjunction(conditions) ?? null);
    const outputs = right.outputs.map((output) => this.overPair(output, false));
    const all = conjunction([...conditions, ...(on === null ? [] : [this.withOutputs(on, outputs)])]);
    const joined = join(type, this.left, this.node, all ?? null, false);
    if (isSemi(type)) return joined;
    return this.shown(
      joined,
      right.outputs.map((output) => this.output(output, type === 'left')),
    );
  }

  /** Every outer row has its one row, whose values stand for NULL where nothing is found. */
  private joinTotal(type: DependentJoinType, condition: BoundExpr | null): LogicalNode {
    const { right, on } = this;
    const joined = join('left', this.left, this.node, condition, false);
    const outputs = right.outputs.map((output) => this.overPair(output, true));
    const holds = on === null ? null : this.withOutputs(on, outputs);
    if (type === 'inner')
      return holds === null ? this.shown(joined, outputs) : filter(this.shown(joined, outputs), on!);
    if (type === 'left')
      return this.shown(
        joined,
        holds === null
          ? outputs
          : outputs.map((then) => bindCase([{ when: holds, then }], literal(null, then.type))),
      );
    const met = holds ?? literal(true, BOOLEAN);
    const kept = filter(joined, bindIsBoolean(met, 'true', type === 'anti'));
    const own = columnsAsExprs(this.left.columns);
    return project(kept, own, this.names.slice(0, own.length));
  }

  /** NULL where no row is found. */
  private output(output: BoundExpr, optional: boolean): BoundExpr {
    const value = this.overPair(output, optional);
    if (!optional || ownColumn(output) !== undefined) return value;
    const at = this.left.columns.length + this.node.columns.length - 1;
    const when: BoundExpr = { kind: 'column', index: at, name: '_there', type: BOOLEAN, nullable: true };
    return bindCase([{ when, then: value }], literal(null, value.type));
  }

  private shown(joined: LogicalNode, outputs: readonly BoundExpr[]): LogicalNode {
    return project(joined, [...columnsAsExprs(this.left.columns), ...outputs], this.names);
  }

  /** Over the row of the subquery's plan and the outer one → over both side by side. */
  private overPair(expr: BoundExpr, optional: boolean): BoundExpr {
    const width = this.left.columns.length;
    const own = columnsAsExprs(this.left.columns);
    return substituted(expr, (column) => {
      if (column.outer === undefined)
        return { ...column, index: width + column.index, nullable: column.nullable || optional };
      return column.outer === 1 ? own[column.index]! : raised(column, -1);
    });
  }

  private withOutputs(on: BoundExpr, outputs: readonly BoundExpr[]): BoundExpr {
    const width = this.left.columns.length;
    return substituted(on, (column) =>
      column.outer === undefined && column.index >= width ? outputs[column.index - width]! : column,
    );
  }
}
