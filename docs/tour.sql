-- The tour of the README: the first 46,000 bids of an online auction, from the built-in generator.

CREATE SOURCE tour_bid (
  auction BIGINT,
  bidder BIGINT,
  price BIGINT,
  channel TEXT,
  date_time TIMESTAMPTZ,
  WATERMARK FOR date_time AS date_time - INTERVAL '4 seconds'
) WITH (connector = 'nexmark', nexmark.table = 'bid', nexmark.events = 50000)
FORMAT PLAIN ENCODE JSON;

CREATE MATERIALIZED VIEW tour_channels AS
SELECT channel, count(*) AS bids, max(price) AS highest
FROM tour_bid
GROUP BY channel;

-- One row per window, once, when it is closed.
CREATE MATERIALIZED VIEW tour_seconds AS
SELECT window_start, count(*) AS bids, count(DISTINCT bidder) AS bidders
FROM TUMBLE(tour_bid, date_time, INTERVAL '1 second')
GROUP BY window_start, window_end
EMIT ON WINDOW CLOSE;
