// Regular expressions over texts for which backtracking takes for ever: what is found is what backtracking finds, in time that grows
// with the text.

import { expect, test } from 'vitest';
import { RowFailure } from '../../src/data/failure.ts';
import {
  count,
  matches,
  placeOf,
  replaceByRegex,
  substringByRegex,
} from '../../src/expr/runtime/regex-functions.ts';
import { RegexSearch } from '../../src/expr/runtime/regex-program.ts';
import type { Regex, RegexUse } from '../../src/expr/runtime/regex.ts';
import { compileRegex } from '../../src/expr/runtime/regex.ts';
import { testSeed } from '../setup/seed.ts';
import { seeded } from '../views/random-rows.ts';

const SEED = testSeed();

const PARTS = [
  'a',
  'b',
  '[ab]',
  '[^a]',
  '.',
  '😀',
  '\\w',
  '\\d',
  'é',
  '\\n',
  '\\.',
  '(a)',
  '(?:b)',
  '([a-c])',
];
const PLACES = ['^', '$', '\\m', '\\M', '\\y', '\\Y', '\\A', '\\Z'];
const QUANTIFIERS = ['', '', '', '*', '+', '?', '{2}', '{0,2}', '{1,}', '{3,5}'];
const LETTERS = ['a', 'b', 'c', ' ', '1', '😀', 'é', '.', '\n', 'A'];

function randomPattern(random: () => number, use: RegexUse, depth = 2): string {
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)]!;
  let out = '';
  for (let left = Math.floor(random() * 4); left >= 0; left--) {
    const kind = random();
    if (kind < 0.1) out += pick(PLACES);
    else if (kind < 0.3 && depth > 0) {
      const group = `${pick(['(', '(?:'])}${randomPattern(random, use, depth - 1)})`;
      out += use === 'extent' ? group : group + pick(QUANTIFIERS);
    } else {
      const part = pick(PARTS);
      const lazy = use === 'language' && random() < 0.2 ? '?' : '';
      const quantifier = use === 'extent' && part.startsWith('(') ? '' : pick(QUANTIFIERS);
      out += part + quantifier + (quantifier === '' ? '' : lazy);
    }
  }
  return use === 'language' && depth > 0 && random() < 0.3
    ? `${out}|${randomPattern(random, use, depth - 1)}`
    : out;
}

interface Match {
  readonly parts: readonly (string | undefined)[];
  readonly places: readonly ([number, number] | undefined)[];
}

function allMatches(next: (from: number) => RegExpExecArray | null, text: string): Match[] {
  const found: Match[] = [];
  for (let at = 0; at <= text.length;) {
    const match = next(at);
    if (match === null) break;
    found.push({ parts: [...match], places: [...match.indices!] });
    at = match.index + match[0].length;
    if (match[0] === '') at += (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
  }
  return found;
}

function ofBacktracking({ matcher }: Regex, text: string): Match[] {
  const telling = new RegExp(matcher.source, `${matcher.flags}d`);
  return allMatches((from) => {
    telling.lastIndex = from;
    return telling.exec(text);
  }, text);
}

function ofSearch(regex: Regex, text: string): Match[] {
  const search = new RegexSearch(regex.program(), regex.groups, text);
  return allMatches((from) => search.next(from), text);
}

test(`it finds what backtracking finds, seed ${SEED}`, { timeout: 60_000 }, () => {
  const random = seeded(SEED);
  let compared = 0;
  let found = 0;
  for (let i = 0; i < 4_000; i++) {
    const use: RegexUse = i % 2 === 0 ? 'extent' : 'language';
    const pattern = randomPattern(random, use);
    let regex: Regex;
    try {
      regex = compileRegex(pattern, random() < 0.2, use);
    } catch (error) {
      if (error instanceof RowFailure) continue;
      throw error;
    }
    for (let k = 0; k < 4; k++) {
      // Backtracking is no judge of places within surrogate pairs.
      const letters = regex.looksBack ? LETTERS.filter((letter) => letter !== '😀') : LETTERS;
      const text = Array.from(
        { length: Math.floor(random() * 12) },
        () => letters[Math.floor(random() * letters.length)],
      ).join('');
      const expected = ofBacktracking(regex, text);
      const actual = ofSearch(regex, text);
      const where = `${JSON.stringify(pattern)} in ${JSON.stringify(text)}`;
      if (use === 'extent') expect(actual, where).toEqual(expected);
      else expect(actual.length > 0, where).toBe(expected.length > 0);
      compared++;
      if (expected.length > 0) found++;
    }
  }
  expect(compared).toBeGreaterThan(8_000);
  expect(found).toBeGreaterThan(2_000);
});

const long = (text: string): string => text.repeat(100_000);

test.each([
  ['^(a+)+$', `${long('a')}b`, false],
  ['^(a+)+$', long('a'), true],
  ['(a*)*b', long('a'), false],
  ['^(a|aa)+$', `${long('a')}b`, false],
  ['^(a{1,100}){1,20}$', `${long('a')}b`, false],
  ['^(([a-z])+.)+[A-Z]([a-z])+$', long('xy'), false],
  ['.*.*.*.*x', long('b'), false],
  ['a+b', long('a'), false],
  ['(x|a)+b$', `${long('a')}b`, true],
] as const)('%s in a text of %#: milliseconds', { timeout: 10_000 }, (pattern, text, expected) => {
  expect(matches(text, pattern, false)).toBe(expected);
});

test('which part matches in a long text', { timeout: 20_000 }, () => {
  const text = `${long('ab')}!`;
  expect(substringByRegex(text, '(.*)(.*)(.*)b([^x0-9])')).toBe(text.slice(0, -2));
  expect(placeOf(text, '(.*)b(.)', 1, 1, 0, '', 2)).toBe(text.length);
  expect(count(text, 'a+b+')).toBe(100_000);
  expect(replaceByRegex(text, 'a*b*', 'x', 'g')).toBe(`${long('x')}x!x`);
  expect(replaceByRegex(text, '.*.*.*.*[0-9]', 'x', 'g')).toBe(text);
});

test('too many repetitions are refused, of a text that needs them', () => {
  expect(matches('aaa', '((a{255}){255}){255}', false)).toBe(false);
  expect(() => matches(long('a'), '((a{255}){255}){255}|(a|b)*c', false)).toThrow('repetitions');
});

test('there is no place within a character', () => {
  const text = 'c1c😀\n1.1';
  expect(count(text, '\\Y')).toBe(3);
  expect(replaceByRegex(text, '\\Y', '-', 'g')).toBe('c-1-c😀-\n1.1');
  expect(replaceByRegex('😀😀', '\\Y', '-', 'g')).toBe('-😀-😀-');
  expect(replaceByRegex('a😀', '\\y', '-', 'g')).toBe('-a-😀');
});
