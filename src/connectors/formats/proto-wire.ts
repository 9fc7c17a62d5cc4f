// The wire format of Protocol Buffers: tags, lengths, and where the values of a field stand in a record. A field may come any number of
// times, in any place: of a single value the last one counts, messages are merged, which is to read them one after the other.

import { readVarint, reg, skipVarint } from './binary-values.ts';
import type { ProtoField, ProtoType } from './proto-schema.ts';
import { NOT_PROTOBUF, TOO_DEEP } from './rejection.ts';
import { ValueFailure } from './value-failure.ts';

export const VARINT = 0;
export const WIDE = 1;
export const BYTES = 2;
export const GROUP = 3;
const END_GROUP = 4;
export const NARROW = 5;

const MAX_DEPTH = 100;

/** How one item is written; −1: in a way that is not read. */
export function wireOf({ type, shape, group }: Pick<ProtoField, 'type' | 'shape' | 'group'>): number {
  if (group) return -1;
  return shape === 'map' ? BYTES : itemWire(type);
}

function itemWire({ kind }: ProtoType): number {
  switch (kind) {
    case 'double':
    case 'fixed64':
    case 'sfixed64':
      return WIDE;
    case 'float':
    case 'fixed32':
    case 'sfixed32':
      return NARROW;
    case 'string':
    case 'bytes':
    case 'message':
      return BYTES;
    default:
      return VARINT;
  }
}

/** Items that may be written one behind the other, without tags. */
export function isPackable(field: ProtoField): boolean {
  return field.shape === 'many' && wireOf(field) !== BYTES;
}

/** Passes over the value behind `tag`: the position behind it, or −1. */
export function skipField(b: Uint8Array, p: number, e: number, tag: number, depth = 0): number {
  if (tag >>> 3 === 0 || depth > MAX_DEPTH) return -1;
  switch (tag & 7) {
    case VARINT:
      return skipVarint(b, p, e);
    case WIDE:
      return p + 8 <= e ? p + 8 : -1;
    case NARROW:
      return p + 4 <= e ? p + 4 : -1;
    case BYTES: {
      const start = readVarint(b, p, e);
      if (start < 0 || reg.hi !== 0 || reg.lo < 0 || start + reg.lo > e) return -1;
      return start + reg.lo;
    }
    case GROUP:
      return skipGroup(b, p, e, tag >>> 3, depth);
    default:
      return -1;
  }
}

function skipGroup(b: Uint8Array, p: number, e: number, number: number, depth: number): number {
  for (;;) {
    p = readVarint(b, p, e);
    if (p < 0 || reg.hi !== 0) return -1;
    const tag = reg.lo >>> 0;
    if ((tag & 7) === END_GROUP) return tag >>> 3 === number ? p : -1;
    p = skipField(b, p, e, tag, depth + 1);
    if (p < 0) return -1;
  }
}

/** Where the values of one field stand: of bytes what is behind the length, of numbers the number. */
export class Occurrences {
  b: Uint8Array = new Uint8Array(0);
  v: DataView = new DataView(this.b.buffer);
  /** Messages around the field. */
  depth = 0;
  count = 0;
  readonly wires: number[] = [];
  readonly starts: number[] = [];
  readonly ends: number[] = [];

  open(b: Uint8Array, v: DataView): void {
    this.b = b;
    this.v = v;
    this.count = 0;
  }

  /** What `skipField` has just passed over: `start` is behind the tag. */
  add(wire: number, start: number, end: number): void {
    if (wire === BYTES) start = readVarint(this.b, start, end);
    this.wires[this.count] = wire;
    this.starts[this.count] = start;
    this.ends[this.count++] = end;
  }

  clear(): void {
    this.count = 0;
  }

  /** The last value. */
  get from(): number {
    return this.count === 0 ? 0 : this.starts[this.count - 1]!;
  }

  get to(): number {
    return this.count === 0 ? 0 : this.ends[this.count - 1]!;
  }
}

/** A field of a message that is read, its values, and the fields beside it of which at most one is there. */
export interface WantedField {
  readonly field: ProtoField;
  readonly found: Occurrences;
}

/** Fills `wanted` from a message, which is all the occurrences of its field, one after the other. Throws a ValueFailure. */
export function collect(of: Occurrences, wanted: ReadonlyMap<number, WantedField>): void {
  if (of.depth >= MAX_DEPTH) throw new ValueFailure(TOO_DEEP);
  for (const { found } of wanted.values()) {
    found.open(of.b, of.v);
    found.depth = of.depth + 1;
  }
  for (let i = 0; i < of.count; i++) collectFrom(of.b, of.starts[i]!, of.ends[i]!, wanted);
}

function collectFrom(b: Uint8Array, p: number, e: number, wanted: ReadonlyMap<number, WantedField>): void {
  while (p < e) {
    p = readVarint(b, p, e);
    if (p < 0 || reg.hi !== 0) throw new ValueFailure(NOT_PROTOBUF);
    const tag = reg.lo >>> 0;
    const end = skipField(b, p, e, tag);
    if (end < 0) throw new ValueFailure(NOT_PROTOBUF);
    const one = wanted.get(tag >>> 3);
    if (one !== undefined && takes(one.field, tag & 7)) {
      clearOthers(one, wanted);
      one.found.add(tag & 7, p, end);
    }
    p = end;
  }
}

/** What is written in another way than the schema says is as a field that nobody knows. */
export function takes(field: ProtoField, wire: number): boolean {
  return wire === wireOf(field) || (wire === BYTES && isPackable(field));
}

function clearOthers({ field }: WantedField, wanted: ReadonlyMap<number, WantedField>): void {
  if (field.oneof === null) return;
  for (const other of wanted.values())
    if (other.field.oneof === field.oneof && other.field !== field) other.found.clear();
}
