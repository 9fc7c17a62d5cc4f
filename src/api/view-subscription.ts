// A subscription to a view: the matching rows, then what each commit changes in them. Filters are applied to both sides of a
// change: a row that begins to match arrives as inserted, one that ceases to as deleted.

import type { GraphQLError } from 'graphql';
import { MillraceError } from '../errors.ts';
import type { Pool } from '../postgres/pool.ts';
import type { ChangeFeed } from '../views/change-feed.ts';
import { decodeCursor, encodeCursor } from '../views/cursor.ts';
import type { RowChange, ViewRow } from '../views/row-change.ts';
import type { FollowEvent } from '../views/view-follower.ts';
import { followView } from '../views/view-follower.ts';
import type { ViewLayout } from '../views/view-layout.ts';
import type { LogDefect } from './errors.ts';
import { toGraphQLError } from './errors.ts';
import { interestOf, TRUE } from './filter/condition.ts';
import { rowFilter } from './filter/condition-eval.ts';
import { conditionSql } from './filter/condition-sql.ts';
import type { InFlightShare } from './in-flight.ts';
import { InFlight } from './in-flight.ts';
import type { Limits } from './limits.ts';
import type { Socket } from './request.ts';
import { limitExceeded } from './limits.ts';
import type { ServedView } from './schema/served-view.ts';
import type { PageArgs } from './view-query.ts';
import { conditionOf } from './view-query.ts';

export interface SubscriptionArgs {
  readonly where?: PageArgs['where'];
  readonly after?: string | null;
}

export interface ChangesMessage {
  readonly version: bigint;
  readonly cursor: string;
  readonly snapshot: boolean;
  readonly inserted: readonly ViewRow[];
  readonly updated: readonly { readonly before: ViewRow; readonly after: ViewRow }[];
  readonly deleted: readonly ViewRow[];
}

/** What the name of a view that was replaced means now; undefined when its rows do not fit what was asked for. */
export type Successor = (view: ServedView) => ServedView | undefined;

/** Counts what is open, and opens more while there is room. */
export class Subscriptions {
  readonly #pool: Pool;
  readonly #feed: ChangeFeed;
  readonly #limits: Limits;
  readonly #logDefect: LogDefect;
  readonly #successor: Successor;
  readonly #open = new Set<AbortController>();

  constructor(pool: Pool, feed: ChangeFeed, limits: Limits, logDefect: LogDefect, successor: Successor) {
    this.#successor = successor;
    this.#pool = pool;
    this.#feed = feed;
    this.#limits = limits;
    this.#logDefect = logDefect;
  }

  get count(): number {
    return this.#open.size;
  }

  /** Ends all of them: the service stops. */
  close(): void {
    for (const abort of this.#open) abort.abort();
  }

  /** Throws errors as GraphQL has them, and so does what it returns: mercurius sends them as they are. */
  open(
    view: ServedView,
    args: SubscriptionArgs,
    connection: Socket | null,
  ): AsyncIterableIterator<ChangesMessage> {
    try {
      return this.#begin(view, args, connection);
    } catch (error) {
      throw toGraphQLError(error, this.#logDefect);
    }
  }

  #begin(
    view: ServedView,
    args: SubscriptionArgs,
    connection: Socket | null,
  ): AsyncIterableIterator<ChangesMessage> {
    this.#checkRoom(connection);
    const abort = new AbortController();
    const patience = new Patience(this.#limits.slowPatienceMs, connection);
    const inFlight = connection?.inFlight ?? new InFlight(this.#limits.bytesInFlight);
    const messages = this.#messages(view, args, abort.signal, patience, inFlight.share(abort.signal));
    this.#open.add(abort);
    if (connection !== null) connection.subscriptions++;
    let ended = false;
    const end = (): void => {
      abort.abort();
      patience.end();
      if (ended) return;
      ended = true;
      this.#open.delete(abort);
      if (connection !== null) connection.subscriptions--;
    };
    return endable(messages, end, (error) => toGraphQLError(error, this.#logDefect));
  }

  #checkRoom(connection: Socket | null): void {
    const { subscriptions, subscriptionsPerConnection } = this.#limits;
    if (this.#open.size >= subscriptions)
      throw limitExceeded(`there are ${subscriptions} subscriptions already`, 'try again later');
    if (connection !== null && connection.subscriptions >= subscriptionsPerConnection)
      throw limitExceeded(
        `this connection has ${subscriptionsPerConnection} subscriptions already`,
        'end some of them, or open another connection',
      );
  }

  #messages(
    view: ServedView,
    args: SubscriptionArgs,
    signal: AbortSignal,
    patience: Patience,
    flight: InFlightShare,
  ): AsyncGenerator<ChangesMessage, void> {
    const after =
      args.after === undefined || args.after === null ? null : decodeCursor(view.layout, args.after);
    const asked = { where: args.where, signal, patience, flight };
    return this.#alsoOfSuccessors(view, this.#messagesOf(view, after, asked), asked);
  }

  #messagesOf(
    view: ServedView,
    after: number | null,
    { where, signal, patience, flight }: Asked,
  ): AsyncGenerator<ChangesMessage, void> {
    const { layout } = view;
    const condition = conditionOf(view, where, this.#limits);
    const events = followView({
      pool: this.#pool,
      feed: this.#feed,
      layout,
      after,
      where: condition === TRUE ? null : conditionSql(condition, layout.schema),
      interest: interestOf(condition),
      maxSnapshot: { rows: this.#limits.snapshotRows, bytes: this.#limits.answerBytes },
      maxPending: { rows: this.#limits.pendingRows, bytes: this.#limits.pendingBytes },
      onSlow: () => patience.start(),
      signal,
    });
    return messagesOf(
      layout,
      events,
      rowFilter(condition),
      flight,
      after === null ? this.#limits.answerBytes : 0,
    );
  }

  /** When the view is replaced the subscription goes on with the new one, and begins with its snapshot. */
  async *#alsoOfSuccessors(
    view: ServedView,
    first: AsyncGenerator<ChangesMessage, void>,
    asked: Asked,
  ): AsyncGenerator<ChangesMessage, void> {
    let current = view.layout.viewId;
    for (let messages = first; ;) {
      try {
        yield* messages;
        return;
      } catch (error) {
        // What was asked for is what the view had then, also when it had more in between.
        const next = isReplaced(error) ? this.#successor(view) : undefined;
        if (next === undefined || next.layout.viewId === current) throw error;
        current = next.layout.viewId;
        messages = this.#messagesOf(next, null, asked);
      }
    }
  }
}

/** What stays the same when the view is replaced. */
interface Asked {
  readonly where: SubscriptionArgs['where'];
  readonly signal: AbortSignal;
  readonly patience: Patience;
  readonly flight: InFlightShare;
}

function isReplaced(error: unknown): boolean {
  return error instanceof MillraceError && error.code === 'VIEW_REPLACED';
}

/** A client that reads nothing does not hear that it was let go, and would hold its socket and a message for ever. */
class Patience {
  readonly #ms: number;
  readonly #connection: Socket | null;
  #timer: NodeJS.Timeout | null = null;

  constructor(ms: number, connection: Socket | null) {
    this.#ms = ms;
    this.#connection = connection;
  }

  start(): void {
    this.#timer ??= setTimeout(() => this.#connection?.cut(), this.#ms).unref();
  }

  end(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
  }
}

/** A commit that changes nothing for this subscriber is not sent, but now and then, to move its cursor on. */
const SILENT_COMMITS = 1000;

/** A message holds its bytes of the connection until the next is asked for: then it has left. `first`: before it is known. */
async function* messagesOf(
  layout: ViewLayout,
  events: AsyncGenerator<FollowEvent, void>,
  matches: (row: ViewRow) => boolean,
  flight: InFlightShare,
  first: number,
): AsyncGenerator<ChangesMessage, void> {
  let sent = -1;
  try {
    await flight.hold(first);
    for await (const event of events) {
      const rows = event.kind === 'snapshot' ? snapshotRows(event.rows) : changedRows(event.changes, matches);
      const silent = rows.inserted.length + rows.updated.length + rows.deleted.length === 0;
      if (silent && event.kind === 'changes' && event.epoch < sent + SILENT_COMMITS) continue;
      await flight.hold(event.bytes);
      sent = event.epoch;
      yield {
        version: BigInt(event.epoch),
        cursor: encodeCursor(layout, event.epoch),
        snapshot: event.kind === 'snapshot',
        ...rows,
      };
      flight.release();
    }
  } finally {
    flight.release();
  }
}

type Rows = Pick<ChangesMessage, 'inserted' | 'updated' | 'deleted'>;

function snapshotRows(rows: readonly ViewRow[]): Rows {
  return { inserted: rows, updated: [], deleted: [] };
}

function changedRows(changes: readonly RowChange[], matches: (row: ViewRow) => boolean): Rows {
  const inserted: ViewRow[] = [];
  const updated: { before: ViewRow; after: ViewRow }[] = [];
  const deleted: ViewRow[] = [];
  for (const { before, after } of changes) {
    const had = before !== null && matches(before);
    const has = after !== null && matches(after);
    if (had && has) updated.push({ before, after });
    else if (has) inserted.push(after);
    else if (had) deleted.push(before);
  }
  return { inserted, updated, deleted };
}

/** A generator that waits does not hear `return`: the abort wakes it first. */
function endable(
  messages: AsyncGenerator<ChangesMessage, void>,
  end: () => void,
  shown: (error: unknown) => GraphQLError,
): AsyncIterableIterator<ChangesMessage> {
  return {
    async next() {
      try {
        const result = await messages.next();
        if (result.done === true) end();
        return result;
      } catch (error) {
        end();
        throw shown(error);
      }
    },
    return() {
      end();
      return messages.return();
    },
    throw(error: unknown) {
      end();
      return messages.throw(error);
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
