CREATE MATERIALIZED VIEW v AS
SELECT kind, window_end, count(*) FROM TUMBLE((SELECT 'b' AS kind, date_time FROM bid UNION ALL SELECT 'a', date_time FROM auction), date_time, INTERVAL '1 minute') GROUP BY kind, window_end EMIT ON WINDOW CLOSE;
