CREATE MATERIALIZED VIEW v AS
SELECT window_end, channel, sum(price) FROM TUMBLE(bid, date_time, INTERVAL '1 hour') GROUP BY channel, window_end EMIT ON WINDOW CLOSE;
