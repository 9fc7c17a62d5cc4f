// Rows of a batch to CSV lines, spelled so that the CSV decoder reads them back unchanged: values in the text forms of Postgres
// (booleans as true and false), quoted only where they must be.

import type { Batch } from '../../data/batch.ts';
import type { CsvStyle } from '../../catalog/format.ts';
import { valueToText } from '../../data/text-forms.ts';
import type { RowSchema, SqlType } from '../../data/types.ts';
import type { Value } from '../../data/value.ts';
import { valueAt } from '../../data/value.ts';
import type { JsonEncoder } from './json-encoder.ts';

export interface CsvEncoderOptions extends CsvStyle {
  /** The columns that are written: the first ones of the batches. */
  readonly columns: RowSchema;
  /** Adds a last field, 1 or -1: for inputs whose rows may leave again. */
  readonly diffs: boolean;
}

export interface CsvEncoder extends JsonEncoder {
  /** The line that names the columns. */
  readonly header: string;
}

export function csvEncoder(options: CsvEncoderOptions): CsvEncoder {
  const { columns, diffs, delimiter } = options;
  const field = fieldWriter(options);
  const names = [...columns.map(({ name }) => name), ...(diffs ? ['_diff'] : [])];
  return {
    source: '',
    header: `${names.map((name) => field(name)).join(delimiter)}\n`,
    encode: (batch, out, ends) => {
      for (let row = 0; row < batch.rows; row++) {
        out.text(line(batch, row, options, field));
        ends[row] = out.used;
      }
    },
  };
}

type FieldWriter = (text: string | null) => string;

function line(batch: Batch, row: number, options: CsvEncoderOptions, field: FieldWriter): string {
  const { columns, diffs, delimiter } = options;
  let text = '';
  for (let c = 0; c < columns.length; c++) {
    if (c > 0) text += delimiter;
    text += field(textOf(valueAt(batch.columns[c]!, row, columns[c]!.type), columns[c]!.type));
  }
  if (diffs) text += `${delimiter}${batch.diffs === null ? 1 : batch.diffs[row]!}`;
  return `${text}\n`;
}

function textOf(value: Value, type: SqlType): string | null {
  if (value === null) return null;
  return type.kind === 'boolean' ? String(value) : valueToText(value, type);
}

/** Text that reads as NULL, or that is not a field by itself, is quoted. */
function fieldWriter({ delimiter, quote, nullText }: CsvStyle): FieldWriter {
  return (text) => {
    if (text === null) return nullText;
    const odd =
      text === nullText || text === '' || [delimiter, quote, '\n', '\r'].some((c) => text.includes(c));
    return odd ? `${quote}${text.replaceAll(quote, quote + quote)}${quote}` : text;
  };
}
