// Lines that the generated readers of Avro are made of.

import type { ColumnSlot } from './column-slot.ts';
import { NOT_AVRO } from './rejection.ts';

/** A long into x (low word) and y (high word); two bytes in line, where most end. */
export const READ_LONG = [
  'x = b[p];',
  'if (x < 128) { p++; x = (x >>> 1) ^ -(x & 1); y = x >> 31; }',
  'else if ((n = b[p + 1]) < 128) { p += 2; x = (x & 127) | (n << 7); x = (x >>> 1) ^ -(x & 1); y = x >> 31; }',
  `else { p = readLong(b, p, e); if (p < 0) return ${NOT_AVRO}; x = reg.lo; y = reg.hi; }`,
];

/** The length of bytes into x. */
export const READ_LENGTH = [...READ_LONG, `if (y !== 0 || x < 0 || p + x > e) return ${NOT_AVRO};`];

/** A column that is only checked writes to the one row that its slot has. */
export function rowOf(slot: ColumnSlot): string {
  return slot.projected ? 'row' : '0';
}
