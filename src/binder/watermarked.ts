// Columns of relations whose rows come and go by other rules than event time: the watermark says nothing about them any more.

import type { BoundColumn } from './bound.ts';

export function withoutWatermark(columns: readonly BoundColumn[]): readonly BoundColumn[] {
  return columns.map((column) => {
    const { time } = column;
    return {
      ...column,
      time: time === null || time.kind === 'event' ? null : { ...time, watermarked: false },
    };
  });
}
