CREATE MATERIALIZED VIEW v AS
SELECT window_end, max(price) AS best FROM HOP(bid, date_time, INTERVAL '3 seconds', INTERVAL '10 seconds')
GROUP BY window_end EMIT ON WINDOW CLOSE;
