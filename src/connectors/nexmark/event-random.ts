// The randomness of one event: a stream of numbers that depends on the seed and the event's index alone, so that any event can be
// made again without those before it. SplitMix32 with two rounds of Chris Wellons' "lowbias32" constants.

export class EventRandom {
  private state = 0;

  /** Starts the numbers of event `index` (0 … 2^53) of a generator with this `seed`. */
  start(seed: number, index: number): void {
    const low = index | 0;
    const high = Math.floor(index / 4294967296) | 0;
    this.state = mix(mix(seed | 0) ^ mix(low ^ 0x5bd1e995) ^ Math.imul(mix(high + 1), 0x9e3779b1));
  }

  /** 0 … 2^32 − 1. */
  next(): number {
    this.state = (this.state + 0x9e3779b9) | 0;
    return mix(this.state) >>> 0;
  }

  /** 0 … bound − 1, for bounds up to 2^32; by multiplication, so without the cost and the bias of a remainder. */
  below(bound: number): number {
    return Math.floor((this.next() / 4294967296) * bound);
  }

  /** [0, 1). */
  unit(): number {
    return this.next() / 4294967296;
  }
}

function mix(value: number): number {
  let t = value ^ (value >>> 16);
  t = Math.imul(t, 0x21f0aaad);
  t ^= t >>> 15;
  t = Math.imul(t, 0x735a2d97);
  return t ^ (t >>> 15);
}
