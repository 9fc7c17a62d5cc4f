CREATE MATERIALIZED VIEW closed AS SELECT shop, window_start, count(*) AS n, sum(price) AS total
  FROM TUMBLE(sale, at, INTERVAL '4 seconds') GROUP BY shop, window_start, window_end EMIT ON WINDOW CLOSE;
CREATE MATERIALIZED VIEW closed_sliding AS SELECT window_end, max(price) AS best, count(DISTINCT shop) AS shops
  FROM HOP(sale, at, INTERVAL '3 seconds', INTERVAL '6 seconds') GROUP BY window_end EMIT ON WINDOW CLOSE;
CREATE MATERIALIZED VIEW closed_so_far AS SELECT window_start, window_end, count(*) AS n
  FROM CUMULATE(sale, at, INTERVAL '4 seconds', INTERVAL '8 seconds') GROUP BY window_start, window_end EMIT ON WINDOW CLOSE;
