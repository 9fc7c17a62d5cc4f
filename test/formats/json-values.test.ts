// Edge values per type, each read by the layout reader and by the exact reading.
import { describe, expect, test } from 'vitest';
import { NUMERIC_MINUS_INFINITY, NUMERIC_NAN, NUMERIC_PLUS_INFINITY } from '../../src/data/column.ts';
import {
  BIGINT,
  BOOLEAN,
  DATE,
  DOUBLE,
  INTEGER,
  INTERVAL,
  NUMERIC,
  SMALLINT,
  TEXT,
  TIMESTAMP,
  TIMESTAMPTZ,
} from '../../src/data/types.ts';
import type { SqlType } from '../../src/data/types.ts';
import { decodeOne } from './decoding.ts';

const DAY = 86_400_000_000n;

function table(type: SqlType, rows: readonly (readonly [string, unknown])[]): void {
  test.each(rows)('%s', (json, expected) => {
    expect(decodeOne(type, json)).toEqual(expected);
  });
}

describe('boolean', () => {
  table(BOOLEAN, [
    ['true', true],
    ['false', false],
    ['null', null],
    ['"true"', 'WRONG_TYPE'],
    ['1', 'WRONG_TYPE'],
    ['True', 'NOT_JSON'],
    ['truee', 'NOT_JSON'],
  ]);
});

describe('numbers of 140,000 digits', () => {
  const zeros = '0'.repeat(140_000);
  test.each([
    [BIGINT, `1${zeros}1`, 'OUT_OF_RANGE'],
    [BIGINT, `1.${zeros}1`, 'WRONG_TYPE'],
    [INTEGER, `7.${zeros}`, 7],
    [NUMERIC, `1${zeros}1`, 'OUT_OF_RANGE'],
    [DOUBLE, `0.${zeros}1`, 'OUT_OF_RANGE'],
  ] as const)('%o in milliseconds', { timeout: 5_000 }, (type, json, expected) => {
    expect(decodeOne(type, json)).toEqual(expected);
  });
});

describe('smallint and integer', () => {
  table(SMALLINT, [
    ['32767', 32767],
    ['-32768', -32768],
    ['32768', 'OUT_OF_RANGE'],
    ['-32769', 'OUT_OF_RANGE'],
    ['1e2', 100],
  ]);
  table(INTEGER, [
    ['0', 0],
    ['-0', 0],
    ['7', 7],
    ['123456789', 123456789],
    ['2147483647', 2147483647],
    ['-2147483648', -2147483648],
    ['2147483648', 'OUT_OF_RANGE'],
    ['-2147483649', 'OUT_OF_RANGE'],
    ['5.0', 5],
    ['0.5e1', 5],
    ['5.5', 'WRONG_TYPE'],
    ['"5"', 'WRONG_TYPE'],
    ['{}', 'WRONG_TYPE'],
    ['01', 'NOT_JSON'],
    ['+1', 'NOT_JSON'],
    ['1.', 'NOT_JSON'],
    ['-', 'NOT_JSON'],
  ]);
});

describe('bigint', () => {
  table(BIGINT, [
    ['0', 0n],
    ['-0', 0n],
    ['-1', -1n],
    ['999999999', 999999999n],
    ['1000000000', 1000000000n],
    ['4294967296', 4294967296n],
    ['-4294967296', -4294967296n],
    ['9007199254740993', 9007199254740993n],
    ['-9007199254740993', -9007199254740993n],
    ['999999999999999999', 999999999999999999n],
    ['-999999999999999999', -999999999999999999n],
    ['1000000000000000000', 1000000000000000000n],
    ['9223372036854775807', 9223372036854775807n],
    ['-9223372036854775808', -9223372036854775808n],
    ['9223372036854775808', 'OUT_OF_RANGE'],
    ['-9223372036854775809', 'OUT_OF_RANGE'],
    ['9.223372036854775807e18', 9223372036854775807n],
    ['12345678901234567890.0', 'OUT_OF_RANGE'],
    ['1e400', 'OUT_OF_RANGE'],
    ['1e-400', 'WRONG_TYPE'],
    ['0e99999999999', 0n],
    ['0.000e-5', 0n],
    ['100e-2', 1n],
    ['123e-2', 'WRONG_TYPE'],
    ['"5"', 'WRONG_TYPE'],
    ['00', 'NOT_JSON'],
    ['-01', 'NOT_JSON'],
    ['1e', 'NOT_JSON'],
    ['0x10', 'NOT_JSON'],
    [`1${'0'.repeat(300_000)}`, 'OUT_OF_RANGE'],
  ]);
});

describe('double', () => {
  table(DOUBLE, [
    ['0', 0],
    ['-0', -0],
    ['1.5', 1.5],
    ['-123.456', -123.456],
    ['0.1', 0.1],
    ['123456789.123456', 123456789.123456],
    ['9007199254740993', 9007199254740992],
    ['0.30000000000000004', 0.30000000000000004],
    ['1e22', 1e22],
    ['1e23', 1e23],
    ['5e-324', 5e-324],
    ['1.7976931348623157e308', 1.7976931348623157e308],
    ['1e309', 'OUT_OF_RANGE'],
    ['1e-400', 'OUT_OF_RANGE'],
    ['0e-400', 0],
    ['"NaN"', NaN],
    ['"-Infinity"', -Infinity],
    ['"1.5"', 'WRONG_TYPE'],
    ['NaN', 'NOT_JSON'],
    ['.5', 'NOT_JSON'],
    ['5.', 'NOT_JSON'],
    ['1.5.5', 'NOT_JSON'],
  ]);
});

describe('numeric', () => {
  table(NUMERIC, [
    ['1.50', { unscaled: 150n, scale: 2 }],
    ['-0.00', { unscaled: 0n, scale: 2 }],
    ['1.5e3', { unscaled: 1500n, scale: 0 }],
    ['1.50e1', { unscaled: 150n, scale: 1 }],
    ['1e-3', { unscaled: 1n, scale: 3 }],
    ['123456789012345.678', { unscaled: 123456789012345678n, scale: 3 }],
    ['9223372036854775807', { unscaled: 9223372036854775807n, scale: 0 }],
    ['9223372036854775808', { unscaled: 9223372036854775808n, scale: 0 }],
    ['-1234567890123456789012.5', { unscaled: -12345678901234567890125n, scale: 1 }],
    ['1e131071', { unscaled: 10n ** 131071n, scale: 0 }],
    ['1e131072', 'OUT_OF_RANGE'],
    ['1e-16383', { unscaled: 1n, scale: 16383 }],
    ['1e-16384', 'OUT_OF_RANGE'],
    ['"NaN"', { unscaled: 0n, scale: NUMERIC_NAN }],
    ['"Infinity"', { unscaled: 0n, scale: NUMERIC_PLUS_INFINITY }],
    ['"-Infinity"', { unscaled: 0n, scale: NUMERIC_MINUS_INFINITY }],
    ['"1"', 'WRONG_TYPE'],
    ['01.5', 'NOT_JSON'],
    ['1.e5', 'NOT_JSON'],
  ]);
  table({ kind: 'numeric', precision: 5, scale: 2 }, [
    ['1', { unscaled: 100n, scale: 2 }],
    ['1.005', { unscaled: 101n, scale: 2 }],
    ['-1.005', { unscaled: -101n, scale: 2 }],
    ['0.004', { unscaled: 0n, scale: 2 }],
    ['999.99', { unscaled: 99999n, scale: 2 }],
    ['999.995', 'OUT_OF_RANGE'],
    ['1000', 'OUT_OF_RANGE'],
    ['1e-20000', { unscaled: 0n, scale: 2 }],
    ['9.9949e2', { unscaled: 99949n, scale: 2 }],
    ['"Infinity"', 'OUT_OF_RANGE'],
  ]);
  table({ kind: 'numeric', precision: 20, scale: 4 }, [
    ['1234567890123456', { unscaled: 12345678901234560000n, scale: 4 }],
    ['12345.6', { unscaled: 123456000n, scale: 4 }],
  ]);
});

describe('text', () => {
  table(TEXT, [
    ['""', ''],
    ['"abc"', 'abc'],
    ['"é€😀"', 'é€😀'],
    ['"\\ud83d\\ude00 \\u00e9\\u20ac\\u0041"', '😀 é€A'],
    ['"\\"\\\\\\/\\b\\f\\n\\r\\t"', '"\\/\b\f\n\r\t'],
    ['"\\u0000"', 'NUL_CHARACTER'],
    ['"a\\u0000b"', 'NUL_CHARACTER'],
    ['"\\ud83d"', 'LONE_SURROGATE'],
    ['"\\ud83dx"', 'LONE_SURROGATE'],
    ['"\\ud83d\\n"', 'LONE_SURROGATE'],
    ['"\\ude00\\ud83d"', 'LONE_SURROGATE'],
    ['"\\ud83d\\u0041"', 'LONE_SURROGATE'],
    ['"\\x"', 'NOT_JSON'],
    ['"\\u12g4"', 'NOT_JSON'],
    ['"a\nb"', 'NOT_JSON'],
    ['"open', 'NOT_JSON'],
    ['5', 'WRONG_TYPE'],
    ['{"a":1}', 'WRONG_TYPE'],
    ['["a"]', 'WRONG_TYPE'],
    ['true', 'WRONG_TYPE'],
    [`"${'x'.repeat(100_000)}"`, 'x'.repeat(100_000)],
  ]);
});

describe('date', () => {
  table(DATE, [
    ['"1970-01-01"', 0],
    ['"2024-02-29"', 19782],
    ['"2023-02-29"', 'OUT_OF_RANGE'],
    ['"2024/02/29"', 19782],
    ['"2024\\/02\\/29"', 19782],
    ['"2024-2-9"', 19762],
    ['"2024-02/29"', 'BAD_TIMESTAMP'],
    ['"0001-01-01"', -719162],
    ['"0001-12-31 BC"', -719163],
    ['"2024-02-29T23:00:00Z"', 19782],
    ['"infinity"', 2147483647],
    ['"-infinity"', -2147483648],
    ['"5874897-12-31"', 2145042905],
    ['"5874898-01-01"', 'OUT_OF_RANGE'],
    ['"today"', 'BAD_TIMESTAMP'],
    ['""', 'BAD_TIMESTAMP'],
    ['19782', 'WRONG_TYPE'],
  ]);
});

describe('timestamp', () => {
  table(TIMESTAMP, [
    ['"1970-01-01T00:00:00"', 0n],
    ['"1970-01-01 00:00:00.000001"', 1n],
    ['"1969-12-31 23:59:59.999999"', -1n],
    ['"1970-01-02"', DAY],
    ['"2001/01/01 00:47"', 978310020000000n],
    ['"1970-01-01T05:00:00+05:00"', 5n * 3_600_000_000n],
    ['"1970-01-01T24:00:00"', DAY],
    ['"1970-01-01T24:00:01"', 'OUT_OF_RANGE'],
    ['"1970-01-01T23:59:60"', DAY],
    ['"1970-01-01T23:60:00"', 'OUT_OF_RANGE'],
    ['"1970-01-01T00:00:00.1234564"', 123456n],
    ['"1970-01-01T00:00:00.9999999"', 1_000_000n],
    ['"294247-01-10 04:00:54.775806"', 9223372036854775806n],
    ['"294247-01-10 04:00:54.775807"', 'OUT_OF_RANGE'],
    ['"4714-11-24 00:00:00 BC"', -210866803200000000n],
    ['"4714-11-23 23:59:59 BC"', 'OUT_OF_RANGE'],
    ['"infinity"', 9223372036854775807n],
    ['1700000000000', 'WRONG_TYPE'],
    ['"soon"', 'BAD_TIMESTAMP'],
  ]);
});

describe('timestamptz', () => {
  table(TIMESTAMPTZ, [
    ['"1970-01-01T00:00:00Z"', 0n],
    ['"1970-01-01T00:00:00"', 0n],
    ['"1970-01-01T05:00:00+05:00"', 0n],
    ['"1970-01-01T05:30:00+0530"', 0n],
    ['"1970-01-01 05:00:00+05"', 0n],
    ['"1969-12-31T16:00:00.5-08:00"', 500_000n],
    ['"1970-01-01T00:00:00 UTC"', 0n],
    ['"1970-01-01T00:00:00+16:00"', 'BAD_TIMESTAMP'],
    ['"1970-01-01T00:00:00+05:60"', 'BAD_TIMESTAMP'],
    ['"1970-01-01T00:00:00Zulu"', 'BAD_TIMESTAMP'],
    ['"2024-05-01T10:00:00.123Z"', 1714557600123000n],
    ['"9999-12-31T23:59:59.999999Z"', 253402300799999999n],
  ]);
});

describe('interval', () => {
  table(INTERVAL, [
    ['"1 year 2 mons -3 days 04:05:06.789"', { months: 14, days: -3, micros: 14706789000n }],
    ['"2 hours ago"', { months: 0, days: 0, micros: -7200000000n }],
    ['"-04:00:00.5"', { months: 0, days: 0, micros: -14400500000n }],
    ['"1.5 hours"', { months: 0, days: 0, micros: 5400000000n }],
    ['"P1Y2M3DT4H5M6.5S"', { months: 14, days: 3, micros: 14706500000n }],
    ['"1 fortnight"', 'BAD_INTERVAL'],
    ['""', 'BAD_INTERVAL'],
    ['5', 'WRONG_TYPE'],
  ]);
});

test('a missing field and null are NULL, and refused where the column is NOT NULL', () => {
  expect(decodeOne(BIGINT, 'null')).toBeNull();
  expect(decodeOne(BIGINT, 'null', true)).toBe('NOT_NULL');
  expect(decodeOne(TEXT, '0, "v": null', true)).toBe('NOT_NULL');
});
