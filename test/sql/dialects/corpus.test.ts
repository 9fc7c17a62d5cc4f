// Texts in other dialects: each has below it the PostgreSQL reading that was written down by hand (`=`; alone: the text as
// it stands), or a part of its refusal (`!`). PostgreSQL's own grammar reads what was written down, so that precedence is
// read a second time, by somebody else: both trees must be the same.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { MillraceError } from '../../../src/errors.ts';
import type { Dialect } from '../../../src/sql/dialect/dialect.ts';
import { DIALECTS } from '../../../src/sql/dialect/dialect.ts';
import { toPostgres } from '../../../src/sql/dialect/statements.ts';
import { parseStatement } from '../../../src/sql/parse.ts';
import { withoutSpans } from '../tree.ts';

interface Entry {
  readonly text: string;
  readonly reading: string;
  readonly refused: boolean;
}

function entriesOf(file: string): Entry[] {
  const entries: Entry[] = [];
  let text: string[] = [];
  for (const line of readFileSync(join(import.meta.dirname, `${file}.txt`), 'utf8').split('\n')) {
    if (/^[=!]/.test(line)) {
      const written = line.slice(1).trim();
      entries.push({
        text: text.join('\n'),
        reading: written === '' ? text.join('\n') : written,
        refused: line.startsWith('!'),
      });
      text = [];
    } else if (line !== '' && !line.startsWith('# ')) text.push(line);
  }
  return entries;
}

function refusalOf(text: string, dialect: Dialect): MillraceError {
  let sql: string;
  try {
    sql = toPostgres(text, dialect);
  } catch (error) {
    if (error instanceof MillraceError) return error;
    throw error;
  }
  throw new Error(`${text} was read as ${sql}`);
}

/** `5 minutes` is `5 minute`. */
function singular(sql: string): string {
  return sql.replaceAll(/(INTERVAL '-?\d+ [a-z]+?)s'/g, "$1'");
}

const told = ({ message, hint }: MillraceError): string => `${message} (${hint ?? ''})`;

describe.each(DIALECTS)('%s', (dialect) => {
  const entries = [...entriesOf('common'), ...entriesOf(dialect)];

  test('has at least a hundred texts', () => {
    expect(new Set(entries.map(({ text }) => text)).size).toBeGreaterThan(150);
  });

  const accepted = entries.filter(({ refused }) => !refused);
  test.each(accepted)('$text', ({ text, reading }) => {
    const understood = toPostgres(text, dialect);
    expect(withoutSpans(parseStatement(understood)), understood).toEqual(
      withoutSpans(parseStatement(singular(reading))),
    );
  });

  const refused = entries.filter((entry) => entry.refused);
  test.each(refused)('$text is refused', ({ text, reading }) => {
    const refusal = refusalOf(text, dialect);
    expect(told(refusal)).toContain(reading);
    expect(refusal.span!.offset).toBeLessThanOrEqual(text.length);
    expect(refusal.sql).toBe(text);
  });
});
