// How event time is cut into windows, as a value that prints.

import { intervalToText } from './interval-text.ts';

/** All sizes are microseconds above zero; windows are counted from 1970-01-01 00:00 plus `offset`. */
export type WindowShape =
  | { readonly kind: 'tumble'; readonly size: bigint; readonly offset: bigint }
  | { readonly kind: 'hop'; readonly slide: bigint; readonly size: bigint; readonly offset: bigint }
  /** `size` is a multiple of `step`. */
  | { readonly kind: 'cumulate'; readonly step: bigint; readonly size: bigint; readonly offset: bigint }
  /** Rows that are equal in the columns `partition` and follow each other by less than `gap`. */
  | { readonly kind: 'session'; readonly gap: bigint; readonly partition: readonly number[] };

/** Windows that overlap or leave gaps: a row is in several of them, or in none. */
export type ExpandingShape = Extract<WindowShape, { kind: 'hop' | 'cumulate' }>;

/** `hop ts 00:00:02 of 00:00:10`. */
export function printShape(shape: WindowShape, time: string): string {
  const offset = 'offset' in shape && shape.offset !== 0n ? ` offset ${printMicros(shape.offset)}` : '';
  switch (shape.kind) {
    case 'tumble':
      return `tumble ${time} ${printMicros(shape.size)}${offset}`;
    case 'hop':
      return `hop ${time} ${printMicros(shape.slide)} of ${printMicros(shape.size)}${offset}`;
    case 'cumulate':
      return `cumulate ${time} ${printMicros(shape.step)} up to ${printMicros(shape.size)}${offset}`;
    case 'session':
      return `session ${time} ${printMicros(shape.gap)}`;
  }
}

export function printMicros(micros: bigint): string {
  return `'${intervalToText(0, 0, micros)}'::interval`;
}
