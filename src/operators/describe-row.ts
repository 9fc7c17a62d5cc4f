// A row as text, for millrace.view_errors: bounded, so that one large value does not fill the table.

import type { Batch } from '../data/batch.ts';
import { valueToText } from '../data/text-forms.ts';
import { valueAt } from '../data/value.ts';

const MAX_VALUE = 80;
const MAX_ROW = 600;

export function describeRow(batch: Batch, row: number): string {
  const parts: string[] = [];
  let length = 0;
  for (let c = 0; c < batch.columns.length && length < MAX_ROW; c++) {
    const field = batch.schema[c]!;
    const value = valueAt(batch.columns[c]!, row, field.type);
    const text = value === null ? 'NULL' : valueToText(value, field.type);
    const part = `${field.name}=${text.length > MAX_VALUE ? `${text.slice(0, MAX_VALUE)}…` : text}`;
    parts.push(part);
    length += part.length;
  }
  return parts.join(', ');
}
