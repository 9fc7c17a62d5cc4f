// EXPLAIN (LOGICAL): each root as an indented tree, inputs below.

import { printMicros, printShape } from '../data/window-shape.ts';
import { callText } from '../binder/aggregate-call.ts';
import { displayName } from '../catalog/definition.ts';
import { printExpr } from '../expr/print.ts';
import type { TemporalCondition } from '../binder/bound.ts';
import type { BoundExpr } from '../expr/bound.ts';
import type { LogicalNode, LogicalPlan, LogicalWindows } from './node.ts';
import { inputsOf } from './node.ts';

export function printLogical(plan: LogicalPlan): string {
  return plan.roots
    .map((root) => [`${root.kind} ${root.name}`, ...tree(root.input, 1)].join('\n'))
    .join('\n');
}

function tree(node: LogicalNode, depth: number): readonly string[] {
  const own = `${'  '.repeat(depth)}${describe(node)}`;
  return [own, ...inputsOf(node).flatMap((input) => tree(input, depth + 1))];
}

function describe(node: LogicalNode): string {
  switch (node.kind) {
    case 'scan':
      return `scan ${displayName(node.source)} [${node.columns.map((c) => c.name).join(', ')}]`;
    case 'versions':
      return `versions of ${displayName(node.table)} [${node.columns.map((c) => c.name).join(', ')}]`;
    case 'table input':
      return `table ${displayName(node.table)} [${node.columns.map((c) => c.name).join(', ')}]`;
    case 'one':
      return 'one row';
    case 'view read':
      return `${node.shared ? 'view' : 'follow'} ${displayName(node.view)} [${node.columns.map((c) => c.name).join(', ')}]`;
    case 'filter':
      return `filter ${printExpr(node.condition)}`;
    case 'project':
      return `project [${named(node.exprs, node)}]`;
    case 'repeat':
      return `repeat by ${node.input.columns[node.count]!.name}`;
    case 'windows':
      return printWindows(node);
    case 'temporal':
      return `temporal ${node.conditions.map(printTemporal).join(', ')}`;
    case 'aggregate': {
      const calls = node.calls.map((call) => callText(call, printExpr));
      return `aggregate by [${named(node.keys, node)}] compute [${calls.join(', ')}]${
        node.onClose ? ' on window close' : ''
      }`;
    }
    case 'join':
      return node.condition === null ? 'cross join' : `${node.type} join on ${printExpr(node.condition)}`;
    case 'as of': {
      const { left, right, before, inclusive } = node.nearest;
      const near = `${printExpr(left)} ${before ? '>' : '<'}${inclusive ? '=' : ''} ${printExpr(right)}`;
      const on = node.condition === null ? '' : ` on ${printExpr(node.condition)}`;
      return `${node.type} as-of join${on} nearest ${near}${node.onClose ? ' on window close' : ''}`;
    }
    case 'over': {
      const name = (index: number): string => node.input.columns[index]!.name;
      const of = node.partition.length === 0 ? '' : ` of each [${node.partition.map(name).join(', ')}]`;
      const by = node.order.map(({ column, descending }) => `${name(column)}${descending ? ' desc' : ''}`);
      const calls = node.calls.map(({ fn, args }) => `${fn}(${args.map(name).join(', ')})`);
      return `over${of} by [${by.join(', ')}] compute [${calls.join(', ')}]`;
    }
    case 'top n': {
      const name = (index: number): string => node.input.columns[index]!.name;
      const of = node.partition.length === 0 ? '' : ` of each [${node.partition.map(name).join(', ')}]`;
      const by = node.order.map(({ column, descending }) => `${name(column)}${descending ? ' desc' : ''}`);
      const behind = node.offset === 0 ? '' : ` behind ${node.offset}`;
      const number = node.numbered ? ` with ${node.columns.at(-1)!.name}` : '';
      const ties = node.counts === undefined ? '' : node.counts === 'ties' ? ' with ties' : ` ${node.counts}`;
      return `first ${node.limit ?? 'all'}${ties}${behind}${of} by [${by.join(', ')}]${number}`;
    }
    case 'union':
      return `union all [${node.columns.map((c) => c.name).join(', ')}]`;
  }
}

function printWindows({ shape, input, timeColumn, onClose }: LogicalWindows): string {
  const name = (column: number): string => input.columns[column]!.name;
  const text = printShape(shape, name(timeColumn));
  if (shape.kind !== 'session') return text;
  const by = shape.partition.length === 0 ? '' : ` by [${shape.partition.map(name).join(', ')}]`;
  return `${text}${by}${onClose ? ' on window close' : ''}`;
}

function printTemporal({ kind, expr, shift }: TemporalCondition): string {
  return `${kind} at ${printExpr(expr)} + ${printMicros(shift)}`;
}

function named(exprs: readonly BoundExpr[], node: LogicalNode): string {
  return exprs
    .map((expr, i) => {
      const text = printExpr(expr);
      const name = node.columns[i]!.name;
      return text === name ? text : `${text} as ${name}`;
    })
    .join(', ');
}
