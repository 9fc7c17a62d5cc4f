// JSON records of a schema registry, checked by the schema that each of them names.

import { MillraceError } from '../../errors.ts';
import { FRAME_BYTES, schemaId } from '../registry/framing.ts';
import type { RecordColumns } from '../record-columns.ts';
import type { SchemaLookup } from './avro-reader.ts';
import type { RecordCheck } from './checked-decoder.ts';
import type { JsonValidator } from './json-validator.ts';
import { jsonValidator } from './json-validator.ts';
import type { Reject } from './rejection.ts';

const decoder = new TextDecoder('utf-8', { fatal: false });

export class SchemaCheck implements RecordCheck {
  private readonly schemas: SchemaLookup;
  /** By schema id; a text says why there is none. */
  private readonly validators = new Map<number, JsonValidator | string>();

  constructor(schemas: SchemaLookup) {
    this.schemas = schemas;
  }

  /** What has no value or frame, or is no JSON, is left to the decoder, which says so. */
  isBad({ buffer, valueStart, valueEnd }: RecordColumns, _: DataView, i: number, reject: Reject): boolean {
    const [s, e] = [valueStart[i]!, valueEnd[i]!];
    const id = s < 0 ? -1 : schemaId(buffer, s, e);
    if (id < 0) return false;
    const validator = this.validatorOf(id);
    if (typeof validator === 'string') {
      reject(i, 'UNKNOWN_SCHEMA', validator);
      return true;
    }
    const json = parsed(buffer, s + FRAME_BYTES, e);
    const problem = json === undefined ? undefined : validator(json.value);
    if (problem === undefined) return false;
    reject(i, 'NOT_OF_SCHEMA', `the value does not follow schema ${id}: ${problem}`);
    return true;
  }

  private validatorOf(id: number): JsonValidator | string {
    const known = this.validators.get(id);
    if (known !== undefined) return known;
    const schema = this.schemas(id);
    if (schema === undefined) return `the schema registry has no schema ${id}`;
    let made: JsonValidator | string;
    try {
      made =
        schema.type === 'JSON' ? jsonValidator(schema) : `schema ${id} is of type ${schema.type}, not JSON`;
    } catch (error) {
      if (!(error instanceof MillraceError)) throw error;
      made = `schema ${id}: ${error.message}`;
    }
    this.validators.set(id, made);
    return made;
  }
}

function parsed(b: Uint8Array, s: number, e: number): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(decoder.decode(b.subarray(s, e))) };
  } catch {
    return undefined;
  }
}
