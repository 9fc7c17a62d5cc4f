// Regular expressions: ~ and its like, the regexp_ functions, SIMILAR TO.

import { result } from '../../data/registers.ts';
import { readString, writeString } from '../runtime/arena.ts';
import * as regex from '../runtime/regex-functions.ts';
import type { ScalarFunction } from './function.ts';
import { mayFail } from './function.ts';

type Bytes = Uint8Array;

/** Parts as values: a text for every three that begin with bytes. */
function values(parts: readonly unknown[]): unknown[] {
  const found: unknown[] = [];
  for (let i = 0; i < parts.length; i++)
    if (parts[i] instanceof Uint8Array) {
      found.push(readString(parts[i] as Bytes, parts[i + 1] as number, parts[i + 2] as number));
      i += 2;
    } else found.push(parts[i]);
  return found;
}

type Compute<T> = (...args: never[]) => T;

function over<T>(signature: string, compute: Compute<T>): ScalarFunction {
  return mayFail(signature, (...parts: unknown[]): T => compute(...(values(parts) as never[])));
}

function giving(signature: string, compute: Compute<string>): ScalarFunction {
  return over(signature, (...args: never[]) => writeString(compute(...args)));
}

function maybeGiving(signature: string, compute: Compute<string | null>): ScalarFunction {
  const run = (...parts: unknown[]): number => {
    const text = compute(...(values(parts) as never[]));
    const start = writeString(text ?? '');
    result.isNull = text === null;
    return start;
  };
  return mayFail(signature, run, { nullResult: true });
}

function matching(name: string, foldCase: boolean, wanted: boolean): ScalarFunction {
  return over(
    `${name}(text,text) boolean`,
    (text: string, pattern: string) => regex.matches(text, pattern, foldCase) === wanted,
  );
}

/** Every length of a list of parameters from `least` on. */
function lengths(
  name: string,
  params: readonly string[],
  least: number,
  make: (params: string) => ScalarFunction,
): ScalarFunction[] {
  return params.slice(least - 1).map((_, i) => make(`${name}(${params.slice(0, least + i).join(',')})`));
}

export const REGEXES: readonly ScalarFunction[] = [
  matching('~', false, true),
  matching('!~', false, false),
  matching('~*', true, true),
  matching('!~*', true, false),
  ...lengths('regexp_like', ['text', 'text', 'text'], 2, (s) => over(`${s} boolean`, regex.likeRegex)),
  ...lengths('regexp_count', ['text', 'text', 'integer', 'text'], 2, (s) =>
    over(`${s} integer`, regex.count),
  ),
  ...['text,text', 'text,text,text'].map((params) =>
    mayFail(
      `regexp_match(${params}) array`,
      (...parts: unknown[]) => regex.firstMatch(...(values(parts) as [string, string, string?])),
      { nullResult: true },
    ),
  ),
  ...lengths('regexp_substr', ['text', 'text', 'integer', 'integer', 'text', 'integer'], 2, (s) =>
    maybeGiving(`${s} text`, regex.nthSubstring),
  ),
  ...lengths('regexp_instr', ['text', 'text', 'integer', 'integer', 'integer', 'text', 'integer'], 2, (s) =>
    over(`${s} integer`, regex.placeOf),
  ),
  giving('regexp_replace(text,text,text) text', regex.replaceByRegex),
  giving('regexp_replace(text,text,text,text) text', regex.replaceByRegex),
  ...lengths('regexp_replace', ['text', 'text', 'text', 'integer', 'integer', 'text'], 4, (s) =>
    giving(`${s} text`, regex.replaceNth),
  ),
  ...lengths('regexp_split_to_array', ['text', 'text', 'text'], 2, (s) =>
    over(`${s} array`, regex.splitByRegex),
  ),
  maybeGiving('substring(text,text) text', regex.substringByRegex),
  giving('similar_to_escape(text) text', regex.similarPattern),
  giving('similar_to_escape(text,text) text', regex.similarPattern),
];
