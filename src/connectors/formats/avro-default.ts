// The default of a field in a reader's schema, which is JSON of a form of its own, as the bytes that a writer would have made of it: so
// that it is read in the same way as what was written.

import { AvroBytes } from './avro-bytes.ts';
import type { AvroField, AvroType } from './avro-schema.ts';
import { badSchema } from './schema-failure.ts';

/** Throws BAD_SCHEMA when it is not of the field's type. */
export function encodeDefault({ name, type, fallback }: AvroField): Uint8Array {
  const bytes = new AvroBytes();
  if (!write(bytes, type, fallback)) throw badSchema(`the default of field "${name}" is not of its type`);
  return bytes.finish();
}

type Json = Readonly<Record<string, unknown>>;

function write(to: AvroBytes, type: AvroType, json: unknown): boolean {
  switch (type.kind) {
    case 'null':
      return json === null;
    case 'boolean':
      if (typeof json === 'boolean') to.byte(json ? 1 : 0);
      return typeof json === 'boolean';
    case 'int':
    case 'long':
      return writeInteger(to, json);
    case 'float':
    case 'double':
      if (typeof json !== 'number') return false;
      if (type.kind === 'float') to.float(json);
      else to.double(json);
      return true;
    case 'string':
      if (typeof json === 'string') to.sized(new TextEncoder().encode(json));
      return typeof json === 'string';
    case 'bytes':
      return latin1(json, (bytes) => to.sized(bytes));
    case 'fixed':
      return latin1(json, (bytes) => to.raw(bytes)) && (json as string).length === type.size;
    case 'enum':
      return writeSymbol(to, type.symbols, json);
    case 'union':
      return writeBranch(to, type.branches, json);
    case 'array':
    case 'map':
      return writeItems(to, type, json);
    case 'record':
      return (
        isObject(json) &&
        type.fields.every((field) => write(to, field.type, json[field.name] ?? field.fallback))
      );
  }
}

function isObject(json: unknown): json is Json {
  return typeof json === 'object' && json !== null && !Array.isArray(json);
}

function writeInteger(to: AvroBytes, json: unknown): boolean {
  if (!Number.isSafeInteger(json)) return false;
  to.long(BigInt(json as number));
  return true;
}

/** Characters are bytes. */
function latin1(json: unknown, put: (bytes: Uint8Array) => void): boolean {
  if (typeof json !== 'string') return false;
  put(Buffer.from(json, 'latin1'));
  return true;
}

function writeSymbol(to: AvroBytes, symbols: readonly string[], json: unknown): boolean {
  const index = symbols.indexOf(json as string);
  if (index >= 0) to.int(index);
  return index >= 0;
}

/** The first branch that takes it: the first one by the specification up to 1.11, any since. */
function writeBranch(to: AvroBytes, branches: readonly AvroType[], json: unknown): boolean {
  const before = to.used;
  for (const [index, branch] of branches.entries()) {
    to.used = before;
    to.int(index);
    if (write(to, branch, json)) return true;
  }
  return false;
}

function writeItems(
  to: AvroBytes,
  { kind, items }: { readonly kind: 'array' | 'map'; readonly items: AvroType },
  json: unknown,
): boolean {
  const values =
    kind === 'array'
      ? Array.isArray(json)
        ? (json as unknown[])
        : null
      : isObject(json)
        ? Object.values(json)
        : null;
  if (values === null) return false;
  const keys = kind === 'map' ? Object.keys(json as Json) : [];
  if (values.length > 0) to.int(values.length);
  const isFine = values.every((value, i) => {
    if (kind === 'map') to.sized(new TextEncoder().encode(keys[i]));
    return write(to, items, value);
  });
  to.byte(0);
  return isFine;
}
