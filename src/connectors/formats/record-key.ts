// The key of a record as the values of primary key columns: a JSON object with a member for each of them (other members are passed
// over), or, for one column, its bare JSON value. Debezium may wrap the object as {"schema": …, "payload": {…}}.

import type { ColumnSlot } from './column-slot.ts';
import { convert } from './json-convert.ts';
import { KeyTable, MemberLocator } from './json-members.ts';
import { skipSpace, skipValue } from './json-scan.ts';
import { BAD_KEY, NO_KEY, OK } from './rejection.ts';

const BRACE = 0x7b;

export class RecordKey {
  /** Of the columns of the key, in its order. */
  private readonly slots: readonly ColumnSlot[];
  private readonly members: MemberLocator;

  constructor(slots: readonly ColumnSlot[]) {
    this.slots = slots;
    const names = [...slots.map((slot) => slot.name), 'payload'];
    this.members = new MemberLocator(new KeyTable(names), names.length);
  }

  /** Fills row `row` from the key `b[s … e)` (s < 0: there is none): OK, or why not. */
  read(b: Uint8Array, s: number, e: number, row: number): number {
    if (s < 0) return NO_KEY;
    const start = skipSpace(b, s, e);
    return start < e && b[start] === BRACE ? this.readObject(b, s, e, row) : this.readBare(b, start, e, row);
  }

  private readObject(b: Uint8Array, s: number, e: number, row: number): number {
    const code = this.members.locate(b, s, e);
    if (code !== OK) return BAD_KEY;
    const payload = this.members.at[this.slots.length]!;
    if (payload >= 0 && b[payload] === BRACE && this.members.at[0]! < 0)
      return this.readObject(b, payload, this.members.to[this.slots.length]!, row);
    for (let k = 0; k < this.slots.length; k++) {
      const at = this.members.at[k]!;
      if (at < 0 || convert(this.slots[k]!, row, b, at, this.members.to[k]!) !== OK) return BAD_KEY;
    }
    return OK;
  }

  private readBare(b: Uint8Array, start: number, e: number, row: number): number {
    if (this.slots.length !== 1 || start >= e) return BAD_KEY;
    const end = skipValue(b, start, e, 0);
    if (end < 0 || skipSpace(b, end, e) !== e) return BAD_KEY;
    return convert(this.slots[0]!, row, b, start, end) === OK ? OK : BAD_KEY;
  }
}
