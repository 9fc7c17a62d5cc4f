// The short ways of adding to a time and of finding its window, against the arithmetic of whole bigints.
import { expect, test } from 'vitest';
import {
  TIMESTAMP_INFINITY,
  TIMESTAMP_MINUS_INFINITY,
  addMicros,
  tumbleStart,
  tumbleStartOf,
} from '../../src/data/time.ts';

const SEED = 4711;
const FIRST = -2440588n * 86_400_000_000n;

function times(): bigint[] {
  let state = SEED;
  const random = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return (state >>> 0) / 2 ** 32;
  };
  const edges = [0n, FIRST, TIMESTAMP_INFINITY, TIMESTAMP_MINUS_INFINITY];
  for (let bits = 20n; bits < 63n; bits++) edges.push(2n ** bits, -(2n ** bits));
  const near = edges.flatMap((edge) => [edge - 1n, edge, edge + 1n]);
  const drawn = Array.from({ length: 2000 }, () => {
    const size = 2 ** (random() * 62);
    return BigInt(Math.floor((random() - 0.5) * 2 * size));
  });
  return [...near, ...drawn].filter((time) => BigInt.asIntN(64, time) === time);
}

function added(time: bigint, micros: bigint): bigint | 'out of range' {
  if (time === TIMESTAMP_INFINITY || time === TIMESTAMP_MINUS_INFINITY) return time;
  const sum = time + micros;
  return sum < FIRST || sum >= TIMESTAMP_INFINITY ? 'out of range' : sum;
}

test(`adding microseconds, seed ${SEED}`, () => {
  for (const micros of [0n, 1n, -4_000_000n, 86_400_000_000n, 2n ** 62n, TIMESTAMP_INFINITY, -(2n ** 63n)])
    for (const time of times()) {
      const expected = added(time, micros);
      if (expected === 'out of range')
        expect(() => addMicros(time, micros), `${time} + ${micros}`).toThrow('out of range');
      else expect(addMicros(time, micros), `${time} + ${micros}`).toBe(expected);
    }
});

test(`the start of a tumbling window, seed ${SEED}`, () => {
  for (const size of [1n, 7n, 1_000_000n, 10_000_000n, 86_400_000_000n, 2n ** 40n + 1n, 2n ** 60n]) {
    const start = tumbleStartOf(size);
    for (const time of times()) {
      // Multiples are where a quotient could be rounded up.
      const before = time - (time % size) - 1n;
      for (const one of [time, before])
        if (BigInt.asIntN(64, one) === one)
          expect(start(one), `${one} by ${size}`).toBe(tumbleStart(one, size));
    }
  }
});
