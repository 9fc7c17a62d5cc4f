CREATE MATERIALIZED VIEW v AS
SELECT window_start, window_end, price FROM TUMBLE(bid, date_time, INTERVAL '10 seconds') WHERE price > 5 AND window_end > TIMESTAMPTZ '2026-01-01 00:00:00+00';
