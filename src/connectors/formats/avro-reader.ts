// Avro records of a schema registry: each names the schema that wrote it, and each schema gets a reader of its own.

import type { RegisteredSchema } from '../registry/registry-client.ts';
import { FRAME_BYTES, schemaId } from '../registry/framing.ts';
import type { GeneratedAvro } from './avro-codegen.ts';
import { generateAvro } from './avro-codegen.ts';
import type { AvroRecord } from './avro-schema.ts';
import { parseAvroSchema } from './avro-schema.ts';
import type { Failure } from './generated-reader.ts';
import { clearFailure, noFailure, shownFailure, sourcesOf } from './generated-reader.ts';
import { MillraceError } from '../../errors.ts';
import type { RecordReader, SlotSet } from './slot-decoder.ts';
import type { RejectCode } from './rejection.ts';
import { NO_VALUE, notFramed, UNKNOWN_SCHEMA } from './rejection.ts';

/** What is known of the schema with an id; undefined: the registry does not have it. */
export type SchemaLookup = (id: number) => RegisteredSchema | undefined;

export class AvroReader implements RecordReader {
  private readonly set: SlotSet;
  private readonly schemas: SchemaLookup;
  private readonly readerId: number | null;
  private readonly bare: boolean;
  private readonly fail: Failure = noFailure();
  /** By schema id; a text says why there is none. */
  private readonly readers = new Map<number, GeneratedAvro | string>();
  private lastId = -1;
  private last: GeneratedAvro | undefined;

  /**
   * `readerId`: the schema that the source was made with; null: none. `bare`: what is no record is the one column, as in keys.
   */
  constructor(set: SlotSet, schemas: SchemaLookup, readerId: number | null, bare = false) {
    this.bare = bare;
    this.set = set;
    this.schemas = schemas;
    this.readerId = readerId;
  }

  get failed(): number {
    return this.fail.column;
  }

  get source(): string {
    return sourcesOf(this.readers.values());
  }

  read(b: Uint8Array, v: DataView, s: number, e: number, row: number): number {
    const { fail } = this;
    clearFailure(fail);
    const id = schemaId(b, s, e);
    if (id < 0) return id;
    const reader = id === this.lastId ? this.last : this.switchTo(id);
    if (reader === undefined) return UNKNOWN_SCHEMA;
    return reader.read(this.set.slots, b, v, s + FRAME_BYTES, e, row, fail);
  }

  shown(b: Uint8Array): string {
    return shownFailure(this.fail, b);
  }

  message(code: RejectCode, b: Uint8Array, s: number, e: number): string {
    switch (code) {
      case 'NULL_VALUE':
        return NO_VALUE;
      case 'NOT_FRAMED':
        return notFramed(b, s, e);
      case 'UNKNOWN_SCHEMA': {
        const id = schemaId(b, s, e);
        const why = this.readers.get(id);
        return typeof why === 'string' ? `schema ${id}: ${why}` : `the schema registry has no schema ${id}`;
      }
      case 'TOO_DEEP':
        return 'the value is nested too deeply';
      default:
        return `the value is not Avro of schema ${schemaId(b, s, e)}`;
    }
  }

  private switchTo(id: number): GeneratedAvro | undefined {
    const known = this.readers.get(id) ?? this.generate(id);
    if (known === undefined || typeof known === 'string') return undefined;
    this.lastId = id;
    this.last = known;
    return known;
  }

  private generate(id: number): GeneratedAvro | string | undefined {
    const schema = this.schemas(id);
    if (schema === undefined) return undefined;
    const made = this.tryGenerate(schema);
    this.readers.set(id, made);
    return made;
  }

  private tryGenerate(schema: RegisteredSchema): GeneratedAvro | string {
    try {
      const column = this.bare && this.set.slots.length === 1 ? this.set.slots[0]!.name : null;
      const parsed = recordOf(schema, column);
      if (typeof parsed === 'string') return parsed;
      const known = this.readerId === null ? undefined : this.schemas(this.readerId);
      const reader = known === undefined ? '' : recordOf(known, column);
      return generateAvro(parsed, this.set.slots, typeof reader === 'string' ? null : reader);
    } catch (error) {
      if (error instanceof MillraceError) return error.message;
      throw error;
    }
  }
}

/** A text says why it is none. `bare`: the column that a value is which is no record; it is written in the same way. */
export function recordOf(
  { type, text, references }: RegisteredSchema,
  bare: string | null = null,
): AvroRecord | string {
  if (type !== 'AVRO') return `it is of type ${type}, not AVRO`;
  const parsed = parseAvroSchema(
    text,
    references.map((reference) => reference.text),
  );
  if (parsed.kind === 'record') return parsed;
  if (bare === null) return `it is of type ${parsed.kind}, not record`;
  return {
    kind: 'record',
    name: 'key',
    fields: [{ name: bare, type: parsed, aliases: [], fallback: undefined }],
  };
}
