// What is kept of a submission shows no secret, also where the text is no SQL.

import { expect, it } from 'vitest';
import { hideSecrets } from '../../src/catalog/secrets.ts';

it.each([
  ["properties.sasl.password='hunter3'", "properties.sasl.password='***'"],
  [
    "WITH (properties.sasl.password = 'it''s', topic = 'a')",
    "WITH (properties.sasl.password = '***', topic = 'a')",
  ],
  [`"schema.registry.auth.token"= E'a\\'b'`, `"schema.registry.auth.token"= '***'`],
  ["SELCT broken ssl.key.private\n=\n'k'", "SELCT broken ssl.key.private\n=\n'***'"],
  ["topic = 'password'", "topic = 'password'"],
])('%s', (text, shown) => {
  expect(hideSecrets(text)).toBe(shown);
});

it.each([
  ['one word', 'x'.repeat(900_000)],
  ['words of secrets', 'password'.repeat(110_000)],
  ['blanks', `password${' '.repeat(900_000)}`],
  ['a literal that ends nowhere', `token='${'x'.repeat(900_000)}`],
])('a text of a megabyte takes milliseconds: %s', { timeout: 5_000 }, (_, text) => {
  expect(hideSecrets(text) === text).toBe(true);
});
