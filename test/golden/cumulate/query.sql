CREATE MATERIALIZED VIEW v AS
SELECT channel, window_start, window_end, sum(price) AS total
FROM CUMULATE(bid, date_time, INTERVAL '1 hour', INTERVAL '1 day')
GROUP BY channel, window_start, window_end EMIT ON WINDOW CLOSE;
