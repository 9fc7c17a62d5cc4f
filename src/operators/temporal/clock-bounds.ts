// From when until when each row of a batch is there, by the clock.

import type { Batch } from '../../data/batch.ts';
import { TIMESTAMP_INFINITY, TIMESTAMP_MINUS_INFINITY } from '../../data/time.ts';
import type { TemporalNode } from '../../physical/graph.ts';

type Condition = TemporalNode['conditions'][number];

/** Row i is there while `enters[i]` <= clock < `leaves[i]`; one that never is has them equal. ±infinity: always, never. */
export class ClockBounds {
  enters = new BigInt64Array(0);
  leaves = new BigInt64Array(0);
  private readonly conditions: readonly Condition[];

  constructor(conditions: readonly Condition[]) {
    this.conditions = conditions;
  }

  compute(batch: Batch): void {
    const { rows } = batch;
    if (this.enters.length < rows) {
      this.enters = new BigInt64Array(rows * 2);
      this.leaves = new BigInt64Array(rows * 2);
    }
    this.enters.fill(TIMESTAMP_MINUS_INFINITY, 0, rows);
    this.leaves.fill(TIMESTAMP_INFINITY, 0, rows);
    for (const condition of this.conditions) this.narrow(batch, condition);
    for (let i = 0; i < rows; i++) if (this.enters[i]! > this.leaves[i]!) this.enters[i] = this.leaves[i]!;
  }

  private narrow(batch: Batch, { kind, column, shift }: Condition): void {
    const times = batch.columns[column]!;
    if (times.layout !== 'i64') throw new Error('a time of the clock is a timestamp');
    const { values, nulls } = times;
    const { enters, leaves } = this;
    for (let i = 0; i < batch.rows; i++) {
      if (nulls !== null && nulls[i] === 1) {
        leaves[i] = TIMESTAMP_MINUS_INFINITY;
        continue;
      }
      const time = shifted(values[i]!, shift);
      if (kind === 'enters') {
        if (time > enters[i]!) enters[i] = time;
      } else if (time < leaves[i]!) leaves[i] = time;
    }
  }
}

/** Infinite times stay; others end before infinity. */
function shifted(time: bigint, shift: bigint): bigint {
  if (time === TIMESTAMP_INFINITY || time === TIMESTAMP_MINUS_INFINITY) return time;
  const sum = time + shift;
  if (sum >= TIMESTAMP_INFINITY) return TIMESTAMP_INFINITY - 1n;
  return sum <= TIMESTAMP_MINUS_INFINITY ? TIMESTAMP_MINUS_INFINITY + 1n : sum;
}
