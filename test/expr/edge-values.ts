// Values at the edges of every type, as text that Postgres and Millrace both read.

import type { ScalarKind, SqlType } from '../../src/data/types.ts';
import { arrayOf } from '../../src/data/types.ts';

const NULL = null;

/** A type by a short name: `integer`, or `integer[]` for an array of it. */
export type EdgeKind = ScalarKind | `${ScalarKind}[]`;

export function edgeType(kind: EdgeKind): SqlType {
  if (!kind.endsWith('[]')) return { kind: kind as ScalarKind };
  return arrayOf({ kind: kind.slice(0, -2) as ScalarKind });
}

export function edgesOf(kind: EdgeKind): readonly (string | null)[] {
  return kind.endsWith('[]') ? ARRAY_VALUES[kind]! : EDGE_VALUES[kind as ScalarKind];
}

const ARRAY_VALUES: Readonly<Record<string, readonly (string | null)[]>> = {
  'integer[]': [NULL, '{}', '{1}', '{1,2,3}', '{NULL}', '{1,NULL,1}', '{3,-7,2147483647}', '{0,0}'],
  'text[]': [
    NULL,
    '{}',
    '{a}',
    '{abc,"",NULL,"NULL"}',
    '{"a,b","c\\"d",äöü}',
    '{" x ","{}"}',
    '{日本語,a,a}',
  ],
  'numeric[]': [NULL, '{}', '{1.0}', '{1.00,1}', '{NaN,-2.5,Infinity}', '{0.00,NULL}'],
  'double[]': [NULL, '{}', '{0}', '{-0,NaN}', '{1.5,NULL,Infinity}'],
  'bytea[]': [NULL, '{}', '{"\\\\x00ff","\\\\x",NULL}', '{"\\\\x00"}'],
  'interval[]': [NULL, '{"1 mon","30 days"}', '{"30 days"}', '{NULL,"-1 days +02:00:00"}'],
  'jsonb[]': [NULL, '{}', '{"{\\"a\\": 1.0}",null,"[]"}', '{"1.00"}'],
};

export const ARRAY_KINDS = Object.keys(ARRAY_VALUES) as readonly EdgeKind[];

export const EDGE_VALUES: Readonly<Record<ScalarKind, readonly (string | null)[]>> = {
  real: [
    ...[NULL, '0', '-0', '1', '-1', '0.5', '1.5', '2.5', '0.1', '3.4e38', '-3.4e38', '1e-38', '1e-45'],
    ...['NaN', 'Infinity', '-Infinity', '16777217', '123456.7', '1234567', '1e6', '0.0001', '0.00001'],
    ...['32767.4', '-32768.5', '2147483647.5', '9.3e18', '1.17549435e-38', '8388608.5'],
  ],
  varchar: [NULL, '', 'a', 'ab ', 'äöü', '日本語', '12', '1.5', 'true', '2020-02-29', '{1,2}'],
  bytea: [
    NULL,
    '\\x',
    '\\x00',
    '\\x00ff',
    '\\x616263',
    '\\xdeadbeef',
    '\\x00000001',
    '\\xffffffffffffffff',
    '\\x0102030405060708',
  ],
  uuid: [
    ...[NULL, '00000000-0000-0000-0000-000000000000', 'ffffffff-ffff-ffff-ffff-ffffffffffff'],
    ...[
      'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11',
      '{a0eebc999c0b4ef8bb6d6bb9bd380a11}',
      '017f22e2-79b0-7cc3-98c4-dc0c0c07398f',
    ],
  ],
  time: [NULL, '00:00', '24:00', '12:34:56.789', '23:59:59.999999', '00:00:00.000001', '08:30'],
  jsonb: [
    ...[
      NULL,
      'null',
      'true',
      'false',
      '0',
      '1.0',
      '1.00',
      '-0',
      '1e3',
      '1e-5',
      '123456789012345678901234567890.5',
    ],
    ...[
      '""',
      '"a"',
      '"12"',
      '"äöü 😀 \\n\\" \\u0001"',
      '[]',
      '[[]]',
      '[1, 2.50, null]',
      '[1, 2]',
      '["a", "b"]',
      '{}',
    ],
    ...[
      '{"a": 1}',
      '{"a": 1.0, "b": [1, {"c": null}]}',
      '{"bb": 1, "a": 2}',
      '{"a": {"b": {"c": "x"}}}',
      '{"ä": "ö"}',
    ],
    ...['{"a": null}', '"2020-02-29"', '32768', '2147483648', '9223372036854775808', '1e400'],
  ],
  boolean: [NULL, 'true', 'false'],
  smallint: [NULL, '0', '1', '-1', '2', '-7', '10', '32767', '-32768'],
  integer: [NULL, '0', '1', '-1', '3', '-7', '10', '65536', '2147483647', '-2147483648'],
  bigint: [
    NULL,
    '0',
    '1',
    '-1',
    '3',
    '-7',
    '123',
    '4294967296',
    '9223372036854775807',
    '-9223372036854775808',
  ],
  double: [
    ...[
      NULL,
      '0',
      '-0',
      '1',
      '-1',
      '0.5',
      '1.5',
      '2.5',
      '-2.5',
      '0.1',
      '1e308',
      '-1e308',
      '1e-308',
      '5e-324',
    ],
    ...[
      'NaN',
      'Infinity',
      '-Infinity',
      '1e14',
      '1e15',
      '1e-4',
      '1e-5',
      '9007199254740993',
      '2147483647.5',
      '1e23',
    ],
    ...['32767.4', '-32768.5', '9.3e18', '123456789.123456789', '100000000000000.5', '4503599627370497.5'],
  ],
  numeric: [
    ...[
      NULL,
      '0',
      '0.00',
      '1',
      '-1',
      '1.50',
      '2.5',
      '-2.5',
      '0.1',
      '0.0001',
      '9999.9999',
      '10000',
      '12345678.9',
    ],
    ...[
      'NaN',
      'Infinity',
      '-Infinity',
      '123456789012345678901234567890.123',
      '0.00000000000000000001',
      '32767.5',
    ],
    ...['2147483647.5', '9223372036854775807', '9223372036854775807.5', '-0.05', '1e30', '3'],
  ],
  text: [
    ...[
      NULL,
      '',
      'a',
      'abc',
      'ABC',
      'äöü',
      '日本語',
      'É',
      'a%',
      '%b_',
      '_',
      'a\\',
      '\\%',
      '  x  ',
      'aaa',
      '😀x',
      ',',
    ],
    ...[
      'a,b,,c',
      '12',
      '-5',
      ' 7 ',
      '1.5',
      '1e3',
      'true',
      'of',
      '2020-02-29',
      '1 day',
      'NaN',
      'zz',
      'ba',
      '0x1F',
      '1_000',
    ],
  ],
  date: [
    ...[
      NULL,
      'infinity',
      '-infinity',
      '1970-01-01',
      '1969-12-31',
      '2000-02-29',
      '2024-03-31',
      '0001-01-01',
      '0044-03-15 BC',
    ],
    ...[
      '4713-01-01 BC',
      '5874897-12-31',
      '10000-01-01',
      '2021-01-03',
      '2020-12-31',
      '2001-01-01',
      '1900-12-31',
    ],
  ],
  timestamp: [
    ...[
      NULL,
      'infinity',
      '-infinity',
      '1970-01-01 00:00:00',
      '1969-12-31 23:59:59.999999',
      '2000-02-29 12:34:56.789',
    ],
    ...['2024-01-31 23:00:00', '0001-01-01 00:00:00', '0044-03-15 01:02:03 BC', '4713-01-01 00:00:00 BC'],
    ...['250000-12-31 23:59:59', '2021-01-03 10:00:00.000001', '2020-12-31 00:00:59.5'],
  ],
  timestamptz: [
    ...[NULL, 'infinity', '-infinity', '1970-01-01 00:00:00+00', '1969-12-31 23:59:59.999999+00'],
    ...[
      '2000-02-29 12:34:56.789+00',
      '2024-01-31 23:00:00+00',
      '0044-03-15 01:02:03+00 BC',
      '250000-12-31 23:59:59+00',
    ],
  ],
  interval: [
    ...[
      NULL,
      '0',
      '1 month',
      '-1 month',
      '1 year 2 mons 3 days 04:05:06.789',
      '-00:00:01',
      'infinity',
      '-infinity',
    ],
    ...[
      '170000000 years',
      '2147483647 days',
      '1 day -00:00:01',
      '24:00:00',
      '30 days',
      '-14 mons',
      '10 seconds',
    ],
    ...[
      '-1 mons +2 days -03:00:00',
      '1562047788:00:54',
      '35 days 25:00:00',
      '12345.678901 seconds',
      '-400 days',
    ],
  ],
};
