// The value of bit_and, bit_or and bit_xor, from what the loops of bit-code.ts have accumulated.

import type { Layout } from '../../data/types.ts';
import { setValue } from '../../data/value.ts';
import type { ResultWriter } from './accumulated.ts';
import { big, number } from './accumulated.ts';
import type { BitFunction } from './bit-code.ts';
import { bitsOver } from './bit-lanes.ts';

export function bitWriter(fn: BitFunction, layout: Layout, retracts: boolean): ResultWriter {
  const counts = retracts && fn !== 'bit_xor';
  return (accs, i, out, row) => {
    const values = number(accs[0]!, i);
    if (values === 0) return setValue(out, row, null);
    if (!counts) return setValue(out, row, layout === 'i64' ? big(accs[1]!, i) : number(accs[1]!, i));
    const bits = bitsOver(big(accs[1]!, i), fn === 'bit_and' ? values - 1 : 0);
    return setValue(out, row, layout === 'i64' ? BigInt.asIntN(64, bits) : Number(BigInt.asIntN(32, bits)));
  };
}
