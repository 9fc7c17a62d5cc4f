// Rows of a batch to JSON Lines: one object per row, keys in column order, exact values, generated per row shape. The same
// spellings that the decoder reads (docs/formats.md), so that what a sink wrote can be read back unchanged.

import type { Batch } from '../../data/batch.ts';
import type { Column } from '../../data/column.ts';
import { NUMERIC_WIDE } from '../../data/column.ts';
import { numericToText } from '../../data/numeric-text.ts';
import type { RowSchema, SqlType } from '../../data/types.ts';
import { valueAt } from '../../data/value.ts';
import type { ByteWriter } from './byte-writer.ts';
import { jsonText } from './json-values.ts';
import * as write from './json-write.ts';

export interface JsonEncoderOptions {
  /** The columns that are written: the first ones of the batches. */
  readonly columns: RowSchema;
  /** Adds `"_diff":1` or `"_diff":-1` to every row: for inputs whose rows may leave again. */
  readonly diffs: boolean;
}

export interface JsonEncoder {
  /** Appends the rows of `batch`, each ended by a line feed; `ends[i]` becomes the position in `out` behind row i. */
  encode(batch: Batch, out: ByteWriter, ends: Int32Array): void;
  readonly source: string;
}

type Generated = (
  columns: readonly Column[],
  words: readonly (Int32Array | null)[],
  diffs: Int32Array | null,
  rows: number,
  out: ByteWriter,
  ends: Int32Array,
  types: readonly SqlType[],
) => void;

const LIBRARY = { ...write, wideNumeric, cellJson };

export function compileJsonEncoder(options: JsonEncoderOptions): JsonEncoder {
  const source = generate(options);
  const generated = new Function('lib', source)(LIBRARY) as Generated;
  const count = options.columns.length;
  const types = options.columns.map((field) => field.type);
  return {
    source,
    encode: (batch, out, ends) => {
      const columns = batch.columns.slice(0, count);
      generated(columns, columns.map(wordsOf), batch.diffs, batch.rows, out, ends, types);
    },
  };
}

/** The types whose values are spelled one by one. */
const BY_VALUE: ReadonlySet<string> = new Set([
  'real',
  'varchar',
  'bytea',
  'uuid',
  'time',
  'jsonb',
  'array',
  'row',
]);

const encoder = new TextEncoder();

function cellJson(column: Column, row: number, type: SqlType): Uint8Array {
  return encoder.encode(jsonText(valueAt(column, row, type), type));
}

function wordsOf(column: Column): Int32Array | null {
  const values =
    column.layout === 'i64'
      ? column.values
      : column.layout === 'numeric'
        ? column.unscaled
        : column.layout === 'interval'
          ? column.micros
          : null;
  return values === null ? null : new Int32Array(values.buffer, values.byteOffset, values.length * 2);
}

/** Bytes that any value takes at most, text and wide numerics aside: numeric with 19 digits and a scale of 16,383 is the longest but is rare. */
const VALUE_BYTES = 64;

function generate({ columns, diffs }: JsonEncoderOptions): string {
  const keys = columns.map((field, c) =>
    literalBytes(`${c === 0 ? '{' : ','}${JSON.stringify(field.name)}:`),
  );
  const fixed = keys.reduce((sum, key) => sum + key.length + VALUE_BYTES, 64);
  const lines = [
    `const { ${Object.keys(LIBRARY).join(', ')} } = lib;`,
    'return function encodeRows(columns, words, diffs, rows, out, ends, types) {',
    '  let to = out.bytes, view = new DataView(to.buffer, to.byteOffset, to.byteLength);',
    '  let q = out.used, s = 0, e = 0, x = 0, y = 0, m = 0, n = 0;',
    ...columns.flatMap((field, c) => columnLocals(field.type, c)),
    '  for (let row = 0; row < rows; row++) {',
    ...columns.flatMap((field, c) => (BY_VALUE.has(field.type.kind) ? madeBefore(c) : [])),
    `    const room = ${[fixed, ...columns.flatMap((field, c) => roomOf(field.type, c))].join(' + ')};`,
    '    if (q + room > to.length) {',
    '      out.used = q;',
    '      out.reserve(room);',
    '      to = out.bytes;',
    '      view = new DataView(to.buffer, to.byteOffset, to.byteLength);',
    '    }',
  ];
  columns.forEach((field, c) => {
    lines.push(...putBytes(keys[c]!));
    lines.push(
      `    if (nulls${c} !== null && nulls${c}[row] === 1) {`,
      ...putBytes(literalBytes('null')),
      '    } else {',
    );
    lines.push(...putValue(field.type, c), '    }');
  });
  if (columns.length === 0) lines.push(...putBytes(literalBytes('{')));
  if (diffs) {
    lines.push(...putBytes(literalBytes(`${columns.length === 0 ? '' : ','}"_diff":`)));
    lines.push('    q = writeInt32(to, q, diffs === null ? 1 : diffs[row]);');
  }
  lines.push(...putBytes(literalBytes('}\n')), '    ends[row] = q;', '  }', '  out.used = q;', '};');
  return lines.join('\n') + '\n';
}

function madeBefore(c: number): string[] {
  return [
    `    const json${c} = nulls${c} !== null && nulls${c}[row] === 1 ? null : cellJson(c${c}, row, types[${c}]);`,
  ];
}

function literalBytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function columnLocals(type: SqlType, c: number): string[] {
  const lines = [`  const c${c} = columns[${c}], nulls${c} = c${c}.nulls;`];
  switch (type.kind) {
    case 'bigint':
    case 'timestamp':
    case 'timestamptz':
      lines.push(`  const w${c} = words[${c}];`);
      break;
    case 'numeric':
      lines.push(`  const w${c} = words[${c}], scale${c} = c${c}.scale;`);
      break;
    case 'interval':
      lines.push(`  const w${c} = words[${c}], months${c} = c${c}.months, days${c} = c${c}.days;`);
      break;
    case 'text':
      lines.push(`  const bytes${c} = c${c}.bytes, start${c} = c${c}.start, end${c} = c${c}.end;`);
      lines.push(
        `  const text${c} = new DataView(bytes${c}.buffer, bytes${c}.byteOffset, bytes${c}.byteLength);`,
      );
      break;
    default:
      if (!BY_VALUE.has(type.kind)) lines.push(`  const values${c} = c${c}.values;`);
  }
  return lines;
}

/** What a row may need beyond the fixed room. */
function roomOf(type: SqlType, c: number): string[] {
  const present = `(nulls${c} !== null && nulls${c}[row] === 1)`;
  if (type.kind === 'text') return [`(${present} ? 0 : 6 * (end${c}[row] - start${c}[row]))`];
  if (BY_VALUE.has(type.kind)) return [`(json${c} === null ? 0 : json${c}.length)`];
  if (type.kind !== 'numeric') return [];
  const wide = `scale${c}[row] & ${NUMERIC_WIDE} ? wideNumeric(c${c}, row).length`;
  return [`(${present} || scale${c}[row] < 0 ? 0 : ${wide} : scale${c}[row])`];
}

/** Constant bytes, four at a time. */
function putBytes(bytes: Uint8Array): string[] {
  const n = bytes.length;
  const view = new DataView(bytes.buffer, bytes.byteOffset, n);
  const puts: string[] = [];
  if (n < 4) bytes.forEach((byte, i) => puts.push(`to[q + ${i}] = ${byte};`));
  else {
    for (let i = 0; i + 4 <= n; i += 4)
      puts.push(`view.setInt32(q + ${i}, ${view.getInt32(i, true)}, true);`);
    if (n % 4 !== 0) puts.push(`view.setInt32(q + ${n - 4}, ${view.getInt32(n - 4, true)}, true);`);
  }
  return [`    ${puts.join(' ')}`, `    q += ${n};`];
}

function putValue(type: SqlType, c: number): string[] {
  const pair = `w${c}[2 * row], w${c}[2 * row + 1]`;
  switch (type.kind) {
    case 'boolean':
      return [`      q = writeBoolean(to, q, values${c}[row]);`];
    case 'smallint':
    case 'integer':
      return [`      q = writeInt32(to, q, values${c}[row]);`];
    case 'bigint':
      return [`      q = writeInt64(to, q, ${pair});`];
    case 'double':
      return [`      q = writeDouble(to, q, values${c}[row]);`];
    case 'numeric':
      return [
        `      if (scale${c}[row] >= 0 && scale${c}[row] & ${NUMERIC_WIDE}) q = writeAscii(to, q, wideNumeric(c${c}, row));`,
        `      else q = writeNumeric(to, q, ${pair}, scale${c}[row]);`,
      ];
    case 'text':
      return putText(c);
    case 'date':
      return [`      q = writeDate(to, q, values${c}[row]);`];
    case 'timestamp':
    case 'timestamptz':
      return [`      q = writeTimestamp(to, view, q, ${pair}, ${type.kind === 'timestamptz'});`];
    case 'interval':
      return [`      q = writeInterval(to, q, months${c}[row], days${c}[row], ${pair});`];
    case 'real':
    case 'varchar':
    case 'bytea':
    case 'uuid':
    case 'time':
    case 'jsonb':
    case 'array':
    case 'row':
      return [`      to.set(json${c}, q); q += json${c}.length;`];
  }
}

/** Not 0: one of the four bytes must be escaped (the test of the decoder, but UTF-8 passes). */
const mustEscape = (x: string): string =>
  `(((${x} ^ 0x22222222) - 0x01010101) | ((${x} ^ 0x5c5c5c5c) - 0x01010101) | (${x} - 0x20202020)) & ~${x} & 0x80808080`;

/**
 * Copies eight and four bytes at a time while none of them must be escaped. What is then left, three bytes at most, is copied with
 * those before it: they are what stands there already.
 */
function putText(c: number): string[] {
  return [
    `      s = start${c}[row];`,
    `      e = end${c}[row];`,
    '      to[q++] = 34;',
    '      m = 0;',
    '      n = e - s;',
    '      while (s + 8 <= e) {',
    `        x = text${c}.getInt32(s, true);`,
    `        y = text${c}.getInt32(s + 4, true);`,
    `        m = ${mustEscape('x')} | ${mustEscape('y')};`,
    '        if (m !== 0) break;',
    '        view.setInt32(q, x, true);',
    '        view.setInt32(q + 4, y, true);',
    '        q += 8;',
    '        s += 8;',
    '      }',
    '      if (m === 0 && n >= 4) {',
    '        if (s + 4 <= e) {',
    `          x = text${c}.getInt32(s, true);`,
    `          m = ${mustEscape('x')};`,
    '          if (m === 0) { view.setInt32(q, x, true); q += 4; s += 4; }',
    '        }',
    '        if (m === 0 && s < e) {',
    `          x = text${c}.getInt32(e - 4, true);`,
    `          m = ${mustEscape('x')};`,
    '          if (m === 0) { q += e - s; view.setInt32(q - 4, x, true); s = e; }',
    '        }',
    '      }',
    `      if (s < e) q = writeEscaped(to, q, bytes${c}, s, e);`,
    '      to[q++] = 34;',
  ];
}

/** The text of a value that does not fit 64 bits. */
function wideNumeric(column: Extract<Column, { layout: 'numeric' }>, row: number): string {
  return numericToText(column.wide![row]!, column.scale[row]! & ~NUMERIC_WIDE);
}
