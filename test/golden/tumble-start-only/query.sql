CREATE MATERIALIZED VIEW v AS
SELECT window_start, count(*) FROM TUMBLE(bid, date_time, INTERVAL '1 minute') GROUP BY window_start;
