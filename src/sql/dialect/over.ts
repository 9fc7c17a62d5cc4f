// OVER (…): partitions, order and frames, which all dialects write alike.

import { readOrder } from './order.ts';
import type { Reading } from './reading.ts';

/** Behind OVER; the text begins with ` OVER`. */
export function readOver(reading: Reading): string {
  if (!reading.take('('))
    throw reading.refuse('a named window', 'write the window out: OVER (PARTITION BY …)');
  const parts: string[] = [];
  if (reading.take('partition', 'by')) {
    const keys: string[] = [];
    do keys.push(reading.expression().sql);
    while (reading.take(','));
    parts.push(`PARTITION BY ${keys.join(', ')}`);
  }
  if (reading.is('order', 'by')) parts.push(`ORDER BY ${readOrder(reading)}`);
  const frame = readFrame(reading);
  if (frame !== '') parts.push(frame);
  reading.expect(')');
  return ` OVER (${parts.join(' ')})`;
}

function readFrame(reading: Reading): string {
  const mode = reading.takeOne(['rows', 'range', 'groups']);
  if (mode === undefined) return '';
  const start = reading.take('between');
  const first = readBound(reading);
  if (!start) return `${mode.toUpperCase()} ${first}`;
  reading.expect('and');
  return `${mode.toUpperCase()} BETWEEN ${first} AND ${readBound(reading)}`;
}

function readBound(reading: Reading): string {
  if (reading.take('current', 'row')) return 'CURRENT ROW';
  const amount = reading.take('unbounded') ? 'UNBOUNDED' : reading.expression().sql;
  const direction = reading.takeOne(['preceding', 'following']);
  if (direction === undefined) throw reading.unexpected('PRECEDING or FOLLOWING');
  return `${amount} ${direction.toUpperCase()}`;
}
