// Regular expressions against the real Postgres: what is not refused agrees, over written and random patterns.

import { expect, test } from 'vitest';
import type { Outcome } from './compare.ts';
import { useOracle } from './compare.ts';
import { compareFamilies } from './families.ts';
import { randomSource } from './random-expressions.ts';
import { testSeed } from '../setup/seed.ts';

const oracle = useOracle();

const TEXTS = [
  '',
  'a',
  'ab',
  'aab',
  'abcabc',
  'foo bar',
  'x1y22z',
  'ÄB',
  'a.b',
  'line\nnext',
  '😀x',
  'c1c😀\n1.1',
  'a-b_c',
  'AbC',
  ']',
  '{1}',
];
const PATTERNS =
  String.raw`a|ab+|a*|^a|b$|[ab]+|[^a]|.|.+|\d+|\w|\W|\s|[[:alpha:]]+|[[:digit:]x]|a{2}|a{1,2}b|(a)(b)?|(?:ab)+c|a.b|a\.b|\mfoo|bar\M|\yb|[a-c]+x?|[]a]|[^]]|x(?=1)|x(?!1)|a**|(|)|[b-a]|a{3,2}|\u00c4|[\d-]|é|[A-Z]b|(foo|bar)|ä|\A.|.\Z|{|a{|\\|[\\]`
    .split('|a|')
    .flatMap((part, i) => (i === 0 ? [part] : ['a', part]));

const ALL = PATTERNS.flatMap((list) => list.split('|'));

function pairs(texts: readonly string[], patterns: readonly string[]): (readonly Outcome[])[] {
  return patterns.flatMap((pattern) => texts.map((text) => [text, pattern]));
}

/** Patterns that are refused by name are left out. */
function notRefused(found: readonly string[]): string[] {
  return found.filter((line) => !/: ERROR 0A000, in Postgres/.test(line) && !/differences$/.test(line));
}

test('patterns', { timeout: 60_000 }, async () => {
  const { found, cases } = await compareFamilies(oracle, [
    {
      kinds: ['text', 'text'],
      rows: pairs(TEXTS, [...ALL, '(foo|bar)', '^(a|b)+$', '(?:ab|cd)*']),
      expressions: 'c0 ~ c1\nc0 !~ c1\nc0 ~* c1\nregexp_like(c0, c1)',
    },
    {
      kinds: ['text', 'text'],
      rows: pairs(TEXTS, ['%a%', '_', 'a(b|c)%', '[ab]+', 'a.b', '%#%', 'x_y%', 'foo|%bar']),
      expressions: "c0 SIMILAR TO c1\nc0 NOT SIMILAR TO c1\nc0 SIMILAR TO c1 ESCAPE '#'",
    },
  ]);
  expect(notRefused(found)).toEqual([]);
  expect(cases).toBeGreaterThan(1500);
});

const PARTS = ['a', 'b', 'c', '.', '[ab]', '[^a]', '\\d', '\\w', 'x', '(a)', '([bc])', 'ä'];
const QUANTIFIERS = ['', '', '', '*', '+', '?', '{1,2}', '{2}'];
const SEED = testSeed();

test(`which part matches, seed ${SEED}`, { timeout: 90_000 }, async () => {
  const random = randomSource(SEED);
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)]!;
  const patterns = Array.from({ length: 60 }, () =>
    Array.from({ length: 1 + Math.floor(random() * 4) }, () => {
      const part = pick(PARTS);
      return part + (part.startsWith('(') ? '' : pick(QUANTIFIERS));
    }).join(''),
  );
  const texts = Array.from({ length: 12 }, () =>
    Array.from({ length: Math.floor(random() * 8) }, () => pick(['a', 'b', 'c', 'x', '1', 'ä', '\n'])).join(
      '',
    ),
  );
  const { found, cases } = await compareFamilies(oracle, [
    {
      kinds: ['text', 'text'],
      rows: pairs([...texts, 'aabbcc', 'abcabc', 'x1y22z'], patterns),
      expressions: String.raw`
        regexp_match(c0, c1)
        regexp_substr(c0, c1)
        substring(c0 from c1)
        regexp_count(c0, c1)
        regexp_replace(c0, c1, '<\&>')
        regexp_replace(c0, c1, '[\1]', 'g')
        regexp_replace(c0, c1, 'Z', 2)
        regexp_replace(c0, c1, 'Z', 1, 2)
        regexp_split_to_array(c0, c1)
        regexp_count(c0, c1, 3, 'i')
        regexp_substr(c0, c1, 1, 2)`,
    },
  ]);
  expect(notRefused(found)).toEqual([]);
  expect(cases).toBeGreaterThan(5000);
});
