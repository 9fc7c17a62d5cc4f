CREATE MATERIALIZED VIEW v AS
SELECT window_end, count(*) FROM SESSION(bid PARTITION BY bidder, date_time, INTERVAL '10 seconds') GROUP BY window_end;
