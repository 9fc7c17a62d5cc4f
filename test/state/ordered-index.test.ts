// The counted B+ tree against a sorted array: random inserts, changes of weight and deletes, down to empty, small and large.

import { describe, expect, it } from 'vitest';
import { EMPTY } from '../../src/state/ordered-nodes.ts';
import { OrderedCursor } from '../../src/state/ordered-cursor.ts';
import { OrderedIndex } from '../../src/state/ordered-index.ts';
import { seeded } from '../simulation/random.ts';

/** Slots with random values; the order is by value, then slot. */
function setUp(slots: number, seed: number) {
  const random = seeded(seed);
  const values = Float64Array.from({ length: slots }, () => random.below(slots / 2));
  const weights = { values: new Float64Array(slots) };
  const compare = (a: number, b: number): number => values[a]! - values[b]! || a - b;
  return { random, values, weights, compare, index: new OrderedIndex(compare, weights) };
}

function walk(index: OrderedIndex, root: number): number[] {
  const cursor = new OrderedCursor();
  const found: number[] = [];
  for (let s = index.first(root, cursor); s >= 0; s = cursor.next()) found.push(s);
  return found;
}

function walkBack(index: OrderedIndex, root: number): number[] {
  const cursor = new OrderedCursor();
  const found: number[] = [];
  for (let s = index.last(root, cursor); s >= 0; s = cursor.previous()) found.push(s);
  return found;
}

describe('an ordered index', () => {
  it.each([1, 2, 3, 4, 5, 6])('is a sorted array in every question asked (seed %i)', (seed) => {
    const { random, values, weights, compare, index } = setUp(600, seed);
    let root = EMPTY;
    let model: number[] = [];
    for (let step = 0; step < 4000; step++) {
      // Waves: growing, then shrinking to nothing.
      const growing = Math.floor(step / 700) % 2 === 0;
      const slot = random.below(600);
      const there = weights.values[slot]! > 0;
      if (!there && random.chance(growing ? 0.9 : 0.2)) {
        weights.values[slot] = 1 + random.below(3);
        root = index.insert(root, slot);
        model.push(slot);
        model.sort(compare);
      } else if (there && random.chance(growing ? 0.1 : 0.9)) {
        const weight = weights.values[slot]!;
        weights.values[slot] = 0;
        root = index.remove(root, slot, weight);
        model = model.filter((other) => other !== slot);
      } else if (there) {
        weights.values[slot] = weights.values[slot]! + 2;
        index.adjust(root, slot, 2);
      }
      if (step % 40 !== 0) continue;
      expect(walk(index, root)).toEqual(model);
      expect(walkBack(index, root)).toEqual([...model].reverse());
      const places = model.flatMap((s) => Array.from({ length: weights.values[s]! }, () => s));
      expect(index.total(root)).toBe(places.length);
      const cursor = new OrderedCursor();
      for (const k of [-1, 0, random.below(places.length + 1), places.length - 1, places.length]) {
        const found = index.select(root, k, cursor);
        expect(found).toBe(places[k] ?? -1);
        if (found >= 0) expect(cursor.before).toBe(places.indexOf(found));
      }
      if (model.length > 0) {
        const entry = random.pick(model);
        expect(index.rank(root, entry)).toBe(places.indexOf(entry));
      }
      const bound = random.below(300);
      const expected = model.findIndex((s) => values[s]! >= bound);
      const probe = { compare: (s: number): number => values[s]! - bound };
      expect(index.seek(root, probe, cursor)).toBe(expected < 0 ? -1 : model[expected]);
      const before = expected < 0 ? model.at(-1) : model[expected - 1];
      expect(cursor.previous()).toBe(before ?? -1);
    }
    expect(new Set(model).size).toBe(model.length);
  });

  it.each(['ascending', 'descending', 'random'])(
    'holds 100,000 entries put in %s, and gives every node back',
    (how) => {
      const n = 100_000;
      const { random, weights, index } = setUp(n, 7);
      const order = Array.from({ length: n }, (_, i) => i);
      const byNumber = new OrderedIndex((a, b) => a - b, weights);
      if (how === 'descending') order.reverse();
      if (how === 'random') order.sort(() => random.next() - 0.5);
      let root = EMPTY;
      for (const slot of order) {
        weights.values[slot] = 1;
        root = byNumber.insert(root, slot);
      }
      expect(byNumber.total(root)).toBe(n);
      const cursor = new OrderedCursor();
      for (let i = 0; i < 2000; i++) {
        const k = random.below(n);
        expect(byNumber.select(root, k, cursor)).toBe(k);
        expect(byNumber.rank(root, k)).toBe(k);
        expect(cursor.next()).toBe(k + 1 < n ? k + 1 : -1);
      }
      const full = byNumber.bytes();
      for (const slot of [...order].sort(() => random.next() - 0.5)) {
        weights.values[slot] = 0;
        root = byNumber.remove(root, slot, 1);
      }
      expect(root).toBe(EMPTY);
      expect(walk(index, root)).toEqual([]);
      for (const slot of order) {
        weights.values[slot] = 1;
        root = byNumber.insert(root, slot);
      }
      // Freed nodes are used again.
      expect(byNumber.bytes()).toBe(full);
    },
  );

  it('keeps many trees in the same arrays apart', () => {
    const { random, weights, compare, index } = setUp(5000, 11);
    const roots = new Int32Array(500);
    const models = Array.from({ length: 500 }, (): number[] => []);
    for (let slot = 0; slot < 5000; slot++) {
      const key = random.chance(0.3) ? 0 : random.below(500);
      weights.values[slot] = 1;
      roots[key] = index.insert(roots[key]!, slot);
      models[key]!.push(slot);
    }
    index.clear(roots[0]!);
    roots[0] = EMPTY;
    models[0] = [];
    models.forEach((model, key) => expect(walk(index, roots[key]!)).toEqual(model.sort(compare)));
  });

  it('refuses to remove what is not there', () => {
    const { weights, index } = setUp(10, 1);
    weights.values.fill(1);
    const root = index.insert(index.insert(EMPTY, 1), 2);
    expect(() => index.remove(root, 3, 1)).toThrow(/slot 3 is not in/);
    expect(() => index.remove(index.insert(EMPTY, 1), 3, 1)).toThrow(/slot 3 is not in/);
  });
});
