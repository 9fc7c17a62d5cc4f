// BoundQuery → logical plan: a select becomes scan, filter, aggregate, filter, project, in this order. Views were inlined by
// the binder as derived relations; here they dissolve.

import type { BoundJoin, BoundQuery, BoundRelation, BoundSelect, BoundTopN } from '../binder/bound.ts';
import { fromGroup } from './from-grouping-sets.ts';
import { fromSetOperation } from './from-set-operation.ts';
import { fromTemporalJoin } from './from-temporal-join.ts';
import { fromRepeated } from './from-repeated.ts';
import { dependentJoin } from './unnest/dependent-join.ts';
import { withWindowValues } from './from-windows.ts';
import type { LogicalNode } from './node.ts';
import {
  aggregate,
  asOf,
  columnsAsExprs,
  filter,
  join,
  ONE,
  project,
  scan,
  temporal,
  topN,
  union,
  versions,
  viewRead,
  windows,
} from './node.ts';

/** `onClose`: every aggregate of the query emits when its window closes. */
export function fromBound(query: BoundQuery, onClose: boolean): LogicalNode {
  if (query.kind === 'union') {
    return union(
      query.branches.map((branch) => fromBound(branch, onClose)),
      query.columns,
    );
  }
  if (query.kind === 'top n') return fromTopN(query, onClose);
  if (query.kind === 'set operation') return fromSetOperation(query, (side) => fromBound(side, onClose));
  return fromSelect(query, onClose);
}

function fromSelect(query: BoundSelect, onClose: boolean): LogicalNode {
  let node = fromRelation(query.from, onClose);
  if (query.where !== null) node = filter(node, query.where);
  if (query.whereNow.length > 0) node = temporal(node, query.whereNow);
  if (query.group !== null) {
    node = fromGroup(node, query.group, onClose);
  }
  if (query.having !== null) node = filter(node, query.having);
  if (query.havingNow.length > 0) node = temporal(node, query.havingNow);
  node = withWindowValues(node, query.numberings, query.overs);
  const names = query.columns.map((column) => column.name);
  const rows = project(node, query.outputs, names);
  // DISTINCT groups by all columns.
  return query.distinct === true ? aggregate(rows, columnsAsExprs(rows.columns), names, [], onClose) : rows;
}

function fromTopN(query: BoundTopN, onClose: boolean): LogicalNode {
  const { partition, order, limit, offset, counts, columns } = query;
  const kept = topN(fromBound(query.input, onClose), {
    partition: [...new Set(partition)],
    order,
    limit,
    offset,
    ...(counts === undefined ? {} : { counts }),
    numbered: false,
  });
  if (columns.length === kept.columns.length) return kept;
  const names = columns.map((column) => column.name);
  return project(kept, columnsAsExprs(kept.columns).slice(0, columns.length), names);
}

function fromRelation(relation: BoundRelation, onClose: boolean): LogicalNode {
  switch (relation.kind) {
    case 'source': {
      const all = relation.columns.map((_, index) => index);
      return scan(relation.source, relation.columns, all, relation.watermark);
    }
    case 'join': {
      const left = fromRelation(relation.left, onClose);
      const right = fromRelation(relation.right, onClose);
      const { type, condition, nearest, lateral } = relation;
      if (lateral && type !== 'right' && type !== 'full')
        return withMerged(dependentJoin(type, left, right, condition), relation);
      if (nearest === null) return withMerged(join(type, left, right, condition, onClose), relation);
      if (relation.right.kind === 'versions') return fromTemporalJoin(left, right, relation, onClose);
      return asOf(left, right, { type: type === 'left' ? 'left' : 'inner', condition, nearest, onClose });
    }
    case 'one':
      return ONE;
    case 'versions':
      return versions(relation.table, relation.columns, relation.watermark);
    case 'derived':
      return renamed(fromBound(relation.query, onClose), relation);
    case 'view read':
      return viewRead(relation.view, relation.shared, relation.columns);
    case 'repeated':
      return fromRepeated(relation, fromRelation(relation.input, onClose));
    case 'windows': {
      const input = fromRelation(relation.input, onClose);
      const [start, end] = relation.columns.slice(-2);
      const waits = onClose && end!.time?.kind === 'window end' && end!.time.watermarked;
      return windows(input, relation.timeColumn, relation.shape, [start!, end!], waits);
    }
  }
}

/** Adds the columns of USING that are computed. */
function withMerged(node: LogicalNode, relation: BoundJoin): LogicalNode {
  const computed = relation.merged.flatMap(({ expr }) => expr ?? []);
  if (computed.length === 0) return node;
  return project(
    node,
    [...columnsAsExprs(node.columns), ...computed],
    relation.columns.map((column) => column.name),
  );
}

/** A column alias list gives other names to the same columns. */
function renamed(node: LogicalNode, relation: BoundRelation): LogicalNode {
  if (node.columns.every((column, i) => column.name === relation.columns[i]!.name)) return node;
  return project(
    node,
    columnsAsExprs(node.columns),
    relation.columns.map((column) => column.name),
  );
}
