// Roman numerals in their standard form, from 1 to 3999. After roman_to_int in src/backend/utils/adt/formatting.c.

import { fail } from '../../data/failure.ts';

const MAX_LENGTH = 15;
const VALUES: Readonly<Record<string, number>> = { I: 1, V: 5, X: 10, L: 50, C: 100, D: 500, M: 1000 };
const SUBTRACTIONS: ReadonlySet<string> = new Set(['IV', 'IX', 'XL', 'XC', 'CD', 'CM']);

/** V, L and D stand once, and before nothing as great. */
class Halves {
  readonly #seen: number[] = [];

  /** Is the numeral out of place behind these? */
  refuses(value: number): boolean {
    return this.#seen.some((half) => value >= half);
  }

  add(value: number): void {
    if (value === 5 || value === 50 || value === 500) this.#seen.push(value);
  }
}

function invalid(): never {
  fail('22P02', 'invalid Roman numeral');
}

export function readRoman(text: string, from: number): { readonly value: number; readonly end: number } {
  let at = from;
  while (/[ \t\n\v\f\r]/.test(text[at] ?? '')) at++;
  const start = at;
  while (at - start < MAX_LENGTH && VALUES[(text[at] ?? '').toUpperCase()] !== undefined) at++;
  const numerals = text.slice(start, at).toUpperCase();
  if (numerals === '') invalid();
  return { value: valueOf(numerals), end: at };
}

function valueOf(numerals: string): number {
  const halves = new Halves();
  let total = 0;
  let repeats = 1;
  let subtracted = Infinity;
  for (let i = 0; i < numerals.length; i++) {
    const [value, next] = [VALUES[numerals[i]!]!, VALUES[numerals[i + 1] ?? ''] ?? 0];
    if (value >= subtracted || halves.refuses(value)) invalid();
    halves.add(value);
    if (value >= next) {
      repeats = value === next ? repeats + 1 : 1;
      if (repeats > 3) invalid();
      total += value;
      continue;
    }
    if (!SUBTRACTIONS.has(numerals.slice(i, i + 2)) || repeats > 1 || halves.refuses(next)) invalid();
    halves.add(next);
    i++;
    repeats = 1;
    subtracted = value;
    total += next - value;
  }
  return total;
}
