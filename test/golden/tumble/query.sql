CREATE MATERIALIZED VIEW v AS
SELECT auction, window_start, window_end, count(*) AS bids FROM TUMBLE(bid, date_time, INTERVAL '10 seconds') GROUP BY auction, window_start, window_end;
