// What is written into views: rows that are only added, and rows that are written again and again.

export interface ViewQuery {
  readonly name: string;
  readonly what: string;
  readonly sql: string;
}

export const VIEW_QUERIES: readonly ViewQuery[] = [
  {
    name: 'appends',
    what: 'every bid, seven columns',
    sql: 'SELECT auction, bidder, price, channel, url, date_time, extra FROM bid',
  },
  {
    name: 'upserts',
    what: 'count, sum and maximum for each of 20,000 keys',
    sql: `SELECT k, count(*) AS bids, sum(price) AS total, max(auction) AS last
          FROM (SELECT price % 20000 AS k, price, auction FROM bid) AS keyed GROUP BY k`,
  },
];
