// The code that takes single numbers, texts and bytes of Protocol Buffers straight from a record into a column. What converts is decided by
// the same rules as in natural-values.ts; what is not here is read by proto-fields.ts.

import { rowOf } from './avro-lines.ts';
import type { ColumnSlot } from './column-slot.ts';
import type { Constants } from './generated-reader.ts';
import type { ProtoEnum, ProtoField, ProtoScalar } from './proto-schema.ts';
import { NOT_PROTOBUF, OUT_OF_RANGE } from './rejection.ts';

/** A varint into x (low word) and y (high word). */
const READ_VARINT = [
  'x = b[p];',
  'if (x < 128) { p++; y = 0; }',
  'else if ((n = b[p + 1]) < 128) { p += 2; x = (x & 127) | (n << 7); y = 0; }',
  `else { p = readVarint(b, p, e); if (p < 0) return ${NOT_PROTOBUF}; x = reg.lo; y = reg.hi; }`,
];

/** Bytes: q to p. */
const READ_BYTES = [
  ...READ_VARINT,
  `if (y !== 0 || x < 0 || p + x > e) return ${NOT_PROTOBUF};`,
  'q = p;',
  'p += x;',
];

export const READ_TAG = [
  't = b[p];',
  'if (t < 128) p++;',
  'else if ((n = b[p + 1]) < 128) { t = (t & 127) | (n << 7); p += 2; }',
  `else { p = readVarint(b, p, e); if (p < 0 || reg.hi !== 0) return ${NOT_PROTOBUF}; t = reg.lo >>> 0; }`,
];

function fixed(size: 4 | 8): string[] {
  const check = `if (p + ${size} > e) return ${NOT_PROTOBUF};`;
  return size === 4
    ? [check, 'x = v.getInt32(p, true);', 'p += 4;']
    : [check, 'x = v.getInt32(p, true);', 'y = v.getInt32(p + 4, true);', 'p += 8;'];
}

/** Whole numbers as two words, as they are kept: what is unsigned and beyond 2^63 has a negative y. */
const INTEGER_LINES: Partial<Record<ProtoScalar, readonly string[]>> = {
  int32: [...READ_VARINT, 'y = x >> 31;'],
  uint32: [...READ_VARINT, 'y = 0;'],
  sint32: [...READ_VARINT, 'x = (x >>> 1) ^ -(x & 1);', 'y = x >> 31;'],
  fixed32: [...fixed(4), 'y = 0;'],
  sfixed32: [...fixed(4), 'y = x >> 31;'],
  int64: READ_VARINT,
  uint64: READ_VARINT,
  sint64: [...READ_VARINT, 'n = -(x & 1);', 'x = ((x >>> 1) | (y << 31)) ^ n;', 'y = (y >>> 1) ^ n;'],
  fixed64: fixed(8),
  sfixed64: fixed(8),
};

const NARROW_SIGNED: readonly string[] = ['int32', 'sint32', 'sfixed32'];

/** Lines that read the value at `p` into column `c` and set `h<c>`; undefined: it is not read in this way. */
export function directLines(
  field: ProtoField,
  slot: ColumnSlot,
  c: number,
  constants: Constants,
): string[] | undefined {
  if (field.shape !== 'one' || field.group) return undefined;
  const { type } = field;
  switch (type.kind) {
    case 'message':
      return undefined;
    case 'enum':
      return slot.type.kind === 'text' ? enumLines(type, slot, c, constants) : undefined;
    case 'bool':
      if (slot.type.kind !== 'boolean') return undefined;
      return [...READ_VARINT, `s${c}.bool[${rowOf(slot)}] = (x | y) !== 0 ? 1 : 0;`, `h${c} = 1;`];
    case 'float':
    case 'double':
      return floatLines(type.kind, slot, c);
    case 'string':
      return slot.type.kind === 'text'
        ? sliceLines(slot, c, ['n = checkText(b, v, q, p);', failing('n !== 0', c, 'n')])
        : undefined;
    case 'bytes':
      return slot.type.kind === 'bytea' ? sliceLines(slot, c, []) : undefined;
    default:
      return integerLines(type.kind, slot, c);
  }
}

/** Ends the record with a reject code for column `c`, when `condition`; the value stands in b[q … p). */
function failing(condition: string, c: number, code: number | string): string {
  return `if (${condition}) { fail.column = ${c}; fail.from = q; fail.to = p; return ${code}; }`;
}

function integerLines(kind: ProtoScalar, slot: ColumnSlot, c: number): string[] | undefined {
  const row = rowOf(slot);
  const isUnsigned = kind === 'uint64' || kind === 'fixed64';
  const beyond = isUnsigned ? 'y < 0 || ' : '';
  const read = ['q = p;', ...INTEGER_LINES[kind]!];
  const there = `h${c} = 1;`;
  switch (slot.type.kind) {
    case 'smallint':
    case 'integer':
      if (isUnsigned) return undefined;
      return [
        ...read,
        failing(
          slot.type.kind === 'integer' ? 'y !== x >> 31' : 'y !== x >> 31 || x !== x << 16 >> 16',
          c,
          OUT_OF_RANGE,
        ),
        `s${c}.i32[${row}] = x;`,
        there,
      ];
    case 'bigint':
      return [
        ...read,
        ...(isUnsigned ? [failing(`${beyond}false`, c, OUT_OF_RANGE)] : []),
        `s${c}.words[2 * ${row}] = x;`,
        `s${c}.words[2 * ${row} + 1] = y;`,
        there,
      ];
    case 'double':
      return NARROW_SIGNED.includes(kind) ? [...read, `s${c}.f64[${row}] = x;`, there] : undefined;
    case 'numeric': {
      const store = isUnsigned ? 'storeUnsigned' : 'storeInteger';
      return [...read, `n = ${store}(s${c}, ${row}, x, y);`, failing('n !== 0', c, 'n'), there];
    }
    default:
      return undefined;
  }
}

function floatLines(kind: 'float' | 'double', slot: ColumnSlot, c: number): string[] | undefined {
  const fits = slot.type.kind === 'double' || (slot.type.kind === 'real' && kind === 'float');
  if (!fits) return undefined;
  const [size, getter] = kind === 'float' ? [4, 'getFloat32'] : [8, 'getFloat64'];
  return [
    `if (p + ${size} > e) return ${NOT_PROTOBUF};`,
    `s${c}.f64[${rowOf(slot)}] = v.${getter}(p, true);`,
    `p += ${size};`,
    `h${c} = 1;`,
  ];
}

function sliceLines(slot: ColumnSlot, c: number, check: readonly string[]): string[] {
  const row = rowOf(slot);
  return [...READ_BYTES, ...check, `s${c}.start[${row}] = q;`, `s${c}.end[${row}] = p;`, `h${c} = 1;`];
}

/** A number without a name is itself, or, of a closed enumeration, nothing. */
function enumLines(
  { symbols, closed }: ProtoEnum,
  slot: ColumnSlot,
  c: number,
  constants: Constants,
): string[] {
  const encoder = new TextEncoder();
  const texts = constants.add(
    new Map([...symbols].map(([number, symbol]) => [number, encoder.encode(symbol)])),
  );
  return [
    ...READ_VARINT,
    `n = ${texts}.get(x | 0);`,
    `if (n !== undefined) { storeText(s${c}, ${rowOf(slot)}, n); h${c} = 1; }`,
    ...(closed ? [] : [`else { storeText(s${c}, ${rowOf(slot)}, utf8(String(x | 0))); h${c} = 1; }`]),
  ];
}

/** What an absent field without presence is, of those that `directLines` reads: zero, false, empty. */
export function zeroLines(slot: ColumnSlot, c: number): string[] {
  const row = rowOf(slot);
  switch (slot.column.layout) {
    case 'bool':
      return [`s${c}.bool[${row}] = 0;`];
    case 'i32':
      return [`s${c}.i32[${row}] = 0;`];
    case 'f64':
      return [`s${c}.f64[${row}] = 0;`];
    case 'i64':
      return [`s${c}.words[2 * ${row}] = 0;`, `s${c}.words[2 * ${row} + 1] = 0;`];
    case 'numeric':
      return [`storeInteger(s${c}, ${row}, 0, 0);`];
    default:
      return [`s${c}.start[${row}] = s${c}.end[${row}] = e;`];
  }
}
