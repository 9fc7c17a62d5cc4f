// Accumulator columns: what an aggregate keeps per group, one typed array per number. `big` and `bytes` hold what has no
// fixed width (wide sums, text extremes); they are ordinary arrays because they change rarely.

import { grownBigints, grownBytes, grownDoubles, grownInt32s } from './growing.ts';

export type AccumulatorKind = 'f64' | 'i64' | 'i32' | 'u8' | 'big' | 'bytes';

export type Accumulator =
  | { readonly kind: 'f64'; values: Float64Array }
  | { readonly kind: 'i64'; values: BigInt64Array }
  | { readonly kind: 'i32'; values: Int32Array }
  | { readonly kind: 'u8'; values: Uint8Array }
  /** `undefined` reads as 0n. */
  | { readonly kind: 'big'; values: (bigint | undefined)[] }
  | { readonly kind: 'bytes'; values: (Uint8Array | undefined)[] };

export function newAccumulator(kind: AccumulatorKind, capacity: number): Accumulator {
  switch (kind) {
    case 'f64':
      return { kind, values: new Float64Array(capacity) };
    case 'i64':
      return { kind, values: new BigInt64Array(capacity) };
    case 'i32':
      return { kind, values: new Int32Array(capacity) };
    case 'u8':
      return { kind, values: new Uint8Array(capacity) };
    case 'big':
      return { kind, values: [] };
    case 'bytes':
      return { kind, values: [] };
  }
}

export function growAccumulator(acc: Accumulator, capacity: number): void {
  switch (acc.kind) {
    case 'f64':
      acc.values = grownDoubles(acc.values, capacity);
      return;
    case 'i64':
      acc.values = grownBigints(acc.values, capacity);
      return;
    case 'i32':
      acc.values = grownInt32s(acc.values, capacity);
      return;
    case 'u8':
      acc.values = grownBytes(acc.values, capacity);
      return;
    case 'big':
    case 'bytes':
      return;
  }
}

export function copyAccumulator(from: Accumulator, i: number, to: Accumulator, j: number): void {
  if (from.kind !== to.kind) throw new Error(`accumulators differ: ${from.kind}, ${to.kind}`);
  to.values[j] = from.values[i]!;
}

/** Entry i of `from` becomes entry `slots[i]` of `to`. */
export function scatterAccumulator(from: Accumulator, to: Accumulator, slots: Int32Array): void {
  if (from.kind !== to.kind) throw new Error(`accumulators differ: ${from.kind}, ${to.kind}`);
  if (from.kind === 'f64' && to.kind === 'f64') {
    const values = to.values;
    for (let i = 0; i < slots.length; i++) values[slots[i]!] = from.values[i]!;
    return;
  }
  for (let i = 0; i < slots.length; i++) copyAccumulator(from, i, to, slots[i]!);
}

export function clearAccumulator(acc: Accumulator, i: number): void {
  switch (acc.kind) {
    case 'i64':
      acc.values[i] = 0n;
      return;
    case 'big':
    case 'bytes':
      if (acc.values.length > i) acc.values[i] = undefined;
      return;
    default:
      acc.values[i] = 0;
  }
}

/** Values without a fixed width are weighed by a sample. */
export function accumulatorBytes(acc: Accumulator): number {
  switch (acc.kind) {
    case 'big':
      return acc.values.length * (8 + sampled(acc.values, (value) => 24 + value.toString(16).length / 2));
    case 'bytes':
      return acc.values.length * (8 + sampled(acc.values, (value) => 96 + value.length));
    default:
      return acc.values.byteLength;
  }
}

const SAMPLES = 32;

function sampled<T>(values: readonly (T | undefined)[], weigh: (value: T) => number): number {
  const step = Math.max(1, Math.floor(values.length / SAMPLES));
  let bytes = 0;
  let samples = 0;
  for (let i = 0; i < values.length; i += step, samples++) {
    const value = values[i];
    if (value !== undefined) bytes += weigh(value);
  }
  return samples === 0 ? 0 : Math.round(bytes / samples);
}
