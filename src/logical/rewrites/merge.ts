// Makes neighbours one: projection over projection, union over union; drops projections that do nothing. (Filters are made one where they
// are pushed.)
// A projection is merged into the one above it only when nothing but columns and constants would be computed twice.

import { replaceColumns } from '../../expr/columns.ts';
import { childrenOf } from '../../expr/tree.ts';
import type { BoundExpr } from '../../expr/bound.ts';
import type { LogicalNode, LogicalProject, LogicalUnion } from '../node.ts';
import { rewriteUp } from '../node.ts';

export function mergeNeighbours(node: LogicalNode): LogicalNode {
  return rewriteUp(node, mergeOne);
}

function mergeOne(node: LogicalNode): LogicalNode {
  switch (node.kind) {
    case 'project':
      return withoutIdentity(mergeProjects(node));
    case 'union':
      return flatUnion(node);
    default:
      return node;
  }
}

function mergeProjects(node: LogicalProject): LogicalProject {
  if (node.input.kind !== 'project') return node;
  const inner = node.input;
  if (!mergesCheaply(node.exprs, inner.exprs)) return node;
  const exprs = node.exprs.map((expr) => replaceColumns(expr, (index) => inner.exprs[index]!));
  return { ...node, input: inner.input, exprs };
}

/** Would replacing columns of `outer` by `inner` compute nothing twice? */
export function mergesCheaply(outer: readonly BoundExpr[], inner: readonly BoundExpr[]): boolean {
  const uses = inner.map(() => 0);
  outer.forEach((expr) => countUses(expr, uses));
  return inner.every((expr, i) => uses[i]! <= 1 || expr.kind === 'column' || expr.kind === 'literal');
}

function countUses(expr: BoundExpr, uses: number[]): void {
  if (expr.kind === 'column') uses[expr.index]!++;
  else for (const child of childrenOf(expr)) countUses(child, uses);
}

function withoutIdentity(node: LogicalProject): LogicalNode {
  const { input, exprs, columns } = node;
  const same =
    exprs.length === input.columns.length &&
    exprs.every((expr, i) => expr.kind === 'column' && expr.index === i) &&
    columns.every((column, i) => column.name === input.columns[i]!.name);
  return same ? input : node;
}

function flatUnion(node: LogicalUnion): LogicalNode {
  if (!node.inputs.some((input) => input.kind === 'union')) return node;
  return {
    ...node,
    inputs: node.inputs.flatMap((input) => (input.kind === 'union' ? input.inputs : [input])),
  };
}
