// Protobuf records of a schema registry: each names the schema that wrote it and, by its place in that schema, the message that it is; each
// of these gets a reader of its own. https://docs.confluent.io: "wire format"

import { MillraceError } from '../../errors.ts';
import type { RegisteredSchema } from '../registry/registry-client.ts';
import { FRAME_BYTES, schemaId } from '../registry/framing.ts';
import type { SchemaLookup } from './avro-reader.ts';
import { readLong, reg } from './binary-values.ts';
import type { Failure } from './generated-reader.ts';
import { clearFailure, noFailure, shownFailure, sourcesOf } from './generated-reader.ts';
import type { GeneratedProto } from './proto-codegen.ts';
import { generateProto } from './proto-codegen.ts';
import type { ProtoFile, ProtoMessage } from './proto-schema.ts';
import { parseProto } from './proto-schema.ts';
import type { RecordReader, SlotSet } from './slot-decoder.ts';
import type { RejectCode } from './rejection.ts';
import { NO_VALUE, NOT_FRAMED, shownBytes, UNKNOWN_SCHEMA } from './rejection.ts';

const MAX_PATH = 32;

/** The schema that a source was made with, and which of its messages the records are. */
export interface ProtoExpectation {
  readonly readerId: number | null;
  /** With its package; null: whatever a record says. */
  readonly message: string | null;
}

export class ProtoReader implements RecordReader {
  private readonly set: SlotSet;
  private readonly schemas: SchemaLookup;
  private readonly expected: ProtoExpectation;
  private readonly fail: Failure = noFailure();
  private readonly files = new Map<number, ProtoFile | string>();
  /** By schema id and path; a text says why there is none. */
  private readonly readers = new Map<string, GeneratedProto | string>();
  private lastId = -1;
  private last: GeneratedProto | undefined;
  private problem = '';

  constructor(set: SlotSet, schemas: SchemaLookup, expected: ProtoExpectation) {
    this.set = set;
    this.schemas = schemas;
    this.expected = expected;
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
    let p = s + FRAME_BYTES;
    // A zero is the path of the first message, the usual one.
    if (b[p] === 0 && p < e && id === this.lastId)
      return this.last!.read(this.set.slots, b, v, p + 1, e, row, fail);
    const path = readPath(b, p, e);
    if (path === undefined) return NOT_FRAMED;
    p = path.end;
    const reader = this.readerOf(id, path.text);
    if (typeof reader === 'string') {
      this.problem = reader;
      return UNKNOWN_SCHEMA;
    }
    if (path.text === '0') {
      this.lastId = id;
      this.last = reader;
    }
    return reader.read(this.set.slots, b, v, p, e, row, fail);
  }

  shown(b: Uint8Array): string {
    return shownFailure(this.fail, b);
  }

  message(code: RejectCode, b: Uint8Array, s: number, e: number): string {
    switch (code) {
      case 'NULL_VALUE':
        return NO_VALUE;
      case 'NOT_FRAMED':
        return `the value does not begin with a zero byte, the id of a schema and the place of a message in it: ${shownBytes(b, s, Math.min(e, s + 16))}`;
      case 'UNKNOWN_SCHEMA':
        return this.problem;
      default:
        return `the value is not Protobuf of schema ${schemaId(b, s, e)}`;
    }
  }

  private readerOf(id: number, path: string): GeneratedProto | string {
    const key = `${id} ${path}`;
    const known = this.readers.get(key);
    if (known !== undefined) return known;
    const schema = this.schemas(id);
    if (schema === undefined) return `the schema registry has no schema ${id}`;
    const made = this.generate(schema, path);
    this.readers.set(key, made);
    return made;
  }

  private generate(schema: RegisteredSchema, path: string): GeneratedProto | string {
    const file = this.fileOf(schema);
    if (typeof file === 'string') return `schema ${schema.id}: ${file}`;
    const message = file.messages.get(path);
    if (message === undefined) return `schema ${schema.id} has no message at ${path}`;
    const { message: wanted } = this.expected;
    if (wanted !== null && message.name !== wanted)
      return `the record is a ${message.name}, and the source reads ${wanted}`;
    return generateProto(message, this.set.slots, this.readerMessage(message.name));
  }

  private readerMessage(name: string): ProtoMessage | null {
    const { readerId } = this.expected;
    const schema = readerId === null ? undefined : this.schemas(readerId);
    const file = schema === undefined ? '' : this.fileOf(schema);
    if (typeof file === 'string') return null;
    return [...file.messages.values()].find((message) => message.name === name) ?? null;
  }

  private fileOf({ id, type, text, references }: RegisteredSchema): ProtoFile | string {
    const known = this.files.get(id);
    if (known !== undefined) return known;
    const file = type === 'PROTOBUF' ? tryParse(text, references) : `it is of type ${type}, not PROTOBUF`;
    this.files.set(id, file);
    return file;
  }
}

function tryParse(text: string, references: RegisteredSchema['references']): ProtoFile | string {
  try {
    return parseProto(text, references);
  } catch (error) {
    if (error instanceof MillraceError) return error.message;
    throw error;
  }
}

/** The numbers of a message and of those around it, outermost first; a count of zero is the first message alone. */
export function readPath(
  b: Uint8Array,
  p: number,
  e: number,
): { readonly text: string; readonly end: number } | undefined {
  p = readLong(b, p, e);
  const count = reg.lo;
  if (p < 0 || reg.hi !== 0 || count < 0 || count > MAX_PATH) return undefined;
  if (count === 0) return { text: '0', end: p };
  const parts: number[] = [];
  for (let i = 0; i < count; i++) {
    p = readLong(b, p, e);
    if (p < 0 || reg.hi !== 0 || reg.lo < 0) return undefined;
    parts.push(reg.lo);
  }
  return { text: parts.join('.'), end: p };
}
