// LogicalPlan → PhysicalGraph. Each node gets its stream key, append-only-ness and watermark columns; the offset of a record is
// carried only to views that have no other key.

import { printExpr } from '../expr/print.ts';
import { isSemi } from '../logical/node.ts';
import type { LogicalNode, LogicalPlan } from '../logical/node.ts';
import { GraphBuilder } from './builder.ts';
import { distribute } from './distribute.ts';
import { fuse } from './fuse.ts';
import type { PhysicalGraph } from './graph.ts';
import { lowerAsOf } from './lower-as-of.ts';
import { lowerAggregate } from './lower-aggregate.ts';
import { lowerJoin } from './lower-join.ts';
import { lowerOne } from './lower-one.ts';
import { lowerOver } from './lower-over.ts';
import { lowerRepeat } from './lower-repeat.ts';
import { lowerRoot } from './lower-root.ts';
import { lowerScan } from './lower-scan.ts';
import { lowerTemporal } from './lower-temporal.ts';
import { lowerVersions } from './lower-versions.ts';
import { lowerTable } from './lower-table.ts';
import { lowerTopN } from './lower-top-n.ts';
import { lowerUnion } from './lower-union.ts';
import { lowerViewRead } from './lower-view-read.ts';
import { lowerWindows } from './lower-windows.ts';
import { needsStreamKey } from './multisets.ts';
import { addMap, carryKey, identity } from './maps.ts';
import type { Lowered, Lowering } from './lowered.ts';

export interface LoweringOptions {
  /** Share equal nodes, fuse maps, exchange rows only where they are not yet where they must be. */
  readonly optimize: boolean;
}

export function lower(plan: LogicalPlan, options: LoweringOptions): PhysicalGraph {
  const builder = new GraphBuilder(options.optimize);
  const identified = new Set<string>();
  for (const root of plan.roots) addIdentified(root.input, root.keyed, identified);
  const context: Lowering = {
    builder,
    identified,
    views: new Map(),
    lower: (node, keyed) => lowerNode(context, node, keyed),
  };
  for (const root of plan.roots) lowerRoot(context, root);
  const nodes = options.optimize ? fuse(builder.nodes) : builder.nodes;
  return distribute(nodes, { everywhere: !options.optimize });
}

/** Sources whose records are rows of a view, or are told apart below it: `keyed` says whether the rows of `node` are. */
function addIdentified(node: LogicalNode, keyed: boolean, to: Set<string>): void {
  switch (node.kind) {
    case 'scan':
      if (keyed) to.add(node.source.id);
      return;
    // Its own root says which sources it identifies.
    case 'view read':
    case 'versions':
    case 'table input':
    case 'one':
      return;
    case 'aggregate':
      return addIdentified(node.input, needsStreamKey(node.calls), to);
    case 'top n':
    case 'over':
      return addIdentified(node.input, true, to);
    case 'join':
      addIdentified(node.left, keyed, to);
      addIdentified(node.right, keyed && !isSemi(node.type), to);
      return;
    case 'as of':
      addIdentified(node.left, keyed, to);
      // The last of equally near rows is told by its key.
      addIdentified(node.right, true, to);
      return;
    case 'union':
      for (const input of node.inputs) addIdentified(input, keyed, to);
      return;
    default:
      addIdentified(node.input, keyed, to);
  }
}

function lowerNode(context: Lowering, node: LogicalNode, keyed: boolean): Lowered {
  switch (node.kind) {
    case 'scan':
      return lowerScan(context, node, keyed);
    case 'versions':
      return lowerVersions(context, node);
    case 'table input':
      return lowerTable(context, node);
    case 'one':
      return lowerOne(context);
    case 'view read':
      return lowerViewRead(context, node, keyed);
    case 'filter': {
      const input = context.lower(node.input, keyed);
      return addMap(context.builder, input, {
        ...input,
        filter: node.condition,
        exprs: identity(input.columns),
        label: `WHERE ${printExpr(node.condition)}`,
      });
    }
    case 'project': {
      const input = context.lower(node.input, keyed);
      const carried = carryKey(input, node.exprs, node.columns);
      const label = `SELECT ${node.columns.map((column) => column.name).join(', ')}`;
      return addMap(context.builder, input, { ...carried, filter: null, label });
    }
    case 'temporal':
      return lowerTemporal(context, node, keyed);
    case 'repeat':
      return lowerRepeat(context, node, keyed);
    case 'windows':
      return lowerWindows(context, node, keyed);
    case 'aggregate':
      return lowerAggregate(context, node);
    case 'over':
      return lowerOver(context, node);
    case 'top n':
      return lowerTopN(context, node);
    case 'join':
      return lowerJoin(context, node, keyed);
    case 'as of':
      return lowerAsOf(context, node, keyed);
    case 'union':
      return lowerUnion(context, node, keyed);
  }
}
