// The aggregates that add rows up and forget them: what each keeps per group, and the generated code that adds a row. Over input
// that only grows, sums are as cheap as they can be; over input that changes, rows have a weight and everything that is added can be
// taken away again.

import type { AggregateFunction } from '../../physical/graph.ts';
import type { Layout, SqlType } from '../../data/types.ts';
import { isTree, layoutOf } from '../../data/types.ts';
import { isRegression } from '../../expr/resolve/aggregate-names.ts';
import type { AddCode, CallCode } from './code-shape.ts';
import { bitCode } from './bit-code.ts';
import { extremeCode } from './extreme-code.ts';
import { regressionCode } from './regression-code.ts';
import { sumCode } from './sum-code.ts';
import { changingSumCode } from './changing-sum-code.ts';
import { varianceCode } from './variance-code.ts';

/** Counts rows: also what a group over changing input keeps of itself. */
export const COUNT_ROWS: CallCode = { kinds: ['f64'], open: '', add: '@0[s] += W;' };

export interface CallShape {
  readonly fn: AggregateFunction;
  /** Of the argument; null: there is none. */
  readonly type: SqlType | null;
  /** Input columns of the argument, and of the second one. */
  readonly arg: number;
  readonly second: number | null;
  /** Weights may be negative. */
  readonly retracts: boolean;
}

/** Code of call number `j`. */
export function callCode(j: number, { fn, type, arg, second, retracts }: CallShape): CallCode {
  if (fn === 'count_star') return COUNT_ROWS;
  if (second !== null) return regressionCode(j, arg, second);
  const layout = type === null ? null : layoutOf(type);
  const tree = type !== null && isTree(type);
  const bare = addCode(fn, layout!, `v${j}`, retracts, tree);
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
    default:
      return `I[${arg}]`;
  }
}

function addCode(
  fn: AggregateFunction,
  layout: Layout,
  v: string,
  retracts: boolean,
  tree: boolean,
): AddCode {
  switch (fn) {
    case 'count_star':
    case 'count':
      return COUNT_ROWS;
    case 'sum':
    case 'avg':
      return retracts ? changingSumCode(layout, v) : sumCode(layout, v);
    case 'bool_and':
    case 'bool_or':
      return { kinds: ['f64', 'f64'], add: `if (${v}[i] === 1) @0[s] += W; else @1[s] += W;` };
    case 'stddev_pop':
    case 'stddev_samp':
    case 'var_pop':
    case 'var_samp':
      return varianceCode(layout, v);
    case 'min':
    case 'max':
      if (retracts) throw new Error(`${fn} over changing input needs a multiset`);
      return extremeCode(layout, v, fn === 'min' ? '<' : '>', tree);
    case 'bit_and':
    case 'bit_or':
    case 'bit_xor':
      return bitCode(fn, layout, v, retracts);
    default:
      throw new Error(isRegression(fn) ? `${fn} is of two arguments` : `${fn} needs a multiset`);
  }
}
