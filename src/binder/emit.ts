// EMIT ON WINDOW CLOSE: every row of the result must belong to a window that a watermark closes.

import type { TextSpan } from '../errors.ts';
import type { BoundGroup, BoundQuery, BoundRelation, TimeAttribute } from './bound.ts';
import { invalidQuery } from './fail.ts';

const WINDOW_HINT =
  'group by window_end: FROM TUMBLE(source, time, size) GROUP BY …, window_start, window_end';
const WATERMARK_HINT = "declare it at the source: WATERMARK FOR time AS time - INTERVAL '5 seconds'";

export function requireClosingWindows(query: BoundQuery, span: TextSpan): void {
  if (query.kind === 'union') {
    for (const branch of query.branches) requireClosingWindows(branch, span);
    return;
  }
  if (
    query.kind === 'top n' ||
    (query.kind === 'select' && query.numberings.length + query.overs.length > 0)
  ) {
    throw invalidQuery(
      'EMIT ON WINDOW CLOSE over rows that are chosen by their order',
      span,
      'close the windows in a view of its own, and choose from that',
    );
  }
  if (query.kind === 'set operation') {
    const what = query.operator.toUpperCase();
    throw invalidQuery(`EMIT ON WINDOW CLOSE over ${what}`, span, 'UNION ALL of closed windows is there');
  }
  if (query.whereNow.length + query.havingNow.length > 0) {
    throw invalidQuery(
      'EMIT ON WINDOW CLOSE emits a row once, and now() takes rows back',
      span,
      'leave one of the two out',
    );
  }
  if (query.distinct === true) {
    // DISTINCT groups by all columns.
    const times = query.columns.map(({ time }) => time);
    requireWindowKey(times, 'columns', span);
  }
  if (query.group !== null) requireWindowKey(keyTimes(query.group, query.from), 'GROUP BY keys', span);
  else if (query.distinct !== true) requireBelow(query.from, span);
}

function keyTimes({ keys }: BoundGroup, from: BoundRelation): readonly (TimeAttribute | null)[] {
  return keys.map((key) => (key.kind === 'column' ? from.columns[key.index]!.time : null));
}

function requireBelow(relation: BoundRelation, span: TextSpan): void {
  switch (relation.kind) {
    case 'source':
      throw invalidQuery('EMIT ON WINDOW CLOSE is for aggregates over windows', span, WINDOW_HINT);
    case 'derived':
      return requireClosingWindows(relation.query, span);
    case 'view read':
      if (relation.view.emit === 'on window close') return;
      throw invalidQuery('EMIT ON WINDOW CLOSE is for aggregates over windows', span, WINDOW_HINT);
    case 'join':
      throw invalidQuery('EMIT ON WINDOW CLOSE over a join', span, 'aggregate over windows before the join');
    case 'windows':
      return requireBelow(relation.input, span);
  }
}

function requireWindowKey(times: readonly (TimeAttribute | null)[], what: string, span: TextSpan): void {
  // The start of a window says when it closes only where all windows are equally long.
  const windows = times.filter(
    (time) => time?.kind === 'window end' || (time?.kind === 'window start' && time.size !== null),
  );
  if (windows.length === 0) {
    throw invalidQuery(`EMIT ON WINDOW CLOSE needs the end of a window among the ${what}`, span, WINDOW_HINT);
  }
  if (!windows.some((time) => time?.kind !== 'event' && time?.watermarked)) {
    throw invalidQuery(
      'EMIT ON WINDOW CLOSE needs a watermark on the time that is cut into windows',
      span,
      WATERMARK_HINT,
    );
  }
}
