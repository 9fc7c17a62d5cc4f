// Computes and reads only columns that are used, down to the scan, so that a decoder skips the rest. All plans of a submission
// are pruned together: scans of one source read the union of what its readers need and become one scan.

import { callExprs, mapCall } from '../../binder/aggregate-call.ts';
import { replaceColumns } from '../../expr/columns.ts';
import { columnsOf } from '../../expr/properties.ts';
import type { BoundExpr } from '../../expr/bound.ts';
import type {
  LogicalAsOf,
  LogicalNode,
  LogicalPlan,
  LogicalOver,
  LogicalScan,
  LogicalTopN,
  LogicalWindows,
} from '../node.ts';
import {
  aggregate,
  asOf,
  filter,
  join,
  over,
  topN,
  project,
  repeat,
  scan,
  temporal,
  union,
  windows,
} from '../node.ts';

/** A node that gives at least the needed columns, and where each column of the old node is in it (−1: gone). */
interface Pruned {
  readonly node: LogicalNode;
  readonly at: readonly number[];
}

/** Given what one scan needs of its source's row, what it shall read. */
type ScanReads = (scan: LogicalScan, needed: ReadonlySet<number>) => readonly number[];

export function pruneColumns(plan: LogicalPlan): LogicalPlan {
  const used = new Map<string, Set<number>>();
  const record: ScanReads = (node, needed) => {
    const columns = used.get(node.source.id) ?? new Set<number>();
    used.set(node.source.id, columns);
    needed.forEach((column) => columns.add(column));
    if (node.watermark !== null) {
      columns.add(node.watermark.column);
      columnsOf(node.watermark.expr).forEach((column) => columns.add(column));
    }
    return node.reads;
  };
  for (const root of plan.roots) pruneExactly(root.input, record);
  const reads: ScanReads = (node) => [...used.get(node.source.id)!].sort((a, b) => a - b);
  return { roots: plan.roots.map((root) => ({ ...root, input: pruneExactly(root.input, reads) })) };
}

/** The same columns in the same order, computed over pruned inputs. */
function pruneExactly(node: LogicalNode, reads: ScanReads): LogicalNode {
  const pruned = prune(node, new Set(node.columns.keys()), reads);
  if (pruned.node.columns.length === node.columns.length && pruned.at.every((at, i) => at === i)) {
    return pruned.node;
  }
  return select(pruned.node, pruned.at);
}

function select(node: LogicalNode, at: readonly number[]): LogicalNode {
  const exprs = at.map((index): BoundExpr => {
    const { name, type, nullable } = node.columns[index]!;
    return { kind: 'column', index, name, type, nullable };
  });
  return project(
    node,
    exprs,
    at.map((index) => node.columns[index]!.name),
  );
}

function prune(node: LogicalNode, needed: ReadonlySet<number>, reads: ScanReads): Pruned {
  switch (node.kind) {
    case 'scan': {
      const own = new Set([...needed].map((column) => node.reads[column]!));
      const read = reads(node, own);
      const row = node.columns;
      const columnOf = new Map(node.reads.map((index, i) => [index, row[i]!]));
      const full = Array.from({ length: Math.max(-1, ...node.reads) + 1 }, (_, i) => columnOf.get(i)!);
      return {
        node: scan(node.source, full, read, node.watermark),
        at: node.reads.map((i) => read.indexOf(i)),
      };
    }
    // They are kept whole, whoever reads of them.
    case 'versions':
    case 'table input':
    case 'one':
    case 'view read':
      return { node, at: [...node.columns.keys()] };
    case 'filter': {
      const input = prune(node.input, withColumnsOf(needed, [node.condition]), reads);
      return { node: filter(input.node, moved(node.condition, input.at)), at: input.at };
    }
    case 'project': {
      const kept = [...node.exprs.keys()].filter((i) => needed.has(i));
      const exprs = kept.map((i) => node.exprs[i]!);
      const input = prune(node.input, withColumnsOf(new Set(), exprs), reads);
      const names = kept.map((i) => node.columns[i]!.name);
      const pruned = project(
        input.node,
        exprs.map((expr) => moved(expr, input.at)),
        names,
      );
      return { node: pruned, at: node.exprs.map((_, i) => kept.indexOf(i)) };
    }
    case 'repeat': {
      const width = node.input.columns.length;
      const below = new Set([...needed].filter((column) => column < width)).add(node.count);
      const input = prune(node.input, below, reads);
      const pruned = repeat(input.node, input.at[node.count]!);
      return { node: pruned, at: [...input.at, input.node.columns.length] };
    }
    case 'windows':
      return pruneWindows(node, needed, reads);
    case 'temporal': {
      const exprs = node.conditions.map((condition) => condition.expr);
      const input = prune(node.input, withColumnsOf(needed, exprs), reads);
      const conditions = node.conditions.map((condition) => ({
        ...condition,
        expr: moved(condition.expr, input.at),
      }));
      return { node: temporal(input.node, conditions), at: input.at };
    }
    case 'aggregate':
      return pruneAggregate(node, needed, reads);
    case 'over':
      return pruneOver(node, needed, reads);
    case 'top n':
      return pruneTopN(node, needed, reads);
    case 'join':
      return pruneJoin(node, needed, reads);
    case 'as of':
      return pruneAsOf(node, needed, reads);
    case 'union': {
      const kept = [...node.columns.keys()].filter((i) => needed.has(i));
      const inputs = node.inputs.map((input) => {
        const pruned = prune(input, new Set(kept), reads);
        const at = kept.map((i) => pruned.at[i]!);
        const exact = pruned.node.columns.length === at.length && at.every((index, i) => index === i);
        return exact ? pruned.node : select(pruned.node, at);
      });
      const columns = kept.map((i) => node.columns[i]!);
      return { node: union(inputs, columns), at: node.columns.map((_, i) => kept.indexOf(i)) };
    }
  }
}

/** A tumbling window whose bounds nobody reads goes, unless it leaves out rows without a time; the others repeat rows. */
function pruneWindows(node: LogicalWindows, needed: ReadonlySet<number>, reads: ScanReads): Pruned {
  const width = node.input.columns.length;
  const below = new Set([...needed].filter((column) => column < width));
  const keepsRows = node.shape.kind === 'tumble' && !node.input.columns[node.timeColumn]!.nullable;
  if (keepsRows && !needed.has(width) && !needed.has(width + 1)) {
    const input = prune(node.input, below, reads);
    return { node: input.node, at: [...input.at, -1, -1] };
  }
  const { shape } = node;
  const partition = shape.kind === 'session' ? shape.partition : [];
  const input = prune(node.input, new Set([...below, node.timeColumn, ...partition]), reads);
  const pruned = windows(
    input.node,
    input.at[node.timeColumn]!,
    shape.kind === 'session' ? { ...shape, partition: partition.map((column) => input.at[column]!) } : shape,
    node.columns.slice(width),
    node.onClose,
  );
  return { node: pruned, at: [...input.at, input.node.columns.length, input.node.columns.length + 1] };
}

/** Keys stay, they make the groups; calls that nobody reads go. */
function pruneAggregate(
  node: Extract<LogicalNode, { kind: 'aggregate' }>,
  needed: ReadonlySet<number>,
  reads: ScanReads,
): Pruned {
  const keys = node.keys.length;
  const kept = [...node.calls.keys()].filter((i) => needed.has(keys + i));
  const calls = kept.map((i) => node.calls[i]!);
  const args = calls.flatMap(callExprs);
  const input = prune(node.input, withColumnsOf(new Set(), [...node.keys, ...args]), reads);
  const pruned = aggregate(
    input.node,
    node.keys.map((key) => moved(key, input.at)),
    node.columns.slice(0, keys).map((column) => column.name),
    calls.map((call) => mapCall(call, (expr) => moved(expr, input.at))),
    node.onClose,
  );
  const at = [
    ...node.keys.keys(),
    ...node.calls.map((_, i) => (kept.includes(i) ? keys + kept.indexOf(i) : -1)),
  ];
  return { node: pruned, at };
}

function pruneOver(node: LogicalOver, needed: ReadonlySet<number>, reads: ScanReads): Pruned {
  const width = node.input.columns.length;
  const kept = [...node.calls.keys()].filter((j) => needed.has(width + j));
  const below = new Set([...needed].filter((column) => column < width));
  if (kept.length === 0) {
    const input = prune(node.input, below, reads);
    return { node: input.node, at: [...input.at, ...node.calls.map(() => -1)] };
  }
  const calls = kept.map((j) => node.calls[j]!);
  const read = [
    ...node.partition,
    ...node.order.map((by) => by.column),
    ...calls.flatMap(({ args }) => args),
  ];
  for (const column of read) below.add(column);
  const input = pruneToNeeded(node.input, below, reads);
  const at = (column: number): number => input.at[column]!;
  const pruned = over(
    input.node,
    node.partition.map(at),
    node.order.map((by) => ({ ...by, column: at(by.column) })),
    calls.map((call) => ({ ...call, args: call.args.map(at) })),
  );
  const rest = node.calls.map((_, j) =>
    kept.includes(j) ? input.node.columns.length + kept.indexOf(j) : -1,
  );
  return { node: pruned, at: [...input.at, ...rest] };
}

function pruneTopN(node: LogicalTopN, needed: ReadonlySet<number>, reads: ScanReads): Pruned {
  const width = node.input.columns.length;
  const numbered = node.numbered && needed.has(width);
  const below = new Set([...needed].filter((column) => column < width));
  // All rows, and nobody reads their place.
  if (!numbered && node.limit === null && node.offset === 0) {
    const input = prune(node.input, below, reads);
    return { node: input.node, at: node.numbered ? [...input.at, -1] : input.at };
  }
  for (const column of [...node.partition, ...node.order.map((by) => by.column)]) below.add(column);
  const input = pruneToNeeded(node.input, below, reads);
  const at = (column: number): number => input.at[column]!;
  const pruned = topN(input.node, {
    partition: node.partition.map(at),
    order: node.order.map((by) => ({ ...by, column: at(by.column) })),
    limit: node.limit,
    offset: node.offset,
    ...(node.counts === undefined ? {} : { counts: node.counts }),
    numbered,
  });
  if (!node.numbered) return { node: pruned, at: input.at };
  return { node: pruned, at: [...input.at, numbered ? input.node.columns.length : -1] };
}

/** Exactly the needed columns: a join keeps what it is given, whatever others read of the same scan. */
function pruneToNeeded(node: LogicalNode, needed: ReadonlySet<number>, reads: ScanReads): Pruned {
  const pruned = prune(node, needed, reads);
  const kept = [...node.columns.keys()].filter((i) => needed.has(i));
  if (pruned.node.columns.length === kept.length) return pruned;
  return {
    node: select(
      pruned.node,
      kept.map((i) => pruned.at[i]!),
    ),
    at: node.columns.map((_, i) => kept.indexOf(i)),
  };
}

function pruneJoin(
  node: Extract<LogicalNode, { kind: 'join' }>,
  needed: ReadonlySet<number>,
  reads: ScanReads,
): Pruned {
  const width = node.left.columns.length;
  const all = withColumnsOf(needed, node.condition === null ? [] : [node.condition]);
  const left = pruneToNeeded(node.left, new Set([...all].filter((i) => i < width)), reads);
  const right = pruneToNeeded(
    node.right,
    new Set([...all].filter((i) => i >= width).map((i) => i - width)),
    reads,
  );
  const rightStart = left.node.columns.length;
  const both = [...left.at, ...right.at.map((i) => (i < 0 ? -1 : rightStart + i))];
  const condition = node.condition === null ? null : moved(node.condition, both);
  const pruned = join(node.type, left.node, right.node, condition, node.onClose);
  return { node: pruned, at: both.slice(0, node.columns.length) };
}

function pruneAsOf(node: LogicalAsOf, needed: ReadonlySet<number>, reads: ScanReads): Pruned {
  const width = node.left.columns.length;
  const all = withColumnsOf(needed, node.condition === null ? [] : [node.condition]);
  const { nearest } = node;
  const leftNeeded = withColumnsOf(new Set([...all].filter((i) => i < width)), [nearest.left]);
  const rightNeeded = new Set([...all].filter((i) => i >= width).map((i) => i - width));
  const left = pruneToNeeded(node.left, leftNeeded, reads);
  const right = pruneToNeeded(node.right, withColumnsOf(rightNeeded, [nearest.right]), reads);
  const rightStart = left.node.columns.length;
  const both = [...left.at, ...right.at.map((i) => (i < 0 ? -1 : rightStart + i))];
  const pruned = asOf(left.node, right.node, {
    type: node.type,
    condition: node.condition === null ? null : moved(node.condition, both),
    nearest: { ...nearest, left: moved(nearest.left, left.at), right: moved(nearest.right, right.at) },
    onClose: node.onClose,
  });
  return { node: pruned, at: both };
}

function withColumnsOf(needed: ReadonlySet<number>, exprs: readonly BoundExpr[]): ReadonlySet<number> {
  const all = new Set(needed);
  for (const expr of exprs) columnsOf(expr).forEach((column) => all.add(column));
  return all;
}

function moved(expr: BoundExpr, at: readonly number[]): BoundExpr {
  return replaceColumns(expr, (index, column) => ({ ...column, index: at[index]! }) as BoundExpr);
}
