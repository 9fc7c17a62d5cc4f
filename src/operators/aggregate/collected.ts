// array_agg, jsonb_agg and jsonb_object_agg: the values of a group in order, NULLs among them, as one tree.

import type { Column } from '../../data/column.ts';
import { writeColumnCell } from '../../data/tree/column-cells.ts';
import type { JsonValue } from '../../data/tree/json.ts';
import { jsonObject, writeJson } from '../../data/tree/json.ts';
import { TreeWriter } from '../../data/tree/writer.ts';
import type { SqlType } from '../../data/types.ts';
import { valueAt } from '../../data/value.ts';
import { jsonOfValue, memberName } from '../../expr/runtime/to-json.ts';
import type { AggregateCall } from '../../physical/graph.ts';
import type { Accumulator } from '../../state/accumulator.ts';
import type { OrderedResult } from './accumulated.ts';
import { groupWalk } from './group-walk.ts';
import type { Multiset } from './multiset.ts';

/** What the last accumulator says of the others: there is a value; a member of it has no name; it failed. 0: NULL. */
export const COLLECTED = 1;
export const NAMELESS = 2;
export const FAILED = 3;

export function collected(call: AggregateCall, multiset: Multiset): OrderedResult {
  switch (call.fn) {
    case 'array_agg':
      return collectedArray(call, multiset);
    case 'jsonb_agg':
    case 'jsonb_agg_strict':
      return collectedJson(call, multiset);
    default:
      return collectedMembers(call, multiset);
  }
}

/** A column of the multiset, as it is when it is asked for. */
interface Read {
  readonly type: SqlType;
  readonly column: () => Column;
}

function readOf(multiset: Multiset, index: number): Read {
  return { type: multiset.type(index), column: () => multiset.column(index) };
}

const writer = new TreeWriter();

function leave(accs: readonly Accumulator[], s: number, values: number): void {
  accs[0]!.values[s] = (values === 0 ? undefined : writer.finish())!;
  accs[1]!.values[s] = values === 0 ? 0 : COLLECTED;
}

function collectedArray(call: AggregateCall, multiset: Multiset): OrderedResult {
  const reads = call.reads!;
  const walk = groupWalk(call, multiset, reads);
  const item = readOf(multiset, reads[0]!);
  return (root, accs, s) => {
    writer.clear();
    const column = item.column();
    let values = 0;
    walk(root, (slot, times) => {
      for (let n = 0; n < times; n++) writeColumnCell(writer, item.type, column, slot);
      values += times;
    });
    writer.u8(0);
    leave(accs, s, values);
  };
}

function collectedJson(call: AggregateCall, multiset: Multiset): OrderedResult {
  const reads = call.reads!;
  const walk = groupWalk(call, multiset, reads);
  const { type, column } = readOf(multiset, reads[0]!);
  const strict = call.fn === 'jsonb_agg_strict';
  return (root, accs, s) => {
    const items: JsonValue[] = [];
    let rows = 0;
    walk(root, (slot, times) => {
      const value = valueAt(column(), slot, type);
      const json = jsonOfValue(value, type);
      rows += times;
      for (let n = 0; n < times && !(strict && value === null); n++) items.push(json);
    });
    writer.clear();
    writeJson(writer, items);
    leave(accs, s, rows);
  };
}

/** Of members with one name the last one stays. A strict one leaves out members of NULL, and is `{}` where nothing is left. */
function collectedMembers(call: AggregateCall, multiset: Multiset): OrderedResult {
  const reads = call.reads!;
  const walk = groupWalk(call, multiset, reads);
  const [name, value] = reads.map((index) => readOf(multiset, index)) as [Read, Read];
  const strict = call.fn === 'jsonb_object_agg_strict';
  return (root, accs, s) => {
    const members: [string, JsonValue][] = [];
    let nameless = false;
    let rows = 0;
    walk(root, (slot) => {
      rows++;
      const key = valueAt(name.column(), slot, name.type);
      const member = valueAt(value.column(), slot, value.type);
      if (key === null) nameless = true;
      else if (member !== null || !strict)
        members.push([memberName(key, name.type), jsonOfValue(member, value.type)]);
    });
    writer.clear();
    writeJson(writer, jsonObject(members));
    leave(accs, s, rows);
    if (nameless) accs[1]!.values[s] = NAMELESS;
  };
}
