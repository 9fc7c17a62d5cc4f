// Least and greatest over input that only grows: the best value so far. What a row takes away can only be said of kept rows
// (ordered-results.ts), which leave their answer in the same accumulators.

import type { Layout } from '../../data/types.ts';
import type { AccumulatorKind } from '../../state/accumulator.ts';
import type { AddCode } from './code-shape.ts';

/** The accumulators of an extreme. The last one says whether there is one yet. */
export function extremeKinds(layout: Layout): readonly AccumulatorKind[] {
  switch (layout) {
    case 'bool':
    case 'i32':
      return ['i32', 'u8'];
    case 'i64':
      return ['i64', 'u8'];
    case 'f64':
      return ['f64', 'u8'];
    case 'numeric':
      return ['big', 'i32', 'u8'];
    case 'text':
      return ['bytes', 'u8'];
    case 'interval':
      return ['i32', 'i32', 'i64', 'u8'];
  }
}

export function extremeCode(layout: Layout, v: string, op: '<' | '>', tree: boolean): AddCode {
  const add = tree ? `extremeTree(${v}, i, @0, @1, s, ${op === '<' ? -1 : 1});` : addExtreme(layout, v, op);
  return { kinds: extremeKinds(layout), add };
}

function addExtreme(layout: Layout, v: string, op: '<' | '>'): string {
  const sign = op === '<' ? -1 : 1;
  switch (layout) {
    case 'bool':
    case 'i32':
    case 'i64':
      return `const x = ${v}[i]; if (@1[s] === 0 || x ${op} @0[s]) { @0[s] = x; @1[s] = 1; }`;
    case 'f64': {
      // NaN is greater than every number.
      const nan = op === '<' ? '(@0[s] !== @0[s] && x === x)' : 'x !== x';
      return `const x = ${v}[i]; if (@1[s] === 0 || x ${op} @0[s] || ${nan}) { @0[s] = x; @1[s] = 1; }`;
    }
    case 'numeric':
      return `extremeNumeric(${v}, i, @0, @1, @2, s, ${sign});`;
    case 'text':
      return `extremeText(${v}, i, @0, @1, s, ${sign});`;
    case 'interval':
      return `extremeInterval(${v}, i, @0, @1, @2, @3, s, ${sign});`;
  }
}
