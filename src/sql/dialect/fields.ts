// Fields of times, which are whole numbers in the dialects.

import type { Term } from './term.ts';

export const FIELDS: readonly string[] = ['year', 'quarter', 'month', 'day', 'hour', 'minute', 'second'];

/** PostgreSQL has the fraction of seconds. */
export function fieldOf(field: string, { sql }: Pick<Term, 'sql'>): string | undefined {
  if (!FIELDS.includes(field)) return undefined;
  const extract = `EXTRACT(${field} FROM ${sql})`;
  return `CAST(${field === 'second' ? `floor(${extract})` : extract} AS integer)`;
}
