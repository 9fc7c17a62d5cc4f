// Places in arrays: what `last` means between brackets, and numbers as places.

import { truncateNumeric } from '../../../data/numeric.ts';
import type { JsonNumber } from '../../../data/tree/json.ts';

export class Subscripts {
  /** Length of the innermost array whose place is being computed. */
  #length = 0;

  /** Runs what is between the brackets of an array of this length, and behind them. */
  within<T>(length: number, run: () => T): T {
    const outer = this.#length;
    this.#length = length;
    try {
      return run();
    } finally {
      this.#length = outer;
    }
  }

  last(): JsonNumber {
    return { unscaled: BigInt(this.#length) - 1n, scale: 0 };
  }

  /** Undefined beyond the integers. */
  place({ unscaled, scale }: JsonNumber): number | undefined {
    const whole = truncateNumeric(unscaled, scale, 0);
    return BigInt.asIntN(32, whole) === whole ? Number(whole) : undefined;
  }
}
