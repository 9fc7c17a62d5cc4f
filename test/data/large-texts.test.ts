// Texts of megabytes that are read as values, as a record may hold them: read or refused in milliseconds, and never more than an error
// of their row.

import { expect, test } from 'vitest';
import { parseDouble } from '../../src/data/double-text.ts';
import { RowFailure } from '../../src/data/failure.ts';
import { parseInterval } from '../../src/data/interval-text.ts';
import { parseNumeric } from '../../src/data/numeric-text.ts';
import { parseBoolean, parseInteger } from '../../src/data/text-forms.ts';
import { parseTime, parseTimestamptz } from '../../src/data/time-text.ts';
import { splitRow } from '../../src/data/tree/list-text.ts';
import { zoneOf } from '../../src/expr/runtime/zones.ts';

const BLANKS = `1${' '.repeat(1_000_000)}1`;
const million = (text: string): string => text.repeat(6_000_000);

const integer = (text: string): bigint => parseInteger(text, 64, 'bigint');
const outcome = (read: () => unknown): unknown => {
  try {
    return read();
  } catch (error) {
    if (error instanceof RowFailure) return error.sqlstate;
    throw error;
  }
};

test.each([
  ['numeric', () => parseNumeric(BLANKS), '22P02'],
  ['bigint', () => integer(BLANKS), '22P02'],
  ['double precision', () => parseDouble(BLANKS), '22P02'],
  ['boolean', () => parseBoolean(BLANKS), '22P02'],
  ['interval', () => parseInterval(BLANKS), '22007'],
  ['time', () => parseTime(BLANKS), '22007'],
  ['timestamptz', () => parseTimestamptz(BLANKS), '22007'],
  ['row', () => splitRow(BLANKS, 2), '22P02'],
  ['time zone', () => zoneOf(`a${'_'.repeat(60)}!`), undefined],
])('blanks within a value: %s', { timeout: 5_000 }, (_, read, expected) => {
  expect(outcome(read)).toBe(expected);
});

test.each([
  ['blanks around it', () => integer(`${' '.repeat(1_000_000)}7${' '.repeat(1_000_000)}`), 7n],
  ['zeros before it', () => integer(`${'0'.repeat(900)}7`), 7n],
  ['groups of digits', () => integer(`1${million('_1')}`), '22003'],
  ['hexadecimal digits', () => integer(`0x${million('F')}`), '22003'],
  ['groups that end in nothing', () => integer(`1${million('_1')}_`), '22P02'],
  ['two underscores', () => integer('1__1'), '22P02'],
  ['an underscore behind 0x', () => integer('0x_F'), 15n],
  ['an underscore before the first digit', () => integer('_1'), '22P02'],
])('integers: %s', { timeout: 10_000 }, (_, read, expected) => {
  expect(outcome(read)).toBe(expected);
});

test.each([
  ['groups of digits', `1${million('_1')}`, '22003'],
  ['hexadecimal digits', `0x${million('F')}`, '22003'],
  ['more hexadecimal digits than Postgres stores', `0x${'F'.repeat(109_000)}`, '22003'],
  ['an underscore before the point', '1_.5', '22P02'],
  ['an underscore behind the point', '1._5', '22P02'],
  ['an underscore before the exponent', '1_e5', '22P02'],
  ['an underscore within each part', '1_0.0_1e0_1', { unscaled: 1001n, scale: 1 }],
])('numerics: %s', { timeout: 10_000 }, (_, text, expected) => {
  expect(outcome(() => parseNumeric(text))).toEqual(expected);
});
