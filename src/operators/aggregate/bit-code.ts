// bit_and, bit_or and bit_xor. Over input that only grows each is the operator itself; taking away is exclusive or again, and for the
// others a matter of counting bits (bit-lanes.ts).

import type { Layout } from '../../data/types.ts';
import type { AddCode } from './code-shape.ts';

export type BitFunction = 'bit_and' | 'bit_or' | 'bit_xor';

const OPERATORS = { bit_and: '&', bit_or: '|', bit_xor: '^' } as const;

export function bitCode(fn: BitFunction, layout: Layout, v: string, retracts: boolean): AddCode {
  const kind = layout === 'i64' ? 'i64' : 'i32';
  if (retracts && fn !== 'bit_xor')
    return { kinds: ['f64', 'big'], add: `@0[s] += W; addBits(${v}[i], W, @1, s);` };
  const combine = `@1[s] ${OPERATORS[fn]}= ${v}[i];`;
  if (fn === 'bit_and')
    return { kinds: ['f64', kind], add: `if (@0[s] === 0) @1[s] = ${v}[i]; else ${combine} @0[s] += W;` };
  const odd = fn === 'bit_xor' ? 'if ((W & 1) !== 0) ' : '';
  return { kinds: ['f64', kind], add: `@0[s] += W; ${odd}${combine}` };
}
