// Calls: their arguments, what follows them (FILTER, OVER), and the translation that functions/ has for their name.

import { syntaxError, unsupported } from '../fail.ts';
import { functionOf, hintFor } from './functions/table.ts';
import { readOrder } from './order.ts';
import type { Reading } from './reading.ts';
import type { Call } from './functions/call.ts';
import { fieldOf, FIELDS } from './fields.ts';
import { readOver } from './over.ts';
import type { Term } from './term.ts';
import { term } from './term.ts';

export function readCall(reading: Reading): Term {
  const start = reading.at;
  const { word: name, value } = reading.peek();
  if (name === 'extract') return readExtract(reading);
  if (reading.groupWindow !== undefined && /^(tumble|hop|session)_/.test(name))
    return readWindowBound(reading);
  const translate = functionOf(reading.rules.dialect, name);
  if (translate === undefined) {
    reading.at++;
    const hint = hintFor(name) ?? 'write it in PostgreSQL, without a dialect';
    throw unsupported(`the function ${value} of ${reading.rules.title}`, reading.since(start), hint);
  }
  reading.at += 2;
  // Some names have a grammar of their own there; which arguments they take is known here.
  reading.tell('millrace_f(', 'millrace_f');
  const inner = readArguments(reading, name);
  reading.expect(')');
  reading.tell(')');
  const call: Call = {
    ...inner,
    ...readTail(reading),
    name,
    rules: reading.rules,
    span: reading.since(start),
  };
  const result = translate(call);
  if (call.over !== undefined && !result.sql.includes(' OVER ('))
    throw unsupported(`${value} with OVER`, call.span, 'write it in PostgreSQL, without a dialect');
  return result;
}

type Inner = Pick<Call, 'args' | 'star' | 'distinct' | 'orderBy'>;

function readArguments(reading: Reading, name: string): Inner {
  const none: Inner = { args: [], star: false, distinct: false, orderBy: '' };
  if (reading.is(')')) return none;
  if (reading.take('*')) {
    return { ...none, star: true };
  }
  const distinct = reading.take('distinct');
  const args = [reading.nested(() => readArgument(reading, name))];
  while (takeSeparator(reading, name)) {
    reading.tell(',');
    args.push(reading.nested(() => readArgument(reading, name)));
  }
  const orderBy = reading.is('order', 'by') ? ` ORDER BY ${reading.untold(() => readOrder(reading))}` : '';
  return { args, star: false, distinct, orderBy };
}

/** SUBSTRING(x FROM 2 FOR 3) and POSITION(a IN b) are written like that in standard SQL. */
function takeSeparator(reading: Reading, name: string): boolean {
  if (reading.take(',')) return true;
  if (name === 'substring') return reading.takeOne(['from', 'for']) !== undefined;
  return name === 'position' && reading.take('in');
}

function readArgument(reading: Reading, name: string): Term {
  if (['leading', 'trailing', 'both'].includes(reading.peek().word))
    throw reading.refuse('TRIM with FROM', 'write LTRIM, RTRIM or TRIM(x)');
  if (reading.peek(1).word === '=>' || reading.peek(1).word === '->')
    throw reading.refuse('a named argument or a lambda', 'write it in PostgreSQL, without a dialect');
  return name === 'position' ? reading.sum() : reading.inner();
}

type Tail = Pick<Call, 'filter' | 'over'>;

/** What stands behind a call is read apart: the grammars know it for some functions only. */
function readTail(reading: Reading): Tail {
  if (reading.is('within', 'group'))
    throw reading.refuse('WITHIN GROUP', 'write it in PostgreSQL, without a dialect');
  if (reading.is('ignore', 'nulls')) throw reading.refuse('IGNORE NULLS', 'filter the NULLs before');
  reading.take('respect', 'nulls');
  let filter = '';
  if (reading.take('filter', '(')) {
    if (!['flinksql', 'trino'].includes(reading.rules.dialect))
      throw reading.refuse('FILTER', 'write CASE WHEN … THEN x END as the argument', reading.at - 2);
    reading.expect('where');
    filter = ` FILTER (WHERE ${reading.untold(() => reading.expression()).sql})`;
    reading.expect(')');
  }
  const over = reading.take('over') ? reading.untold(() => readOver(reading)) : undefined;
  return { filter, over };
}

function readExtract(reading: Reading): Term {
  const start = reading.at;
  reading.expect('extract', '(');
  const { word: field } = reading.next();
  reading.expect('from');
  reading.tell('EXTRACT(YEAR FROM');
  const source = reading.nested(() => reading.inner());
  reading.expect(')');
  reading.tell(')');
  const sql = fieldOf(field, source);
  const span = reading.since(start);
  if (sql === undefined)
    throw unsupported(
      `EXTRACT(${field.toUpperCase()} …) of ${reading.rules.title}`,
      span,
      `one of ${FIELDS.join(', ').toUpperCase()}`,
    );
  return term(sql, 'integer', span);
}

/** TUMBLE_START(ts, size) and HOP_END(…), where GROUP BY has the window itself. */
function readWindowBound(reading: Reading): Term {
  const start = reading.at;
  const { word } = reading.next();
  const written = reading.untold(() => windowArguments(reading));
  const span = reading.since(start);
  if (`${word.split('_')[0]!}${written}` !== reading.groupWindow!.arguments)
    throw syntaxError('this is not the window of GROUP BY', span, 'write the same arguments in both');
  const bound = word.endsWith('_start') ? 'window_start' : word.endsWith('_end') ? 'window_end' : undefined;
  if (bound === undefined)
    throw unsupported(`${word.toUpperCase()} of Flink SQL`, span, 'use TUMBLE_START or TUMBLE_END');
  reading.tell('millrace_q', 'millrace_q');
  return term(bound, 'time', span);
}

/** The tokens between the brackets that begin here, without white space. */
export function windowArguments(reading: Reading): string {
  const parts: string[] = [];
  let depth = 0;
  do {
    const token = reading.next();
    if (token.word === '(') depth++;
    if (token.word === ')') depth--;
    if (token.type === 'end') throw reading.unexpected('")"');
    parts.push(token.word === '' ? `'${token.value}'` : token.word);
  } while (depth > 0);
  return parts.join(' ');
}
