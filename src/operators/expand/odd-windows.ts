// The windows of a time that is too far from 1970 for doubles: the same as the generated loop, in BigInt.

import { checkedTimestamp, isInfiniteTimestamp } from '../../data/time.ts';
import type { ExpandingShape } from '../../data/window-shape.ts';

/** An infinite time is in one window, from and to itself, as with TUMBLE. Throws a RowFailure where a bound is out of range. */
export function oddWindows(
  time: bigint,
  shape: ExpandingShape,
  each: (start: bigint, end: bigint) => void,
): void {
  if (isInfiniteTimestamp(time)) {
    each(time, time);
    return;
  }
  const since = time - shape.offset;
  if (shape.kind === 'hop') {
    for (let start = time - floorRest(since, shape.slide); start > time - shape.size; start -= shape.slide)
      each(checkedTimestamp(start), checkedTimestamp(start + shape.size));
    return;
  }
  const base = time - floorRest(since, shape.size);
  const first = time - floorRest(time - base, shape.step) + shape.step;
  for (let end = first; end <= base + shape.size; end += shape.step)
    each(checkedTimestamp(base), checkedTimestamp(end));
}

function floorRest(value: bigint, size: bigint): bigint {
  const rest = value % size;
  return rest < 0n ? rest + size : rest;
}
