CREATE MATERIALIZED VIEW v AS
SELECT window_end, count(*) FROM TUMBLE(kinds, ts, INTERVAL '1 hour') GROUP BY window_end;
