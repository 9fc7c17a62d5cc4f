CREATE MATERIALIZED VIEW v AS
SELECT window_start, count(*) FROM CUMULATE(bid, date_time, INTERVAL '1 hour', INTERVAL '1 day') GROUP BY window_start EMIT ON WINDOW CLOSE;
