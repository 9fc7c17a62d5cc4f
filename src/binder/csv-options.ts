// The options of ENCODE CSV, of sources and sinks.

import type { CsvStyle } from '../catalog/format.ts';
import { invalidOption } from './fail.ts';
import type { Options } from './options.ts';

export function bindCsvStyle(options: Options): CsvStyle {
  const delimiter = character(options, 'delimiter', ',');
  const quote = character(options, 'quote', '"');
  const nullText = options.text('null_string') ?? '';
  const header = options.oneOf('header', ['true', 'false'], 'false') === 'true';
  if (delimiter === quote) {
    const span = (options.find('quote') ?? options.find('delimiter'))!.valueSpan;
    throw invalidOption('quote', 'is the delimiter, too', span, 'choose another character');
  }
  const nulls = options.find('null_string');
  if ([delimiter, quote, '\n', '\r'].some((c) => nullText.includes(c)))
    throw invalidOption(
      'null_string',
      'holds the delimiter, the quote or a line end',
      nulls!.valueSpan,
      'choose another text',
    );
  return { delimiter, quote, nullText, header };
}

function character(options: Options, key: string, otherwise: string): string {
  const option = options.find(key);
  if (option === undefined) return otherwise;
  const value = option.value.toLowerCase() === 'tab' ? '\t' : option.value;
  if (/^[\t\x20-\x7e]$/.test(value)) return value;
  throw invalidOption(
    key,
    `"${option.value}" is not one character`,
    option.valueSpan,
    "one ASCII character, or 'tab'",
  );
}
