// Values of binary formats that are made one by one, put into their columns.

import type { Value } from '../../data/value.ts';
import type { ColumnSlot } from './column-slot.ts';
import { storeValue } from './natural-values.ts';
import { NOT_NULL, OK } from './rejection.ts';
import { failureCode } from './value-failure.ts';

/** Makes a value of what `from` stands at and puts it into a row: OK, or the code of why not. */
export type Store<From> = (slot: ColumnSlot, row: number, from: From) => number;

export function storing<From>(read: (from: From) => Value): Store<From> {
  return (slot, row, from) => {
    try {
      const value = read(from);
      if (value !== null) storeValue(slot, row, value);
      else if (slot.notNull) return NOT_NULL;
      else slot.setNull(row);
      return OK;
    } catch (error) {
      return failureCode(error, slot.type);
    }
  };
}
