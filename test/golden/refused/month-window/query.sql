CREATE MATERIALIZED VIEW v AS
SELECT window_end, count(*) FROM TUMBLE(bid, date_time, INTERVAL '1 month') GROUP BY window_end;
