// The single values of a field that may come several times, packed or not.

import { skipVarint } from './binary-values.ts';
import type { ProtoField } from './proto-schema.ts';
import { BYTES, isPackable, NARROW, Occurrences, WIDE, wireOf } from './proto-wire.ts';
import { NOT_PROTOBUF } from './rejection.ts';
import { ValueFailure } from './value-failure.ts';

/** Calls `each` with the place of every single value, which is lent. Throws a ValueFailure. */
export function eachItem(field: ProtoField, found: Occurrences, each: (item: Occurrences) => void): void {
  const item = new Occurrences();
  item.depth = found.depth;
  const visit = (wire: number, start: number, end: number): void => {
    item.open(found.b, found.v);
    item.wires[0] = wire;
    item.starts[0] = start;
    item.ends[0] = end;
    item.count = 1;
    each(item);
  };
  const wire = wireOf(field);
  for (let i = 0; i < found.count; i++) {
    const [start, end] = [found.starts[i]!, found.ends[i]!];
    if (found.wires[i] !== BYTES || !isPackable(field)) visit(wire, start, end);
    else eachPacked(wire, found.b, start, end, visit);
  }
}

function eachPacked(
  wire: number,
  b: Uint8Array,
  start: number,
  end: number,
  visit: (wire: number, start: number, end: number) => void,
): void {
  for (let p = start; p < end;) {
    const next = wire === WIDE ? p + 8 : wire === NARROW ? p + 4 : skipVarint(b, p, end);
    if (next < 0 || next > end) throw new ValueFailure(NOT_PROTOBUF);
    visit(wire, p, next);
    p = next;
  }
}
