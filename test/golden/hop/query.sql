CREATE MATERIALIZED VIEW v AS
SELECT auction, window_start, window_end, count(*) AS bids
FROM HOP(bid, date_time, INTERVAL '2 seconds', INTERVAL '10 seconds')
GROUP BY auction, window_start, window_end;
