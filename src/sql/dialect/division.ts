// `/`, `%`, DIV and MOD: the operators whose results depend on the types of their operands, and differ by dialect. Types
// of columns are not known here, so what is not told by constants and casts is refused.

import type { TextSpan } from '../../errors.ts';
import { unsupported } from '../fail.ts';
import type { Dialect } from './dialect.ts';
import type { Reading } from './reading.ts';
import type { Kind, Term } from './term.ts';
import { commonKind, isNumber, term } from './term.ts';

const DOUBLE: Readonly<Record<Dialect, string>> = {
  flinksql: 'DOUBLE',
  mysql: 'DOUBLE',
  snowflake: 'DOUBLE',
  bigquery: 'FLOAT64',
  trino: 'DOUBLE',
};

export function divide(reading: Reading, left: Term, right: Term, span: TextSpan): Term {
  const { dialect } = reading.rules;
  const kind = quotientKind(dialect, left, right);
  const zero = zeroDivision(dialect, kind, right);
  if (kind === undefined || zero === undefined) throw refused(reading, left, right, span);
  const [a, b] = kind === 'double' ? [asDouble(left), zero(asDouble(right))] : [left.sql, zero(right.sql)];
  return term(`(${a} / ${b})`, kind, span, { open: 'arithmetic' });
}

export function asDouble({ sql, kind }: Pick<Term, 'sql' | 'kind'>): string {
  return kind === 'double' ? sql : `CAST(${sql} AS double precision)`;
}

function quotientKind(dialect: Dialect, left: Term, right: Term): Kind | undefined {
  const common = commonKind(left.kind, right.kind);
  if (common === 'double') return 'double';
  if (common !== 'integer') return undefined;
  if (dialect === 'bigquery') return 'double';
  return dialect === 'trino' || dialect === 'flinksql' ? 'integer' : undefined;
}

type Divisor = (sql: string) => string;

const nullForZero: Divisor = (sql) => `nullif(${sql}, 0)`;

/** What a divisor becomes so that zero does what it does there; undefined when it cannot. */
function zeroDivision(dialect: Dialect, kind: Kind | undefined, right: Term): Divisor | undefined {
  if (isNonzero(right) || dialect === 'bigquery' || dialect === 'snowflake') return (sql) => sql;
  if (dialect === 'mysql') return nullForZero;
  // Doubles by zero are infinite in Trino and Flink, an error in PostgreSQL.
  return kind === 'integer' ? (sql) => sql : undefined;
}

function isNonzero(divisor: Term): boolean {
  return isNumber(divisor) && divisor.constant !== undefined && Number(divisor.constant) !== 0;
}

function refused(reading: Reading, left: Term, right: Term, span: TextSpan): Error {
  const { dialect, title } = reading.rules;
  const double = DOUBLE[dialect];
  if (commonKind(left.kind, right.kind) === 'double') {
    const hint = 'divide by a constant, or write it in PostgreSQL, without a dialect';
    return unsupported(`a division of doubles by what may be zero (infinity in ${title})`, span, hint);
  }
  const integers =
    dialect === 'mysql' ? 'a DIV b for whole numbers' : 'CAST(a AS BIGINT) / CAST(b AS BIGINT)';
  const others =
    dialect === 'mysql' || dialect === 'trino' || dialect === 'flinksql' ? `${integers}, or ` : '';
  const hint = `write ${others}CAST(a AS ${double}) / b for doubles`;
  return unsupported(`a division whose operands are of a type that the text does not tell`, span, hint);
}

export function remainder(reading: Reading, word: string, left: Term, right: Term, span: TextSpan): Term {
  const { dialect } = reading.rules;
  if (dialect === 'bigquery') throw unsupported('% of BigQuery', span, 'write MOD(a, b)');
  const kind = commonKind(left.kind, right.kind);
  if (kind === 'double') throw unsupported('a remainder of doubles', span, 'cast to a decimal type first');
  const b = dialect === 'mysql' && !isNonzero(right) ? nullForZero(right.sql) : right.sql;
  if (word !== 'div') return term(`(${left.sql} % ${b})`, kind, span, { open: 'arithmetic' });
  const whole = `div(CAST(${left.sql} AS numeric), CAST(${b} AS numeric))`;
  return term(`CAST(${whole} AS bigint)`, 'integer', span);
}
