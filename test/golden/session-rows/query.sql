CREATE MATERIALIZED VIEW v AS
SELECT auction, price, window_start, window_end
FROM SESSION(bid PARTITION BY bidder, date_time, INTERVAL '10 seconds') WHERE bidder > 5 AND price > 100;
