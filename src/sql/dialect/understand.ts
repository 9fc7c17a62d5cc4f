// A submitted text as PostgreSQL: as it is, or translated from the dialect that the door or its first line names.

import { MillraceError } from '../../errors.ts';
import type { Dialect } from './dialect.ts';
import { dialectNamed } from './dialect.ts';
import { toPostgres } from './statements.ts';

export interface Understood {
  /** PostgreSQL, with Millrace's own statements. */
  readonly sql: string;
  /** Undefined when the text was PostgreSQL: then `sql` is the text itself. */
  readonly dialect: Dialect | undefined;
}

/** The first line of a file: `-- dialect: mysql`. */
const HEADER = /^\uFEFF?\s*--[ \t]*dialect[ \t]*:[ \t]*(\S+)[ \t]*(?:\r?\n|$)/i;

/** `named`: what the door was told, for instance by --dialect. */
export function understand(text: string, named?: string | null): Understood {
  const header = HEADER.exec(text)?.[1];
  const chosen = named ?? header;
  if (chosen === undefined) return { sql: text, dialect: undefined };
  const dialect = dialectNamed(chosen);
  if (header !== undefined && dialectNamed(header) !== dialect) throw contradiction(header, chosen);
  return dialect === undefined ? { sql: text, dialect } : { sql: toPostgres(text, dialect), dialect };
}

function contradiction(header: string, named: string): MillraceError {
  return new MillraceError({
    code: 'UNKNOWN_DIALECT',
    message: `the first line of the text says dialect ${header}, the request says ${named}`,
    hint: 'name the dialect once',
  });
}
