CREATE MATERIALIZED VIEW v AS
SELECT bidder, window_start, window_end, count(*) AS bids, max(price) AS best
FROM SESSION(bid PARTITION BY bidder, date_time, INTERVAL '10 seconds') GROUP BY bidder, window_start, window_end;
