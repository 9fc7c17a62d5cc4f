// FORMAT DEBEZIUM ENCODE AVRO: change events as Debezium writes them with Avro's converter: a record with the fields op, before and after.
// Where these stand in a record is found by passing over its fields; the rows are read by generated readers of the nested records.

import { MillraceError } from '../../errors.ts';
import { FRAME_BYTES, schemaId } from '../registry/framing.ts';
import type { RegisteredSchema } from '../registry/registry-client.ts';
import { generateAvro } from './avro-codegen.ts';
import { AvroCursor } from './avro-cursor.ts';
import type { SchemaLookup } from './avro-reader.ts';
import { recordOf } from './avro-reader.ts';
import type { AvroRecord, AvroType } from './avro-schema.ts';
import { skipValue } from './avro-skip.ts';
import { act } from './debezium.ts';
import type { Failure, GeneratedReader } from './generated-reader.ts';
import { clearFailure, noFailure, shownFailure } from './generated-reader.ts';
import type { RejectCode } from './rejection.ts';
import { NOT_AVRO, NOT_DEBEZIUM, notFramed, OK, UNKNOWN_SCHEMA } from './rejection.ts';
import type { RecordReader, SlotSet } from './slot-decoder.ts';
import type { ReadRecord } from './table-decoder.ts';
import { ValueFailure } from './value-failure.ts';

interface Envelope {
  readonly type: AvroRecord;
  readonly before: AvroRecord | null;
  readonly after: AvroRecord | null;
}

/** Events, one at a time: what their schema describes, and where the members of the last one stand. */
export class AvroEvents {
  current: Envelope | null = null;
  op = '';
  /** Where the rows begin; −1: there is none, or it is null. */
  before = -1;
  after = -1;
  private readonly schemas: SchemaLookup;
  /** A text says why a schema is none of events. */
  private readonly known = new Map<number, Envelope | string>();
  private readonly cursor = new AvroCursor();

  constructor(schemas: SchemaLookup) {
    this.schemas = schemas;
  }

  of(id: number): Envelope | string {
    const before = this.known.get(id);
    if (before !== undefined) return before;
    const schema = this.schemas(id);
    if (schema === undefined) return `the schema registry has no schema ${id}`;
    const made = envelopeOf(schema);
    this.known.set(id, made);
    return made;
  }

  /** Finds the members of the event `b[s … e)`: OK, or why not. */
  locate(b: Uint8Array, s: number, e: number): number {
    this.op = '';
    this.before = this.after = -1;
    const id = schemaId(b, s, e);
    if (id < 0) return id;
    const envelope = this.of(id);
    if (typeof envelope === 'string') return UNKNOWN_SCHEMA;
    this.current = envelope;
    try {
      this.cursor.open(b, new DataView(b.buffer, b.byteOffset, b.byteLength), s + FRAME_BYTES, e);
      for (const { name, type } of envelope.type.fields) this.member(b, name, type);
      return this.cursor.p === e ? OK : NOT_AVRO;
    } catch (error) {
      if (error instanceof ValueFailure) return error.code;
      throw error;
    }
  }

  private member(b: Uint8Array, name: string, type: AvroType): void {
    const { cursor } = this;
    const at = cursor.p;
    if (name === 'op' && type.kind === 'string') this.op = cursor.text();
    else skipValue(type, cursor);
    if (name === 'before') this.before = rowAt(b, at, type);
    if (name === 'after') this.after = rowAt(b, at, type);
  }
}

/** Where the record of a union with null begins; the number of its branch is one byte. */
function rowAt(b: Uint8Array, at: number, type: AvroType): number {
  if (type.kind !== 'union') return type.kind === 'record' ? at : -1;
  return type.branches[b[at]! >> 1]?.kind === 'record' ? at + 1 : -1;
}

function envelopeOf(schema: RegisteredSchema): Envelope | string {
  try {
    const type = recordOf(schema);
    if (typeof type === 'string') return `schema ${schema.id}: ${type}`;
    const rowOf = (name: string): AvroRecord | null => {
      const field = type.fields.find((own) => own.name === name)?.type;
      const branches = field?.kind === 'union' ? field.branches : field === undefined ? [] : [field];
      return branches.find((branch) => branch.kind === 'record') ?? null;
    };
    return { type, before: rowOf('before'), after: rowOf('after') };
  } catch (error) {
    if (error instanceof MillraceError) return `schema ${schema.id}: ${error.message}`;
    throw error;
  }
}

/** `onTruncate` throws where a truncation has no place in the order of events. */
export function avroEventReader(events: AvroEvents, onTruncate: () => void): ReadRecord {
  return (records, i, row, table) => {
    const { buffer, valueStart, valueEnd } = records;
    const e = valueEnd[i]!;
    if (valueStart[i]! < 0) return act({ op: 'tombstone' }, records, i, row, table, onTruncate);
    const code = events.locate(buffer, valueStart[i]!, e);
    if (code !== OK) return code;
    const { op, before, after } = events;
    return act({ op, before, beforeTo: e, after, afterTo: e }, records, i, row, table, onTruncate);
  };
}

/** Reads the rows of events, each from where it begins; anything else is for `others`: keys. */
export class AvroEventRow implements RecordReader {
  readonly source = '';
  private readonly set: SlotSet;
  private readonly events: AvroEvents;
  private readonly readerId: number | null;
  private readonly others: RecordReader | null;
  private readonly fail: Failure = noFailure();
  private readonly readers = new Map<AvroRecord, GeneratedReader>();
  private readonly cursor = new AvroCursor();
  private isOther = false;

  constructor(set: SlotSet, events: AvroEvents, readerId: number | null, others: RecordReader | null) {
    this.set = set;
    this.events = events;
    this.readerId = readerId;
    this.others = others;
  }

  get failed(): number {
    return this.isOther ? this.others!.failed : this.fail.column;
  }

  /** `e`: the end of the record around it, behind the row. */
  read(b: Uint8Array, v: DataView, s: number, e: number, row: number): number {
    clearFailure(this.fail);
    const { current, before, after } = this.events;
    this.isOther = this.others !== null && s !== before && s !== after;
    if (this.isOther) return this.others!.read(b, v, s, e, row);
    const type = s === before ? current?.before : current?.after;
    if (type === null || type === undefined) return NOT_DEBEZIUM;
    this.cursor.open(b, v, s, e);
    skipValue(type, this.cursor);
    return this.readerOf(type)(this.set.slots, b, v, s, this.cursor.p, row, this.fail);
  }

  shown(b: Uint8Array, s: number, e: number): string {
    if (this.isOther) return this.others!.shown(b, s, e);
    return shownFailure(this.fail, b);
  }

  message(code: RejectCode, b: Uint8Array, s: number, e: number): string {
    const id = schemaId(b, s, e);
    const envelope = this.events.of(id);
    if (code === 'UNKNOWN_SCHEMA' && typeof envelope === 'string') return envelope;
    if (code === 'NOT_DEBEZIUM') return `the value is not a change event of Debezium, by schema ${id}`;
    if (code === 'NOT_FRAMED') return notFramed(b, s, e);
    return `the value is not Avro of schema ${id}`;
  }

  private readerOf(type: AvroRecord): GeneratedReader {
    const known = this.readers.get(type);
    if (known !== undefined) return known;
    const own = this.readerId === null ? '' : this.events.of(this.readerId);
    const { read } = generateAvro(type, this.set.slots, typeof own === 'string' ? null : own.after);
    this.readers.set(type, read);
    return read;
  }
}
