// Schemas of Protocol Buffers: from the text of a .proto file, and of those that it imports, to messages whose types are resolved. The only
// file that knows protobufjs, of which nothing but its parser and its resolution of names and features is used.

import protobuf from 'protobufjs';
import { badSchema } from './schema-failure.ts';

export type ProtoScalar = (typeof SCALARS)[number];

export interface ProtoEnum {
  readonly kind: 'enum';
  readonly name: string;
  readonly symbols: ReadonlyMap<number, string>;
  /** Of proto2: a number without a name is as if it were not there. */
  readonly closed: boolean;
}

export interface ProtoMessage {
  readonly kind: 'message';
  /** With its package, without a dot in front. */
  readonly name: string;
  /** Filled when all of it is read: a message may hold itself. */
  readonly fields: ProtoField[];
}

export type ProtoType = { readonly kind: ProtoScalar } | ProtoEnum | ProtoMessage;

export interface ProtoField {
  readonly name: string;
  readonly number: number;
  /** Of one item; of a map, of its values. */
  readonly type: ProtoType;
  readonly shape: 'one' | 'many' | 'map';
  /** Of a map's keys. */
  readonly keys: ProtoScalar | null;
  /** Whether a value is there can be told apart from its being the default. */
  readonly presence: boolean;
  readonly required: boolean;
  /** At most one of the fields with this name is there. */
  readonly oneof: string | null;
  /** A message between two tags instead of behind its length. */
  readonly group: boolean;
}

export interface ProtoFile {
  /** By its path: the number of a message of the file, then of one within it, … */
  readonly messages: ReadonlyMap<string, ProtoMessage>;
}

const SCALARS = [
  'double',
  'float',
  'int32',
  'uint32',
  'sint32',
  'fixed32',
  'sfixed32',
  'int64',
  'uint64',
  'sint64',
  'fixed64',
  'sfixed64',
  'bool',
  'string',
  'bytes',
] as const;

const MAX_MESSAGES = 10_000;

export interface ProtoReference {
  /** As it is imported. */
  readonly name: string;
  readonly text: string;
}

/** Throws BAD_SCHEMA. */
export function parseProto(text: string, references: readonly ProtoReference[]): ProtoFile {
  try {
    const root = new protobuf.Root();
    const imported = [text, ...references.map((reference) => reference.text)].flatMap(
      (source) => protobuf.parse(source, root, { keepCase: true }).imports ?? [],
    );
    addKnown(root, imported, new Set(references.map(({ name }) => name)));
    root.resolveAll();
    const resolver = new Resolver();
    const messages = new Map<string, ProtoMessage>();
    for (const [path, name] of messagePaths(text))
      messages.set(path, resolver.message(root.lookupType(name)));
    return { messages };
  } catch (error) {
    if (error instanceof Error && error.name === 'MillraceError') throw error;
    throw badSchema(error instanceof Error ? error.message : String(error));
  }
}

/** The files that come with Protocol Buffers are known without being registered. */
function addKnown(root: protobuf.Root, imported: readonly string[], given: ReadonlySet<string>): void {
  for (const name of new Set(imported)) {
    if (given.has(name)) continue;
    const known = protobuf.common.get(name);
    if (known?.nested === undefined) throw badSchema(`it imports "${name}", which it has no reference to`);
    root.addJSON(known.nested);
  }
}

/** The messages of the file itself: other files may share its package, so it is read alone. */
function messagePaths(text: string): readonly (readonly [path: string, name: string])[] {
  const { root, package: name } = protobuf.parse(text, new protobuf.Root(), { keepCase: true });
  const scope = name === undefined ? root : root.lookup(name);
  return scope instanceof protobuf.Namespace ? pathsWithin(scope, '') : [];
}

function pathsWithin(scope: protobuf.NamespaceBase, before: string): (readonly [string, string])[] {
  const types = scope.nestedArray.filter((inner) => inner instanceof protobuf.Type);
  return types.flatMap((type, i) => {
    const path = before === '' ? `${i}` : `${before}.${i}`;
    return [[path, type.fullName] as const, ...pathsWithin(type, path)];
  });
}

class Resolver {
  private readonly known = new Map<protobuf.Type, ProtoMessage>();

  message(type: protobuf.Type): ProtoMessage {
    const before = this.known.get(type);
    if (before !== undefined) return before;
    if (this.known.size >= MAX_MESSAGES) throw badSchema('it is too large');
    const message: ProtoMessage = { kind: 'message', name: type.fullName.slice(1), fields: [] };
    this.known.set(type, message);
    for (const field of type.fieldsArray) message.fields.push(this.field(field.resolve()));
    return message;
  }

  private field(field: protobuf.Field): ProtoField {
    const type = this.type(field);
    const isMap = field instanceof protobuf.MapField;
    const oneof = field.partOf ?? null;
    return {
      name: field.name,
      number: field.id,
      type,
      shape: isMap ? 'map' : field.repeated ? 'many' : 'one',
      keys: isMap ? scalarOf(field.keyType) : null,
      presence: field.hasPresence || oneof !== null || type.kind === 'message',
      required: field.required,
      oneof: oneof === null || oneof.isProto3Optional === true ? null : oneof.name,
      group: field.delimited,
    };
  }

  private type(field: protobuf.Field): ProtoType {
    const { resolvedType } = field;
    if (resolvedType instanceof protobuf.Type) return this.message(resolvedType);
    if (resolvedType instanceof protobuf.Enum) return enumOf(resolvedType);
    return { kind: scalarOf(field.type) };
  }
}

function scalarOf(name: string): ProtoScalar {
  const found = SCALARS.find((known) => known === name);
  if (found === undefined) throw badSchema(`"${name}" is no type`);
  return found;
}

function enumOf(type: protobuf.Enum): ProtoEnum {
  const symbols = new Map<number, string>();
  for (const [symbol, number] of Object.entries(type.values))
    if (!symbols.has(number)) symbols.set(number, symbol);
  const { _features: features } = type as { _features?: { enum_type?: string } };
  return { kind: 'enum', name: type.fullName.slice(1), symbols, closed: features?.enum_type === 'CLOSED' };
}

/** As an error message names it. */
export function protoFieldName({ type, shape, keys }: ProtoField): string {
  const name = type.kind === 'message' || type.kind === 'enum' ? `${type.kind} ${type.name}` : type.kind;
  if (shape === 'map') return `map<${keys!}, ${name}>`;
  return shape === 'many' ? `repeated ${name}` : name;
}
