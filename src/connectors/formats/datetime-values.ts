// ISO 8601 text to date and timestamps, from bytes: no Date, no string. The fast readers take
// "YYYY-MM-DD[T ]HH:MM[:SS[.ffffff]][Z|±HH[[:]MM]]" (and slashes for dashes) in the years 1700 to 2250, where microseconds are exact
// doubles; they return the position after the closing quote, or −1 for "not me", which `datetime-text.ts` decides.

import { daysFromCivil, daysInMonth } from '../../data/time.ts';
import type { ColumnSlot } from './column-slot.ts';
import { storeSafeInteger } from './number-values.ts';

/** Two digits at `p`, or a number above 99. */
function two(b: Uint8Array, p: number): number {
  const tens = b[p]! ^ 0x30;
  const ones = b[p + 1]! ^ 0x30;
  return tens <= 9 && ones <= 9 ? tens * 10 + ones : 1000;
}

const NO_DATE = -0x80000000;

/** The month of the last date, its first day and its number of days: neighbours are mostly of one month. */
let cachedYear = NaN;
let cachedMonth = NaN;
let cachedStart = 0;
let cachedLength = 0;

/** YYYY-MM-DD at `p`: days since 1970, or NO_DATE. */
function readDate(b: Uint8Array, p: number): number {
  const separator = b[p + 4]!;
  if ((separator !== 0x2d && separator !== 0x2f) || b[p + 7] !== separator) return NO_DATE;
  const year = two(b, p) * 100 + two(b, p + 2);
  const month = two(b, p + 5);
  const day = two(b, p + 8);
  if (year !== cachedYear || month !== cachedMonth) {
    if (year < 1700 || year > 2250 || month < 1 || month > 12) return NO_DATE;
    cachedYear = year;
    cachedMonth = month;
    cachedStart = daysFromCivil(year, month, 1);
    cachedLength = daysInMonth(year, month);
  }
  return day >= 1 && day <= cachedLength ? cachedStart + day - 1 : NO_DATE;
}

/** A quoted date, and nothing but a date. */
export function fastDate(slot: ColumnSlot, row: number, b: Uint8Array, p: number): number {
  if (b[p] !== 0x22 || b[p + 11] !== 0x22) return -1;
  const days = readDate(b, p + 1);
  if (days === NO_DATE) return -1;
  slot.i32[row] = days;
  return p + 12;
}

/** A quoted timestamp or date. A zone is applied by timestamptz (none: UTC) and ignored by timestamp, as in Postgres. */
export function fastTimestamp(slot: ColumnSlot, row: number, b: Uint8Array, p: number): number {
  if (b[p] !== 0x22) return -1;
  const days = readDate(b, p + 1);
  if (days === NO_DATE) return -1;
  p += 11;
  let seconds = days * 86400;
  let micros = 0;
  const separator = b[p];
  if (separator === 0x54 || separator === 0x20) {
    const hour = two(b, p + 1);
    const minute = two(b, p + 4);
    if (hour > 23 || minute > 59 || b[p + 3] !== 0x3a) return -1;
    seconds += hour * 3600 + minute * 60;
    p += 6;
    if (b[p] === 0x3a) {
      const second = two(b, p + 1);
      if (second > 59) return -1;
      seconds += second;
      p += 3;
      if (b[p] === 0x2e) {
        const first = ++p;
        let unit = 100_000;
        let d = 0;
        while ((d = b[p]! ^ 0x30) <= 9 && p < first + 6) {
          micros += d * unit;
          unit = (unit / 10) | 0;
          p++;
        }
        if (p === first || d <= 9) return -1;
      }
    }
    const zone = b[p]!;
    if (zone === 0x5a) {
      p++;
    } else if (zone === 0x2b || zone === 0x2d) {
      const hours = two(b, p + 1);
      let minutes = 0;
      p += 3;
      if (b[p] !== 0x22) {
        if (b[p] === 0x3a) p++;
        minutes = two(b, p);
        p += 2;
      }
      if (hours > 15 || minutes > 59) return -1;
      const offset = hours * 3600 + minutes * 60;
      if (slot.type.kind === 'timestamptz') seconds += zone === 0x2b ? -offset : offset;
    }
  }
  if (b[p] !== 0x22) return -1;
  storeSafeInteger(slot.words, row, seconds * 1_000_000 + micros);
  return p + 1;
}
