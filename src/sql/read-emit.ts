// EMIT: when results appear. ON WINDOW CLOSE is ours and RisingWave's; CHANGES (ksqlDB) names the default.

import { unsupported } from './fail.ts';
import type { Cursor } from './cursor.ts';
import type { EmitClause } from './statement.ts';

const NOT_BEFORE = new Set(['select', 'from', 'join', 'as', ',', '.', 'by', 'distinct', 'all']);
const SPELLINGS = ['on window close', 'changes', 'final', 'on update', 'immediately', 'after watermark'];

/** Is the word `emit` at this index the clause, and no column, alias or table of that name? */
export function emitStart(cursor: Cursor, index: number): boolean {
  const tokens = cursor.source.tokens;
  if (index > 0 && NOT_BEFORE.has(tokens[index - 1]!.word)) return false;
  return SPELLINGS.some((spelling) => {
    const words = spelling.split(' ');
    const after = index + 1 + words.length;
    if (after > cursor.end || !words.every((word, i) => tokens[index + 1 + i]!.word === word)) return false;
    return after === cursor.end || ['with', 'format', ';'].includes(tokens[after]!.word);
  });
}

/** The clause when it is next. */
export function readEmit(cursor: Cursor): EmitClause | undefined {
  if (!cursor.is('emit')) return undefined;
  const start = cursor.at;
  cursor.at++;
  if (cursor.take('on', 'window', 'close')) return { mode: 'on window close', span: cursor.since(start) };
  if (cursor.take('changes')) return { mode: 'on change', span: cursor.since(start) };
  const word = cursor.next('ON WINDOW CLOSE');
  throw unsupported(
    `EMIT ${word.text.toUpperCase()}`,
    cursor.since(start),
    'write EMIT ON WINDOW CLOSE for one final result per window, or nothing for changes as they happen',
  );
}
