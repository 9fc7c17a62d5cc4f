// The generated loop of HOP and CUMULATE: for every row the windows that its time falls in, newest first. Times are read as two
// 32-bit words and reckoned as doubles, which are exact here, so that no BigInt is made; what is too far from 1970 for
// that goes to `odd`, row by row.

import type { ExpandingShape } from '../../data/window-shape.ts';

/** Windows of the rows `from` … `rows` until fewer than one row's windows have room; window n is of row `index[n]`. */
export interface ExpandLoop {
  (
    /** 32-bit words of the times, and which of them are NULL. */
    times: Int32Array,
    nulls: Uint8Array | null,
    from: number,
    rows: number,
    room: number,
    index: Int32Array,
    starts: Int32Array,
    ends: Int32Array,
    odd: OddRow,
    /** Out: the next row to read, the number of windows. */
    done: Int32Array,
  ): void;
}

/** Writes the windows of row `row` from place `n` on and gives the place behind them. */
export type OddRow = (row: number, n: number) => number;

/** Beyond this, sums with sizes below it would leave the integers that doubles hold. */
const EXACT = 2n ** 51n;
const EXACT_WORD = 2 ** 19;
const WORD = '4294967296';

/** The windows that one row can be in, at most. */
export function windowsOfARow(shape: ExpandingShape): number {
  const step = shape.kind === 'hop' ? shape.slide : shape.step;
  return Number((shape.size + step - 1n) / step);
}

export function expandLoop(shape: ExpandingShape): { readonly run: ExpandLoop; readonly source: string } {
  const source = `'use strict';
return (T, N, from, rows, room, I, S, E, odd, done) => {
  let n = 0, i = from;
  for (; i < rows && n + ${windowsOfARow(shape)} <= room; i++) {
    if (N !== null && N[i] === 1) continue;
    const high = T[2 * i + 1];
    ${isOdd(shape)} { n = odd(i, n); continue; }
    const t = high * ${WORD} + (T[2 * i] >>> 0);
    ${windows(shape)}
  }
  done[0] = i;
  done[1] = n;
};`;
  const make = new Function(source) as () => ExpandLoop;
  return { run: make(), source };
}

/** With sizes of many decades every row is odd. */
function isOdd({ size, offset }: ExpandingShape): string {
  const exact = size < EXACT && offset < EXACT && offset > -EXACT;
  return exact ? `if (high >= ${EXACT_WORD} || high < -${EXACT_WORD})` : 'if (true)';
}

function windows(shape: ExpandingShape): string {
  const since = `(t - ${shape.offset})`;
  if (shape.kind === 'hop') {
    // A slide beyond the size leaves gaps: there is then no window, or one.
    return `let r = ${since} % ${shape.slide}; if (r < 0) r += ${shape.slide};
    for (let s = t - r; s > t - ${shape.size}; s -= ${shape.slide}) { ${write('s', `s + ${shape.size}`)} }`;
  }
  return `let b = ${since} % ${shape.size}; if (b < 0) b += ${shape.size};
    const s = t - b;
    for (let e = s + b - b % ${shape.step} + ${shape.step}; e <= s + ${shape.size}; e += ${shape.step}) { ${write('s', 'e')} }`;
}

function write(start: string, end: string): string {
  return (
    `I[n] = i; const p = ${start}, q = ${end}, g = Math.floor(p / ${WORD}), h = Math.floor(q / ${WORD}); ` +
    `S[2 * n] = p - g * ${WORD}; S[2 * n + 1] = g; E[2 * n] = q - h * ${WORD}; E[2 * n + 1] = h; n++;`
  );
}
