-- The streams of the Nexmark benchmark (an online auction), as the built-in generator writes them to Kafka.
-- Without properties.bootstrap.server a source reads from the broker that the service was started with.

CREATE SOURCE bid (
  auction BIGINT,
  bidder BIGINT,
  price BIGINT,
  channel TEXT,
  url TEXT,
  date_time TIMESTAMPTZ,
  extra TEXT,
  WATERMARK FOR date_time AS date_time - INTERVAL '4 seconds'
) WITH (connector = 'kafka', topic = 'nexmark-bid', scan.startup.mode = 'earliest')
FORMAT PLAIN ENCODE JSON;

CREATE SOURCE auction (
  id BIGINT,
  item_name TEXT,
  description TEXT,
  initial_bid BIGINT,
  reserve BIGINT,
  date_time TIMESTAMPTZ,
  expires TIMESTAMPTZ,
  seller BIGINT,
  category BIGINT,
  extra TEXT,
  WATERMARK FOR date_time AS date_time - INTERVAL '4 seconds'
) WITH (connector = 'kafka', topic = 'nexmark-auction', scan.startup.mode = 'earliest')
FORMAT PLAIN ENCODE JSON;

CREATE SOURCE person (
  id BIGINT,
  name TEXT,
  email_address TEXT,
  credit_card TEXT,
  city TEXT,
  state TEXT,
  date_time TIMESTAMPTZ,
  extra TEXT,
  WATERMARK FOR date_time AS date_time - INTERVAL '4 seconds'
) WITH (connector = 'kafka', topic = 'nexmark-person', scan.startup.mode = 'earliest')
FORMAT PLAIN ENCODE JSON;

-- Query 1: bids in euros; only the largest, about one in a hundred, since each is a row that stays.
CREATE MATERIALIZED VIEW large_bids_in_euro AS
SELECT auction, bidder, 0.908 * price AS price, date_time
FROM bid
WHERE price > 90000000;

-- Query 2: bids on some auctions.
CREATE MATERIALIZED VIEW selected_bids AS
SELECT auction, price
FROM bid
WHERE auction % 123 = 0;

-- Bids per auction in windows of ten seconds: rows change while their window is open …
CREATE MATERIALIZED VIEW bids_per_auction AS
SELECT auction, window_start, window_end, count(*) AS bids, max(price) AS highest
FROM TUMBLE(bid, date_time, INTERVAL '10 seconds')
GROUP BY auction, window_start, window_end;

-- … and the same, each row once and for good, when the watermark has passed the end of its window.
CREATE MATERIALIZED VIEW bids_per_auction_final AS
SELECT auction, window_start, window_end, count(*) AS bids, max(price) AS highest
FROM TUMBLE(bid, date_time, INTERVAL '10 seconds')
GROUP BY auction, window_start, window_end
EMIT ON WINDOW CLOSE;

-- Running totals. There are four busy channels and many small ones.
CREATE MATERIALIZED VIEW channels AS
SELECT
  CASE WHEN channel LIKE 'channel-%' THEN 'others' ELSE channel END AS channel,
  count(*) AS bids,
  sum(price) AS total,
  avg(price) AS average,
  min(price) AS lowest,
  max(price) AS highest
FROM bid
GROUP BY 1;

-- All three streams below each other, counted by kind and minute.
CREATE VIEW event AS
SELECT 'bid' AS kind, date_time FROM bid
UNION ALL
SELECT 'auction', date_time FROM auction
UNION ALL
SELECT 'person', date_time FROM person;

CREATE MATERIALIZED VIEW events_per_minute AS
SELECT kind, window_start AS minute, count(*) AS events
FROM TUMBLE(event, date_time, INTERVAL '1 minute')
GROUP BY kind, window_start, window_end;

-- One row, there from the start.
CREATE MATERIALIZED VIEW bid_totals AS
SELECT count(*) AS bids, sum(price) AS total, max(date_time) AS latest
FROM bid;
