CREATE MATERIALIZED VIEW v AS
SELECT count(*) AS bids FROM TUMBLE(bid, date_time, INTERVAL '1 minute') GROUP BY auction, window_end;
