// Queries that have no floor: Millrace is compared with itself, in one run.

import { QUERIES } from './queries.ts';

export interface OwnQuery {
  readonly name: string;
  readonly what: string;
  readonly sql: string;
}

const named = (name: string): OwnQuery => QUERIES.find((query) => query.name === name)!;

/** What windows cost, beside the tumbling count. */
export const WINDOWS: readonly OwnQuery[] = [
  named('count'),
  {
    name: 'hop',
    what: 'count by auction, 10 s every 2 s: each bid in five windows; final rows',
    sql: `SELECT auction, window_start, window_end, count(*) AS bids
          FROM HOP(bid, date_time, INTERVAL '2 seconds', INTERVAL '10 seconds')
          GROUP BY auction, window_start, window_end EMIT ON WINDOW CLOSE`,
  },
  {
    name: 'session',
    what: 'count by bidder and session, gap 2 s; final rows',
    sql: `SELECT bidder, window_start, window_end, count(*) AS bids
          FROM SESSION(bid PARTITION BY bidder, date_time, INTERVAL '2 seconds')
          GROUP BY bidder, window_start, window_end EMIT ON WINDOW CLOSE`,
  },
];

/** What a second task is worth: little beside fetching and decoding, and work enough for two. */
export const SHARED_WORK: readonly OwnQuery[] = [
  named('count'),
  {
    name: 'heavy',
    what: 'tumbling maximum over regexp_replace and numeric arithmetic',
    sql: `SELECT auction % 1000 AS k, window_end, count(*) AS bids,
                 max(length(regexp_replace(upper(url) || extra, '[AEIOU0-9]', '', 'g'))) AS longest,
                 max((price::numeric * 1.0825 / 3) % 97) AS most
            FROM TUMBLE(bid, date_time, INTERVAL '10 seconds')
           GROUP BY auction % 1000, window_start, window_end EMIT ON WINDOW CLOSE`,
  },
];

export function queryNamed(name: string): OwnQuery {
  return [...QUERIES, ...WINDOWS, ...SHARED_WORK].find((query) => query.name === name)!;
}
