-- Query 10, log to file system: all bids with the day and the minute by which a reader partitions them.
CREATE SINK q10 AS
SELECT auction, bidder, price, date_time, extra,
       CAST(CAST(date_time AT TIME ZONE 'UTC' AS date) AS text) AS dt,
       substr(CAST(CAST(date_time AT TIME ZONE 'UTC' AS time) AS text), 1, 5) AS hm
FROM bid
WITH (connector = 'file', path = 'nexmark-q10.jsonl');
