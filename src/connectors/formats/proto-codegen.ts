// Writes the reader of records of one message of Protocol Buffers, for the columns that a source declares: single numbers and texts go from
// bytes to typed arrays, of other fields the places are kept until the record is read, unknown fields are passed over. Nothing of a schema
// gets into the text but numbers; names are constants.

import type { ColumnSlot } from './column-slot.ts';
import type { GeneratedReader } from './generated-reader.ts';
import { compileReader, Constants, LIBRARY_LINE } from './generated-reader.ts';
import { rowOf } from './avro-lines.ts';
import { storeSafeInteger } from './number-values.ts';
import type { FieldReader, ResolvedField } from './proto-fields.ts';
import { fieldReader, resolveField } from './proto-fields.ts';
import { TIMESTAMP_MESSAGE } from './proto-natural.ts';
import type { ProtoField, ProtoMessage } from './proto-schema.ts';
import { protoFieldName } from './proto-schema.ts';
import { nearMicros } from './proto-times.ts';
import { directLines, READ_TAG, zeroLines } from './proto-values.ts';
import { BYTES, isPackable, Occurrences, wireOf } from './proto-wire.ts';
import { NOT_NULL, NOT_PROTOBUF, OK, WRONG_TYPE } from './rejection.ts';
import type { Store } from './storing.ts';
import { storing } from './storing.ts';

export interface GeneratedProto {
  readonly read: GeneratedReader;
  readonly source: string;
}

/** `reader`: the message as the source's own schema has it. */
export function generateProto(
  message: ProtoMessage,
  slots: readonly ColumnSlot[],
  reader: ProtoMessage | null,
): GeneratedProto {
  const writer = new ProtoWriter(message, slots, reader);
  const source = writer.write();
  return { source, read: compileReader(source, writer.constants.list) };
}

/** Can a column of this slot take the field? */
export function takesField({ field, reader }: ResolvedField, slot: ColumnSlot): boolean {
  return (
    directLines(field, slot, 0, new Constants()) !== undefined ||
    fieldReader(field, slot.type, reader) !== undefined
  );
}

interface Column {
  readonly slot: ColumnSlot;
  readonly c: number;
  readonly field: ProtoField;
  readonly direct: readonly string[] | undefined;
  /** The name of its occurrences in the code; of a column that is not read directly. */
  readonly found: string;
  readonly read: FieldReader | undefined;
}

class ProtoWriter {
  readonly constants = new Constants();
  private readonly message: ProtoMessage;
  private readonly slots: readonly ColumnSlot[];
  private readonly columns: readonly (Column | null)[];

  constructor(message: ProtoMessage, slots: readonly ColumnSlot[], reader: ProtoMessage | null) {
    this.message = message;
    this.slots = slots;
    this.columns = slots.map((slot, c) => {
      const resolved = resolveField(slot.name, message, reader);
      return resolved === undefined ? null : this.column(resolved, slot, c);
    });
  }

  private column({ field, reader }: ResolvedField, slot: ColumnSlot, c: number): Column {
    const direct = directLines(field, slot, c, this.constants);
    const found = direct === undefined ? this.constants.add(new Occurrences()) : '';
    const read = direct === undefined ? fieldReader(field, slot.type, reader) : undefined;
    return { slot, c, field, direct, found, read };
  }

  write(): string {
    const present = this.columns.filter((column) => column !== null);
    const direct = present.filter((column) => column.direct !== undefined);
    const collected = present.filter((column) => column.direct === undefined);
    return [
      LIBRARY_LINE,
      'return function readProto(slots, b, v, p, e, row, fail) {',
      ['  let x = 0, y = 0, n = 0, q = 0, t = 0', ...direct.map(({ c }) => `h${c} = 0`)].join(', ') + ';',
      ...this.slots.map((_, c) => `  const s${c} = slots[${c}];`),
      ...collected.map(({ c, found }) => `  const o${c} = ${found}; o${c}.open(b, v);`),
      '  while (p < e) {',
      ...READ_TAG.map((line) => `    ${line}`),
      '    switch (t) {',
      ...present.flatMap((column) => this.cases(column)),
      ...this.otherMembers(present),
      `      default: p = skipField(b, p, e, t); if (p < 0) return ${NOT_PROTOBUF};`,
      '    }',
      '  }',
      `  if (p !== e) return ${NOT_PROTOBUF};`,
      ...this.columns.flatMap((column, c) => this.finish(column, c)).map((line) => `  ${line}`),
      `  return ${OK};`,
      '};',
      '',
    ].join('\n');
  }

  private cases({ c, field, direct }: Column): string[] {
    const tag = (wire: number): number => ((field.number << 3) | wire) >>> 0;
    const clear = this.clearing(field);
    const wire = wireOf(field);
    if (wire < 0) return [];
    if (direct !== undefined) return [`case ${tag(wire)}: {`, ...direct, ...clear, 'break; }'];
    const wires = isPackable(field) ? [wire, BYTES] : [wire];
    return wires.flatMap((one) => [
      `case ${tag(one)}:`,
      `q = p; p = skipField(b, p, e, t); if (p < 0) return ${NOT_PROTOBUF};`,
      `o${c}.add(${one}, q, p);`,
      ...clear,
      'break;',
    ]);
  }

  /** What one member of a oneof does to the columns of the others. */
  private clearing(field: ProtoField): string[] {
    if (field.oneof === null) return [];
    return this.columns.flatMap((other) => {
      if (other === null || other.field === field || other.field.oneof !== field.oneof) return [];
      return other.direct === undefined ? [`o${other.c}.clear();`] : [`h${other.c} = 0;`];
    });
  }

  /** Members of a oneof that are no columns, beside ones that are. */
  private otherMembers(present: readonly Column[]): string[] {
    const oneofs = new Set(present.flatMap(({ field }) => field.oneof ?? []));
    const numbers = new Set(present.map(({ field }) => field.number));
    return this.message.fields.flatMap((field) => {
      if (field.oneof === null || !oneofs.has(field.oneof) || numbers.has(field.number)) return [];
      const wire = wireOf(field);
      if (wire < 0) return [];
      return [
        `case ${((field.number << 3) | wire) >>> 0}:`,
        `p = skipField(b, p, e, t); if (p < 0) return ${NOT_PROTOBUF};`,
        ...this.clearing(field),
        'break;',
      ];
    });
  }

  /** When all of the record was seen. */
  private finish(column: Column | null, c: number): string[] {
    const slot = this.slots[c]!;
    const row = rowOf(slot);
    if (column === null) return setNull(slot, c);
    const { field, direct, read } = column;
    const failed = (code: number | string): string =>
      `fail.column = ${c}; fail.from = o${c}.from; fail.to = o${c}.to; return ${code};`;
    const lines = field.required
      ? [`if (${direct === undefined ? `o${c}.count` : `h${c}`} === 0) return ${NOT_PROTOBUF};`]
      : [];
    if (direct !== undefined) return [...lines, `if (h${c} === 0) {`, ...this.absent(field, slot, c), '}'];
    if (read === undefined) {
      const what = this.constants.add(`a value of type ${protoFieldName(field)}`);
      const isThere = field.presence ? `o${c}.count > 0` : 'true';
      return [
        ...lines,
        `if (${isThere}) { fail.what = ${what}; ${failed(WRONG_TYPE)} }`,
        'else {',
        ...setNull(slot, c),
        '}',
      ];
    }
    const store = this.constants.add(storingField(field, read));
    return [...lines, `n = ${store}(s${c}, ${row}, o${c});`, `if (n !== ${OK}) { ${failed('n')} }`];
  }

  private absent(field: ProtoField, slot: ColumnSlot, c: number): string[] {
    if (field.presence) return setNull(slot, c);
    if (field.type.kind !== 'enum') return zeroLines(slot, c);
    const store = this.constants.add(storingField(field, fieldReader(field, slot.type, null)!));
    return [`${store}(s${c}, ${rowOf(slot)}, noOccurrences);`];
  }
}

function setNull(slot: ColumnSlot, c: number): string[] {
  if (slot.notNull) return [`fail.column = ${c};`, `return ${NOT_NULL};`];
  return [`s${c}.setNull(${rowOf(slot)});`];
}

/** Puts what a field was found to be into a row: OK, or why not. */
function storingField(field: ProtoField, read: FieldReader): Store<Occurrences> {
  const isTime =
    field.type.kind === 'message' && field.type.name === TIMESTAMP_MESSAGE && field.shape === 'one';
  const slowly = storing(read);
  if (!isTime) return slowly;
  return (slot, row, found) => {
    const micros = found.count === 0 || slot.type.kind !== 'timestamptz' ? NaN : nearMicros(found);
    if (Number.isNaN(micros)) return slowly(slot, row, found);
    storeSafeInteger(slot.words, row, micros);
    return OK;
  };
}
