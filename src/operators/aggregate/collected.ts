// array_agg, jsonb_agg and jsonb_object_agg: the values of a group in order, NULLs among them, as one tree.

import type { Column } from '../../data/column.ts';
import { writeColumnCell } from '../../data/tree/column-cells.ts';
import type { JsonValue } from '../../data/tree/json.ts';
import { jsonObject, writeJson } from '../../data/tree/json.ts';
import { TreeWriter } from '../../data/tree/writer.ts';
import type { SqlType } from '../../data/types.ts';
import { valueAt } from '../../data/value.ts';
import { jsonOfValue, memberName } from '../../expr/runtime/to-json.ts';
import type { AggregateCall, AggregateFunction } from '../../physical/graph.ts';
import type { Accumulator } from '../../state/accumulator.ts';
import type { OrderedResult } from './accumulated.ts';
import { groupWalk } from './group-walk.ts';
import type { Multiset } from './multiset.ts';

/** What the last accumulator says of the others: there is a value; a member of it has no name; it failed. 0: NULL. */
export const COLLECTED = 1;
export const NAMELESS = 2;
export const FAILED = 3;

/** Rows in order, each as often as it counts. */
export type Walk = (visit: (slot: number, times: number) => void) => void;

/** A column of the rows, as it is when it is asked for. */
export interface Read {
  readonly type: SqlType;
  readonly column: () => Column;
}

/** Leaves what the rows of a walk come to in entry `s`. */
export type Collector = (walk: Walk, accs: readonly Accumulator[], s: number) => void;

/** `reads`: the arguments. */
export function collector(fn: AggregateFunction, reads: readonly Read[]): Collector {
  switch (fn) {
    case 'array_agg':
      return arrayOf(reads[0]!);
    case 'jsonb_agg':
    case 'jsonb_agg_strict':
      return jsonOf(reads[0]!, fn === 'jsonb_agg_strict');
    default:
      return membersOf(reads[0]!, reads[1]!, fn === 'jsonb_object_agg_strict');
  }
}

export function collected(call: AggregateCall, multiset: Multiset): OrderedResult {
  const reads = call.reads!;
  const walk = groupWalk(call, multiset, reads);
  const collect = collector(
    call.fn,
    reads.map((index) => ({ type: multiset.type(index), column: () => multiset.column(index) })),
  );
  return (root, accs, s) => collect((visit) => walk(root, visit), accs, s);
}

const writer = new TreeWriter();

function leave(accs: readonly Accumulator[], s: number, values: number): void {
  accs[0]!.values[s] = (values === 0 ? undefined : writer.finish())!;
  accs[1]!.values[s] = values === 0 ? 0 : COLLECTED;
}

function arrayOf(item: Read): Collector {
  return (walk, accs, s) => {
    writer.clear();
    const column = item.column();
    let values = 0;
    walk((slot, times) => {
      for (let n = 0; n < times; n++) writeColumnCell(writer, item.type, column, slot);
      values += times;
    });
    writer.u8(0);
    leave(accs, s, values);
  };
}

function jsonOf({ type, column }: Read, strict: boolean): Collector {
  return (walk, accs, s) => {
    const items: JsonValue[] = [];
    let rows = 0;
    walk((slot, times) => {
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
function membersOf(name: Read, value: Read, strict: boolean): Collector {
  return (walk, accs, s) => {
    const members: [string, JsonValue][] = [];
    let nameless = false;
    let rows = 0;
    walk((slot) => {
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
