// What a plan reads of the row of the query around it, and the same plan seen from further in or out.

import { callExprs, mapCall } from '../../binder/aggregate-call.ts';
import type { BoundExpr, ColumnExpr } from '../../expr/bound.ts';
import { outerColumnsOf, raised, readsOuter } from '../../expr/outer.ts';
import type { LogicalNode } from '../node.ts';
import { inputsOf, withInputs } from '../node.ts';

/** Does it read the row of the query right around, anywhere? */
export function isCorrelated(node: LogicalNode): boolean {
  return exprsOf(node).some(readsOuter) || inputsOf(node).some(isCorrelated);
}

/** Its reads of that row. */
export function outerColumnsIn(node: LogicalNode): readonly ColumnExpr[] {
  return [...exprsOf(node).flatMap(outerColumnsOf), ...inputsOf(node).flatMap(outerColumnsIn)];
}

/** As it reads from `by` subqueries further in (or out, below 0). */
export function raisedPlan(node: LogicalNode, by: number): LogicalNode {
  const over = withInputs(
    node,
    inputsOf(node).map((input) => raisedPlan(input, by)),
  );
  return withExprs(over, (expr) => raised(expr, by));
}

function exprsOf(node: LogicalNode): readonly BoundExpr[] {
  switch (node.kind) {
    case 'filter':
      return [node.condition];
    case 'project':
      return node.exprs;
    case 'temporal':
      return node.conditions.map(({ expr }) => expr);
    case 'aggregate':
      return [...node.keys, ...node.calls.flatMap(callExprs)];
    case 'join':
      return node.condition === null ? [] : [node.condition];
    case 'as of':
      return [...(node.condition === null ? [] : [node.condition]), node.nearest.left, node.nearest.right];
    default:
      return [];
  }
}

function withExprs(node: LogicalNode, f: (expr: BoundExpr) => BoundExpr): LogicalNode {
  switch (node.kind) {
    case 'filter':
      return { ...node, condition: f(node.condition) };
    case 'project':
      return { ...node, exprs: node.exprs.map(f) };
    case 'temporal':
      return {
        ...node,
        conditions: node.conditions.map((condition) => ({ ...condition, expr: f(condition.expr) })),
      };
    case 'aggregate':
      return { ...node, keys: node.keys.map(f), calls: node.calls.map((call) => mapCall(call, f)) };
    case 'join':
      return { ...node, condition: node.condition === null ? null : f(node.condition) };
    case 'as of': {
      const { left, right } = node.nearest;
      const nearest = { ...node.nearest, left: f(left), right: f(right) };
      return { ...node, condition: node.condition === null ? null : f(node.condition), nearest };
    }
    default:
      return node;
  }
}
