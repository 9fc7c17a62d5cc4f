// Window functions: what partitions and orders the rows, and what is computed of them, becomes columns first; the values follow the
// row.

import type { BoundNumbering, BoundOver, OutputOrder } from '../binder/bound.ts';
import type { BoundExpr } from '../expr/bound.ts';
import { canonicalText } from '../expr/columns.ts';
import type { LogicalNode } from './node.ts';
import { columnsAsExprs, over, project, topN } from './node.ts';

/** The columns of `node`, then one number per numbering, then one value per call. */
export function withWindowValues(
  node: LogicalNode,
  numberings: readonly BoundNumbering[],
  overs: readonly BoundOver[],
): LogicalNode {
  const numbered = numberings.reduce(withNumber, node);
  return overs.reduce(withValues, numbered);
}

function withNumber(node: LogicalNode, window: BoundNumbering): LogicalNode {
  const beside = new Beside(node);
  const { partition, order } = beside.window(window);
  const form = { partition, order, limit: null, offset: 0, numbered: true };
  return beside.behindRow(topN(beside.computed(), form), 1);
}

function withValues(node: LogicalNode, window: BoundOver): LogicalNode {
  const beside = new Beside(node);
  const { partition, order } = beside.window(window);
  const calls = window.calls.map((call) => ({ ...call, args: call.args.map((arg) => beside.place(arg)) }));
  return beside.behindRow(over(beside.computed(), partition, order, calls), calls.length);
}

/** Expressions that are computed beside the columns of a node. */
class Beside {
  private readonly node: LogicalNode;
  private readonly exprs: BoundExpr[];

  constructor(node: LogicalNode) {
    this.node = node;
    this.exprs = [...columnsAsExprs(node.columns)];
  }

  place(expr: BoundExpr): number {
    const text = canonicalText(expr);
    const there = this.exprs.findIndex((known) => canonicalText(known) === text);
    return there >= 0 ? there : this.exprs.push(expr) - 1;
  }

  window({ partition, order }: BoundNumbering): {
    partition: readonly number[];
    order: readonly OutputOrder[];
  } {
    return {
      partition: [...new Set(partition.map((expr) => this.place(expr)))],
      order: order.map(({ expr, ...direction }): OutputOrder => ({ column: this.place(expr), ...direction })),
    };
  }

  computed(): LogicalNode {
    const width = this.node.columns.length;
    if (this.exprs.length === width) return this.node;
    const names = this.exprs.map((_, i) => this.node.columns[i]?.name ?? `_over_${i - width + 1}`);
    return project(this.node, this.exprs, names);
  }

  /** The columns of the node, then the last `count` ones of `valued`. */
  behindRow(valued: LogicalNode, count: number): LogicalNode {
    const width = this.node.columns.length;
    if (valued.columns.length === width + count) return valued;
    const all = columnsAsExprs(valued.columns);
    const kept = [...all.slice(0, width), ...all.slice(-count)];
    return project(
      valued,
      kept,
      [...valued.columns.slice(0, width), ...valued.columns.slice(-count)].map(({ name }) => name),
    );
  }
}
