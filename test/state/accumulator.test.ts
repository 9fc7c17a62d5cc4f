// What accumulators weigh is a number of bytes, whatever their values are.

import { expect, it } from 'vitest';
import { accumulatorBytes, newAccumulator } from '../../src/state/accumulator.ts';

it('is whole, also where values of no fixed width are weighed by a sample', () => {
  const bigs = newAccumulator('big', 7);
  const texts = newAccumulator('bytes', 7);
  for (let i = 0; i < 7; i++) {
    (bigs.values as bigint[])[i] = 16n ** BigInt(i * 3);
    (texts.values as Uint8Array[])[i] = new Uint8Array(i * 5 + 1);
  }
  for (const accumulator of [bigs, texts]) {
    expect(Number.isSafeInteger(accumulatorBytes(accumulator))).toBe(true);
    expect(accumulatorBytes(accumulator)).toBeGreaterThan(7 * 8);
  }
});
