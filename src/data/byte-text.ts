// Text forms of bytea and uuid, and the length limit of varchar.

import { fail } from './failure.ts';

const encoder = new TextEncoder();

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

function hexOf(bytes: Uint8Array, from: number, to: number): string {
  let text = '';
  for (let i = from; i < to; i++) text += HEX[bytes[i]!]!;
  return text;
}

/** As bytea_output = hex writes it. */
export function byteaToText(bytes: Uint8Array): string {
  return `\\x${hexOf(bytes, 0, bytes.length)}`;
}

/** Both input forms of Postgres: `\x…`, and text with `\\` and `\ooo`. */
export function parseBytea(text: string): Uint8Array {
  return text.startsWith('\\x') ? parseHex(text.slice(2)) : unescapeBytes(text);
}

/** Hexadecimal digits in pairs; white space between pairs. */
export function parseHex(text: string): Uint8Array {
  const out: number[] = [];
  for (let i = 0; i < text.length; i++) {
    const high = text[i]!;
    if (/[ \t\n\r]/.test(high)) continue;
    const low = text[++i];
    if (low === undefined && isHex(high)) fail('22023', 'invalid hexadecimal data: odd number of digits');
    for (const digit of [high, low ?? ''])
      if (!isHex(digit)) fail('22023', `invalid hexadecimal digit: "${digit}"`);
    out.push(Number.parseInt(high + low!, 16));
  }
  return Uint8Array.from(out);
}

function isHex(digit: string): boolean {
  return /^[0-9a-fA-F]$/.test(digit);
}

export function unescapeBytes(text: string): Uint8Array {
  const bytes = encoder.encode(text);
  const out: number[] = [];
  for (let i = 0; i < bytes.length; i++) {
    if (bytes[i] !== 0x5c) out.push(bytes[i]!);
    else if (bytes[i + 1] === 0x5c) out.push(bytes[++i]!);
    else {
      const match = /^[0-3][0-7][0-7]$/.exec(String.fromCharCode(...bytes.subarray(i + 1, i + 4)));
      if (match === null) fail('22P02', 'invalid input syntax for type bytea');
      out.push(Number.parseInt(match[0], 8));
      i += 3;
    }
  }
  return Uint8Array.from(out);
}

export function uuidToText(bytes: Uint8Array): string {
  const part = (from: number, to: number): string => hexOf(bytes, from, to);
  return `${part(0, 4)}-${part(4, 6)}-${part(6, 8)}-${part(8, 10)}-${part(10, 16)}`;
}

/** 32 digits, a hyphen allowed behind every four, braces around them allowed. */
export function parseUuid(text: string): Uint8Array {
  const match =
    /^(?:([0-9a-fA-F]{4}(?:-?[0-9a-fA-F]{4}){7})|\{([0-9a-fA-F]{4}(?:-?[0-9a-fA-F]{4}){7})\})$/.exec(text);
  if (match === null) fail('22P02', `invalid input syntax for type uuid: "${text}"`);
  const digits = (match[1] ?? match[2]!).replaceAll('-', '');
  return Uint8Array.from({ length: 16 }, (_, i) => Number.parseInt(digits.slice(2 * i, 2 * i + 2), 16));
}

/** What is too long must be spaces, which are cut off. */
export function limitedText(text: string, length: number | undefined): string {
  if (length === undefined || text.length <= length) return text;
  const characters = [...text];
  if (characters.length <= length) return text;
  if (characters.slice(length).some((c) => c !== ' '))
    fail('22001', `value too long for type character varying(${length})`);
  return characters.slice(0, length).join('');
}
