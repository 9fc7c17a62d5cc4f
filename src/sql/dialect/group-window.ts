// Flink's group windows: GROUP BY TUMBLE(ts, INTERVAL '1' HOUR) is a window over the table in FROM, grouped by its ends.

import { syntaxError } from '../fail.ts';
import type { Reading } from './reading.ts';
import { refusedSession } from './window-table.ts';

/** The window of GROUP BY of the SELECT that begins here; nothing is taken. */
export function findGroupWindow(reading: Reading): Reading['groupWindow'] {
  if (reading.rules.dialect !== 'flinksql') return undefined;
  const start = reading.at;
  const found = findInGroupBy(reading) ? read(reading) : undefined;
  reading.at = start;
  return found;
}

/** Moves to the window. */
function findInGroupBy(reading: Reading): boolean {
  let depth = 0;
  let grouping = false;
  for (; reading.peek().type !== 'end' && depth >= 0; reading.at++) {
    const { word } = reading.peek();
    if (word === '(') depth++;
    else if (word === ')') depth--;
    else if (depth > 0) continue;
    else if (word === ';' || ['union', 'except', 'intersect', 'having', 'order'].includes(word)) return false;
    else if (reading.is('group', 'by')) grouping = true;
    else if (grouping && ['tumble', 'hop', 'session'].includes(word) && reading.is(word, '(')) return true;
  }
  return false;
}

function read(reading: Reading): Reading['groupWindow'] {
  const start = reading.at;
  const { word } = reading.next();
  if (word === 'session') throw refusedSession(reading, start);
  reading.expect('(');
  const time = reading.expression();
  const sizes: string[] = [];
  while (reading.take(',')) sizes.push(reading.expression().sql);
  reading.expect(')');
  if (sizes.length !== (word === 'hop' ? 2 : 1))
    throw syntaxError(
      `${word.toUpperCase()} takes a time and ${word === 'hop' ? 'a slide and a size' : 'a size'}`,
      reading.since(start),
    );
  const written = reading.tokens
    .slice(start, reading.at)
    .map((token) => (token.word === '' ? `'${token.value}'` : token.word));
  const column = time.sql.split('.').at(-1)!;
  return {
    arguments: `${word}${written.slice(1).join(' ')}`,
    over: (table) => `${word.toUpperCase()}(${[table, column, ...sizes].join(', ')})`,
  };
}

/** The window in GROUP BY as what it is grouped by. */
export function takeGroupWindow(reading: Reading): string | undefined {
  const { word } = reading.peek();
  if (reading.groupWindow === undefined || !['tumble', 'hop'].includes(word) || !reading.is(word, '('))
    return undefined;
  const start = reading.at;
  if (read(reading)!.arguments === reading.groupWindow.arguments) return 'window_start, window_end';
  throw syntaxError('GROUP BY has two windows', reading.since(start), 'one window for each SELECT');
}
