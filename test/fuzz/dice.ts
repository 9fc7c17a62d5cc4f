// Choices that a seed determines.

import { seededRandom } from '../windows/seeded-random.ts';

export class Dice {
  readonly next: () => number;

  constructor(seed: number) {
    this.next = seededRandom(seed);
  }

  below(n: number): number {
    return Math.floor(this.next() * n);
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  one<T>(from: readonly T[]): T {
    return from[this.below(from.length)]!;
  }

  /** A value of `weighted` as often as its weight says. */
  weighted<T>(weighted: readonly (readonly [number, T])[]): T {
    let left = this.next() * weighted.reduce((sum, [weight]) => sum + weight, 0);
    for (const [weight, value] of weighted) if ((left -= weight) < 0) return value;
    return weighted.at(-1)![1];
  }
}
