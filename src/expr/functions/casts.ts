// Casts between types, and the output form of every type as text.

import { parseDouble, doubleToText } from '../../data/double-text.ts';
import { integerOutOfRange, bigintOutOfRange, smallintOutOfRange } from '../../data/failure.ts';
import { intervalToText, parseInterval } from '../../data/interval-text.ts';
import * as numeric from '../../data/numeric-text.ts';
import { result } from '../../data/registers.ts';
import { parseBoolean, parseInteger } from '../../data/text-forms.ts';
import { dateToTimestamp, timestampToDate } from '../../data/time.ts';
import {
  dateToText,
  parseDate,
  parseTimestamp,
  parseTimestamptz,
  timestampToText,
} from '../../data/time-text.ts';
import type { TypeKind } from '../../data/types.ts';
import { NEVER_NULL } from '../kernel/code.ts';
import type { Code, Slot } from '../kernel/code.ts';
import { readString, writeString } from '../runtime/arena.ts';
import { roundHalfEven } from '../runtime/doubles.ts';
import { int16, int32 } from '../runtime/integers.ts';

export interface CastFunction {
  readonly from: TypeKind;
  readonly to: TypeKind;
  readonly fails: boolean;
  /** As in StrictFunction. */
  readonly code: (code: Code, arg: Slot) => string;
  /** The display scale of a numeric result, where it is always the same. */
  readonly scale?: number;
}

type Runtime = (...args: never[]) => unknown;

function by(from: TypeKind, to: TypeKind, runtime: Runtime, fails = true): CastFunction {
  return { from, to, fails, code: (code, arg) => `${code.use(runtime)}(${arg.parts.join(', ')})` };
}

function inline(
  from: TypeKind,
  to: TypeKind,
  template: (part: string) => string,
  scale?: number,
): CastFunction {
  const cast: CastFunction = { from, to, fails: false, code: (_code, arg) => template(arg.parts[0]!) };
  return scale === undefined ? cast : { ...cast, scale };
}

const words = new BigInt64Array(1);
const low = new Uint32Array(words.buffer);
const high = new Int32Array(words.buffer);

/** The nearest double; by halves, which V8 does without allocating. */
function int64ToDouble(value: bigint): number {
  words[0] = value;
  return high[1]! * 4294967296 + low[0]!;
}

function int64ToInt32(value: bigint): number {
  if (BigInt.asIntN(32, value) !== value) integerOutOfRange();
  words[0] = value;
  return high[0]!;
}

function int64ToInt16(value: bigint): number {
  if (BigInt.asIntN(16, value) !== value) smallintOutOfRange();
  words[0] = value;
  return high[0]!;
}

function doubleToInt16(value: number): number {
  if (Number.isNaN(value)) smallintOutOfRange();
  return int16(roundHalfEven(value) + 0);
}

function doubleToInt32(value: number): number {
  if (Number.isNaN(value)) integerOutOfRange();
  return int32(roundHalfEven(value) + 0);
}

function doubleToInt64(value: number): bigint {
  const rounded = roundHalfEven(value);
  if (!(rounded >= -(2 ** 63) && rounded < 2 ** 63)) bigintOutOfRange();
  return BigInt(rounded);
}

const NUMBERS: readonly CastFunction[] = [
  inline('smallint', 'integer', (a) => a),
  inline('smallint', 'bigint', (a) => `BigInt(${a})`),
  inline('smallint', 'double', (a) => a),
  inline('smallint', 'numeric', (a) => `BigInt(${a})`, 0),
  by('integer', 'smallint', int16),
  inline('integer', 'bigint', (a) => `BigInt(${a})`),
  inline('integer', 'double', (a) => a),
  inline('integer', 'numeric', (a) => `BigInt(${a})`, 0),
  by('bigint', 'smallint', int64ToInt16),
  by('bigint', 'integer', int64ToInt32),
  by('bigint', 'double', int64ToDouble, false),
  inline('bigint', 'numeric', (a) => a, 0),
  by('double', 'smallint', doubleToInt16),
  by('double', 'integer', doubleToInt32),
  by('double', 'bigint', doubleToInt64),
  by('double', 'numeric', numeric.doubleToNumeric, false),
  by('numeric', 'smallint', numeric.numericToInt16),
  by('numeric', 'integer', numeric.numericToInt32),
  by('numeric', 'bigint', numeric.numericToInt64),
  by('numeric', 'double', numeric.numericToDouble),
  inline('boolean', 'integer', (a) => `(${a} ? 1 : 0)`),
  inline('integer', 'boolean', (a) => `${a} !== 0`),
];

const TIMES: readonly CastFunction[] = [
  by('date', 'timestamp', dateToTimestamp),
  by('date', 'timestamptz', dateToTimestamp),
  by('timestamp', 'date', timestampToDate, false),
  by('timestamptz', 'date', timestampToDate, false),
  inline('timestamp', 'timestamptz', (a) => a),
  inline('timestamptz', 'timestamp', (a) => a),
];

type Print = (...parts: never[]) => string;

function toText(from: TypeKind, print: Print): CastFunction {
  const code = (c: Code, arg: Slot): string =>
    `${c.use(writeString)}(${c.use(print)}(${arg.parts.join(', ')}))`;
  return { from, to: 'text', fails: false, code };
}

const printInteger = (value: number | bigint): string => String(value);

const TO_TEXT: readonly CastFunction[] = [
  toText('boolean', (value: boolean) => (value ? 'true' : 'false')),
  toText('smallint', printInteger),
  toText('integer', printInteger),
  toText('bigint', printInteger),
  toText('double', doubleToText),
  toText('numeric', numeric.numericToText),
  toText('date', dateToText),
  toText('timestamp', (micros: bigint) => timestampToText(micros, '')),
  toText('timestamptz', (micros: bigint) => timestampToText(micros, '+00')),
  toText('interval', intervalToText),
];

type Parse = (text: string) => unknown;

function fromText(to: TypeKind, parse: Parse): CastFunction {
  const code = (c: Code, arg: Slot): string =>
    `${c.use(parse)}(${c.use(readString)}(${arg.parts.join(', ')}))`;
  return { from: 'text', to, fails: true, code };
}

function numericOf(text: string): bigint {
  const value = numeric.parseNumeric(text);
  result.scale = value.scale;
  return value.unscaled;
}

function intervalOf(text: string): bigint {
  const value = parseInterval(text);
  result.months = value.months;
  result.days = value.days;
  return value.micros;
}

const FROM_TEXT: readonly CastFunction[] = [
  fromText('boolean', parseBoolean),
  fromText('smallint', (text) => Number(parseInteger(text, 16, 'smallint'))),
  fromText('integer', (text) => Number(parseInteger(text, 32, 'integer'))),
  fromText('bigint', (text) => parseInteger(text, 64, 'bigint')),
  fromText('double', parseDouble),
  fromText('numeric', numericOf),
  fromText('date', parseDate),
  fromText('timestamp', parseTimestamp),
  fromText('timestamptz', parseTimestamptz),
  fromText('interval', intervalOf),
];

const CASTS: ReadonlyMap<string, CastFunction> = new Map(
  [NUMBERS, TIMES, TO_TEXT, FROM_TEXT].flat().map((cast) => [`${cast.from} ${cast.to}`, cast]),
);

export function findCast(from: TypeKind, to: TypeKind): CastFunction | undefined {
  return CASTS.get(`${from} ${to}`);
}

const booleanOutput = toText('boolean', (value: boolean) => (value ? 't' : 'f'));

/** The output form of a slot: its cast to text, but t and f for boolean. */
export function textOutput(code: Code, slot: Slot, kind: TypeKind): Slot {
  if (kind === 'text') return slot;
  const cast = kind === 'boolean' ? booleanOutput : findCast(kind, 'text')!;
  if (slot.isNull === NEVER_NULL) return code.result('text', cast.code(code, slot));
  const target = code.variable('text', true);
  code.block(`if (!${slot.isNull})`, () => code.assign(target, code.result('text', cast.code(code, slot))));
  return target;
}
