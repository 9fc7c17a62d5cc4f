// EMIT ON WINDOW CLOSE: every row of the result must belong to a window that a watermark closes, or be a pair of rows that come once,
// whose times are bounded.

import type { TimeAttribute } from '../data/time-attribute.ts';
import { heldUntil, isWindowTime } from '../data/time-attribute.ts';
import type { MillraceError, TextSpan } from '../errors.ts';
import type { BoundExpr } from '../expr/bound.ts';
import { ownColumn } from '../expr/outer.ts';
import { horizonsOf, timeBounds } from '../expr/join-times.ts';
import type { JoinSide } from '../expr/join-times.ts';
import type { BoundGroup, BoundJoin, BoundQuery, BoundRelation, BoundSelect, Nearest } from './bound.ts';
import { isTimed } from './bound.ts';
import { invalidQuery } from './fail.ts';

const WINDOW_HINT =
  'group by window_end: FROM TUMBLE(source, time, size) GROUP BY …, window_start, window_end';
const WATERMARK_HINT = "declare it at the source: WATERMARK FOR time AS time - INTERVAL '5 seconds'";
const JOIN_HINT =
  'bound the time between the rows: ON … AND a.time BETWEEN b.time - INTERVAL … AND b.time + INTERVAL …, or a.window_end = b.window_end';

export function requireClosingWindows(query: BoundQuery, span: TextSpan): void {
  const refusal = new Closing(span).ofQuery(query, false);
  if (refusal !== null) throw refusal;
}

type Refusal = MillraceError | null;

/** `joined`: what it gives is joined, so that rows that come once are enough. */
class Closing {
  private readonly span: TextSpan;

  constructor(span: TextSpan) {
    this.span = span;
  }

  ofQuery(query: BoundQuery, joined: boolean): Refusal {
    switch (query.kind) {
      case 'union':
        return first(query.branches.map((branch) => this.ofQuery(branch, joined)));
      case 'top n':
        return this.chosenByOrder();
      case 'set operation': {
        const what = query.operator.toUpperCase();
        return this.refuse(`EMIT ON WINDOW CLOSE over ${what}`, 'UNION ALL of closed windows is there');
      }
      case 'select':
        return this.ofSelect(query, joined);
    }
  }

  private chosenByOrder(): MillraceError {
    return this.refuse(
      'EMIT ON WINDOW CLOSE over rows that are chosen by their order',
      'close the windows in a view of its own, and choose from that',
    );
  }

  private ofSelect(query: BoundSelect, joined: boolean): Refusal {
    if (query.numberings.length + query.overs.length > 0) return this.chosenByOrder();
    if (query.whereNow.length + query.havingNow.length > 0) {
      return this.refuse(
        'EMIT ON WINDOW CLOSE emits a row once, and now() takes rows back',
        'leave one of the two out',
      );
    }
    // DISTINCT groups by all columns.
    const distinct =
      query.distinct === true
        ? this.ofKeys(
            query.columns.map(({ time }) => time),
            'columns',
          )
        : null;
    if (distinct !== null) return distinct;
    if (query.group !== null) return this.ofGroup(query.group, query.from);
    return query.distinct === true ? null : this.ofRelation(query.from, joined, query.where);
  }

  /** Every grouping has a window of its own to close. */
  private ofGroup({ keys, groupings }: BoundGroup, from: BoundRelation): Refusal {
    const times = keys.map((key) => from.columns[ownColumn(key) ?? -1]?.time ?? null);
    if (groupings === undefined) return this.ofKeys(times, 'GROUP BY keys');
    return first(
      groupings.sets.map((set) =>
        this.ofKeys(
          set.map((key) => times[key]!),
          'keys of each grouping set',
        ),
      ),
    );
  }

  private ofRelation(relation: BoundRelation, joined: boolean, where: BoundExpr | null): Refusal {
    switch (relation.kind) {
      case 'source':
      case 'versions':
      case 'one':
        return joined
          ? null
          : this.refuse('EMIT ON WINDOW CLOSE is for aggregates over windows', WINDOW_HINT);
      case 'derived':
        return this.ofQuery(relation.query, joined);
      case 'view read':
        if (relation.view.emit === 'on window close' || (joined && !relation.changing)) return null;
        return this.refuse('EMIT ON WINDOW CLOSE is for aggregates over windows', WINDOW_HINT);
      case 'windows':
        if (joined && relation.shape.kind !== 'session') return this.windowsOfRows();
        // Rows of a session wait for its close by themselves.
        return this.ofRelation(relation.input, joined, null);
      case 'repeated':
        return this.ofRelation(relation.input, joined, null);
      case 'join':
        return this.ofJoin(relation, where);
    }
  }

  private windowsOfRows(): MillraceError {
    return this.refuse(
      'EMIT ON WINDOW CLOSE over a join of window tables whose rows are in no groups',
      'GROUP BY … window_end above the join; without EMIT a pair comes with its second row, and stays',
    );
  }

  private ofJoin(join: BoundJoin, where: BoundExpr | null): Refusal {
    if (join.lateral)
      return this.refuse(
        'EMIT ON WINDOW CLOSE over a subquery that is asked for each row',
        'write it as a join whose rows meet within bounds of time, or ask it of a view of closed windows',
      );
    const sides = [join.left, join.right] as const;
    const once = first(sides.map((side) => this.ofRelation(side, true, null)));
    if (once !== null) return once;
    const timed = isTimed(join.left) && isTimed(join.right);
    if (timed && (join.nearest === null ? isBounded(join, where) : isNearestBounded(join, join.nearest)))
      return null;
    const closes = sides.some((side) => this.ofRelation(side, false, null) === null);
    if (closes && join.nearest === null && (join.type === 'inner' || join.type === 'semi')) return null;
    return this.refuse('EMIT ON WINDOW CLOSE over a join whose rows may meet at any time', JOIN_HINT);
  }

  private ofKeys(times: readonly (TimeAttribute | null)[], what: string): Refusal {
    // The start of a window says when it closes only where all windows are equally long.
    const windows = times.filter(
      (time) => time?.kind === 'window end' || (time?.kind === 'window start' && time.size !== null),
    );
    if (windows.length === 0)
      return this.refuse(`EMIT ON WINDOW CLOSE needs the end of a window among the ${what}`, WINDOW_HINT);
    if (windows.some((time) => isWindowTime(time) && time.watermarked)) return null;
    return this.refuse(
      'EMIT ON WINDOW CLOSE needs a watermark on the time that is cut into windows',
      WATERMARK_HINT,
    );
  }

  private refuse(message: string, hint: string): MillraceError {
    return invalidQuery(message, this.span, hint);
  }
}

function first(refusals: readonly Refusal[]): Refusal {
  return refusals.find((refusal) => refusal !== null) ?? null;
}

/** Does the watermark say when no nearer row can come? */
function isNearestBounded({ right }: BoundJoin, { right: time, before }: Nearest): boolean {
  const column = right.columns[ownColumn(time) ?? -1];
  return before && heldUntil(column?.time ?? null) !== null;
}

/** Does the watermark say of each row that must find no partner when it can find none any more? */
function isBounded(join: BoundJoin, where: BoundExpr | null): boolean {
  const width = join.left.columns.length;
  const bounds = timeBounds(join.condition, width);
  // What WHERE says of pairs is as good as ON where every row is a pair.
  if (join.type === 'inner') bounds.push(...timeBounds(where, width));
  const side = ({ columns }: BoundRelation): JoinSide => ({
    times: columns.map(({ time }) => time),
    grows: true,
  });
  const { left, right } = horizonsOf(bounds, side(join.left), side(join.right));
  switch (join.type) {
    case 'left':
    case 'anti':
      return left !== null;
    case 'right':
      return right !== null;
    default:
      return left !== null && right !== null;
  }
}
