// What the generated readers of binary formats have in common: how they are called, what they say when they fail, and what they may call.

import type { ColumnSlot } from './column-slot.ts';
import * as values from './binary-values.ts';
import { storeSafeInteger } from './number-values.ts';
import { Occurrences, skipField } from './proto-wire.ts';
import { shownBytes } from './rejection.ts';
import { checkText } from './utf8.ts';

/** Where a column failed: set only when a reader does not give OK. */
export interface Failure {
  /** Index of the slot; −1: the record as a whole. */
  column: number;
  /** The value, in the record; or `what` it is, for one that the column could never take. */
  from: number;
  to: number;
  what: string;
}

export type GeneratedReader = (
  slots: readonly ColumnSlot[],
  b: Uint8Array,
  v: DataView,
  p: number,
  e: number,
  row: number,
  fail: Failure,
) => number;

const encoder = new TextEncoder();

const LIBRARY = {
  ...values,
  checkText,
  storeSafeInteger,
  skipField,
  noOccurrences: new Occurrences(),
  utf8: (text: string) => encoder.encode(text),
};

export const LIBRARY_LINE = `const { ${Object.keys(LIBRARY).join(', ')}, constants } = lib;`;

/** `source` gives the reader; texts of schemas get into it only as `constants`. */
export function compileReader(source: string, constants: readonly unknown[]): GeneratedReader {
  return new Function('lib', source)({ ...LIBRARY, constants }) as GeneratedReader;
}

/** Texts and bytes that the generated code refers to by number. */
export class Constants {
  readonly list: unknown[] = [];

  add(value: unknown): string {
    this.list.push(value);
    return `constants[${this.list.length - 1}]`;
  }
}

export function noFailure(): Failure {
  return { column: -1, from: 0, to: 0, what: '' };
}

export function clearFailure(fail: Failure): void {
  fail.column = -1;
  fail.what = '';
  fail.from = fail.to = 0;
}

/** The value that failed, as a message shows it. */
export function shownFailure({ what, from, to }: Failure, b: Uint8Array): string {
  return what === '' ? (from === to ? 'null' : shownBytes(b, from, to)) : what;
}

/** The code of readers, for EXPLAIN; a text says why there is none. */
export function sourcesOf(readers: Iterable<string | { readonly source: string }>): string {
  return [...readers].map((reader) => (typeof reader === 'string' ? '' : reader.source)).join('\n');
}
