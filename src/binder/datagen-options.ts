// `fields.<column>.…` of connector = 'datagen': what each column holds.

import type { DatagenField, DatagenSource } from '../catalog/connector.ts';
import type { Field, RowSchema } from '../data/types.ts';
import { typeName } from '../data/types.ts';
import type { TextSpan } from '../errors.ts';
import { invalidOption, unsupported } from './fail.ts';
import type { Options } from './options.ts';

/** 2026-01-01T00:00:00Z, as with the other generator. */
const BASE_MS = 1_767_225_600_000;
const DAY_MS = 86_400_000;
const DEFAULT_MAX = 500;
const DEFAULT_LENGTH = 10;
const MAX_LENGTH = 10_000;
const MAX_MS = 8_640_000_000_000_000;

const INTEGERS: Readonly<Record<string, readonly [bigint, bigint]>> = {
  smallint: [-32768n, 32767n],
  integer: [-2147483648n, 2147483647n],
  bigint: [-(2n ** 63n), 2n ** 63n - 1n],
};

/** `span`: where a column that cannot be generated is told. */
export function bindDatagen(options: Options, columns: RowSchema, span: TextSpan): DatagenSource {
  const fields = columns.map((column) => bindField(column, options, span));
  const rows = options.count('datagen.rows', 0, null);
  const ends = fields.flatMap((field) =>
    field.kind === 'sequence' && field.end !== null
      ? [Number(BigInt(field.end) - BigInt(field.start) + 1n)]
      : [],
  );
  const bounds = rows === null ? ends : [rows, ...ends];
  return {
    connector: 'datagen',
    seed: options.count('datagen.seed', 0, 1),
    rows: bounds.length === 0 ? null : Math.min(...bounds),
    rate: options.count('datagen.rows.per.second', 1, null),
    partitions: options.count('datagen.partitions', 1, 1),
    fields,
  };
}

function bindField({ name, type }: Field, options: Options, span: TextSpan): DatagenField {
  const key = (option: string): string => `fields.${name}.${option}`;
  const isSequence = options.oneOf(key('kind'), ['random', 'sequence'], 'random') === 'sequence';
  switch (type.kind) {
    case 'smallint':
    case 'integer':
    case 'bigint':
      return bindNumber(options, key, isSequence, INTEGERS[type.kind]!, 0);
    case 'numeric': {
      const scale = type.scale ?? 2;
      const most = 10n ** BigInt(Math.min(type.precision ?? 18, 18)) - 1n;
      return bindNumber(options, key, isSequence, [-most, most], Math.max(0, scale));
    }
    case 'timestamp':
    case 'timestamptz':
      return bindTime(options, key, isSequence);
    case 'date':
      return bindDate(options, key, isSequence);
    default:
  }
  if (isSequence) {
    const option = options.find(key('kind'))!;
    throw invalidOption(
      key('kind'),
      `a column of type ${typeName(type)} has no sequence`,
      option.valueSpan,
      'numbers, dates and timestamps have',
    );
  }
  switch (type.kind) {
    case 'boolean':
      return { kind: 'boolean' };
    case 'real':
    case 'double': {
      const min = number(options, key('min'), 0);
      return { kind: 'random double', min, max: number(options, key('max'), Math.max(min, DEFAULT_MAX)) };
    }
    case 'text':
      return { kind: 'random text', length: length(options, key('length'), MAX_LENGTH) };
    case 'varchar': {
      const most = Math.min(type.length ?? MAX_LENGTH, MAX_LENGTH);
      return { kind: 'random text', length: length(options, key('length'), most) };
    }
    case 'bytea':
      return { kind: 'random bytes', length: length(options, key('length'), MAX_LENGTH) };
    case 'uuid':
      return { kind: 'random uuid' };
    case 'time':
      return { kind: 'random time of day' };
    default:
      throw unsupported(
        `a generated column of type ${typeName(type)} ("${name}")`,
        span,
        'boolean, numbers, text, varchar, bytea, uuid, date, time and timestamps are generated; make others of them in a view',
      );
  }
}

function length(options: Options, key: string, most: number): number {
  const given = options.count(key, 0, Math.min(DEFAULT_LENGTH, most));
  if (given <= most) return given;
  throw invalidOption(key, `is more than ${most}`, options.find(key)!.valueSpan, `write up to ${most}`);
}

type Key = (option: string) => string;

/** Bounds are whole numbers of the column; `scale` digits behind the point are random, too. */
function bindNumber(
  options: Options,
  key: Key,
  isSequence: boolean,
  [least, most]: readonly [bigint, bigint],
  scale: number,
): DatagenField {
  const unit = 10n ** BigInt(scale);
  const read = (option: string, otherwise: bigint): bigint => {
    const given = options.find(key(option));
    if (given === undefined) return otherwise;
    const value = /^[+-]?\d{1,19}$/.test(given.value) ? BigInt(given.value) * unit : null;
    if (value !== null && value >= least && value <= most) return value;
    throw invalidOption(
      key(option),
      `"${given.value}" is no whole number of the column's type`,
      given.valueSpan,
      'write it like 1000',
    );
  };
  if (isSequence) {
    const start = read('start', 0n);
    // A type that a sequence could leave ends it.
    const end = options.find(key('end')) === undefined && most > 2n ** 31n ? null : read('end', most);
    return {
      kind: 'sequence',
      start: `${start / unit}`,
      end: end === null ? null : `${end / unit}`,
      scale: 0,
    };
  }
  const min = read('min', 0n);
  const max = read('max', clamp(BigInt(DEFAULT_MAX) * unit, min, most));
  if (max < min) {
    const option = (options.find(key('max')) ?? options.find(key('min')))!;
    throw invalidOption(key('max'), 'is less than min', option.valueSpan, 'exchange them');
  }
  return { kind: 'random integer', min: `${min}`, max: `${max}`, scale };
}

function clamp(value: bigint, least: bigint, most: bigint): bigint {
  return value < least ? least : value > most ? most : value;
}

function bindTime(options: Options, key: Key, isSequence: boolean): DatagenField {
  if (isSequence)
    return {
      kind: 'time sequence',
      start: time(options, key('start'), BASE_MS),
      step: options.duration(key('step'), 1000),
    };
  const min = time(options, key('min'), BASE_MS);
  const max = time(options, key('max'), min + DAY_MS);
  if (max >= min) return { kind: 'random time', min, max };
  const option = (options.find(key('max')) ?? options.find(key('min')))!;
  throw invalidOption(key('max'), 'is before min', option.valueSpan, 'exchange them');
}

function bindDate(options: Options, key: Key, isSequence: boolean): DatagenField {
  const days = (option: string, otherwise: number): number =>
    Math.floor(time(options, key(option), otherwise * DAY_MS) / DAY_MS);
  const base = BASE_MS / DAY_MS;
  if (isSequence) {
    const step = options.duration(key('step'), DAY_MS) / DAY_MS;
    if (Number.isInteger(step)) return { kind: 'date sequence', start: days('start', base), step };
    const { valueSpan } = options.find(key('step'))!;
    throw invalidOption(key('step'), 'is no whole number of days', valueSpan, "write it like '1 day'");
  }
  const min = days('min', base);
  const max = days('max', min + 365);
  if (max >= min) return { kind: 'random date', min, max };
  const option = (options.find(key('max')) ?? options.find(key('min')))!;
  throw invalidOption(key('max'), 'is before min', option.valueSpan, 'exchange them');
}

/** Milliseconds. */
function time(options: Options, key: string, otherwise: number): number {
  const option = options.find(key);
  if (option === undefined) return otherwise;
  const isIso = /^\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d{1,3})?)?Z?)?$/.test(option.value);
  const ms = isIso
    ? Date.parse(`${option.value.replace(' ', 'T').replace(/Z$/, '')}${option.value.length > 10 ? 'Z' : ''}`)
    : NaN;
  if (Number.isFinite(ms) && Math.abs(ms) <= MAX_MS) return ms;
  throw invalidOption(
    key,
    `"${option.value}" is no time`,
    option.valueSpan,
    "write it like '2026-01-01T00:00:00Z'",
  );
}

function number(options: Options, key: string, otherwise: number): number {
  const option = options.find(key);
  if (option === undefined) return otherwise;
  const value = Number(option.value);
  if (option.value.trim() !== '' && Number.isFinite(value)) return value;
  throw invalidOption(key, `"${option.value}" is no number`, option.valueSpan, 'write it like 0.5');
}
