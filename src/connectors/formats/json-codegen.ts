// Writes the reader of one layout: compares the bytes between the values in place, four at a time, and takes each value from
// bytes to its typed array in line. It only ever succeeds on what it fully understands; at the first byte that is otherwise it
// returns, and the exact reading decides. So it need not explain anything, only never be wrong.
//
// Nothing of a document or a schema gets into the text but numbers: bytes of the layout and indexes of columns.

import { fastDate, fastTimestamp } from './datetime-values.ts';
import type { ColumnSlot } from './column-slot.ts';
import { convertNull, fastBoolean, oddValue } from './json-convert.ts';
import type { Layout } from './json-layout.ts';
import { plainString, skipValue } from './json-scan.ts';
import { fastDouble, fastInt32, fastInt64, fastNumeric } from './number-values.ts';
import { OK } from './rejection.ts';

/**
 * Decodes records from `i` on into rows from `row` on, as long as they have the layout; returns the first record that was not
 * decoded. `progress.row` is then the next row.
 */
export type LayoutReader = (
  slots: readonly ColumnSlot[],
  progress: { row: number },
  recordIndex: Int32Array,
  b: Uint8Array,
  v: DataView,
  starts: Int32Array,
  ends: Int32Array,
  i: number,
  to: number,
) => number;

const LIBRARY = {
  convertNull: (slot: ColumnSlot, row: number): boolean => convertNull(slot, row) === OK,
  oddValue,
  plainString,
  skipValue,
  fastBoolean,
  fastDate,
  fastDouble,
  fastInt32,
  fastInt64,
  fastNumeric,
  fastTimestamp,
};

export function compileLayout(layout: Layout, slots: readonly ColumnSlot[]): LayoutReader {
  return new Function('lib', generateLayout(layout, slots))(LIBRARY) as LayoutReader;
}

export function generateLayout(layout: Layout, slots: readonly ColumnSlot[]): string {
  const lines: string[] = [`const { ${Object.keys(LIBRARY).join(', ')} } = lib;`];
  lines.push('return function readLayout(slots, progress, recordIndex, b, v, starts, ends, i, to) {');
  lines.push('  const last = b.length - 8;');
  lines.push('  let row = progress.row, p = 0, q = 0, x = 0, y = 0, m = 0, n = 0, d = 0;');
  slots.forEach((slot, c) => lines.push(...slotLocals(slot, c)));
  lines.push('  for (; i < to; i++) {');
  lines.push('    p = starts[i];');
  lines.push('    const e = ends[i];');
  lines.push('    if (p < 0) break;');
  const present = new Set<number>();
  for (const member of layout.members) {
    lines.push(...matchBytes(member.before));
    const slot = slots[member.column];
    if (slot === undefined) lines.push(...skipUnknown());
    else lines.push(...readValue(slot, member.column));
    present.add(member.column);
  }
  lines.push(...matchBytes(layout.tail), '    if (p !== e) break;');
  slots.forEach((slot, c) => {
    if (!present.has(c)) lines.push(`    if (!convertNull(s${c}, ${rowOf(slot)})) break;`);
  });
  lines.push('    recordIndex[row++] = i;', '  }', '  progress.row = row;', '  return i;', '};');
  return lines.join('\n') + '\n';
}

/** A column that is only checked writes to the one row that its slot has. */
function rowOf(slot: ColumnSlot): string {
  return slot.projected ? 'row' : '0';
}

function slotLocals(slot: ColumnSlot, c: number): string[] {
  const lines = [`  const s${c} = slots[${c}];`];
  if (slot.type.kind === 'text' && slot.projected)
    lines.push(`  const start${c} = s${c}.start, end${c} = s${c}.end;`);
  if (slot.type.kind === 'bigint') lines.push(`  const words${c} = s${c}.words;`);
  if (slot.type.kind === 'integer') lines.push(`  const values${c} = s${c}.i32;`);
  return lines;
}

/** The next bytes must be exactly these. The first test keeps every load within the document. */
function matchBytes(bytes: Uint8Array): string[] {
  const n = bytes.length;
  if (n === 0) return [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, n);
  const tests = [`p + ${n} > e`];
  if (n < 4) bytes.forEach((byte, i) => tests.push(`b[p + ${i}] !== ${byte}`));
  else {
    for (let i = 0; i + 4 <= n; i += 4)
      tests.push(`v.getInt32(p + ${i}, true) !== ${view.getInt32(i, true)}`);
    if (n % 4 !== 0) tests.push(`v.getInt32(p + ${n - 4}, true) !== ${view.getInt32(n - 4, true)}`);
  }
  return [`    if (${tests.join(' || ')}) break;`, `    p += ${n};`];
}

/** Which of the four bytes no plain ASCII string holds, as their top bits. */
const ending = (x: string): string =>
  `(((${x} ^ 0x22222222) - 0x01010101) | ((${x} ^ 0x5c5c5c5c) - 0x01010101) | (${x} - 0x20202020) | ${x}) & 0x80808080`;

/**
 * Moves `p` from behind an opening quote to the first byte that a plain ASCII string does not hold: eight bytes at a time, after
 * Mycroft's test for a zero byte. The lowest flagged byte is always right (a borrow only spoils those above it).
 */
const SCAN_STRING = [
  '      while (p <= last) {',
  '        x = v.getInt32(p, true);',
  '        y = v.getInt32(p + 4, true);',
  `        m = ${ending('x')};`,
  `        n = ${ending('y')};`,
  '        if ((m | n) !== 0) {',
  '          p += m !== 0 ? (31 - Math.clz32(m & -m)) >>> 3 : 4 + ((31 - Math.clz32(n & -n)) >>> 3);',
  '          break;',
  '        }',
  '        p += 8;',
  '      }',
];

/** Any value, checked and forgotten. */
function skipUnknown(): string[] {
  return [
    '    if (b[p] === 34) {',
    '      q = p++;',
    ...SCAN_STRING,
    '      if (b[p] === 34) p++;',
    '      else { p = skipValue(b, q, e, 1); if (p < 0) break; }',
    '    } else { p = skipValue(b, p, e, 1); if (p < 0) break; }',
  ];
}

function readValue(slot: ColumnSlot, c: number): string[] {
  const row = rowOf(slot);
  const odd = `p = oddValue(s${c}, ${row}, b, q, e); if (p < 0) break;`;
  switch (slot.type.kind) {
    case 'text':
      return [
        '    q = p;',
        '    if (b[p++] === 34) {',
        ...SCAN_STRING,
        `      if (b[p] !== 34) p = plainString(b, p, e);`,
        slot.projected
          ? `      if (p >= 0) { start${c}[row] = q + 1; end${c}[row] = p++; } else { ${odd} }`
          : `      if (p >= 0) p++; else { ${odd} }`,
        `    } else { ${odd} }`,
      ];
    case 'bigint':
      return shortInteger(c, odd, 'fastInt64', row, [
        `words${c}[2 * ${row}] = m;`,
        `words${c}[2 * ${row} + 1] = m >> 31;`,
      ]);
    case 'integer':
      return shortInteger(c, odd, 'fastInt32', row, [`values${c}[${row}] = m;`]);
    case 'real':
    case 'varchar':
    case 'bytea':
    case 'uuid':
    case 'time':
    case 'interval':
    case 'jsonb':
    case 'array':
    case 'row':
      return [`    q = p;`, `    ${odd}`];
    default:
      return [
        `    q = p;`,
        `    p = ${reader(slot.type.kind)}(s${c}, ${row}, b, p);`,
        `    if (p < 0) { ${odd} }`,
      ];
  }
}

/** At most nine digits without a sign in line, where most identifiers, counts and prices end; the rest by a call. */
function shortInteger(c: number, odd: string, long: string, row: string, store: readonly string[]): string[] {
  return [
    '    q = p;',
    '    m = b[p] ^ 48;',
    '    if (m >= 1 && m <= 9) {',
    '      p++;',
    '      while ((d = b[p] ^ 48) <= 9 && p < q + 9) { m = (m * 10 + d) | 0; p++; }',
    '    } else { d = 0; }',
    `    if (d > 9 && b[p] !== 46 && (b[p] | 32) !== 101) { ${store.join(' ')} }`,
    `    else { p = ${long}(s${c}, ${row}, b, q); if (p < 0) { ${odd} } }`,
  ];
}

function reader(
  kind: 'boolean' | 'smallint' | 'double' | 'numeric' | 'date' | 'timestamp' | 'timestamptz',
): string {
  switch (kind) {
    case 'boolean':
      return 'fastBoolean';
    case 'smallint':
      return 'fastInt32';
    case 'double':
      return 'fastDouble';
    case 'numeric':
      return 'fastNumeric';
    case 'date':
      return 'fastDate';
    case 'timestamp':
    case 'timestamptz':
      return 'fastTimestamp';
  }
}
