// Writes the reader of records that one Avro schema wrote, for the columns that a source declares: fields that no column wants are
// passed over, fields that the schema lacks are NULL, values go from bytes to typed arrays. Nothing of a schema gets into the text but
// numbers; names are constants.

import { avroTypeName, leastBytes } from './avro-schema.ts';
import type { AvroField, AvroRecord, AvroType } from './avro-schema.ts';
import { AvroCursor } from './avro-cursor.ts';
import { defaultValue, valueReader } from './avro-fields.ts';
import { READ_LENGTH, READ_LONG, rowOf } from './avro-lines.ts';
import { promotion, readerBranch, resolveField } from './avro-resolve.ts';
import { readValue } from './avro-values.ts';
import type { ColumnSlot } from './column-slot.ts';
import type { GeneratedReader } from './generated-reader.ts';
import { compileReader, Constants, LIBRARY_LINE } from './generated-reader.ts';
import { storeValue } from './natural-values.ts';
import { NOT_AVRO, NOT_NULL, TOO_DEEP, WRONG_TYPE } from './rejection.ts';
import { storing } from './storing.ts';

const MAX_DEPTH = 256;

export interface GeneratedAvro {
  readonly read: GeneratedReader;
  readonly source: string;
}

/** `reader`: the record as the source's own schema has it. */
export function generateAvro(
  record: AvroRecord,
  slots: readonly ColumnSlot[],
  reader: AvroRecord | null,
): GeneratedAvro {
  const writer = new AvroWriter(slots, reader);
  const source = writer.write(record);
  return { source, read: compileReader(source, writer.constants.list) };
}

export class AvroWriter {
  readonly constants = new Constants();
  private readonly slots: readonly ColumnSlot[];
  private readonly reader: AvroRecord | null;
  private readonly skips = new Map<AvroType, string>();
  private readonly functions: string[] = [];

  constructor(slots: readonly ColumnSlot[], reader: AvroRecord | null) {
    this.slots = slots;
    this.reader = reader;
  }

  write(record: AvroRecord): string {
    const body: string[] = [];
    const sources = this.slots.map((slot) => resolveField(slot.name, record, this.reader));
    for (const field of record.fields) {
      const c = sources.findIndex(
        (source) => source !== undefined && 'writer' in source && source.writer === field,
      );
      const source = sources[c];
      if (source === undefined || 'fallback' in source) body.push(...this.skip(field.type, '0'));
      else body.push(...this.column(field.type, c, source.reader));
    }
    for (const [c, source] of sources.entries()) {
      if (source === undefined) body.push(...this.setNull(c));
      else if ('fallback' in source) body.push(...this.setDefault(c, source.fallback));
    }
    return [
      LIBRARY_LINE,
      ...this.functions,
      'return function readAvro(slots, b, v, p, e, row, fail) {',
      '  let x = 0, y = 0, n = 0, q = 0;',
      ...this.slots.map((_, c) => `  const s${c} = slots[${c}];`),
      ...body.map((line) => `  ${line}`),
      `  return p === e ? 0 : ${NOT_AVRO};`,
      '};',
      '',
    ].join('\n');
  }

  setNull(c: number): string[] {
    const slot = this.slots[c]!;
    if (slot.notNull) return [`fail.column = ${c};`, `return ${NOT_NULL};`];
    return [`s${c}.setNull(${rowOf(slot)});`];
  }

  /** What the reader's schema says of a field that the writer's schema lacks. */
  private setDefault(c: number, field: AvroField): string[] {
    const slot = this.slots[c]!;
    const value = defaultValue(field, slot.type);
    if (value === null) return this.setNull(c);
    const store = this.constants.add((to: ColumnSlot, row: number) => storeValue(to, row, value));
    return [`${store}(s${c}, ${rowOf(slot)});`];
  }

  /** The value of column `c`, whose type in the schema is `type`, and `known` in the reader's. */
  private column(type: AvroType, c: number, known: AvroType | null): string[] {
    if (type.kind === 'null') return this.setNull(c);
    if (type.kind === 'union') {
      const cases = type.branches.flatMap((branch, i) => [
        `case ${i}: {`,
        ...this.column(branch, c, known),
        'break; }',
      ]);
      return [
        ...READ_LONG,
        'if (y !== 0) x = -1;',
        'switch (x) {',
        ...cases,
        `default: return ${NOT_AVRO};`,
        '}',
      ];
    }
    const slot = this.slots[c]!;
    const reader = readerBranch(type, known);
    const asIs = promotion(type, reader) === null && !(type.kind === 'enum' && reader !== null);
    const lines = asIs ? readValue(type, slot, c, this.constants) : undefined;
    return lines ?? this.nested(type, c, reader) ?? this.mismatch(type, c);
  }

  /** What is made value by value. */
  private nested(type: AvroType, c: number, reader: AvroType | null): string[] | undefined {
    const slot = this.slots[c]!;
    const read = valueReader(type, slot.type, reader);
    if (read === undefined) return undefined;
    const cursor = this.constants.add(new AvroCursor());
    const store = this.constants.add(storing(read));
    return [
      'q = p;',
      `${cursor}.open(b, v, p, e);`,
      `n = ${store}(s${c}, ${rowOf(slot)}, ${cursor});`,
      `p = ${cursor}.p;`,
      `if (n === ${NOT_AVRO} || n === ${TOO_DEEP}) return n;`,
      `if (n !== 0) { fail.column = ${c}; fail.from = q; fail.to = Math.max(p, q); return n; }`,
    ];
  }

  /** A record that holds such a value is not a row, whatever else it holds. */
  private mismatch(type: AvroType, c: number): string[] {
    const what = this.constants.add(`a value of Avro's type ${avroTypeName(type)}`);
    return [`fail.column = ${c};`, `fail.what = ${what};`, `return ${WRONG_TYPE};`];
  }

  /** Passes over a value; `depth` is an expression. */
  skip(type: AvroType, depth: string): string[] {
    switch (type.kind) {
      case 'null':
        return [];
      case 'boolean':
        return [`if (b[p++] > 1) return ${NOT_AVRO};`];
      case 'int':
        return [...READ_LONG, `if (y !== x >> 31) return ${NOT_AVRO};`];
      case 'enum':
        return [...READ_LONG, `if (y !== 0 || x < 0 || x >= ${type.symbols.length}) return ${NOT_AVRO};`];
      case 'long':
        return [`p = skipVarint(b, p, e); if (p < 0) return ${NOT_AVRO};`];
      case 'float':
        return ['p += 4;'];
      case 'double':
        return ['p += 8;'];
      case 'fixed':
        return [`p += ${type.size};`, `if (p > e) return ${NOT_AVRO};`];
      case 'bytes':
      case 'string':
        return [...READ_LENGTH, 'p += x;'];
      default:
        return [`p = ${this.skipFunction(type)}(b, p, e, ${depth} + 1); if (p < 0) return p;`];
    }
  }

  /** One function per type, so that schemas which use a type often, or in itself, stay small. */
  private skipFunction(type: AvroType): string {
    const known = this.skips.get(type);
    if (known !== undefined) return known;
    const name = `skip${this.skips.size}`;
    this.skips.set(type, name);
    const body = this.skipBody(type);
    this.functions.push(
      `function ${name}(b, p, e, d) {`,
      '  let x = 0, y = 0, n = 0;',
      `  if (d > ${MAX_DEPTH}) return ${TOO_DEEP};`,
      ...body.map((line) => `  ${line}`),
      '  return p;',
      '}',
    );
    return name;
  }

  private skipBody(type: AvroType): string[] {
    switch (type.kind) {
      case 'record':
        return type.fields.flatMap((field) => this.skip(field.type, 'd'));
      case 'union': {
        const cases = type.branches.flatMap((branch, i) => [
          `case ${i}: {`,
          ...this.skip(branch, 'd'),
          'break; }',
        ]);
        return [
          ...READ_LONG,
          'if (y !== 0) x = -1;',
          'switch (x) {',
          ...cases,
          `default: return ${NOT_AVRO};`,
          '}',
        ];
      }
      case 'array':
        return this.skipBlocks(this.skip(type.items, 'd'), leastBytes(type.items));
      case 'map':
        return this.skipBlocks([...READ_LENGTH, 'p += x;', ...this.skip(type.items, 'd')], 1);
      default:
        return this.skip(type, 'd');
    }
  }

  /** Blocks of items; a negative count is followed by the size of the block. An item takes `least` bytes, or none at all. */
  private skipBlocks(item: readonly string[], least: number): string[] {
    // The count is in k; what takes no bytes needs no counting.
    const items =
      least === 0 ? [] : [`if (k > e - p) return ${NOT_AVRO};`, 'for (; k > 0; k--) {', ...item, '}'];
    return [
      'let k = 0, end = 0;',
      'for (;;) {',
      ...READ_LONG,
      'if (x === 0 && y === 0) break;',
      'if (y < 0) {',
      'k = -(y * 4294967296 + (x >>> 0));',
      ...READ_LENGTH,
      'end = p + x;',
      ...items,
      `if (p !== end) return ${NOT_AVRO};`,
      'continue;',
      '}',
      'k = y * 4294967296 + (x >>> 0);',
      ...items,
      '}',
      `if (p > e) return ${NOT_AVRO};`,
    ];
  }
}

/** Can a column of this slot take a value of this type? */
export function takesType(type: AvroType, slot: ColumnSlot): boolean {
  if (type.kind === 'null') return !slot.notNull;
  if (type.kind === 'union')
    return type.branches.some((branch) => branch.kind !== 'null' && takesType(branch, slot));
  return (
    readValue(type, slot, 0, new Constants()) !== undefined ||
    valueReader(type, slot.type, null) !== undefined
  );
}
