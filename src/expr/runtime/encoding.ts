// bytea as text and back, and the bytes and bits of it.

import { fail } from '../../data/failure.ts';
import { byteaToText, parseHex, unescapeBytes } from '../../data/byte-text.ts';
import { readString, writeString } from './arena.ts';
import { giveBytes } from './cells.ts';

type Bytes = Uint8Array;

function formatOf(bytes: Bytes, start: number, end: number): string {
  const name = readString(bytes, start, end).toLowerCase();
  if (!['hex', 'base64', 'escape'].includes(name)) fail('22023', `unrecognized encoding: "${name}"`);
  return name;
}

export function encode(b: Bytes, s: number, e: number, fb: Bytes, fs: number, fe: number): number {
  const bytes = b.subarray(s, e);
  switch (formatOf(fb, fs, fe)) {
    case 'hex':
      return writeString(byteaToText(bytes).slice(2));
    case 'base64':
      return writeString(
        Buffer.from(bytes)
          .toString('base64')
          .replaceAll(/.{76}(?=.)/g, '$&\n'),
      );
    default:
      return writeString(escaped(bytes));
  }
}

function escaped(bytes: Bytes): string {
  let text = '';
  for (const byte of bytes) {
    if (byte === 0x5c) text += '\\\\';
    else if (byte === 0 || byte >= 0x80) text += `\\${byte.toString(8).padStart(3, '0')}`;
    else text += String.fromCharCode(byte);
  }
  return text;
}

export function decode(b: Bytes, s: number, e: number, fb: Bytes, fs: number, fe: number): number {
  const text = readString(b, s, e);
  switch (formatOf(fb, fs, fe)) {
    case 'hex':
      return giveBytes(parseHex(text));
    case 'base64':
      return giveBytes(parseBase64(text));
    default:
      return giveBytes(unescapeBytes(text));
  }
}

function parseBase64(text: string): Bytes {
  const plain = text.replaceAll(/[ \t\n\r]/g, '');
  const odd = /[^A-Za-z0-9+/=]/u.exec(plain);
  if (odd !== null) fail('22023', `invalid symbol "${odd[0]}" found while decoding base64 sequence`);
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(plain)) fail('22023', 'unexpected "=" while decoding base64 sequence');
  if (plain.length % 4 !== 0) fail('22023', 'invalid base64 end sequence');
  return new Uint8Array(Buffer.from(plain, 'base64'));
}

/** `count` bytes from place `from` on give way to others: as many as these are, by default. */
export function overlayBytes(
  ...[b, s, e, pb, ps, pe, from, count = pe - ps]: [
    Bytes, number, number, Bytes, number, number, number, number?,
  ] // prettier-ignore
): number {
  if (from <= 0) fail('22011', 'negative substring length not allowed');
  const end = from - 1 + count;
  if (end > 2147483646) fail('22003', 'integer out of range');
  const head = b.subarray(s, Math.min(s + from - 1, e));
  const tail = b.subarray(Math.min(s + Math.max(end, 0), e), e);
  return giveBytes(Buffer.concat([head, pb.subarray(ps, pe), tail]));
}

function within(index: number, length: number): void {
  if (index < 0 || index >= length) fail('2202E', `index ${index} out of valid range, 0..${length - 1}`);
}

export function getByte(b: Bytes, s: number, e: number, index: number): number {
  within(index, e - s);
  return b[s + index]!;
}

export function setByte(b: Bytes, s: number, e: number, index: number, value: number): number {
  within(index, e - s);
  const copy = new Uint8Array(b.subarray(s, e));
  copy[index] = value;
  return giveBytes(copy);
}

/** The bits of a byte are counted from its lowest. */
export function getBit(b: Bytes, s: number, e: number, index: bigint): number {
  withinBits(index, e - s);
  return (b[s + Number(index >> 3n)]! >> Number(index & 7n)) & 1;
}

export function setBit(b: Bytes, s: number, e: number, index: bigint, bit: number): number {
  withinBits(index, e - s);
  if (bit !== 0 && bit !== 1) fail('22023', 'new bit must be 0 or 1');
  const copy = new Uint8Array(b.subarray(s, e));
  const at = Number(index >> 3n);
  const mask = 1 << Number(index & 7n);
  copy[at] = bit === 1 ? copy[at]! | mask : copy[at]! & ~mask;
  return giveBytes(copy);
}

function withinBits(index: bigint, length: number): void {
  if (index < 0n || index >= BigInt(length) * 8n)
    fail('2202E', `index ${index} out of valid range, 0..${length * 8 - 1}`);
}

export function bitCount(b: Bytes, s: number, e: number): bigint {
  let count = 0;
  for (let i = s; i < e; i++) for (let rest = b[i]!; rest > 0; rest >>= 1) count += rest & 1;
  return BigInt(count);
}

export function reverseBytes(b: Bytes, s: number, e: number): number {
  return giveBytes(new Uint8Array(b.subarray(s, e)).reverse());
}

export function bytesFrom(b: Bytes, s: number, e: number, from: number): number {
  return giveBytes(b.subarray(Math.min(s + Math.max(from, 1) - 1, e), e));
}

export function bytesFor(b: Bytes, s: number, e: number, from: number, length: number): number {
  if (length < 0) fail('22011', 'negative substring length not allowed');
  const start = Math.min(s + Math.max(from, 1) - 1, e);
  return giveBytes(b.subarray(start, Math.max(start, Math.min(s + from - 1 + length, e))));
}

export function bytePosition(b: Bytes, s: number, e: number, nb: Bytes, ns: number, ne: number): number {
  const found = Buffer.from(b.buffer, b.byteOffset + s, e - s).indexOf(nb.subarray(ns, ne));
  return found + 1;
}

function trimmed(
  [b, s, e, sb, ss, se]: readonly [Bytes, number, number, Bytes, number, number],
  left: boolean,
  right: boolean,
): number {
  const set = new Set(sb.subarray(ss, se));
  let [from, to] = [s, e];
  if (left) while (from < to && set.has(b[from]!)) from++;
  if (right) while (to > from && set.has(b[to - 1]!)) to--;
  return giveBytes(b.subarray(from, to));
}

type TrimArguments = [Bytes, number, number, Bytes, number, number];

export const trimBytes = (...args: TrimArguments): number => trimmed(args, true, true);
export const trimBytesLeft = (...args: TrimArguments): number => trimmed(args, true, false);
export const trimBytesRight = (...args: TrimArguments): number => trimmed(args, false, true);

const strict = new TextDecoder('utf-8', { fatal: true });

export function fromUtf8(b: Bytes, s: number, e: number, cb: Bytes, cs: number, ce: number): number {
  requireUtf8(readString(cb, cs, ce));
  let text: string;
  try {
    text = strict.decode(b.subarray(s, e));
  } catch {
    fail('22021', 'invalid byte sequence for encoding "UTF8"');
  }
  if (text.includes('\0')) fail('22021', 'invalid byte sequence for encoding "UTF8": 0x00');
  return giveBytes(b.subarray(s, e));
}

export function toUtf8(b: Bytes, s: number, e: number, cb: Bytes, cs: number, ce: number): number {
  requireUtf8(readString(cb, cs, ce));
  return giveBytes(b.subarray(s, e));
}

function requireUtf8(name: string): void {
  if (!/^utf-?8$/i.test(name)) fail('0A000', `encoding "${name}" is not supported: it is UTF8`);
}
