CREATE MATERIALIZED VIEW v AS
SELECT price, window_start FROM HOP(bid, date_time, INTERVAL '5 seconds', INTERVAL '10 seconds', INTERVAL '1 second') WHERE price > 10 AND 100 / price > 1;
