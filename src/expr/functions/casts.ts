// Casts between types, and the output form of every type as text.

import { parseDouble, doubleToText } from '../../data/double-text.ts';
import { integerOutOfRange, bigintOutOfRange, smallintOutOfRange } from '../../data/failure.ts';
import { intervalToText, parseInterval } from '../../data/interval-text.ts';
import * as numeric from '../../data/numeric-text.ts';
import { result } from '../../data/registers.ts';
import { parseReal, realToText } from '../../data/real-text.ts';
import { parseBoolean, parseInteger, parseValue, valueToText } from '../../data/text-forms.ts';
import { dateToTimestamp, timestampToDate } from '../../data/time.ts';
import {
  dateToText,
  parseDate,
  parseTime,
  parseTimestamp,
  parseTimestamptz,
  timestampToText,
  timeToText,
} from '../../data/time-text.ts';
import type { SqlType, TypeKind } from '../../data/types.ts';
import { isTree, layoutOf, sameUnconstrained, TEXT } from '../../data/types.ts';
import type { Value } from '../../data/value.ts';
import { valueBytes } from '../../data/value.ts';
import { NEVER_NULL } from '../kernel/code.ts';
import type { Code, Slot } from '../kernel/code.ts';
import { readString, writeString } from '../runtime/arena.ts';
import { giveBytes } from '../runtime/cells.ts';
import { roundHalfEven } from '../runtime/doubles.ts';
import { int16, int32 } from '../runtime/integers.ts';
import { doubleToReal, int64ToReal, numericToReal, realToNumeric } from '../runtime/reals.ts';
import { intervalToTime, timeOfDay, timeToInterval } from '../runtime/times-of-day.ts';
import { castItems } from './cast-items.ts';
import { BYTE_CASTS } from './byte-casts.ts';
import type { CastFunction } from './cast.ts';
import { by } from './cast.ts';
import type { CallTypes } from './function.ts';
import { JSON_CASTS } from './json-casts.ts';

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
  inline('smallint', 'real', (a) => a),
  inline('integer', 'real', (a) => `Math.fround(${a})`),
  by('bigint', 'real', int64ToReal, false),
  by('numeric', 'real', numericToReal),
  by('double', 'real', doubleToReal),
  inline('real', 'double', (a) => a),
  by('real', 'smallint', doubleToInt16),
  by('real', 'integer', doubleToInt32),
  by('real', 'bigint', doubleToInt64),
  by('real', 'numeric', realToNumeric, false),
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
  { ...by('timestamp', 'time', timeOfDay, false), nullResult: true },
  { ...by('timestamptz', 'time', timeOfDay, false), nullResult: true },
  by('interval', 'time', intervalToTime),
  by('time', 'interval', timeToInterval, false),
];

/** Slices that need no change. */
const SLICES: readonly CastFunction[] = (
  [
    ['text', 'varchar'],
    ['varchar', 'text'],
  ] as const
).map(([from, to]) => ({ ...by(from, to, sameSlice, false), sliceOf: 0 }));

function sameSlice(bytes: Uint8Array, start: number, end: number): number {
  result.bytes = bytes;
  result.end = end;
  return start;
}

type Print = (...parts: never[]) => string;

function toText(from: TypeKind, print: Print): CastFunction {
  const code = (c: Code, arg: Slot): string =>
    `${c.use(writeString)}(${c.use(print)}(${arg.parts.join(', ')}))`;
  return { from, to: 'text', fails: false, code };
}

/** The types whose bytes are printed by way of their values. */
function sliceToText(from: 'bytea' | 'uuid' | 'jsonb' | 'array' | 'row'): CastFunction {
  const code = (c: Code, arg: Slot, types: CallTypes): string =>
    `${c.use(slicePrinter(types.params[0]!))}(${arg.parts.join(', ')})`;
  return { from, to: 'text', fails: false, code };
}

function slicePrinter(type: SqlType): (bytes: Uint8Array, start: number, end: number) => number {
  const value: (bytes: Uint8Array) => Exclude<Value, null> = isTree(type)
    ? (bytes) => ({ tree: bytes })
    : (bytes) => bytes;
  return (bytes, start, end) => writeString(valueToText(value(bytes.subarray(start, end)), type));
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
  toText('real', realToText),
  toText('time', (micros: bigint) => timeToText(Number(micros))),
  sliceToText('bytea'),
  sliceToText('uuid'),
  sliceToText('jsonb'),
  sliceToText('array'),
  sliceToText('row'),
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
  fromText('real', parseReal),
  fromText('time', parseTime),
  sliceFromText('bytea'),
  sliceFromText('uuid'),
  sliceFromText('jsonb'),
  sliceFromText('array'),
];

function sliceFromText(to: 'bytea' | 'uuid' | 'jsonb' | 'array'): CastFunction {
  const code = (c: Code, arg: Slot, types: CallTypes): string =>
    `${c.use(sliceParser(types.result))}(${arg.parts.join(', ')})`;
  return { from: 'text', to, fails: true, code };
}

function sliceParser(type: SqlType): (bytes: Uint8Array, start: number, end: number) => number {
  return (bytes, start, end) => giveBytes(valueBytes(parseValue(readString(bytes, start, end), type)));
}

/** Item by item; the cast of the items is looked up when it is compiled. */
const BETWEEN_ARRAYS: CastFunction = {
  from: 'array',
  to: 'array',
  fails: true,
  code: (code, arg, types) => castItems(code, arg, types, castSlot),
};

/** The code of a cast for one value that is not NULL. */
function castSlot(code: Code, slot: Slot, from: SqlType, to: SqlType): Slot {
  const cast = findCast(from.kind, to.kind);
  if (cast === undefined || sameUnconstrained(from, to)) return slot;
  const layout = layoutOf(to);
  const value = code.result(layout, cast.code(code, slot, { params: [from], result: to }));
  const known = cast.scale === undefined ? value : { ...value, parts: [value.parts[0]!, String(cast.scale)] };
  return cast.nullResult === true ? { ...known, isNull: code.register('isNull') } : known;
}

/** From and to varchar as from and to text. */
const VARCHARS: readonly CastFunction[] = [
  ...TO_TEXT.map((cast) => ({ ...cast, to: 'varchar' as const })),
  ...FROM_TEXT.map((cast) => ({ ...cast, from: 'varchar' as const })),
];

const CASTS: ReadonlyMap<string, CastFunction> = new Map(
  [NUMBERS, TIMES, SLICES, TO_TEXT, FROM_TEXT, VARCHARS, BYTE_CASTS, JSON_CASTS, BETWEEN_ARRAYS]
    .flat()
    .map((cast) => [`${cast.from} ${cast.to}`, cast]),
);

export function findCast(from: TypeKind, to: TypeKind): CastFunction | undefined {
  return CASTS.get(`${from} ${to}`);
}

const booleanOutput = toText('boolean', (value: boolean) => (value ? 't' : 'f'));

/** The output form of a slot: its cast to text, but t and f for boolean. */
export function textOutput(code: Code, slot: Slot, type: SqlType): Slot {
  if (type.kind === 'text' || type.kind === 'varchar') return slot;
  const cast = type.kind === 'boolean' ? booleanOutput : findCast(type.kind, 'text')!;
  const call = (): string => cast.code(code, slot, { params: [type], result: TEXT });
  if (slot.isNull === NEVER_NULL) return code.result('text', call());
  const target = code.variable('text', true);
  code.block(`if (!${slot.isNull})`, () => code.assign(target, code.result('text', call())));
  return target;
}
