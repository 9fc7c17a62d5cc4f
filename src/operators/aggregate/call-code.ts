// The aggregates: what each keeps per group, and the generated code that adds a row. Sums are kept in doubles that hold
// exact integers and spill into a bigint long before 2^53, so that no BigInt is made per row; see measurements in docs/.

import type { AggregateFunction } from '../../physical/graph.ts';
import type { Layout } from '../../data/types.ts';
import type { AccumulatorKind } from '../../state/accumulator.ts';

export interface CallCode {
  readonly kinds: readonly AccumulatorKind[];
  /** Once per batch; `I` is the array of the batch's columns. */
  readonly open: string;
  /** Adds row `i` to slot `s`; accumulators are `@0`, `@1`…, replaced by their names. */
  readonly add: string;
}

/** Spill far below 2^53: one more row of at most 2^32 keeps the double exact. */
const LIMIT = '4503599627370496';

/** Code of call number `j` over input column `arg`. */
export function callCode(j: number, fn: AggregateFunction, layout: Layout | null, arg: number): CallCode {
  if (fn === 'count_star') return { kinds: ['f64'], open: '', add: '@0[s] += 1;' };
  const bare = addCode(fn, layout!, `v${j}`);
  return {
    kinds: bare.kinds,
    open: `const m${j} = I[${arg}].nulls; const v${j} = ${argument(fn, layout!, arg)};`,
    add: `if (m${j} === null || m${j}[i] !== 1) { ${bare.add} }`,
  };
}

function argument(fn: AggregateFunction, layout: Layout, arg: number): string {
  switch (layout) {
    case 'bool':
    case 'i32':
    case 'f64':
      return `I[${arg}].values`;
    case 'i64':
      // Sums read 64-bit values as two words.
      return fn === 'sum' || fn === 'avg' ? `words(I[${arg}].values)` : `I[${arg}].values`;
    case 'numeric':
    case 'text':
    case 'interval':
      return `I[${arg}]`;
  }
}

interface AddCode {
  readonly kinds: readonly AccumulatorKind[];
  readonly add: string;
}

function addCode(fn: AggregateFunction, layout: Layout, v: string): AddCode {
  switch (fn) {
    case 'count_star':
    case 'count':
      return { kinds: ['f64'], add: '@0[s] += 1;' };
    case 'sum':
    case 'avg':
      return sumCode(layout, v);
    case 'min':
      return extremeCode(layout, v, '<');
    case 'max':
      return extremeCode(layout, v, '>');
  }
}

/** Accumulator 0 of every sum counts the rows that were added; NULL is the sum of none. */
function sumCode(layout: Layout, v: string): AddCode {
  switch (layout) {
    case 'i32':
      return {
        kinds: ['f64', 'f64', 'big'],
        add: `@0[s] += 1; const t = @1[s] + ${v}[i]; @1[s] = t; if (t > ${LIMIT} || t < -${LIMIT}) spillLow(@1, @2, s);`,
      };
    case 'i64':
      // Low words (unsigned) and high words (signed) are summed apart; the value is big + high·2^32 + low.
      return {
        kinds: ['f64', 'f64', 'f64', 'big'],
        add:
          `@0[s] += 1; const t = @1[s] + (${v}[2 * i] >>> 0), u = @2[s] + ${v}[2 * i + 1]; @1[s] = t; @2[s] = u; ` +
          `if (t > ${LIMIT} || u > ${LIMIT} || u < -${LIMIT}) spillBoth(@1, @2, @3, s);`,
      };
    case 'f64':
      // Neumaier's compensated sum (A. Neumaier, ZAMM 54, 1974); accumulator 3 notes NaN and infinities in the input.
      return {
        kinds: ['f64', 'f64', 'f64', 'u8'],
        add:
          `@0[s] += 1; const x = ${v}[i], o = @1[s], t = o + x; @1[s] = t; ` +
          `@2[s] += Math.abs(o) >= Math.abs(x) ? (o - t) + x : (x - t) + o; if (x - x !== 0) @3[s] = 1;`,
      };
    case 'numeric':
      return { kinds: ['f64', 'big', 'i32', 'u8'], add: `@0[s] += 1; addNumeric(${v}, i, @1, @2, @3, s);` };
    case 'bool':
    case 'text':
    case 'interval':
      throw new Error(`sum of ${layout}: the binder accepts none`);
  }
}

/** The last accumulator of every extreme says whether there is one yet. */
function extremeCode(layout: Layout, v: string, op: '<' | '>'): AddCode {
  const sign = op === '<' ? -1 : 1;
  switch (layout) {
    case 'bool':
    case 'i32':
      return {
        kinds: ['i32', 'u8'],
        add: `const x = ${v}[i]; if (@1[s] === 0 || x ${op} @0[s]) { @0[s] = x; @1[s] = 1; }`,
      };
    case 'i64':
      return {
        kinds: ['i64', 'u8'],
        add: `const x = ${v}[i]; if (@1[s] === 0 || x ${op} @0[s]) { @0[s] = x; @1[s] = 1; }`,
      };
    case 'f64': {
      // NaN is greater than every number.
      const nan = op === '<' ? '(@0[s] !== @0[s] && x === x)' : 'x !== x';
      return {
        kinds: ['f64', 'u8'],
        add: `const x = ${v}[i]; if (@1[s] === 0 || x ${op} @0[s] || ${nan}) { @0[s] = x; @1[s] = 1; }`,
      };
    }
    case 'numeric':
      return { kinds: ['big', 'i32', 'u8'], add: `extremeNumeric(${v}, i, @0, @1, @2, s, ${sign});` };
    case 'text':
      return { kinds: ['bytes', 'u8'], add: `extremeText(${v}, i, @0, @1, s, ${sign});` };
    case 'interval':
      return {
        kinds: ['i32', 'i32', 'i64', 'u8'],
        add: `extremeInterval(${v}, i, @0, @1, @2, @3, s, ${sign});`,
      };
  }
}
