// What the tests of the SQL reader share: trees without places, the corpus, what a span underlines.

import { readFileSync } from 'node:fs';
import { MillraceError } from '../../src/errors.ts';

/** The tree as plain data: no places, no undefined. */
export function withoutSpans(tree: unknown): unknown {
  const isPlace = (key: string): boolean => key === 'span' || key.endsWith('Span');
  return JSON.parse(JSON.stringify(tree, (key, value: unknown) => (isPlace(key) ? undefined : value)));
}

/** Every node with a kind and the text it covers. */
export function coveredTexts(tree: unknown, sql: string): string[] {
  if (typeof tree !== 'object' || tree === null) return [];
  const { kind, span } = tree as { kind?: string; span?: { offset: number; end: number } };
  const own =
    kind !== undefined && span !== undefined ? [`${kind} «${sql.slice(span.offset, span.end)}»`] : [];
  return [...own, ...Object.values(tree).flatMap((value) => coveredTexts(value, sql))];
}

/** The queries of corpus.sql; `ours` are not PostgreSQL. */
export function corpus(): { readonly sql: string; readonly ours: boolean }[] {
  return readFileSync(new URL('corpus.sql', import.meta.url), 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('--'))
    .map((line) => ({ sql: line.replace(/ -- ours$/, ''), ours: line.endsWith(' -- ours') }));
}

export interface Refusal {
  readonly code: string;
  readonly message: string;
  readonly hint: string | undefined;
  /** The text that is underlined. */
  readonly at: string;
}

export function refusal(read: () => unknown): Refusal {
  try {
    read();
  } catch (error) {
    if (!(error instanceof MillraceError)) throw error;
    const { span, sql } = error;
    if (span === undefined || sql === undefined) throw error;
    return {
      code: error.code,
      message: error.message,
      hint: error.hint,
      at: sql.slice(span.offset, span.end),
    };
  }
  throw new Error('nothing was refused');
}
