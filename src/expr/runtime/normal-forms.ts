// Unicode normal forms of text.

import { fail } from '../../data/failure.ts';

const FORMS = ['NFC', 'NFD', 'NFKC', 'NFKD'];

export function isNormalised(text: string, form = 'NFC'): boolean {
  return normalised(text, form) === text;
}

export function normalised(text: string, form = 'NFC'): string {
  const known = FORMS.find((name) => name === form.toUpperCase());
  if (known === undefined) fail('22023', `invalid normalization form: ${form}`);
  return text.normalize(known);
}
