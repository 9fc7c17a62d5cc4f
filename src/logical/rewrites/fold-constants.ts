// Computes what is constant once instead of per row, and drops conditions that are known to be true.

import { mapCall } from '../../binder/aggregate-call.ts';
import { foldConstants as fold } from '../../expr/constant.ts';
import type { LogicalNode } from '../node.ts';
import { rewriteUp } from '../node.ts';

export function foldConstants(node: LogicalNode): LogicalNode {
  return rewriteUp(node, foldOne);
}

function foldOne(node: LogicalNode): LogicalNode {
  switch (node.kind) {
    case 'scan':
      if (node.watermark === null) return node;
      return { ...node, watermark: { ...node.watermark, expr: fold(node.watermark.expr) } };
    case 'filter': {
      const condition = fold(node.condition);
      return condition.kind === 'literal' && condition.value === true ? node.input : { ...node, condition };
    }
    case 'project':
      return { ...node, exprs: node.exprs.map(fold) };
    case 'join':
    case 'as of':
      return { ...node, condition: node.condition === null ? null : fold(node.condition) };
    case 'temporal': {
      const conditions = node.conditions.map((condition) => ({ ...condition, expr: fold(condition.expr) }));
      return { ...node, conditions };
    }
    case 'aggregate':
      return {
        ...node,
        keys: node.keys.map(fold),
        calls: node.calls.map((call) => mapCall(call, fold)),
      };
    default:
      return node;
  }
}
