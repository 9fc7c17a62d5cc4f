// CAST: the types of the dialects by PostgreSQL's names. A conversion is translated when both give the same value or
// PostgreSQL an error; what rounds, cuts or formats in another way is refused unless the text tells the type it comes from.

import type { TextSpan } from '../../errors.ts';
import { unsupported } from '../fail.ts';
import type { Dialect } from './dialect.ts';
import type { Reading } from './reading.ts';
import type { Kind, Term } from './term.ts';
import { term } from './term.ts';

interface Target {
  readonly sql: string;
  readonly kind: Kind;
}

const BIGINT: Target = { sql: 'bigint', kind: 'integer' };
const INTEGER: Target = { sql: 'integer', kind: 'integer' };
const SMALLINT: Target = { sql: 'smallint', kind: 'integer' };
const DOUBLE: Target = { sql: 'double precision', kind: 'double' };
const TEXT: Target = { sql: 'text', kind: 'text' };
const BOOLEAN: Target = { sql: 'boolean', kind: 'boolean' };
const DATE: Target = { sql: 'date', kind: 'time' };
const TIMESTAMP: Target = { sql: 'timestamp', kind: 'time' };
const TIMESTAMPTZ: Target = { sql: 'timestamptz', kind: 'time' };

const TYPES: Readonly<Record<Dialect, Readonly<Record<string, Target>>>> = {
  flinksql: { int: INTEGER, integer: INTEGER, bigint: BIGINT, smallint: SMALLINT, double: DOUBLE, string: TEXT, boolean: BOOLEAN, date: DATE, timestamp: TIMESTAMP },
  mysql: { signed: BIGINT, double: DOUBLE, char: TEXT, date: DATE, datetime: TIMESTAMP },
  snowflake: { int: BIGINT, integer: BIGINT, bigint: BIGINT, smallint: BIGINT, double: DOUBLE, float: DOUBLE, string: TEXT, varchar: TEXT, text: TEXT, boolean: BOOLEAN, date: DATE, timestamp: TIMESTAMP },
  bigquery: { int64: BIGINT, float64: DOUBLE, string: TEXT, date: DATE, timestamp: TIMESTAMPTZ, datetime: TIMESTAMP },
  trino: { integer: INTEGER, int: INTEGER, bigint: BIGINT, smallint: SMALLINT, double: DOUBLE, varchar: TEXT, boolean: BOOLEAN, date: DATE, timestamp: TIMESTAMP },
}; // prettier-ignore

/** Precision and scale when none are said. */
const DECIMALS: Readonly<
  Record<Dialect, readonly [words: readonly string[], precision: number, scale: number]>
> = {
  flinksql: [['decimal', 'dec', 'numeric'], 10, 0],
  mysql: [['decimal'], 10, 0],
  snowflake: [['number', 'decimal', 'numeric'], 38, 0],
  bigquery: [['numeric', 'decimal'], 38, 9],
  trino: [['decimal'], 38, 0],
};

/** CAST(x AS type); TRY_CAST and SAFE_CAST give NULL where PostgreSQL has an error. */
export function readCast(reading: Reading): Term {
  const start = reading.at;
  const { word } = reading.next();
  if (word !== 'cast') {
    const hint = 'PostgreSQL has an error there, not NULL: write CAST, with a CASE around it that asks first';
    throw reading.refuse(word.toUpperCase(), hint, start);
  }
  reading.expect('(');
  return reading.nested(() => {
    reading.tell('CAST (');
    const operand = reading.inner();
    reading.expect('as');
    const target = readTarget(reading);
    reading.expect(')');
    // Which types a grammar knows is no matter of reading.
    reading.tell('AS DATE )');
    const span = reading.since(start);
    refuseLossy(reading, operand, target, span);
    return term(`CAST(${source(operand, target)} AS ${target.sql})`, target.kind, span);
  });
}

function readTarget(reading: Reading): Target {
  const start = reading.at;
  const { dialect } = reading.rules;
  const { word } = reading.next();
  const [decimals, precision, scale] = DECIMALS[dialect];
  if (decimals.includes(word)) {
    const [p, s] = readModifiers(reading) ?? [precision, scale];
    return { sql: `numeric(${p}, ${s ?? 0})`, kind: 'decimal' };
  }
  if (word === 'varchar' && (dialect === 'flinksql' || dialect === 'trino' || dialect === 'snowflake'))
    return readVarchar(reading, start);
  if (word === 'signed') reading.take('integer');
  if (word === 'double') reading.take('precision');
  const target = TYPES[dialect][word];
  if (target === undefined || !Object.hasOwn(TYPES[dialect], word) || reading.is('('))
    throw unsupported(
      `the type ${word.toUpperCase()} of ${reading.rules.title}`,
      reading.since(start),
      `one of ${known(dialect)}`,
    );
  if (reading.is('with') || reading.is('without'))
    throw unsupported(
      'WITH TIME ZONE in a cast',
      reading.here(),
      'write it in PostgreSQL, without a dialect',
    );
  return target;
}

function known(dialect: Dialect): string {
  return [...Object.keys(TYPES[dialect]), ...DECIMALS[dialect][0].slice(0, 1)].join(', ').toUpperCase();
}

function readModifiers(reading: Reading): number[] | undefined {
  if (!reading.take('(')) return undefined;
  const numbers = [Number(reading.next().value)];
  while (reading.take(',')) numbers.push(Number(reading.next().value));
  reading.expect(')');
  if (numbers.some((n) => !Number.isInteger(n)) || numbers.length > 2)
    throw reading.unexpected('a precision and a scale');
  return numbers;
}

/** Flink pads nothing and cuts, as PostgreSQL does in a cast; Snowflake refuses what is too long. */
function readVarchar(reading: Reading, start: number): Target {
  const length = readModifiers(reading);
  if (length === undefined) {
    if (reading.rules.dialect !== 'flinksql') return TEXT;
    throw unsupported(
      'VARCHAR without a length, which is VARCHAR(1) in Flink SQL',
      reading.since(start),
      'write STRING or VARCHAR(n)',
    );
  }
  if (length[0] === 2147483647 && reading.rules.dialect === 'flinksql') return TEXT;
  if (reading.rules.dialect === 'snowflake')
    throw unsupported(
      'a cast to VARCHAR(n), which fails for longer texts in Snowflake',
      reading.since(start),
      'write VARCHAR',
    );
  return { sql: `varchar(${length[0]!})`, kind: 'text' };
}

function refuseLossy(reading: Reading, operand: Term, target: Target, span: TextSpan): void {
  const from = operand.kind;
  const { title, dialect } = reading.rules;
  if (target.kind === 'text' && (from === 'double' || from === 'boolean' || from === 'time'))
    throw unsupported(
      `the text of a ${from === 'time' ? 'time' : from} in ${title}`,
      span,
      'write it in PostgreSQL, without a dialect',
    );
  if (target.kind === 'boolean' && from !== 'boolean' && from !== 'text')
    throw unsupported(`a cast to BOOLEAN in ${title}`, span, 'write a comparison');
  if (target.kind === 'text' && from === 'decimal' && dialect !== 'flinksql' && dialect !== 'mysql')
    throw unsupported(`the text of a decimal in ${title}`, span, 'write it in PostgreSQL, without a dialect');
  if (target.kind !== 'integer' && target.kind !== 'decimal') return;
  if (target.kind === 'integer' && from === 'unknown') return;
  // Flink cuts what PostgreSQL rounds.
  const exact = from === 'integer' || from === 'text' || (from === 'decimal' && dialect !== 'flinksql');
  if (exact) return;
  throw unsupported(
    `a cast to ${target.sql} of ${from === 'unknown' ? 'a value whose type the text does not tell' : `a ${from}`}`,
    operand.span,
    `how it is rounded depends on its type and on ${title}: write ROUND(x, 0) of a decimal, or write it in PostgreSQL`,
  );
}

/**
 * A value of unknown type becomes an integer by way of its text: a whole number and a text of digits are what they are
 * everywhere, and what one would round and the other cut is an error of its row.
 */
function source({ sql, kind }: Term, target: Target): string {
  return target.kind === 'integer' && kind === 'unknown' ? `CAST(${sql} AS text)` : sql;
}
