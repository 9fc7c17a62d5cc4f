CREATE MATERIALIZED VIEW v AS
SELECT window_end, channel, count(*) AS n FROM TUMBLE(bid, date_time, INTERVAL '1 minute') GROUP BY window_end, ROLLUP (channel) EMIT ON WINDOW CLOSE;
