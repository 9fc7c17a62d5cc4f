// What the task keeps of any state table: it takes the changes of an epoch as a part of a segment, and gives parts back.

import type { KeyGroupRange } from './key-groups.ts';
import type { Slots } from './slots.ts';
import type { TableDelta, TableRows } from './segment.ts';

export interface StateTable {
  /** Identity across restarts. */
  readonly fingerprint: string;
  readonly slots: Slots;
  hasChanges(): boolean;
  /** What the epoch changed. */
  delta(): TableDelta;
  /** Everything that is there; or in some key groups, in place of what was stored of them. */
  snapshot(groups?: KeyGroupRange): TableDelta;
  /** Forgets which changes were the epoch's; what the epoch removed is void from now on. */
  endEpoch(): void;
  /** Applies a part of a segment, in the order of epochs. */
  load(rows: TableRows): void;
  /** Memory held, by capacity. */
  bytes(): number;
}
