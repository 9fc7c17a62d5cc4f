// Which views are said to keep state for ever when they are submitted.

import { expect, test } from 'vitest';
import { unboundedNote } from '../../src/physical/unbounded.ts';
import { planSubmission } from '../../src/plan.ts';
import { goldenCatalog } from './sources.ts';

const catalog = goldenCatalog();

function note(query: string): string | null {
  const { pipeline, changes } = planSubmission(`CREATE MATERIALIZED VIEW v AS ${query}`, catalog);
  const view = changes.find((change) => change.kind === 'add');
  return unboundedNote(pipeline!.graph, view!.definition.id);
}

test.each([
  ['SELECT channel, count(*) FROM bid GROUP BY channel', 'one row per (channel)'],
  [`SELECT i, window_start FROM SESSION(kinds, ts, INTERVAL '1 hour')`, 'all rows of sessions'],
  [
    `SELECT window_end, count(*) FROM TUMBLE(kinds, ts, INTERVAL '1 hour') GROUP BY window_end`,
    'one row per (window_end)',
  ],
  [
    'SELECT b.price, a.item_name FROM bid b JOIN auction a ON a.id = b.auction',
    'all rows of the inputs of a join',
  ],
  // The other side is bounded by what it is made of.
  [
    'SELECT b.price, n FROM bid b CROSS JOIN (SELECT count(*) AS n FROM auction) a',
    'all rows of the left input of a join',
  ],
  [
    'SELECT b.price, a.id FROM bid b JOIN auction a ON b.price > a.category',
    'all rows of the inputs of a join',
  ],
  [
    'SELECT a.id FROM (SELECT max(id) AS id FROM auction) a RIGHT JOIN bid b ON b.price > a.id',
    'all rows of the right input of a join',
  ],
  [
    'SELECT b.price FROM bid b JOIN auction a ON a.id = b.auction AND b.date_time >= a.date_time',
    'all rows of the right input of a join',
  ],
  [
    'SELECT b.price FROM bid b ASOF JOIN auction a ON a.id = b.auction AND b.date_time >= a.date_time',
    'the latest row of each key of the right input of an as-of join',
  ],
  [
    'SELECT b.price FROM bid b ASOF JOIN auction a ON a.id = b.auction AND b.date_time <= a.date_time',
    'all rows of the left and right input of an as-of join',
  ],
  ['SELECT DISTINCT ON (bidder) bidder, price FROM bid ORDER BY bidder, price', 'one row per (bidder)'],
  [
    'SELECT price FROM (SELECT price, row_number() OVER (PARTITION BY auction ORDER BY price) AS n FROM bid) b WHERE n <= 3',
    '3 rows per (auction)',
  ],
  ['SELECT price, row_number() OVER (ORDER BY price) AS n FROM bid', 'all rows that are put in order'],
  ['SELECT price, rank() OVER (ORDER BY price) AS n FROM bid', 'all rows below window functions'],
  [
    'SELECT b.price FROM bid b LEFT JOIN kinds k ON k.l = b.auction AND k.tz = b.date_time',
    'all rows of the inputs of a join',
  ],
  [
    'SELECT b.price FROM kinds k ASOF JOIN bid b ON k.l = b.auction AND k.tz >= b.date_time',
    'all rows of the left and right input of an as-of join',
  ],
])('%s', (query, state) => {
  expect(note(query)).toContain(`for ever: ${state} (`);
});

test.each([
  'SELECT auction FROM bid WHERE price > 5',
  'SELECT count(*) FROM bid',
  `SELECT window_end, count(*) FROM HOP(bid, date_time, INTERVAL '1 second', INTERVAL '1 hour') GROUP BY window_end`,
  `SELECT auction, window_end FROM SESSION(bid PARTITION BY bidder, date_time, INTERVAL '1 hour')`,
  `SELECT auction FROM bid WHERE date_time > now() - INTERVAL '1 hour'`,
  'SELECT auction FROM bid ORDER BY price LIMIT 3',
  'SELECT b.price FROM bid b JOIN auction a ON a.id = b.auction AND b.date_time BETWEEN a.date_time AND a.expires',
  `SELECT b.price FROM bid b FULL JOIN bid a ON a.auction = b.auction AND a.date_time - b.date_time BETWEEN INTERVAL '0' AND INTERVAL '1 day'`,
])('nothing about %s', (query) => {
  expect(note(query)).toBeNull();
});
