// Flink's window functions in FROM: TABLE(TUMBLE(TABLE bid, DESCRIPTOR(ts), INTERVAL '5' MINUTE)).

import { syntaxError } from '../fail.ts';
import { readName } from './names.ts';
import type { Reading } from './reading.ts';

const ARGUMENTS: Readonly<Record<string, readonly string[]>> = {
  tumble: ['data', 'timecol', 'size', 'offset'],
  hop: ['data', 'timecol', 'slide', 'size', 'offset'],
  cumulate: ['data', 'timecol', 'step', 'size', 'offset'],
};

/** Of Flink's SESSION, in FROM and in GROUP BY, which begins at `start`. */
export function refusedSession(reading: Reading, start: number): Error {
  return reading.refuse(
    'SESSION',
    'there rows exactly one gap apart share a session, here they do not: write SESSION(t, ts, gap) in PostgreSQL, without a dialect',
    start,
  );
}

export function readWindowTable(reading: Reading): string {
  const start = reading.at;
  if (reading.rules.dialect !== 'flinksql')
    throw reading.refuse('a function in FROM', 'write it in PostgreSQL, without a dialect');
  const table = reading.take('table');
  if (table) reading.expect('(');
  const { word } = reading.next();
  if (word === 'session') throw refusedSession(reading, start);
  const names = Object.hasOwn(ARGUMENTS, word) ? ARGUMENTS[word]! : undefined;
  if (names === undefined)
    throw reading.refuse(`${word.toUpperCase()} in FROM`, 'one of TUMBLE, HOP, CUMULATE', start);
  reading.expect('(');
  const values = readArguments(reading, names);
  reading.expect(')');
  if (table) reading.expect(')');
  const given = names.map((name) => values.get(name)).filter((value) => value !== undefined);
  const missing = names.slice(0, -1).find((name) => !values.has(name));
  if (missing !== undefined)
    throw syntaxError(`${word.toUpperCase()} has no ${missing.toUpperCase()}`, reading.since(start));
  return `${word.toUpperCase()}(${given.join(', ')})`;
}

/** In their order, or by `NAME => value`. */
function readArguments(reading: Reading, names: readonly string[]): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  do {
    const label = reading.peek(1).word === '=>' ? reading.next().word : undefined;
    if (label !== undefined) reading.at++;
    const name = label ?? names[values.size];
    if (name === undefined || !names.includes(name) || values.has(name)) throw reading.unexpected('")"');
    values.set(name, readArgument(reading, name));
  } while (reading.take(','));
  return values;
}

function readArgument(reading: Reading, name: string): string {
  if (name === 'data') return readData(reading);
  if (name !== 'timecol') return reading.expression().sql;
  reading.expect('descriptor', '(');
  const column = readName(reading);
  reading.expect(')');
  return column;
}

function readData(reading: Reading): string {
  if (reading.take('(')) {
    const query = reading.query();
    reading.expect(')');
    return `(${query})`;
  }
  reading.expect('table');
  const parts = [readName(reading)];
  while (reading.take('.')) parts.push(readName(reading));
  return parts.join('.');
}
