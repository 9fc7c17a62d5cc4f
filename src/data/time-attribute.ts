// What a column has to do with event time, and what a watermark says of it.

/** A window is named, so that its start and end can be recognised as a pair. */
export type WindowTime = {
  readonly kind: 'window start' | 'window end';
  readonly window: string;
  /** Microseconds from start to end; null where they differ from window to window (CUMULATE, SESSION). */
  readonly size: bigint | null;
  /** The time column that was cut into windows was held by a watermark. */
  readonly watermarked: boolean;
};

export type TimeAttribute =
  | { readonly kind: 'event' }
  /** Event time of rows that can come `delay` microseconds behind the watermark: pairs of rows that waited for each other. */
  | { readonly kind: 'delayed event'; readonly delay: bigint }
  | WindowTime;

export function isWindowTime(time: TimeAttribute | null): time is WindowTime {
  return time?.kind === 'window start' || time?.kind === 'window end';
}

/**
 * Once the watermark has reached a value of the column plus this (microseconds), no change of a row with that value comes any more;
 * null: the watermark says nothing of the column.
 */
export function heldUntil(time: TimeAttribute | null): bigint | null {
  switch (time?.kind) {
    case 'event':
      return 1n;
    case 'delayed event':
      return time.delay + 1n;
    case 'window end':
      return time.watermarked ? 0n : null;
    case 'window start':
      return time.watermarked ? time.size : null;
    case undefined:
      return null;
  }
}

/** What remains known of a column whose rows can come until the watermark has reached its value plus `until`; null: nothing bounds that. */
export function delayed(time: TimeAttribute | null, until: bigint | null): TimeAttribute | null {
  const held = heldUntil(time);
  if (time === null || (held !== null && until !== null && until <= held)) return time;
  if (isWindowTime(time)) return { ...time, watermarked: false };
  return until === null ? null : { kind: 'delayed event', delay: until - 1n };
}
