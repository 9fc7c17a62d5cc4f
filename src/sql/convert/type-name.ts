// Type names: `numeric(10, 2)[]`, `interval day to second(3)`.

import type { TypeName as PgTypeName } from 'libpg-query';
import type { IntervalFields, IntervalRange, TypeName } from '../names.ts';
import { unsupported } from '../fail.ts';
import type { Piece } from './piece.ts';
import { integerOf, names, only } from './raw.ts';

/** PostgreSQL's masks of interval fields: one bit per field. */
const INTERVAL_FIELDS = new Map<number, IntervalFields>([
  [1 << 2, 'year'],
  [1 << 1, 'month'],
  [1 << 3, 'day'],
  [1 << 10, 'hour'],
  [1 << 11, 'minute'],
  [1 << 12, 'second'],
  [(1 << 2) | (1 << 1), 'year to month'],
  [(1 << 3) | (1 << 10), 'day to hour'],
  [(1 << 3) | (1 << 10) | (1 << 11), 'day to minute'],
  [(1 << 3) | (1 << 10) | (1 << 11) | (1 << 12), 'day to second'],
  [(1 << 10) | (1 << 11), 'hour to minute'],
  [(1 << 10) | (1 << 11) | (1 << 12), 'hour to second'],
  [(1 << 11) | (1 << 12), 'minute to second'],
]);

const FULL_RANGE = 0x7fff;

export function convertTypeName(piece: Piece, raw: PgTypeName): TypeName {
  const first = piece.index(raw.location);
  const at = piece.at(first);
  const node = only(raw, at, 'names', 'typmods', 'typemod', 'arrayBounds', 'location');
  const parts = names(node.names);
  const name = parts.at(-1) ?? '';
  const schema = parts.length > 1 && parts[0] !== 'pg_catalog' ? parts[0] : undefined;
  if (parts.length > 2) throw unsupported('a type name with a database', at);
  const numbers = (node.typmods ?? []).map((modifier) => {
    const value = integerOf(modifier);
    if (value === undefined) throw unsupported('a type modifier that is no integer', at);
    return value;
  });
  const isInterval = name === 'interval' && schema === undefined;
  const arrayBounds = (node.arrayBounds ?? []).map((bound) => {
    const length = integerOf(bound) ?? -1;
    return length < 0 ? undefined : length;
  });
  return {
    kind: 'TypeName',
    schema,
    name,
    modifiers: isInterval ? [] : numbers,
    interval: isInterval ? intervalRange(numbers) : undefined,
    arrayBounds,
    span: piece.at(first, lastToken(piece, first)),
  };
}

function intervalRange(numbers: readonly number[]): IntervalRange | undefined {
  const [mask, precision] = numbers;
  if (mask === undefined) return undefined;
  return { fields: mask === FULL_RANGE ? undefined : INTERVAL_FIELDS.get(mask), precision };
}

/** Words that continue a type name after its first word. */
const CONTINUES = new Map([
  ['double', ['precision']],
  ['character', ['varying']],
  ['char', ['varying']],
  ['national', ['character', 'char', 'varying']],
  ['nchar', ['varying']],
  ['bit', ['varying']],
  ['timestamp', ['with', 'without', 'time', 'zone']],
  ['time', ['with', 'without', 'time', 'zone']],
  ['interval', ['year', 'month', 'day', 'hour', 'minute', 'second', 'to']],
]);

function lastToken(piece: Piece, first: number): number {
  const continues = CONTINUES.get(piece.word(first)) ?? [];
  let last = first;
  while (piece.word(last + 1) === '.') last += 2;
  for (;;) {
    const next = piece.word(last + 1);
    if (next === '(' || next === '[') last = piece.match(last + 1);
    else if (continues.includes(next) || next === 'array') last++;
    else return last;
  }
}
