// Names that stand in a list or behind AS.

import type { Reading } from './reading.ts';
import { RESERVED } from './reserved.ts';

/** `(a, b)` */
export function readNames(reading: Reading): string {
  reading.expect('(');
  const names: string[] = [];
  do names.push(readName(reading));
  while (reading.take(','));
  reading.expect(')');
  return `(${names.join(', ')})`;
}

export function readName(reading: Reading): string {
  const { type } = reading.peek();
  if (type !== 'word' && type !== 'quoted') throw reading.unexpected('a name');
  return reading.name(reading.next());
}

/** `AS name`, or a name that no clause begins with. */
export function readAlias(reading: Reading): string | undefined {
  const as = reading.take('as');
  const token = reading.peek();
  if (token.type === 'string' && as)
    throw reading.refuse('a string as a name', 'write it without quotes, or as a quoted name');
  const isName = token.type === 'quoted' || (token.type === 'word' && (as || !RESERVED.has(token.word)));
  if (isName) return readName(reading);
  if (as) throw reading.unexpected('a name');
  return undefined;
}
