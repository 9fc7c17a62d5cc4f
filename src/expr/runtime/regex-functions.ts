// Functions over regular expressions. Positions count characters.

import { fail } from '../../data/failure.ts';
import { result } from '../../data/registers.ts';
import { giveTexts } from './cells.ts';
import type { Regex } from './regex.ts';
import { compileRegex, needsSearch, readFlags } from './regex.ts';
import { RegexSearch } from './regex-program.ts';

export function matches(text: string, pattern: string, foldCase: boolean): boolean {
  const regex = compileRegex(pattern, foldCase, 'language');
  if (needsSearch(regex, text)) return searchOf(regex, text)(0) !== null;
  regex.matcher.lastIndex = 0;
  return regex.matcher.test(text);
}

export function likeRegex(text: string, pattern: string, flags = ''): boolean {
  return matches(text, pattern, withoutGlobal(flags, 'regexp_like()').foldCase);
}

function withoutGlobal(flags: string, name: string): { readonly foldCase: boolean } {
  const read = readFlags(flags);
  if (read.global) fail('22023', `${name} does not support the "global" option`);
  return read;
}

/** UTF-16 offset of character number `start`, from 1. */
function offsetOf(text: string, start: number): number {
  if (start <= 0) fail('22023', `invalid value for parameter "start": ${start}`);
  if (start === 1) return 0;
  let at = 0;
  for (let left = start - 1; left > 0; left--) {
    if (at >= text.length) return text.length + 1;
    at += text.codePointAt(at)! > 0xffff ? 2 : 1;
  }
  return at;
}

/** The first match from an offset on. */
function searchOf(regex: Regex, text: string): (from: number) => RegExpExecArray | null {
  if (needsSearch(regex, text)) {
    const search = new RegexSearch(regex.program(), regex.groups, text);
    return (from) => search.next(from);
  }
  const { matcher } = regex;
  return (from) => {
    matcher.lastIndex = from;
    return matcher.exec(text);
  };
}

/** Matches from an offset on; an empty one moves on by a character. */
function* allMatches(regex: Regex, text: string, from = 0): Generator<RegExpExecArray> {
  const next = searchOf(regex, text);
  let at = from;
  while (at <= text.length) {
    const match = next(at);
    if (match === null) return;
    yield match;
    at = match.index + match[0].length;
    if (match[0] === '') at += (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
  }
}

export function count(text: string, pattern: string, start = 1, flags = ''): number {
  const { foldCase } = withoutGlobal(flags, 'regexp_count()');
  const from = offsetOf(text, start);
  return [...allMatches(compileRegex(pattern, foldCase, 'extent'), text, from)].length;
}

export function firstMatch(text: string, pattern: string, flags = ''): number {
  const { foldCase } = withoutGlobal(flags, 'regexp_match()');
  const regex = compileRegex(pattern, foldCase, 'extent');
  const [match] = allMatches(regex, text);
  const parts = match === undefined ? [] : regex.groups === 0 ? [match[0]] : match.slice(1);
  const start = giveTexts(parts.map((part) => (part as string | undefined) ?? null));
  result.isNull = match === undefined;
  return start;
}

/** The first group, or all of the match when there is none. */
export function substringByRegex(text: string, pattern: string): string | null {
  const regex = compileRegex(pattern, false, 'extent');
  const [match] = allMatches(regex, text);
  if (match === undefined) return null;
  return (regex.groups === 0 ? match[0] : (match[1] as string | undefined)) ?? null;
}

/** A pattern without groups has its whole match as the first one. */
function groupOf(regex: Regex, group: number): number {
  return regex.groups === 0 && group === 1 ? 0 : group;
}

export function nthSubstring(
  text: string,
  pattern: string,
  start = 1,
  n = 1,
  flags = '',
  group = 0,
): string | null {
  const from = offsetOf(text, start);
  if (n <= 0) fail('22023', `invalid value for parameter "n": ${n}`);
  if (group < 0) fail('22023', `invalid value for parameter "subexpr": ${group}`);
  const { foldCase } = withoutGlobal(flags, 'regexp_substr()');
  const regex = compileRegex(pattern, foldCase, 'extent');
  const match = [...allMatches(regex, text, from)][n - 1];
  return (match?.[groupOf(regex, group)] as string | undefined) ?? null;
}

const withIndices = new WeakMap<RegExp, RegExp>();

/** Where groups lie is told by a matcher that is asked for it, which costs more. */
function groupPlace(
  regex: Regex,
  text: string,
  match: RegExpExecArray,
  group: number,
): readonly [number, number] | null {
  if (group === 0) return [match.index, match.index + match[0].length];
  if (match.indices !== undefined) return match.indices[group] ?? null;
  let telling = withIndices.get(regex.matcher);
  if (telling === undefined) {
    telling = new RegExp(regex.matcher.source, `${regex.matcher.flags}d`);
    withIndices.set(regex.matcher, telling);
  }
  telling.lastIndex = match.index;
  return (telling.exec(text)?.indices?.[group] as [number, number] | undefined) ?? null;
}

/** Where the n-th match, or a group of it, begins; behind its end for `end` 1; 0 for none. */
export function placeOf(
  text: string,
  pattern: string,
  start = 1,
  n = 1,
  end = 0,
  flags = '',
  group = 0,
): number {
  const from = offsetOf(text, start);
  if (n <= 0) fail('22023', `invalid value for parameter "n": ${n}`);
  if (end !== 0 && end !== 1) fail('22023', `invalid value for parameter "endoption": ${end}`);
  if (group < 0) fail('22023', `invalid value for parameter "subexpr": ${group}`);
  const { foldCase } = withoutGlobal(flags, 'regexp_instr()');
  const regex = compileRegex(pattern, foldCase, 'extent');
  const match = [...allMatches(regex, text, from)][n - 1];
  const place = match === undefined ? null : groupPlace(regex, text, match, groupOf(regex, group));
  return place === null ? 0 : [...text.slice(0, place[end])].length + 1;
}

export function replaceByRegex(text: string, pattern: string, replacement: string, flags = ''): string {
  if (/^[0-9]/.test(flags)) fail('22023', `invalid regular expression option: "${flags[0]!}"`);
  const { foldCase, global } = readFlags(flags);
  return replaced(text, compileRegex(pattern, foldCase, 'extent'), replacement, 0, global ? 0 : 1);
}

/** `n`: which match is replaced; 0 for all of them. */
export function replaceNth(
  text: string,
  pattern: string,
  replacement: string,
  start: number,
  n = 1,
  flags = '',
): string {
  const from = offsetOf(text, start);
  if (n < 0) fail('22023', `invalid value for parameter "n": ${n}`);
  const { foldCase } = readFlags(flags);
  return replaced(text, compileRegex(pattern, foldCase, 'extent'), replacement, from, n);
}

function replaced(text: string, regex: Regex, replacement: string, from: number, n: number): string {
  let out = '';
  let at = 0;
  let i = 0;
  for (const match of allMatches(regex, text, from)) {
    i++;
    if (n !== 0 && i !== n) continue;
    out += text.slice(at, match.index) + filled(replacement, match);
    at = match.index + match[0].length;
    if (n !== 0) break;
  }
  return out + text.slice(at);
}

/** `\1` … `\9` are groups, `\&` the match, `\\` a backslash. */
function filled(replacement: string, match: RegExpExecArray): string {
  return replacement.replaceAll(/\\([\s\S])/g, (whole, next: string) => {
    if (next === '&') return match[0];
    if (next === '\\') return '\\';
    return /[1-9]/.test(next) ? ((match[Number(next)] as string | undefined) ?? '') : whole;
  });
}

/** Matches that are empty at the ends or behind another are no places to split. */
export function splitByRegex(text: string, pattern: string, flags = ''): number {
  const { foldCase } = withoutGlobal(flags, 'regexp_split_to_array()');
  const parts: string[] = [];
  let at = 0;
  for (const match of allMatches(compileRegex(pattern, foldCase, 'extent'), text)) {
    const end = match.index + match[0].length;
    if (match[0] === '' && (match.index === 0 || match.index >= text.length || match.index === at)) continue;
    parts.push(text.slice(at, match.index));
    at = end;
  }
  parts.push(text.slice(at));
  return giveTexts(parts);
}

/** The pattern of SIMILAR TO as a regular expression, after similar_escape_internal of PostgreSQL. */
export function similarPattern(pattern: string, escape = '\\'): string {
  if ([...escape].length > 1) fail('22025', 'invalid escape string');
  let out = '^(?:';
  let inBrackets = 0;
  let escaped = false;
  for (const character of pattern) {
    if (escaped) {
      if (character === '"') fail('0A000', 'a separator in the pattern of SIMILAR TO is not supported');
      out += `\\${character}`;
      escaped = false;
    } else if (escape !== '' && character === escape) escaped = true;
    else if (inBrackets > 0) {
      if (character === '\\') out += '\\';
      out += character;
      if (character === ']' && inBrackets > 2) inBrackets = 0;
      else if (character === '^' && inBrackets === 1) inBrackets = 2;
      else inBrackets = 3;
    } else if (character === '[') {
      out += character;
      inBrackets = 1;
    } else if (character === '%') out += '.*';
    else if (character === '_') out += '.';
    else if (character === '(') out += '(?:';
    else if (/[\\.^$]/.test(character)) out += `\\${character}`;
    else out += character;
  }
  return `${out})$`;
}
