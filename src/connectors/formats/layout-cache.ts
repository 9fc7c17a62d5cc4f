// The few layouts that a source's records have, most recently used first. A layout is learned from a record that none of
// them fits, at the 1st, 2nd, 4th, 8th … such record: input without any regularity costs a logarithmic number of
// compilations, input whose layout changes is fast again soon.

import type { ColumnSlot } from './column-slot.ts';
import type { LayoutReader } from './json-codegen.ts';
import { compileLayout } from './json-codegen.ts';
import type { Layout } from './json-layout.ts';
import { learnLayout, sameLayout } from './json-layout.ts';
import type { KeyTable } from './json-members.ts';

const MAX_LAYOUTS = 4;
/** After so many records in a row that fitted, misses count from the start again. */
const FORGIVING = 1000;

interface Known {
  readonly layout: Layout;
  readonly read: LayoutReader;
}

export class LayoutCache {
  private readonly keys: KeyTable;
  private readonly slots: readonly ColumnSlot[];
  private readonly entries: Known[] = [];
  private misses = 0;
  private hits = 0;

  constructor(keys: KeyTable, slots: readonly ColumnSlot[]) {
    this.keys = keys;
    this.slots = slots;
  }

  get size(): number {
    return this.entries.length;
  }

  known(): readonly Layout[] {
    return this.entries.map((entry) => entry.layout);
  }

  reader(index: number): LayoutReader {
    return this.entries[index]!.read;
  }

  /** The layout at `index` fitted: it will be tried first. */
  promote(index: number): void {
    const entry = this.entries[index]!;
    for (let i = index; i > 0; i--) this.entries[i] = this.entries[i - 1]!;
    this.entries[0] = entry;
  }

  /** Some records fitted since the last miss. */
  hit(): void {
    if (++this.hits >= FORGIVING) this.misses = this.hits = 0;
  }

  /** The valid document `b[s … e)` fitted no layout. */
  miss(b: Uint8Array, s: number, e: number): void {
    this.misses++;
    if ((this.misses & (this.misses - 1)) !== 0) return;
    const layout = learnLayout(b, s, e, this.keys);
    if (layout === undefined || this.entries.some((entry) => sameLayout(entry.layout, layout))) return;
    if (this.entries.length === MAX_LAYOUTS) this.entries.pop();
    this.entries.unshift({ layout, read: compileLayout(layout, this.slots) });
  }
}
