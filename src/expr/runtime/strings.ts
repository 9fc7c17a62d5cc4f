// Text functions that are computed over JavaScript strings: rarer than those of text.ts, and not worth bytes. Letter case is
// that of ASCII, as collation "C" has it.

import { createHash } from 'node:crypto';
import { fail } from '../../data/failure.ts';
import { result } from '../../data/registers.ts';
import { giveBytes } from './cells.ts';
import { readString, writeString } from './arena.ts';

type Bytes = Uint8Array;

const MAX_LENGTH = 64 * 1024 * 1024;

function tooLong(): never {
  fail('54000', 'requested length too large');
}

function padding(text: string, length: number, fill: string): readonly [string[], string] {
  const count = Math.max(length, 0);
  if (count * 4 > MAX_LENGTH) tooLong();
  const characters = [...text].slice(0, count);
  const missing = count - characters.length;
  const pattern = [...fill];
  if (missing === 0 || pattern.length === 0) return [characters, ''];
  return [characters, Array.from({ length: missing }, (_, i) => pattern[i % pattern.length]!).join('')];
}

export function padLeft(text: string, length: number, fill = ' '): string {
  const [characters, pad] = padding(text, length, fill);
  return pad + characters.join('');
}

export function padRight(text: string, length: number, fill = ' '): string {
  const [characters, pad] = padding(text, length, fill);
  return characters.join('') + pad;
}

/** A letter behind what is no letter or digit is a capital. */
export function capitalise(text: string): string {
  return text.replaceAll(/[A-Za-z0-9]+/g, (word) => asciiUpper(word[0]!) + asciiLower(word.slice(1)));
}

export function asciiUpper(text: string): string {
  return text.replaceAll(/[a-z]+/g, (letters) => letters.toUpperCase());
}

export function asciiLower(text: string): string {
  return text.replaceAll(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

export function translate(text: string, from: string, to: string): string {
  const wanted = [...to];
  const map = new Map<string, string>();
  [...from].forEach((character, i) => {
    if (!map.has(character)) map.set(character, wanted[i] ?? '');
  });
  return Array.from(text, (character) => map.get(character) ?? character).join('');
}

export function codePoint(text: string): number {
  return text.codePointAt(0) ?? 0;
}

export function character(code: number): string {
  if (code < 0) fail('22023', 'character number must be positive');
  if (code === 0) fail('54000', 'null character not permitted');
  if (code > 0x10ffff) fail('54000', `requested character too large for encoding: ${code}`);
  if (code >= 0xd800 && code <= 0xdfff) fail('54000', `requested character not valid for encoding: ${code}`);
  return String.fromCodePoint(code);
}

export function overlay(text: string, part: string, from: number, count = [...part].length): string {
  if (from <= 0) fail('22011', 'negative substring length not allowed');
  const characters = [...text];
  const end = from - 1 + count;
  if (end > 2147483646) fail('22003', 'integer out of range');
  return characters.slice(0, from - 1).join('') + part + characters.slice(Math.max(end, 0)).join('');
}

export function radixText(value: number | bigint, radix: number, bits: 32 | 64): string {
  return BigInt.asUintN(bits, BigInt(value)).toString(radix);
}

export function quoteLiteral(text: string): string {
  const quoted = `'${text.replaceAll("'", "''").replaceAll('\\', '\\\\')}'`;
  return text.includes('\\') ? `E${quoted}` : quoted;
}

const KEYWORDS: ReadonlySet<string> = new Set(
  `all analyse analyze and any array as asc asymmetric authorization between bigint binary bit boolean both case cast char
character check coalesce collate collation column concurrently constraint create cross current_catalog current_date current_role
current_schema current_time current_timestamp current_user dec decimal default deferrable desc distinct do else end except exists
extract false fetch float for foreign freeze from full grant greatest group grouping having ilike in initially inner inout int
integer intersect interval into is isnull join json json_array json_arrayagg json_exists json_object json_objectagg json_query
json_scalar json_serialize json_table json_value lateral leading least left like limit localtime localtimestamp merge_action
national natural nchar none normalize not notnull null nullif numeric offset on only or order out outer overlaps overlay placing
position precision primary real references returning right row select session_user setof similar smallint some substring symmetric
system_user table tablesample then time timestamp to trailing treat trim true union unique user using values varchar variadic
verbose when where window with xmlattributes xmlconcat xmlelement xmlexists xmlforest xmlnamespaces xmlparse xmlpi xmlroot
xmlserialize xmltable`.split(/\s+/),
);

export function quoteName(text: string): string {
  return /^[a-z_][a-z0-9_]*$/.test(text) && !KEYWORDS.has(text) ? text : `"${text.replaceAll('"', '""')}"`;
}

/** format(): %s, %I, %L and %%, with position, flag and width. */
export function format(pattern: string, args: readonly (string | null)[]): string {
  let next = 0;
  const directive = /%(?:(\d+)\$)?(-)?(?:(\d+)|\*(?:(\d+)\$)?)?(.?)/gsu;
  return pattern.replaceAll(
    directive,
    (whole, place?: string, flag?: string, width?: string, widthPlace?: string, kind = '') => {
      if (whole === '%%') return '%';
      const star = whole.includes('*');
      if (kind === '') fail('22023', 'unterminated format() type specifier');
      if (place === '0' || widthPlace === '0')
        fail('22023', 'format specifies argument 0, but arguments are numbered from 1');
      if (!/^[sIL]$/.test(kind)) fail('22023', `unrecognized format() type specifier "${kind}"`);
      if (star) fail('0A000', 'a width from an argument of format() is not supported');
      const index = place === undefined ? next : Number(place) - 1;
      if (index >= args.length) fail('22023', 'too few arguments for format()');
      next = index + 1;
      const shown = formatted(args[index]!, kind);
      const count = Number(width ?? 0);
      if (count * 4 > MAX_LENGTH) tooLong();
      return flag === '-' ? padEnd(shown, count) : padStart(shown, count);
    },
  );
}

function padStart(text: string, width: number): string {
  return ' '.repeat(Math.max(width - [...text].length, 0)) + text;
}

function padEnd(text: string, width: number): string {
  return text + ' '.repeat(Math.max(width - [...text].length, 0));
}

function formatted(value: string | null, kind: string): string {
  if (kind === 'L') return value === null ? 'NULL' : quoteLiteral(value);
  if (kind === 's') return value ?? '';
  if (value === null) fail('22004', 'null values cannot be formatted as an SQL identifier');
  return quoteName(value);
}

export function unescapeUnicode(text: string): string {
  const out = text.replaceAll(
    /\\(?:(\\)|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|\+([0-9a-fA-F]{6})|([0-9a-fA-F]{4})|)/g,
    (_, backslash?: string, ...codes: (string | undefined)[]) => {
      if (backslash !== undefined) return backslash;
      const digits = codes.slice(0, 4).find((code) => code !== undefined);
      if (digits === undefined) fail('42601', 'invalid Unicode escape');
      const code = Number.parseInt(digits, 16);
      if (code > 0x10ffff || code === 0) fail('42601', 'invalid Unicode escape value');
      return String.fromCodePoint(code);
    },
  );
  if (!out.isWellFormed()) fail('42601', 'invalid Unicode surrogate pair');
  return out;
}

export function md5Text(bytes: Bytes, start: number, end: number): number {
  return writeString(createHash('md5').update(bytes.subarray(start, end)).digest('hex'));
}

export function shaBytes(algorithm: string) {
  return (bytes: Bytes, start: number, end: number): number =>
    giveBytes(new Uint8Array(createHash(algorithm).update(bytes.subarray(start, end)).digest()));
}

/** A runtime function over strings from one over their parts; `texts` first arguments are texts. */
export function overTexts(texts: number, compute: (...args: never[]) => string) {
  return (...parts: unknown[]): number => {
    const args: unknown[] = [];
    for (let i = 0; i < texts; i++)
      args.push(readString(parts[3 * i] as Bytes, parts[3 * i + 1] as number, parts[3 * i + 2] as number));
    args.push(...parts.slice(3 * texts));
    result.isNull = false;
    return writeString(compute(...(args as never[])));
  };
}
