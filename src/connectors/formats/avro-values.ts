// The code that takes single values of Avro straight from a record into a column. What converts is decided by the same rules as in
// natural-values.ts, and docs/formats.md has the table; what is not here is read by avro-fields.ts.

import type { AvroLogical, AvroType } from './avro-schema.ts';
import { READ_LENGTH, READ_LONG, rowOf } from './avro-lines.ts';
import type { ColumnSlot } from './column-slot.ts';
import type { Constants } from './generated-reader.ts';
import { NOT_AVRO, OUT_OF_RANGE } from './rejection.ts';

const MAX_SCALE = 16_383;
const FIRST_DAY = -2440588;
const LAST_DAY = 2145042905;

/** Lines that read a value of `type` at `p` into column `c`; undefined: the column cannot take it. */
export function readValue(
  type: AvroType,
  slot: ColumnSlot,
  c: number,
  constants: Constants,
): string[] | undefined {
  const row = rowOf(slot);
  switch (type.kind) {
    case 'boolean':
      if (slot.type.kind !== 'boolean') return undefined;
      return ['x = b[p++];', `if (x !== 0 && x !== 1) return ${NOT_AVRO};`, `s${c}.bool[${row}] = x;`];
    case 'int':
      return type.logical === null ? readInteger(slot, c, true) : readTime(type.logical, slot, c, true);
    case 'long':
      return type.logical === null ? readInteger(slot, c, false) : readTime(type.logical, slot, c, false);
    case 'float':
      if (slot.type.kind !== 'double' && slot.type.kind !== 'real') return undefined;
      return floating(c, row, 4, 'getFloat32');
    case 'double':
      return slot.type.kind === 'double' ? floating(c, row, 8, 'getFloat64') : undefined;
    case 'string':
      return slot.type.kind === 'text' ? readText(c, slot) : undefined;
    case 'enum':
      return slot.type.kind === 'text' ? readSymbol(type.symbols, c, slot, constants) : undefined;
    case 'bytes':
      return readBytes(type.logical, slot, c, [...READ_LENGTH]);
    case 'fixed':
      if (type.logical?.kind === 'duration') return readDuration(slot, c);
      return readBytes(type.logical, slot, c, [`x = ${type.size};`, `if (p + x > e) return ${NOT_AVRO};`]);
    default:
      return undefined;
  }
}

/** Ends the record with a reject code for column `c`, when `condition`; the value stands in b[q … p). */
function failing(condition: string, c: number, code: number | string): string {
  return `if (${condition}) { fail.column = ${c}; fail.from = q; fail.to = p; return ${code}; }`;
}

function readInteger(slot: ColumnSlot, c: number, isInt: boolean): string[] | undefined {
  const row = rowOf(slot);
  const read = ['q = p;', ...READ_LONG, ...(isInt ? [`if (y !== x >> 31) return ${NOT_AVRO};`] : [])];
  switch (slot.type.kind) {
    case 'smallint':
      return [
        ...read,
        failing('y !== x >> 31 || x !== x << 16 >> 16', c, OUT_OF_RANGE),
        `s${c}.i32[${row}] = x;`,
      ];
    case 'integer':
      return [
        ...read,
        ...(isInt ? [] : [failing('y !== x >> 31', c, OUT_OF_RANGE)]),
        `s${c}.i32[${row}] = x;`,
      ];
    case 'bigint':
      return [...read, `s${c}.words[2 * ${row}] = x;`, `s${c}.words[2 * ${row} + 1] = y;`];
    case 'double':
      return isInt ? [...read, `s${c}.f64[${row}] = x;`] : undefined;
    case 'numeric':
      return [...read, `n = storeInteger(s${c}, ${row}, x, y);`, failing('n !== 0', c, 'n')];
    default:
      return undefined;
  }
}

function readTime(logical: AvroLogical, slot: ColumnSlot, c: number, isInt: boolean): string[] | undefined {
  const row = rowOf(slot);
  const read = ['q = p;', ...READ_LONG, ...(isInt ? [`if (y !== x >> 31) return ${NOT_AVRO};`] : [])];
  const stored = (micros: number): string[] => [
    ...read,
    `n = storeTime(s${c}, ${row}, x, y, ${micros});`,
    failing('n !== 0', c, 'n'),
  ];
  switch (logical.kind) {
    case 'date':
      if (slot.type.kind !== 'date') return undefined;
      return [
        ...read,
        failing(`x < ${FIRST_DAY} || x > ${LAST_DAY}`, c, OUT_OF_RANGE),
        `s${c}.i32[${row}] = x;`,
      ];
    case 'timestamp-millis':
      return slot.type.kind === 'timestamptz' ? stored(1000) : undefined;
    case 'timestamp-micros':
      return slot.type.kind === 'timestamptz' ? stored(1) : undefined;
    case 'local-timestamp-millis':
      return slot.type.kind === 'timestamp' ? stored(1000) : undefined;
    case 'local-timestamp-micros':
      return slot.type.kind === 'timestamp' ? stored(1) : undefined;
    default:
      return undefined;
  }
}

function floating(c: number, row: string, size: number, getter: string): string[] {
  return [
    `if (p + ${size} > e) return ${NOT_AVRO};`,
    `s${c}.f64[${row}] = v.${getter}(p, true);`,
    `p += ${size};`,
  ];
}

function readText(c: number, slot: ColumnSlot): string[] {
  const row = rowOf(slot);
  return [
    ...READ_LENGTH,
    'q = p;',
    'p += x;',
    'n = checkText(b, v, q, p);',
    failing('n !== 0', c, 'n'),
    `s${c}.start[${row}] = q;`,
    `s${c}.end[${row}] = p;`,
  ];
}

function readSymbol(symbols: readonly string[], c: number, slot: ColumnSlot, constants: Constants): string[] {
  const list = constants.add(symbols.map((symbol) => new TextEncoder().encode(symbol)));
  return [
    ...READ_LONG,
    `if (y !== 0 || x < 0 || x >= ${symbols.length}) return ${NOT_AVRO};`,
    `storeText(s${c}, ${rowOf(slot)}, ${list}[x]);`,
  ];
}

/** Bytes whose number `x` has been read: as they are, or a decimal. */
function readBytes(
  logical: AvroLogical | null,
  slot: ColumnSlot,
  c: number,
  length: readonly string[],
): string[] | undefined {
  const row = rowOf(slot);
  if (logical === null && slot.type.kind === 'bytea')
    return [...length, `s${c}.start[${row}] = p;`, 'p += x;', `s${c}.end[${row}] = p;`];
  if (logical?.kind !== 'decimal' || logical.scale > MAX_SCALE || slot.type.kind !== 'numeric')
    return undefined;
  return [
    ...length,
    'q = p;',
    'p += x;',
    `if (x === 0) return ${NOT_AVRO};`,
    `n = storeDecimalBytes(s${c}, ${row}, b, q, p, ${logical.scale});`,
    failing('n !== 0', c, 'n'),
  ];
}

/** Months, days and milliseconds, each 32 bits without a sign. */
function readDuration(slot: ColumnSlot, c: number): string[] | undefined {
  if (slot.type.kind !== 'interval') return undefined;
  const row = rowOf(slot);
  return [
    'q = p;',
    'p += 12;',
    `if (p > e) return ${NOT_AVRO};`,
    'x = v.getInt32(q, true);',
    'y = v.getInt32(q + 4, true);',
    failing('x < 0 || y < 0', c, OUT_OF_RANGE),
    `s${c}.i32[${row}] = x;`,
    `s${c}.days[${row}] = y;`,
    `storeSafeInteger(s${c}.words, ${row}, v.getUint32(q + 8, true) * 1000);`,
  ];
}
