// Scalar functions that mean the same in all five dialects, as PostgreSQL writes them.

import { sameKind, term } from '../term.ts';
import type { Call, Translation } from './call.ts';
import { isWhole, same, scalarArguments, when, written } from './call.ts';

/** NULL when any argument is, where PostgreSQL passes over NULLs. */
function extreme(call: Call): ReturnType<Translation> {
  const args = scalarArguments(call, 1, 100);
  const list = args.map(({ sql }) => sql);
  const nulls = list.map((sql) => `${sql} IS NULL`).join(' OR ');
  const kind = sameKind(args.map((arg) => arg.kind));
  return term(`CASE WHEN ${nulls} THEN NULL ELSE ${call.name}(${list.join(', ')}) END`, kind, call.span);
}

/** A condition and two values. */
export const choice: Translation = (call) => {
  const [condition, then, otherwise] = scalarArguments(call, 3);
  const sql = `CASE WHEN ${condition!.sql} THEN ${then!.sql} ELSE ${otherwise!.sql} END`;
  return term(sql, sameKind([then!.kind, otherwise!.kind]), call.span);
};

/** NULL when a part is, as || has it. */
const concatenation: Translation = (call) => {
  const args = scalarArguments(call, 1, 100);
  return term(`(${args.map(({ sql }) => sql).join(' || ')})`, 'text', call.span);
};

/** From a place that is written as a number: below 1, and for negative lengths, every dialect has its own rules. */
export const part = (name: string): Translation =>
  when(
    (args) => isWhole(args, 1, 1) && isWhole(args, 2, 0),
    'from a place that is not written as a number from 1',
    'below 1 dialects differ: write the numbers out',
    same(2, 3, 'text', name),
  );

export const side = (name: string): Translation =>
  when(
    (args) => isWhole(args, 1, 0),
    'of a length that is not written as a number from 0',
    'below 0 dialects differ: write the number out',
    same(2, 2, 'text', name),
  );

/** With digits PostgreSQL rounds exact numbers only, away from zero, as all of them do. */
const round: Translation = when(
  (args) => args.length < 2 || isWhole(args, 1, 0),
  'to digits that are not written as a number',
  'write the number out',
  (call) => {
    const [value, digits] = scalarArguments(call, 1, 2);
    const sql = `round(${value!.sql}, ${digits?.sql ?? '0'})`;
    if (value!.kind === 'double')
      return when(() => false, 'of a double', 'cast it to a decimal type first', round)(call);
    return term(sql, 'decimal', call.span);
  },
);

const replace: Translation = when(
  (args) => args[1]?.constant !== undefined && args[1].constant !== '' && args[1].kind === 'text',
  'of a text that may be empty',
  'write the text that is replaced as a constant',
  same(3, 3, 'text'),
);

export const SCALARS: Readonly<Record<string, Translation>> = {
  abs: same(1, 1, 'arguments'),
  sign: same(1, 1, 'unknown'),
  ceil: same(1, 1, 'unknown'),
  ceiling: same(1, 1, 'unknown', 'ceil'),
  floor: same(1, 1, 'unknown'),
  round,
  lower: same(1, 1, 'text'),
  upper: same(1, 1, 'text'),
  char_length: same(1, 1, 'integer'),
  character_length: same(1, 1, 'integer', 'char_length'),
  concat: concatenation,
  replace,
  substring: part('substring'),
  coalesce: (call) => {
    const args = scalarArguments(call, 1, 100);
    return term(
      `COALESCE(${args.map(({ sql }) => sql).join(', ')})`,
      sameKind(args.map(({ kind }) => kind)),
      call.span,
    );
  },
  nullif: (call) => {
    const [left, right] = scalarArguments(call, 2);
    return term(`NULLIF(${left!.sql}, ${right!.sql})`, left!.kind, call.span);
  },
  greatest: extreme,
  least: extreme,
};

/** `ifnull(a, b)` and its other names. */
export const ifNull: Translation = (call) => {
  const [value, otherwise] = scalarArguments(call, 2);
  return term(
    `COALESCE(${value!.sql}, ${otherwise!.sql})`,
    sameKind([value!.kind, otherwise!.kind]),
    call.span,
  );
};

export const length = same(1, 1, 'integer', 'char_length');

/** position(part, text): which of them is first differs. */
export const place = (textFirst: boolean): Translation =>
  written(2, 'integer', (a, b) => (textFirst ? `strpos(${a}, ${b})` : `strpos(${b}, ${a})`));
