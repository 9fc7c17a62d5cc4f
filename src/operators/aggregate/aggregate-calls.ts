// What an aggregate keeps for each of its calls, and who works on it: the loop over input rows, the loop over values that came or
// went (DISTINCT), or a look at ordered rows at the end of the epoch.

import type { RowSchema, SqlType } from '../../data/types.ts';
import { layoutOf } from '../../data/types.ts';
import { isCollecting, isOrderedSet, picksValue } from '../../expr/resolve/aggregate-names.ts';
import type { AggregateCall, AggregateNode } from '../../physical/graph.ts';
import type { AccumulatorKind } from '../../state/accumulator.ts';
import { callCode, COUNT_ROWS } from './call-code.ts';
import type { ResultWriter } from './accumulated.ts';
import { resultWriter } from './call-result.ts';
import { extremeKinds } from './extreme-code.ts';
import type { LoopCall } from './update-code.ts';

export interface KeptCall {
  readonly call: AggregateCall;
  readonly kinds: readonly AccumulatorKind[];
  /** Its accumulators are those of the table from here on. */
  readonly at: number;
  readonly write: ResultWriter;
  readonly keeping: { readonly by: 'rows' | 'values'; readonly loop: LoopCall } | { readonly by: 'order' };
}

export interface KeptCalls {
  readonly calls: readonly KeptCall[];
  readonly kinds: readonly AccumulatorKind[];
  /** What the loop over input rows adds to. */
  readonly loop: readonly LoopCall[];
}

/** Over changing input accumulator 0 counts the rows of the group. */
export const GROUP_ROWS = 0;

export function keptCalls(node: AggregateNode, input: RowSchema): KeptCalls {
  const rows: LoopCall[] = node.retracts ? [{ code: COUNT_ROWS, at: GROUP_ROWS }] : [];
  const kinds: AccumulatorKind[] = rows.flatMap(({ code }) => code.kinds);
  const calls = node.calls.map((call, j): KeptCall => {
    const kept = keptCall(node, call, j, input, kinds.length);
    kinds.push(...kept.kinds);
    return kept;
  });
  const loops = calls.flatMap(({ keeping }) => (keeping.by === 'rows' ? [keeping.loop] : []));
  return { calls, kinds, loop: [...rows, ...loops] };
}

function keptCall(
  node: AggregateNode,
  call: AggregateCall,
  j: number,
  input: RowSchema,
  at: number,
): KeptCall {
  const type = call.arg === null ? null : input[call.arg]!.type;
  const isOrdered = isCollecting(call.fn) || isOrderedSet(call.fn);
  if (isOrdered || (call.multiset !== undefined && call.distinct !== true))
    return orderedCall(call, type!, at);
  // A value of a multiset stands behind the keys of its group. It comes and goes, whatever the input does.
  const distinct = call.multiset !== undefined;
  const retracts = distinct || node.retracts;
  const arg = distinct ? node.keys.length : (call.arg ?? 0);
  const code = callCode(j, { fn: call.fn, type, arg, second: call.second ?? null, retracts });
  const write = resultWriter(call.fn, type, retracts);
  const keeping = { by: distinct ? 'values' : 'rows', loop: { code, at } } as const;
  return { call, kinds: code.kinds, at, write, keeping };
}

function orderedCall(call: AggregateCall, type: SqlType, at: number): KeptCall {
  const write = resultWriter(call.fn, type, true, call.fractions);
  const isTree = (isCollecting(call.fn) && !picksValue(call.fn)) || call.fractions?.array === true;
  const kinds = extremeKinds(isTree ? 'text' : layoutOf(type));
  return { call, kinds, at, write, keeping: { by: 'order' } };
}
