CREATE MATERIALIZED VIEW v AS
SELECT window_end, count(*) FROM HOP(bid, date_time, INTERVAL '1 ms', INTERVAL '1 day') GROUP BY window_end;
