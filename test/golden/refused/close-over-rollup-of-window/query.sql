CREATE MATERIALIZED VIEW v AS
SELECT window_end, count(*) AS n FROM TUMBLE(bid, date_time, INTERVAL '1 minute') GROUP BY ROLLUP (window_end) EMIT ON WINDOW CLOSE;
