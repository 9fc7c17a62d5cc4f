// The row of a group: its keys, its calls, then what GROUPING(…) says of it.

import { INTEGER } from '../data/types.ts';
import { ownColumn } from '../expr/outer.ts';
import type { BoundColumn, BoundGroup } from './bound.ts';

/** `from`: the columns that keys are bound to. */
export function groupColumns(group: BoundGroup, from: readonly BoundColumn[]): readonly BoundColumn[] {
  const { keys, keyNames, calls, groupings } = group;
  const keyColumns = keys.map((key, i): BoundColumn => {
    const always = groupings?.sets.every((set) => set.includes(i)) ?? true;
    return {
      name: keyNames[i]!,
      type: key.type,
      nullable: key.nullable || !always,
      time: always ? (from[ownColumn(key) ?? -1]?.time ?? null) : null,
    };
  });
  const callColumns = calls.map(({ name, type, nullable }) => ({ name, type, nullable, time: null }));
  const groupingColumns = (groupings?.calls ?? []).map(() => {
    return { name: 'grouping', type: INTEGER, nullable: false, time: null };
  });
  return [...keyColumns, ...callColumns, ...groupingColumns];
}
