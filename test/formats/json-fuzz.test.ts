// Generated and mutated documents, with JSON.parse as the oracle: what is accepted, and every value. Each document is read as
// one of a batch, where layouts have been learned, and alone, by the exact reading: both must say the same.
import { isDeepStrictEqual } from 'node:util';
import { describe, expect, test } from 'vitest';
import { compileJsonDecoder } from '../../src/connectors/formats/json-decoder.ts';
import { MAX_DEPTH } from '../../src/connectors/formats/json-scan.ts';
import {
  BIGINT,
  BOOLEAN,
  DATE,
  DOUBLE,
  INTEGER,
  NUMERIC,
  SMALLINT,
  TEXT,
  TIMESTAMPTZ,
} from '../../src/data/types.ts';
import type { SqlType } from '../../src/data/types.ts';
import type { Value } from '../../src/data/value.ts';
import type { Outcome } from './decoding.ts';
import { columnsOf, outcomes, outputFor, random } from './decoding.ts';

const SEED = Number(process.env['SEED'] ?? 20_260_101);
const BATCHES = 130;
const BATCH = 200;

const TYPES: Readonly<Record<string, SqlType>> = {
  id: BIGINT,
  small: SMALLINT,
  count: INTEGER,
  price: NUMERIC,
  ratio: DOUBLE,
  flag: BOOLEAN,
  name: TEXT,
  ünïcode: TEXT,
  day: DATE,
  at: TIMESTAMPTZ,
};
const COLUMNS = columnsOf(TYPES);

interface NumberText {
  readonly source: string;
}

/** What JSON.parse makes of a number, kept as text so that nothing is rounded. */
function parseExactly(text: string): unknown {
  const keep = (_: string, value: unknown, context: { source?: string }): unknown =>
    typeof value === 'number' ? { source: context.source! } : value;
  return JSON.parse(text, keep as (key: string, value: unknown) => unknown);
}

const INVALID = Symbol('invalid');

/** ±digits and scale of a JSON number, without any arithmetic that the decoder uses. */
function expectedNumeric(source: string): { unscaled: bigint; scale: number } {
  const [, sign, whole, fraction = '', exponent = '0'] = /^(-?)(\d+)(?:\.(\d+))?(?:[eE](.+))?$/.exec(source)!;
  const scale = fraction.length - Number(exponent);
  const digits = BigInt(`${sign}${whole}${fraction}`);
  return scale >= 0 ? { unscaled: digits, scale } : { unscaled: digits * 10n ** BigInt(-scale), scale: 0 };
}

function expectedInteger(source: string, bits: bigint): bigint | typeof INVALID {
  const { unscaled, scale } = expectedNumeric(source);
  const unit = 10n ** BigInt(scale);
  if (unscaled % unit !== 0n) return INVALID;
  const value = unscaled / unit;
  return value >= -(2n ** (bits - 1n)) && value < 2n ** (bits - 1n) ? value : INVALID;
}

function expectedDouble(source: string): number | typeof INVALID {
  const value = Number(source);
  if (!Number.isFinite(value) || (value === 0 && /[1-9].*?(e|$)/i.test(source.split(/e/i)[0]!)))
    return INVALID;
  return value;
}

const ISO = /^(\d{4})-(\d\d)-(\d\d)(?:T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,6}))?(Z|([+-])(\d\d):(\d\d)))?$/;

/** undefined: the oracle does not judge this spelling. */
function expectedMicros(text: string): bigint | undefined {
  const m = ISO.exec(text);
  if (m === null) return undefined;
  const base = `${m[1]}-${m[2]}-${m[3]}`;
  const midnight = Date.parse(`${base}T00:00:00Z`);
  const exists = Number.isFinite(midnight) && new Date(midnight).toISOString().startsWith(base);
  if (!exists || Number(m[1]) < 1 || Number(m[4] ?? 0) > 23 || Number(m[5] ?? 0) > 59) return undefined;
  if (Number(m[6] ?? 0) > 59 || Number(m[10] ?? 0) > 15 || Number(m[11] ?? 0) > 59) return undefined;
  const east = (Number(m[10] ?? 0) * 60 + Number(m[11] ?? 0)) * (m[9] === '-' ? -1 : 1);
  const seconds = Number(m[4] ?? 0) * 3600 + Number(m[5] ?? 0) * 60 + Number(m[6] ?? 0) - (east || 0) * 60;
  return BigInt(midnight) * 1000n + BigInt(seconds) * 1_000_000n + BigInt((m[7] ?? '').padEnd(6, '0'));
}

function expectedText(value: unknown): Value | typeof INVALID {
  if (typeof value !== 'string' || value.includes('\0') || !value.isWellFormed()) return INVALID;
  return value;
}

function expectedValue(type: SqlType, value: unknown): Value | typeof INVALID | undefined {
  if (value === null || value === undefined) return null;
  if (type.kind === 'text') return expectedText(value);
  if (type.kind === 'boolean') return typeof value === 'boolean' ? value : INVALID;
  if (type.kind === 'date' || type.kind === 'timestamptz') {
    if (typeof value !== 'string') return INVALID;
    const micros = expectedMicros(value);
    if (micros === undefined || type.kind === 'timestamptz') return micros;
    const floor = BigInt(Date.parse(`${value.slice(0, 10)}T00:00:00Z`)) / 86_400_000n;
    return Number(floor);
  }
  if (typeof value === 'string' && /^(NaN|-?Infinity)$/.test(value)) return undefined;
  if (typeof value !== 'object' || !('source' in value) || typeof value.source !== 'string') return INVALID;
  const { source } = value as NumberText;
  if (/e.?\d{3}/i.test(source)) return undefined;
  if (type.kind === 'double') return expectedDouble(source);
  if (type.kind === 'numeric') return expectedNumeric(source);
  const integer = expectedInteger(source, type.kind === 'bigint' ? 64n : type.kind === 'integer' ? 32n : 16n);
  return type.kind === 'bigint' || integer === INVALID ? integer : Number(integer);
}

function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"|[[\]{}]/g)) {
    if (token === '{' || token === '[') deepest = Math.max(deepest, ++depth);
    else if (token === '}' || token === ']') depth--;
  }
  return deepest;
}

function demand(condition: boolean, message: string): void {
  if (!condition) throw new Error(message);
}

/** Throws what does not agree with JSON.parse. */
function check(document: Uint8Array, outcome: Outcome): void {
  let parsed: unknown;
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(document);
    parsed = parseExactly(text);
    if (depthOf(text) > MAX_DEPTH) parsed = INVALID;
  } catch {
    parsed = INVALID;
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed) || 'source' in parsed) {
    if (typeof parsed === 'object' && parsed !== null && 'source' in parsed && Object.keys(parsed).length > 1)
      return;
    demand('code' in outcome, 'a document that is no JSON object was accepted');
    return;
  }
  const names = Object.keys(TYPES);
  const expected = names.map((name) =>
    expectedValue(
      TYPES[name]!,
      Object.hasOwn(parsed, name) ? (parsed as Record<string, unknown>)[name] : null,
    ),
  );
  if (expected.includes(INVALID)) {
    demand('code' in outcome, 'a value that does not convert was accepted');
    return;
  }
  if ('code' in outcome) {
    demand(expected.includes(undefined), `a row was rejected: ${outcome.message}`);
    return;
  }
  expected.forEach((value, i) => {
    if (value !== undefined) demand(isDeepStrictEqual(outcome.row[i], value), `${names[i]} is wrong`);
  });
}

type Random = () => number;

function pick<T>(rnd: Random, from: readonly T[]): T {
  return from[Math.floor(rnd() * from.length)]!;
}

function digits(rnd: Random, most: number): string {
  let text = '';
  for (let n = 1 + Math.floor(rnd() * most); n > 0; n--) text += Math.floor(rnd() * 10);
  return text;
}

function numberText(rnd: Random): string {
  const whole =
    rnd() < 0.15
      ? '0'
      : `${1 + Math.floor(rnd() * 9)}${rnd() < 0.9 ? digits(rnd, rnd() < 0.9 ? 6 : 22) : ''}`;
  const fraction = rnd() < 0.3 ? `.${digits(rnd, rnd() < 0.9 ? 4 : 20)}` : '';
  const exponent =
    rnd() < 0.05 ? `${pick(rnd, ['e', 'E'])}${pick(rnd, ['', '+', '-'])}${digits(rnd, 2)}` : '';
  return `${rnd() < 0.3 ? '-' : ''}${whole}${fraction}${exponent}`;
}

function stringText(rnd: Random): string {
  let text = '';
  for (let n = Math.floor(rnd() * 24); n > 0; n--) {
    const kind = rnd();
    if (kind < 0.9) text += String.fromCharCode(0x20 + Math.floor(rnd() * 0x5f)).replace(/["\\]/, '_');
    else if (kind < 0.95) text += pick(rnd, ['é', '€', '😀', 'ߐ', '\u{10ffff}', '中']);
    else if (kind < 0.99)
      text += pick(rnd, ['\\n', '\\"', '\\\\', '\\/', '\\u00e9', '\\u20AC', '\\ud83d\\ude00']);
    else text += pick(rnd, ['\\u0000', '\\ud83d', '\\ude00', '\\uD83D\\u0041']);
  }
  return `"${text}"`;
}

function timeText(rnd: Random): string {
  const two = (below: number): string => String(Math.floor(rnd() * below)).padStart(2, '0');
  const year = rnd() < 0.9 ? 1990 + Math.floor(rnd() * 60) : Math.floor(rnd() * 9999);
  const date = `${String(year).padStart(4, '0')}-${two(13)}-${two(31)}`;
  const fraction = rnd() < 0.5 ? `.${digits(rnd, 6)}` : '';
  const zone = rnd() < 0.7 ? 'Z' : `${pick(rnd, ['+', '-'])}${two(15)}:${two(60)}`;
  return rnd() < 0.2 ? `"${date}"` : `"${date}T${two(24)}:${two(60)}:${two(60)}${fraction}${zone}"`;
}

function nested(rnd: Random, depth: number): string {
  const kind = rnd();
  if (depth > 3 || kind < 0.4) return pick(rnd, [numberText, stringText])(rnd);
  if (kind < 0.5) return pick(rnd, ['true', 'false', 'null', '[]', '{}', ' [ ] ', '{ }']);
  const items = Array.from({ length: Math.floor(rnd() * 4) }, () => nested(rnd, depth + 1));
  if (kind < 0.75) return `[${items.join(rnd() < 0.5 ? ',' : ' , ')}]`;
  return `{${items.map((item) => `${stringText(rnd)}:${item}`).join(',')}}`;
}

function valueText(rnd: Random, type: SqlType | undefined): string {
  const kind = rnd();
  if (kind < 0.04) return 'null';
  if (kind < 0.05 || type === undefined) return nested(rnd, 0);
  switch (type.kind) {
    case 'boolean':
      return pick(rnd, ['true', 'false']);
    case 'smallint':
      return String(Math.floor(rnd() * 66_000 - 33_000));
    case 'integer':
    case 'bigint':
      return rnd() < 0.1
        ? numberText(rnd)
        : `${rnd() < 0.3 ? '-' : ''}${1 + Math.floor(rnd() * 9)}${digits(rnd, type.kind === 'integer' ? 9 : 18)}`;
    case 'text':
      return stringText(rnd);
    case 'date':
    case 'timestamptz':
      return timeText(rnd);
    default:
      return numberText(rnd);
  }
}

/** A producer: it writes some keys, in some order, with some spacing. */
function producer(rnd: Random): () => string {
  const names = Object.keys(TYPES).filter(() => rnd() < 0.85);
  const extras = ['x', 'other', '', 'id2', 'nam', '__proto__'].filter(() => rnd() < 0.2);
  const keys = [...names, ...extras].sort(() => rnd() - 0.5);
  if (rnd() < 0.1 && keys.length > 0) keys.push(keys[0]!);
  const [open, colon, comma, close] = pick(rnd, [
    ['{', ':', ',', '}'],
    ['{', ': ', ', ', '}'],
    ['{ ', ' :', ' ,', '}\n'],
    ['{\n  ', ':\t', ',\r\n  ', '\n}'],
  ]) as [string, string, string, string];
  const spelled = keys.map((key) => (rnd() < 0.02 && key === 'name' ? '"n\\u0061me"' : JSON.stringify(key)));
  return () =>
    open + spelled.map((key, i) => key + colon + valueText(rnd, TYPES[keys[i]!])).join(comma) + close;
}

/** Most documents stay as they are; some lose, gain or change bytes. */
function mutate(rnd: Random, document: Uint8Array): Uint8Array {
  if (rnd() < 0.6) return document;
  let bytes = Buffer.from(document);
  for (let n = rnd() < 0.8 ? 1 : 3; n > 0; n--) {
    const at = Math.floor(rnd() * bytes.length);
    const kind = rnd();
    if (kind < 0.3)
      bytes[at] = pick(
        rnd,
        [0, 9, 10, 0x20, 0x22, 0x2c, 0x2d, 0x2e, 0x30, 0x5c, 0x65, 0x7b, 0x7d, 0x80, 0xc3, 0xff],
      );
    else if (kind < 0.45) bytes[at] = Math.floor(rnd() * 256);
    else if (kind < 0.6) bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1)]);
    else if (kind < 0.75) bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(Math.max(0, at - 5))]);
    else if (kind < 0.85) bytes = bytes.subarray(0, at);
    else
      bytes = Buffer.concat([
        bytes.subarray(0, at),
        Buffer.from(pick(rnd, ['"', '}', ',', ' ', '1', '\\u0000', 'é', 'null', '[[', '0']) + ''),
        bytes.subarray(at),
      ]);
  }
  return bytes;
}

const ALL = COLUMNS.map((_, i) => i);
const lonely = outputFor(COLUMNS, ALL);

/** By a decoder that knows no layout yet. */
function readAlone(document: Uint8Array): Outcome {
  const decoder = compileJsonDecoder({ columns: COLUMNS, projected: ALL, validate: 'strict' });
  return outcomes(decoder, [document], lonely)[0]!;
}

describe(`fuzz, seed ${SEED}`, () => {
  test(`${BATCHES * BATCH} documents against JSON.parse`, { timeout: 60_000 }, () => {
    const rnd = random(SEED);
    const decoder = compileJsonDecoder({ columns: COLUMNS, projected: ALL, validate: 'strict' });
    const out = outputFor(COLUMNS, ALL);
    const few = [6, 0, 9];
    const projecting = compileJsonDecoder({ columns: COLUMNS, projected: few, validate: 'strict' });
    const fewOut = outputFor(COLUMNS, few);
    let accepted = 0;
    for (let batch = 0; batch < BATCHES; batch++) {
      const producers = Array.from({ length: 1 + Math.floor(rnd() * 3) }, () => producer(rnd));
      const documents = Array.from({ length: BATCH }, () => mutate(rnd, Buffer.from(pick(rnd, producers)())));
      const seen = outcomes(decoder, documents, out);
      const projected = outcomes(projecting, documents, fewOut);
      seen.forEach((outcome, i) => {
        const document = documents[i]!;
        const where = `seed ${SEED} batch ${batch} record ${i}: ${Buffer.from(document).toString('latin1')}`;
        try {
          check(document, outcome);
          if (i % 8 === 0) demand(isDeepStrictEqual(readAlone(document), outcome), 'depends on the reading');
          const wanted = 'row' in outcome ? { row: few.map((c) => outcome.row[c]) } : outcome;
          demand(isDeepStrictEqual(projected[i], wanted), 'depends on the projection');
        } catch (error) {
          throw new Error(where, { cause: error });
        }
        if ('row' in outcome) accepted++;
      });
    }
    if (process.env['VERBOSE']) console.log('accepted', accepted);
    // otherwise the generator has drifted to one side
    expect(accepted).toBeGreaterThan(BATCHES * BATCH * 0.2);
    expect(accepted).toBeLessThan(BATCHES * BATCH * 0.9);
  });
});
