CREATE MATERIALIZED VIEW v AS
SELECT window_start, count(*) FROM HOP(kinds, ts, INTERVAL '1 hour', INTERVAL '10 minutes') WHERE i > 0 GROUP BY window_start;
