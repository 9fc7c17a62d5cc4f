// ORDER BY, with the place of NULLs written out where the dialect's default is not PostgreSQL's.

import type { Rules } from './dialect.ts';
import type { Reading } from './reading.ts';
import type { Term } from './term.ts';

/** ORDER BY is next; `check` sees every expression. */
export function readOrder(reading: Reading, check: (expression: Term) => void = () => {}): string {
  reading.expect('order', 'by');
  const items: string[] = [];
  do {
    const expression = reading.expression();
    check(expression);
    const direction = reading.takeOne(['asc', 'desc']) ?? 'asc';
    const nulls = reading.take('nulls')
      ? reading.takeOne(['first', 'last'])
      : defaultNulls(reading.rules, direction);
    items.push(
      `${expression.sql}${direction === 'desc' ? ' DESC' : ''}${nulls === undefined ? '' : ` NULLS ${nulls.toUpperCase()}`}`,
    );
  } while (reading.take(','));
  return items.join(', ');
}

function defaultNulls({ nulls }: Rules, direction: string): 'first' | 'last' | undefined {
  if (nulls === 'low') return direction === 'asc' ? 'first' : 'last';
  return nulls === 'last' && direction === 'desc' ? 'last' : undefined;
}
