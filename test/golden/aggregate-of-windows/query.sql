CREATE MATERIALIZED VIEW v AS
SELECT window_end, max(n) AS most
FROM (SELECT auction, window_end, count(*) AS n FROM TUMBLE(bid, date_time, INTERVAL '10 seconds') GROUP BY auction, window_end) c
GROUP BY window_end;
