CREATE MATERIALIZED VIEW v AS
SELECT window_start, count(*) FROM TUMBLE(bid, date_time, INTERVAL '1 day', INTERVAL '6 hours') GROUP BY window_start, window_end;
