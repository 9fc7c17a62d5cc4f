CREATE MATERIALIZED VIEW v AS
SELECT window_end, sum(n) AS bids, max(n) AS busiest FROM TUMBLE((
  SELECT window_end AS at, count(*) AS n FROM TUMBLE(bid, date_time, INTERVAL '1 second') GROUP BY window_end
), at, INTERVAL '1 minute') GROUP BY window_end EMIT ON WINDOW CLOSE;
