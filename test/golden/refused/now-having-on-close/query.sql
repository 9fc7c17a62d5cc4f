CREATE MATERIALIZED VIEW v AS
SELECT window_end, count(*) FROM TUMBLE(bid, date_time, INTERVAL '1 hour') GROUP BY window_end
HAVING window_end > now() EMIT ON WINDOW CLOSE;
