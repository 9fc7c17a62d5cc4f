-- The bid's time is not before the auction's, so that a window over it closes.
CREATE MATERIALIZED VIEW v AS
SELECT window_end, count(*) AS n
FROM TUMBLE((
  SELECT b.date_time FROM auction a JOIN bid b ON b.auction = a.id AND b.date_time BETWEEN a.date_time AND a.expires
), date_time, INTERVAL '1 minute')
GROUP BY window_end
EMIT ON WINDOW CLOSE;
