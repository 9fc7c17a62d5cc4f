// Items one after the other are those of subscripts, in whatever order they are asked for, also when a buffer holds other arrays by then.

import { expect, it } from 'vitest';
import { writeCell } from '../../src/data/tree/cells.ts';
import { TreeWriter } from '../../src/data/tree/writer.ts';
import { result } from '../../src/data/registers.ts';
import { TEXT } from '../../src/data/types.ts';
import { Arena, enterArena, readString } from '../../src/expr/runtime/arena.ts';
import { itemReader } from '../../src/expr/runtime/cells.ts';
import { itemWalker } from '../../src/expr/runtime/item-walk.ts';
import { testSeed } from '../setup/seed.ts';
import { seeded } from '../simulation/random.ts';

function encoded(items: readonly (string | null)[]): Uint8Array {
  const w = new TreeWriter();
  for (const item of items) writeCell(w, TEXT, item);
  w.u8(0);
  return w.finish().slice();
}

type Read = ReturnType<typeof itemReader>;

function textAt(read: Read, bytes: Uint8Array, index: number): string | null {
  const start = read(bytes, 0, bytes.length, index) as number;
  return result.isNull ? null : readString(result.bytes, start, result.end);
}

it('are the same', () => {
  const random = seeded(testSeed());
  const [subscript, walk] = [itemReader(TEXT), itemWalker(TEXT)];
  for (let round = 0; round < 200; round++) {
    const items = Array.from({ length: random.below(6) }, () =>
      random.chance(0.2) ? null : 'x'.repeat(random.below(4)),
    );
    const bytes = encoded(items);
    for (let n = 0; n < 12; n++) {
      const index = random.below(8) - 1;
      if (random.chance(0.1)) enterArena(new Arena());
      expect(textAt(walk, bytes, index)).toBe(textAt(subscript, bytes, index));
      expect(textAt(walk, bytes, index)).toBe(items[index - 1] ?? null);
    }
  }
});

it('are those of the array that the buffer holds now', () => {
  const walk = itemWalker(TEXT);
  const bytes = encoded(['a', 'bcd', 'e']);
  enterArena(new Arena());
  expect(textAt(walk, bytes, 2)).toBe('bcd');
  bytes.set(encoded(['fgh', 'i', 'j']));
  enterArena(new Arena());
  expect(textAt(walk, bytes, 2)).toBe('i');
  expect(textAt(walk, bytes, 3)).toBe('j');
});
