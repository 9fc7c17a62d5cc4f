// Random expressions in every dialect, read a second time by an independent parser over the tokens: the shunting-yard of
// Dijkstra (1961) with the dialects' own tables of precedence, which puts brackets around every operation. The PostgreSQL
// text must have the same brackets; and without its brackets it must be the input, so that no token is lost or moved.

import { describe, expect, test } from 'vitest';
import { MillraceError } from '../../../src/errors.ts';
import { DIALECTS } from '../../../src/sql/dialect/dialect.ts';
import { toPostgres } from '../../../src/sql/dialect/statements.ts';
import { testSeed } from '../../setup/seed.ts';

type Random = () => number;

function random(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

const pick = <T>(next: Random, values: readonly T[]): T => values[Math.floor(next() * values.length)]!;

/** What binds a value, a condition, or both. `-u` and NOT stand before their operand. */
const LEVELS: Readonly<Record<string, number>> = {
  OR: 1,
  AND: 2,
  NOT: 3,
  '=': 4,
  '<>': 4,
  '<': 4,
  '>=': 4,
  '+': 5,
  '-': 5,
  '*': 6,
  '%': 6,
  '-u': 7,
};

/** Tokens of a random condition, with brackets here and there, and with as few spaces as it can be written. */
function condition(next: Random, depth: number, arithmetic: readonly string[]): string[] {
  const choice = next();
  if (depth > 0 && choice < 0.45)
    return [
      ...condition(next, depth - 1, arithmetic),
      pick(next, ['AND', 'OR']),
      ...condition(next, depth - 1, arithmetic),
    ];
  if (depth > 0 && choice < 0.55) return ['NOT', ...condition(next, depth - 1, arithmetic)];
  if (depth > 0 && choice < 0.75) return ['(', ...condition(next, depth - 1, arithmetic), ')'];
  return [
    ...value(next, depth, arithmetic),
    pick(next, ['=', '<>', '<', '>=']),
    ...value(next, depth, arithmetic),
  ];
}

function value(next: Random, depth: number, arithmetic: readonly string[]): string[] {
  const choice = next();
  if (depth > 0 && choice < 0.4)
    return [
      ...value(next, depth - 1, arithmetic),
      pick(next, arithmetic),
      ...value(next, depth - 1, arithmetic),
    ];
  if (depth > 0 && choice < 0.5) return ['-u', ...value(next, 0, arithmetic)];
  if (depth > 0 && choice < 0.65) return ['(', ...value(next, depth - 1, arithmetic), ')'];
  return [pick(next, ['a', 'b', 't.c', 'd1', '7', '42'])];
}

interface Operand {
  readonly text: string;
  /** AND or OR when it is a list of conditions that may go on. */
  readonly list?: string;
}

/** `(a AND b AND c)` is one list. */
function combine(left: Operand, operator: string, right: Operand): Operand {
  if (operator !== 'AND' && operator !== 'OR') return { text: `(${left.text} ${operator} ${right.text})` };
  const before = left.list === operator ? left.text.slice(1, -1) : left.text;
  return { text: `(${before} ${operator} ${right.text})`, list: operator };
}

/** Fully bracketed. A prefix operator waits for its operand; all others are left-associative. */
function bracketed(tokens: readonly string[]): string {
  const output: Operand[] = [];
  const operators: string[] = [];
  const reduce = (): void => {
    const operator = operators.pop()!;
    const right = output.pop()!;
    if (operator === 'NOT') output.push({ text: `(NOT ${right.text})` });
    else if (operator === '-u') output.push({ text: `(- ${right.text})` });
    else output.push(combine(output.pop()!, operator, right));
  };
  for (const token of tokens) {
    if (token === '(' || token === 'NOT' || token === '-u') operators.push(token);
    else if (token === ')') {
      while (operators.at(-1) !== '(') reduce();
      operators.pop();
      output.push({ text: output.pop()!.text });
    } else if (Object.hasOwn(LEVELS, token)) {
      while (operators.length > 0 && operators.at(-1) !== '(' && LEVELS[operators.at(-1)!]! >= LEVELS[token]!)
        reduce();
      operators.push(token);
    } else output.push({ text: token });
  }
  while (operators.length > 0) reduce();
  return output[0]!.text;
}

/** Brackets around a name or number bracket nothing. */
function bare(text: string): string {
  const less = text.replaceAll(/\(([\w.]+)\)/g, '$1');
  return less === text ? text : bare(less);
}

const flat = (text: string): string => text.replaceAll(/[()\s]/g, '').replaceAll('-u', '-');

/** The dialect's text: a space only where two words or two minus signs would run together. */
function written(tokens: readonly string[], next: Random): string {
  return tokens
    .map((token, i) => {
      const symbol = token === '-u' ? '-' : token;
      const glued = /^[\w.]/.test(symbol) && /[\w.]$/.test(tokens[i - 1] ?? '');
      const dashes = symbol === '-' && (tokens[i - 1] ?? '').startsWith('-');
      return `${glued || dashes || next() < 0.5 ? ' ' : ''}${symbol}`;
    })
    .join('');
}

describe.each(DIALECTS)('%s', (dialect) => {
  test('random conditions have the brackets that an independent reading puts', () => {
    const seed = testSeed();
    const next = random(seed);
    // MySQL's remainder by zero is NULL and BigQuery has no %: neither keeps its tokens.
    const arithmetic = dialect === 'mysql' || dialect === 'bigquery' ? ['+', '-', '*'] : ['+', '-', '*', '%'];
    const different: string[] = [];
    let compared = 0;
    for (let i = 0; i < 250; i++) {
      const tokens = condition(next, 3, arithmetic);
      const text = written(tokens, next);
      try {
        const sql = toPostgres(`SELECT a FROM t WHERE ${text}`, dialect);
        const where = sql.slice('SELECT a FROM t WHERE '.length, -1);
        compared++;
        if (flat(where) !== flat(tokens.join(''))) different.push(`${text} became ${where}`);
        else if (bare(where) !== bracketed(tokens))
          different.push(`${text} has the brackets ${where}, not ${bracketed(tokens)}`);
      } catch (error) {
        if (!(error instanceof MillraceError) || error.span === undefined) throw error;
        different.push(`${text} was refused: ${error.message}`);
      }
    }
    expect(different.slice(0, 5), `seed ${seed}`).toEqual([]);
    expect(compared).toBeGreaterThan(200);
  });
});
