CREATE MATERIALIZED VIEW v AS
SELECT window_end, count(*) FROM TUMBLE(bid, date_time, INTERVAL '0 seconds') GROUP BY window_end;
