CREATE MATERIALIZED VIEW v AS
SELECT bidder, window_end, sum(price) AS total
FROM SESSION(bid PARTITION BY bidder, date_time, INTERVAL '10 seconds') GROUP BY bidder, window_end EMIT ON WINDOW CLOSE;
