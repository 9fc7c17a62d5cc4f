CREATE MATERIALIZED VIEW v AS
SELECT window_start, sum(twice) FROM TUMBLE(big, date_time, INTERVAL '10 seconds') GROUP BY window_start, window_end;
