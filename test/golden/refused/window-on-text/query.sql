CREATE MATERIALIZED VIEW v AS
SELECT window_end, count(*) FROM TUMBLE(bid, channel, INTERVAL '1 day') GROUP BY window_end;
