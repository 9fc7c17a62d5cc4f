// The text of a definition as it may be shown: the values of options that are secrets are hidden.

import { SECRET_KEY } from '../catalog/secrets.ts';
import { parseStatement } from '../sql/parse.ts';
import type { Option } from '../sql/statement.ts';

export function redactedText(text: string): string {
  const statement = parseStatement(text);
  if (!('options' in statement)) return text;
  const options = [...statement.options, ...('format' in statement ? (statement.format?.options ?? []) : [])];
  const secrets = options.filter((option: Option) => SECRET_KEY.test(option.key));
  return secrets
    .sort((a, b) => b.valueSpan.offset - a.valueSpan.offset)
    .reduce(
      (shown, { valueSpan }) => `${shown.slice(0, valueSpan.offset)}'***'${shown.slice(valueSpan.end)}`,
      text,
    );
}
