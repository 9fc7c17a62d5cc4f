// Operators and their precedence, from the tokens (after Pratt, "Top Down Operator Precedence", 1973), into PostgreSQL
// text with brackets around every operation. Where the dialects differ from each other or are not documented, brackets
// are asked for: `||` beside arithmetic, and one comparison beside another.

import { syntaxError, unsupported } from '../fail.ts';
import { divide, remainder } from './division.ts';
import { readOperand } from './operand.ts';
import type { Reading } from './reading.ts';
import type { Term } from './term.ts';
import { commonKind, term } from './term.ts';

export function readDisjunction(reading: Reading): Term {
  return chain(reading, 'or', () => chain(reading, 'and', () => readNegation(reading)));
}

function chain(reading: Reading, word: 'or' | 'and', operand: () => Term): Term {
  const start = reading.at;
  const operands = [operand()];
  for (;;) {
    refuseLogicalSymbol(reading);
    if (!reading.take(word)) break;
    reading.tell(word, word.toUpperCase());
    operands.push(operand());
  }
  if (operands.length === 1) return operands[0]!;
  const sql = operands.map((each) => each.sql).join(` ${word.toUpperCase()} `);
  return term(`(${sql})`, 'boolean', reading.since(start));
}

const LOGICAL: Readonly<Record<string, string>> = {
  '&&': 'write AND',
  xor: 'write a <> b, with brackets around conditions',
};

function refuseLogicalSymbol(reading: Reading): void {
  const { word } = reading.peek();
  if (!Object.hasOwn(LOGICAL, word)) return;
  reading.at++;
  throw reading.refuse(word.toUpperCase(), LOGICAL[word]!, reading.at - 1);
}

function readNegation(reading: Reading): Term {
  const start = reading.at;
  if (!reading.take('not')) return readComparison(reading);
  reading.tell('NOT', 'NOT');
  return reading.nested(() => {
    const operand = readNegation(reading);
    return term(`(NOT ${operand.sql})`, 'boolean', reading.since(start));
  });
}

const COMPARISONS: Readonly<Record<string, string>> = {
  '=': '=',
  '<>': '<>',
  '!=': '<>',
  '<': '<',
  '<=': '<=',
  '>': '>',
  '>=': '>=',
};

function readComparison(reading: Reading): Term {
  const start = reading.at;
  const left = readSum(reading);
  const compared = readComparedWith(reading, left, start);
  if (compared === undefined) return left;
  if (startsComparison(reading)) {
    const message = `which of these comparisons comes first is not the same in ${reading.rules.title} and PostgreSQL`;
    throw syntaxError(message, reading.here(), 'write brackets around one of them');
  }
  return compared;
}

function startsComparison(reading: Reading): boolean {
  const { word } = reading.peek();
  if (Object.hasOwn(COMPARISONS, word) || ['<=>', 'is', 'in', 'between', 'like', 'ilike'].includes(word))
    return true;
  return word === 'not' && ['in', 'between', 'like', 'ilike'].includes(reading.peek(1).word);
}

function readComparedWith(reading: Reading, left: Term, start: number): Term | undefined {
  const { word } = reading.peek();
  const made = (sql: string): Term => term(`(${sql})`, 'boolean', reading.since(start));
  if (Object.hasOwn(COMPARISONS, word)) {
    reading.tell(word, word);
    reading.at++;
    refuseQuantifier(reading);
    return made(`${left.sql} ${COMPARISONS[word]!} ${readSum(reading).sql}`);
  }
  if (word === '<=>' && reading.rules.dialect === 'mysql') {
    reading.tell('=', '=');
    reading.at++;
    return made(`${left.sql} IS NOT DISTINCT FROM ${readSum(reading).sql}`);
  }
  if (word === 'is') return made(readIs(reading, left));
  const negated = word === 'not';
  const operator = negated ? reading.peek(1).word : word;
  if (!['in', 'between', 'like', 'ilike'].includes(operator)) {
    refuseOperator(reading);
    return undefined;
  }
  if (operator === 'ilike' && reading.rules.dialect !== 'snowflake')
    throw reading.refuse('ILIKE', 'write lower(a) LIKE b');
  reading.at += negated ? 2 : 1;
  const words = `${negated ? 'NOT ' : ''}${operator.toUpperCase()}`;
  reading.tell(words, words);
  if (operator === 'in') return made(`${left.sql} ${words} ${readInList(reading)}`);
  if (operator === 'between') return made(`${left.sql} ${words} ${readBounds(reading)}`);
  return made(`${left.sql} ${words} ${readPattern(reading)}`);
}

function refuseQuantifier(reading: Reading): void {
  if (!['any', 'all', 'some'].includes(reading.peek().word) || !reading.is(reading.peek().word, '(')) return;
  throw reading.refuse(reading.peek().word.toUpperCase(), 'write IN (SELECT …) or EXISTS (SELECT …)');
}

const REFUSED_OPERATORS: Readonly<Record<string, string>> = {
  regexp: 'write LIKE',
  rlike: 'write LIKE',
  sounds: 'write an equality',
  member: 'write IN with a list',
  overlaps: 'compare the ends with < and >',
  similar: 'write LIKE',
  '==': 'write =',
  '&': 'leave bit operations out',
  '|': 'leave bit operations out',
  '^': 'leave bit operations out',
  '~': 'leave bit operations out',
  '<<': 'leave bit operations out',
  '>>': 'leave bit operations out',
  '->': 'write it in PostgreSQL, without a dialect',
  '->>': 'write it in PostgreSQL, without a dialect',
  ':': 'write it in PostgreSQL, without a dialect',
  '[': 'write it in PostgreSQL, without a dialect',
};

function refuseOperator(reading: Reading): void {
  const { word } = reading.peek();
  const refused = word === 'not' ? reading.peek(1).word : word;
  if (Object.hasOwn(REFUSED_OPERATORS, refused)) {
    reading.at++;
    throw unsupported(
      `${refused.toUpperCase()} of ${reading.rules.title}`,
      reading.since(reading.at - 1),
      REFUSED_OPERATORS[refused],
    );
  }
}

function readIs(reading: Reading, left: Term): string {
  reading.expect('is');
  const negated = reading.take('not');
  const not = negated ? ' NOT' : '';
  const tested = reading.takeOne(['null', 'true', 'false', 'unknown']);
  if (tested !== undefined) {
    if (tested === 'unknown') reading.tell(`IS${not} NULL`, `IS${not}`, 'null');
    else reading.tell(`IS${not} ${tested}`, `IS${not}`, tested);
    return `${left.sql} IS${not} ${tested.toUpperCase()}`;
  }
  if (reading.rules.dialect === 'mysql' && reading.is('distinct'))
    throw reading.refuse('IS DISTINCT FROM', 'write a <=> b');
  reading.expect('distinct', 'from');
  reading.tell('=', '=');
  return `${left.sql} IS${not} DISTINCT FROM ${readSum(reading).sql}`;
}

function readBounds(reading: Reading): string {
  if (reading.is('symmetric'))
    throw reading.refuse('BETWEEN SYMMETRIC', 'write least(…) and greatest(…) as bounds');
  reading.take('asymmetric');
  const low = readSum(reading);
  reading.expect('and');
  reading.tell('AND');
  return `${low.sql} AND ${readSum(reading).sql}`;
}

function readInList(reading: Reading): string {
  if (reading.is('unnest')) throw reading.refuse('IN UNNEST', 'write IN (SELECT …)');
  reading.expect('(');
  if (reading.is('select') || reading.is('with')) {
    const query = reading.query();
    reading.expect(')');
    reading.tell('(millrace_q)', 'millrace_q');
    return `(${query})`;
  }
  reading.tell('(');
  const items = [reading.nested(() => readDisjunction(reading)).sql];
  while (reading.take(',')) {
    reading.tell(',');
    items.push(reading.nested(() => readDisjunction(reading)).sql);
  }
  reading.expect(')');
  reading.tell(')');
  return `(${items.join(', ')})`;
}

/** Where a backslash is a character as any other, PostgreSQL is told so. */
function readPattern(reading: Reading): string {
  if (reading.is('any', '(') || reading.is('all', '('))
    throw reading.refuse('LIKE ANY', 'write one LIKE for each pattern, with OR');
  const pattern = readSum(reading);
  if (reading.take('escape')) return `${pattern.sql} ESCAPE ${reading.untold(() => readSum(reading)).sql}`;
  if (reading.rules.likeEscape) return pattern.sql;
  return pattern.constant?.includes('\\') === false ? pattern.sql : `${pattern.sql} ESCAPE ''`;
}

export function readSum(reading: Reading): Term {
  const start = reading.at;
  let left = readProduct(reading);
  for (;;) {
    const symbol = reading.takeOne(['+', '-', '||']);
    if (symbol === undefined) return left;
    if (symbol === '||' && reading.rules.dialect === 'mysql')
      throw reading.refuse('||', 'it is OR there: write OR, or CONCAT(a, b)', reading.at - 1);
    reading.tell(symbol, symbol);
    const right = readProduct(reading);
    left = combined(reading, symbol, left, right, start);
  }
}

function combined(reading: Reading, symbol: string, left: Term, right: Term, start: number): Term {
  const open = symbol === '||' ? 'concatenation' : 'arithmetic';
  for (const operand of [left, right])
    if ((operand.open ?? open) !== open) {
      const message = `|| beside arithmetic is read differently in ${reading.rules.title} and PostgreSQL`;
      throw syntaxError(message, reading.since(start), 'write brackets around one of them');
    }
  const kind = symbol === '||' ? 'text' : commonKind(left.kind, right.kind);
  refusePliant(reading, left, right);
  return term(`(${left.sql} ${symbol} ${right.sql})`, kind, reading.since(start), { open });
}

/** BigQuery's 1.5 is exact beside a NUMERIC and rounded beside an INT64: which of them it is must be known. */
function refusePliant(reading: Reading, left: Term, right: Term): void {
  const [pliant, other] = left.pliant === true ? [left, right] : [right, left];
  if (pliant.pliant !== true || other.kind === 'double') return;
  throw unsupported(
    `arithmetic with ${pliant.constant!} beside a value whose type is not known`,
    pliant.span,
    "write CAST(x AS FLOAT64) beside it, or NUMERIC as in CAST('1.5' AS NUMERIC(10, 1))",
  );
}

function readProduct(reading: Reading): Term {
  const start = reading.at;
  let left = readSigned(reading);
  for (;;) {
    const word = reading.takeOne(['*', '/', '%']) ?? takeWordOperator(reading);
    if (word === undefined) return left;
    const symbol = word.toUpperCase();
    reading.tell(symbol, symbol);
    const right = readSigned(reading);
    const span = reading.since(start);
    if (word === '/') left = divide(reading, left, right, span);
    else if (word === '*') {
      refusePliant(reading, left, right);
      left = term(`(${left.sql} * ${right.sql})`, commonKind(left.kind, right.kind), span, {
        open: 'arithmetic',
      });
    } else left = remainder(reading, word, left, right, span);
  }
}

function takeWordOperator(reading: Reading): string | undefined {
  return reading.rules.dialect === 'mysql' ? reading.takeOne(['div', 'mod']) : undefined;
}

function readSigned(reading: Reading): Term {
  const start = reading.at;
  const sign = reading.takeOne(['-', '+']);
  if (sign === undefined) {
    if (reading.is('!') || reading.is('~')) throw reading.refuse(reading.peek().word, 'write NOT');
    return readOperand(reading);
  }
  reading.tell(sign);
  const { sql, kind, pliant, constant } = readSigned(reading);
  return term(`(${sign} ${sql})`, kind, reading.since(start), {
    pliant,
    constant: pliant ? constant : undefined,
  });
}
