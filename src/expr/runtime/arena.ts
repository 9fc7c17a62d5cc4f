// Where computed text goes: one growing buffer per compiled kernel, rewound at the start of each batch. Old slices stay
// valid while it grows, because the buffer that they point into is copied, not overwritten.

import { result } from '../../data/registers.ts';

export class Arena {
  bytes: Uint8Array = new Uint8Array(1024);
  length = 0;
}

let current = new Arena();
let batches = 0;
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Makes `arena` the place that text functions write to, and empties it. */
export function enterArena(arena: Arena): void {
  current = arena;
  arena.length = 0;
  batches++;
}

/** Tells batches apart: what is read of one does not change while it is computed. */
export function batchNumber(): number {
  return batches;
}

/** Makes room for `size` bytes; answers where they start. The caller then sets `current.length` through `close`. */
export function open(size: number): number {
  const start = current.length;
  if (start + size > current.bytes.length) {
    const wider = new Uint8Array(Math.max(start + size, current.bytes.length * 2));
    wider.set(current.bytes.subarray(0, start));
    current.bytes = wider;
  }
  return start;
}

export function buffer(): Uint8Array {
  return current.bytes;
}

/** Ends a text that started at `start`: the registers name it. */
export function close(start: number, end: number): number {
  current.length = end;
  result.bytes = current.bytes;
  result.end = end;
  return start;
}

/** Where text appended next will start. */
export function mark(): number {
  return current.length;
}

export function append(bytes: Uint8Array, start: number, end: number): void {
  const at = open(end - start);
  copyBytes(bytes, start, end, current.bytes, at);
  current.length = at + end - start;
}

function copyBytes(from: Uint8Array, start: number, end: number, to: Uint8Array, at: number): void {
  if (end - start > 64) to.set(from.subarray(start, end), at);
  else for (let i = start; i < end; i++) to[at + i - start] = from[i]!;
}

/** The text as a part of the arena; copied unless it is one. */
export function keep(bytes: Uint8Array, start: number, end: number): number {
  if (bytes === current.bytes) {
    result.end = end;
    return start;
  }
  const at = current.length;
  append(bytes, start, end);
  result.end = current.length;
  return at;
}

export function writeString(text: string): number {
  const start = open(text.length * 3);
  const { written } = encoder.encodeInto(text, current.bytes.subarray(start));
  return close(start, start + written);
}

export function readString(bytes: Uint8Array, start: number, end: number): string {
  return decoder.decode(bytes.subarray(start, end));
}
