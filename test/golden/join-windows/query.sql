CREATE MATERIALIZED VIEW v AS
SELECT b.auction, b.window_start, b.n, a.seller
FROM (
  SELECT auction, window_start, window_end, count(*) AS n
  FROM TUMBLE(bid, date_time, INTERVAL '10 seconds') GROUP BY auction, window_start, window_end
) b
LEFT JOIN (
  SELECT id, seller, window_start, window_end
  FROM TUMBLE(auction, date_time, INTERVAL '10 seconds') GROUP BY id, seller, window_start, window_end
) a ON a.id = b.auction AND a.window_start = b.window_start AND a.window_end = b.window_end
EMIT ON WINDOW CLOSE;
