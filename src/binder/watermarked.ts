// Columns of relations whose rows come and go by other rules than event time: the watermark says nothing about them any more.

import { isWindowTime } from '../data/time-attribute.ts';
import type { BoundColumn } from './bound.ts';

export function withoutWatermark(columns: readonly BoundColumn[]): readonly BoundColumn[] {
  return columns.map((column) => {
    const { time } = column;
    return {
      ...column,
      time: !isWindowTime(time) ? null : { ...time, watermarked: false },
    };
  });
}
